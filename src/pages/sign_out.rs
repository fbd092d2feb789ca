//! The end of a session: the question, and that it is done.

use askama::Template;

use super::{Frame, write};

/// No `Debug`: the token is a secret.
#[derive(Clone, Template)]
#[template(path = "sign_out.html")]
pub struct SignOut {
    pub frame: Frame,
    /// `/{tenant}/signout`.
    pub action: String,
    pub token: String,
}

impl SignOut {
    pub fn render(&self) -> String {
        write(self)
    }

    pub fn sample() -> Self {
        Self { frame: Frame::sample(), action: "/contoso/signout".into(), token: "q8V3mC1xZr7yT2nK5wLpAe9dFhGjBsUo4iXvN6tYcMk".into() }
    }

    fn heading(&self) -> String {
        self.frame.of_tenant("signout-title")
    }
}

#[derive(Debug, Clone, Template)]
#[template(path = "signed_out.html")]
pub struct SignedOut {
    pub frame: Frame,
    /// The provider that did not confirm: the person may still be signed in there.
    pub unconfirmed: Option<String>,
}

impl SignedOut {
    pub fn render(&self) -> String {
        write(self)
    }

    pub fn sample() -> Self {
        Self { frame: Frame::sample(), unconfirmed: Some("Fabrikam".into()) }
    }

    fn heading(&self) -> String {
        self.frame.text("signedout-title").into_owned()
    }

    fn note(&self) -> Option<String> {
        let provider = self.unconfirmed.as_ref()?;
        Some(self.frame.texts().with("signedout-partner-text", &[("provider", provider.into())]))
    }
}
