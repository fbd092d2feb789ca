//! In a browser of the person's own: type the code that an app's window shows.

use askama::Template;

use super::{Frame, write};
use crate::domain::error_code::ErrorCode;

#[derive(Clone, Template)]
#[template(path = "device.html")]
pub struct Device {
    pub frame: Frame,
    /// Where the form goes.
    pub action: String,
    /// Already in the field.
    pub code: String,
    /// What was wrong with what was typed.
    pub error: Option<ErrorCode>,
}

impl Device {
    pub fn render(&self) -> String {
        write(self)
    }

    pub fn sample() -> Self {
        Self { frame: Frame::sample(), action: "/contoso/device".into(), code: String::new(), error: None }
    }

    fn heading(&self) -> String {
        self.frame.text("device-title").into_owned()
    }

    fn title(&self) -> String {
        let heading = self.heading();
        if self.error.is_some() { self.frame.page_title_wrong(&heading) } else { self.frame.page_title(&heading) }
    }

    fn error_text(&self) -> Option<String> {
        self.error.map(|code| self.frame.text(&format!("{}-text", code.text_key())).into_owned())
    }
}
