//! Nobody vouches for this address yet: the offer to make a Microsoft account with it.

use askama::Template;

use super::{FlowForms, Frame, write};

#[derive(Clone, Template)]
#[template(path = "create_account.html")]
pub struct CreateAccount {
    pub frame: Frame,
    pub forms: FlowForms,
    pub address: String,
}

impl CreateAccount {
    pub fn render(&self) -> String {
        write(self)
    }

    pub fn sample() -> Self {
        Self { frame: Frame::sample(), forms: FlowForms::sample(), address: "ida@viral.example".into() }
    }

    fn heading(&self) -> String {
        self.frame.text("create-title").into_owned()
    }
}
