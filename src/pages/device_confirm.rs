//! A code was typed: which app asks, since when, and whether the person began it themselves (RFC 8628 §5.4).

use askama::Template;

use super::{FlowForms, Frame, write};

#[derive(Clone, Template)]
#[template(path = "device_confirm.html")]
pub struct DeviceConfirm {
    pub frame: Frame,
    pub forms: FlowForms,
    /// `None`: the tenant's own pages.
    pub app: Option<String>,
    pub provider: String,
    /// Since when the code is shown there.
    pub minutes: u32,
}

impl DeviceConfirm {
    pub fn render(&self) -> String {
        write(self)
    }

    pub fn sample() -> Self {
        Self { frame: Frame::sample(), forms: FlowForms::sample(), app: Some("Portal".into()), provider: "Google".into(), minutes: 2 }
    }

    fn heading(&self) -> String {
        self.frame.text("device-confirm-title").into_owned()
    }

    fn what(&self) -> String {
        let app = self.app.as_ref().unwrap_or(&self.frame.tenant);
        self.frame.texts().with("device-confirm-what", &[("app", app.into()), ("tenant", (&self.frame.tenant).into())])
    }

    fn since(&self) -> String {
        self.frame.texts().with("device-confirm-since", &[("minutes", self.minutes.into())])
    }

    fn button(&self) -> String {
        self.frame.texts().with("device-confirm-continue", &[("provider", (&self.provider).into())])
    }
}
