//! Invited under one address, signed in under another: which came and which was invited, and both ways on.

use askama::Template;

use super::{FlowForms, Frame, write};

#[derive(Clone, Template)]
#[template(path = "mismatch.html")]
pub struct Mismatch {
    pub frame: Frame,
    pub forms: FlowForms,
    /// The address invited.
    pub invited: String,
    /// Who signed in, as their provider names them.
    pub proven: String,
    /// The provider where they did.
    pub provider: Option<String>,
}

impl Mismatch {
    pub fn render(&self) -> String {
        write(self)
    }

    pub fn sample() -> Self {
        Self {
            frame: Frame::sample(),
            forms: FlowForms::sample(),
            invited: "ana@fabrikam.example".into(),
            proven: "a.torres@fabrikam.example".into(),
            provider: Some("Fabrikam".into()),
        }
    }

    fn heading(&self) -> String {
        self.frame.text("mismatch-title").into_owned()
    }

    fn via(&self) -> Option<String> {
        self.provider.as_ref().map(|name| self.frame.texts().with("consent-via", &[("provider", name.into())]))
    }

    fn switch(&self) -> String {
        self.frame.texts().with("sign-in-as", &[("address", (&self.invited).into())])
    }
}
