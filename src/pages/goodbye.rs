//! After leaving: that it is done, and how to come back.

use askama::Template;

use super::{Frame, write};

#[derive(Debug, Clone, Template)]
#[template(path = "goodbye.html")]
pub struct Goodbye {
    pub frame: Frame,
    /// Mailbox for questions about personal information.
    pub contact: Option<String>,
}

impl Goodbye {
    pub fn render(&self) -> String {
        write(self)
    }

    pub fn sample() -> Self {
        Self { frame: Frame::sample(), contact: Some("privacy@contoso.example".into()) }
    }

    fn heading(&self) -> String {
        self.frame.of_tenant("goodbye-title")
    }
}
