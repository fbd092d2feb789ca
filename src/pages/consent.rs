//! Review permissions. The words that are agreed to come from [`ReviewDocument`], the same that the consent record hashes.

use askama::Template;

use super::{FlowForms, Frame, write};
use crate::i18n::ReviewDocument;

#[derive(Clone, Template)]
#[template(path = "consent.html")]
pub struct Consent {
    pub frame: Frame,
    pub forms: FlowForms,
    pub document: ReviewDocument,
    /// Who is signed in.
    pub address: String,
    /// Through which identity provider; none for a code by mail.
    pub provider: Option<String>,
}

impl Consent {
    pub fn render(&self) -> String {
        write(self)
    }

    pub fn sample() -> Self {
        let frame = Frame::sample();
        let document = ReviewDocument {
            locale: frame.locale,
            organization: frame.tenant.clone(),
            domain: "contoso.example".into(),
            app: "Portal".into(),
            statement: Some("https://contoso.example/privacy".into()),
            contact: Some("privacy@contoso.example".into()),
        };
        Self { frame, forms: FlowForms::sample(), document, address: "ana@fabrikam.example".into(), provider: Some("Fabrikam".into()) }
    }

    fn heading(&self) -> String {
        self.document.title()
    }

    fn via(&self) -> Option<String> {
        self.provider.as_ref().map(|name| self.frame.texts().with("consent-via", &[("provider", name.into())]))
    }
}
