//! The first page: who are you? An address, or a provider.

use askama::Template;

use super::{FlowForms, Frame, Icon, Provider, write};
use crate::domain::error_code::ErrorCode;

#[derive(Clone, Template)]
#[template(path = "sign_in.html")]
pub struct SignIn {
    pub frame: Frame,
    pub forms: FlowForms,
    /// Name of the app the person is on the way to.
    pub app: Option<String>,
    /// Already in the field: a hint, or what was typed last.
    pub address: String,
    /// What was wrong with what was typed; its text stands at the field.
    pub error: Option<ErrorCode>,
    pub providers: Vec<Provider>,
    /// Where another organisation can be chosen.
    pub organization_href: Option<String>,
}

impl SignIn {
    pub fn render(&self) -> String {
        write(self)
    }

    pub fn sample() -> Self {
        let provider = |id: &str, name: &str, icon| Provider { id: id.into(), name: name.into(), icon };
        Self {
            frame: Frame::sample(),
            forms: FlowForms::sample(),
            app: Some("Portal".into()),
            address: String::new(),
            error: None,
            providers: vec![
                provider("fabrikam", "Fabrikam", Icon::Partner),
                provider("google", "Google", Icon::Google),
                provider("microsoft", "Microsoft Entra", Icon::Microsoft),
            ],
            organization_href: None,
        }
    }

    fn heading(&self) -> String {
        self.frame.text("signin-title").into_owned()
    }

    fn title(&self) -> String {
        let heading = self.heading();
        if self.error.is_some() { self.frame.page_title_wrong(&heading) } else { self.frame.page_title(&heading) }
    }

    fn lead(&self) -> Option<String> {
        self.app.as_ref().map(|app| self.frame.texts().with("signin-lead", &[("app", app.into())]))
    }

    fn error_text(&self) -> Option<String> {
        self.error.map(|code| self.frame.text(&format!("{}-text", code.text_key())).into_owned())
    }

    fn with_provider(&self, provider: &Provider) -> String {
        self.frame.texts().with("signin-with", &[("provider", (&provider.name).into())])
    }
}
