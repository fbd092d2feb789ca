//! Signed in for an app's window: the rest is asked there.

use askama::Template;

use super::{Frame, write};

#[derive(Clone, Template)]
#[template(path = "device_done.html")]
pub struct DeviceDone {
    pub frame: Frame,
    /// `None`: the tenant's own pages.
    pub app: Option<String>,
}

impl DeviceDone {
    pub fn render(&self) -> String {
        write(self)
    }

    pub fn sample() -> Self {
        Self { frame: Frame::sample(), app: Some("Portal".into()) }
    }

    fn heading(&self) -> String {
        self.frame.text("device-done-title").into_owned()
    }

    fn what(&self) -> String {
        let app = self.app.as_ref().unwrap_or(&self.frame.tenant);
        self.frame.texts().with("device-done-text", &[("app", app.into())])
    }
}
