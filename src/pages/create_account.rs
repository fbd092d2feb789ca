//! Nobody vouches for this address yet: the offer to make a Microsoft account with it.

use askama::Template;

use super::{FlowForms, Frame, write};

#[derive(Clone, Template)]
#[template(path = "create_account.html")]
pub struct CreateAccount {
    pub frame: Frame,
    pub forms: FlowForms,
    pub address: String,
    /// The sign-in is for this address and no other: an invitation's.
    pub is_address_fixed: bool,
}

impl CreateAccount {
    pub fn render(&self) -> String {
        write(self)
    }

    pub fn sample() -> Self {
        Self { frame: Frame::sample(), forms: FlowForms::sample(), address: "ida@viral.example".into(), is_address_fixed: false }
    }

    fn heading(&self) -> String {
        self.frame.text("create-title").into_owned()
    }
}
