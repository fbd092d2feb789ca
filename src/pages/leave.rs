//! On to an identity provider that takes its question as a form (SAML Bindings §3.5): a form that sends itself, and a button where
//! scripts are off. Serve it with [`super::csp_form_post`] and never cache it.

use askama::Template;

use super::{Frame, csp::SUBMIT_SCRIPT, write};

/// No `Debug`: a field holds what ties the answer to this browser's sign-in.
#[derive(Clone, Template)]
#[template(path = "leave.html")]
pub struct Leave {
    pub frame: Frame,
    /// What people call the provider.
    pub provider: String,
    pub action: String,
    pub fields: Vec<(String, String)>,
}

impl Leave {
    pub fn render(&self) -> String {
        write(self)
    }

    pub fn sample() -> Self {
        Self {
            frame: Frame { reference: None, languages: Vec::new(), ..Frame::sample() },
            provider: "Fabrikam".into(),
            action: "https://sts.fabrikam.example/adfs/ls/".into(),
            fields: [("SAMLRequest", "PHNhbWxwOkF1dGhuUmVxdWVzdC8+"), ("RelayState", "0190b5f2c3d47e1a8b6c5d4e3f2a1b0c.q8V3mC1xZr7y")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
        }
    }

    fn heading(&self) -> String {
        self.frame.texts().with("leave-title", &[("provider", (&self.provider).into())])
    }

    fn script(&self) -> &'static str {
        SUBMIT_SCRIPT
    }
}
