//! When it does not work: what happened, what to do next, and what to quote to whoever helps.

use askama::Template;

use super::{AppLink, FlowForms, Frame, write};
use crate::domain::error_code::ErrorCode;

#[derive(Clone, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// Its reference is the number shown.
    pub frame: Frame,
    pub code: ErrorCode,
    /// Where another account was proven than asked for: both, so that nobody has to guess.
    pub accounts: Option<AccountMismatch>,
    /// Ways on, the best first.
    pub ways: Vec<Way>,
}

#[derive(Debug, Clone)]
pub struct AccountMismatch {
    pub expected: String,
    pub proven: String,
}

/// A way on from an error.
#[derive(Clone)]
pub enum Way {
    /// A fresh start at this address.
    StartAgain(String),
    /// The same sign-in from its first page, where nothing is wrong with the account: posts to its `restart`.
    Again(FlowForms),
    /// The same sign-in with another account: posts to its `restart`.
    AnotherAccount(FlowForms),
    /// The same sign-in with the account that was invited, by its address: posts to its `restart`.
    SignInAs(FlowForms, String),
    /// The page of the guest's apps.
    MyApps(String),
    BackToApp(AppLink),
    /// To somebody who can help, by mail to this address.
    Write(String),
}

impl ErrorPage {
    pub fn render(&self) -> String {
        write(self)
    }

    pub fn sample() -> Self {
        Self {
            frame: Frame::sample(),
            code: ErrorCode::NotInvited,
            accounts: None,
            ways: vec![
                Way::AnotherAccount(FlowForms::sample()),
                Way::BackToApp(AppLink { app: "Portal".into(), href: "https://portal.contoso.example/".into() }),
            ],
        }
    }

    fn heading(&self) -> String {
        self.frame.text(&format!("{}-title", self.code.text_key())).into_owned()
    }

    fn text(&self) -> String {
        self.frame.text(&format!("{}-text", self.code.text_key())).into_owned()
    }

    fn mismatch(&self) -> Option<String> {
        let AccountMismatch { expected, proven } = self.accounts.as_ref()?;
        Some(self.frame.texts().with("error-wrong-account", &[("expected", expected.into()), ("proven", proven.into())]))
    }

    fn sign_in_as(&self, address: &str) -> String {
        self.frame.texts().with("sign-in-as", &[("address", address.into())])
    }

    fn write_to(&self, mailbox: &String) -> String {
        self.frame.texts().with("error-write", &[("contact", mailbox.into())])
    }

    fn back(&self, link: &AppLink) -> String {
        self.frame.texts().with("error-back", &[("app", (&link.app).into())])
    }
}
