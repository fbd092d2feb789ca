//! Review permissions, word for word (`behaviour.md` §12.2). One place makes the words that the page shows and the consent
//! record hashes, so that neither can drift from the other.

use super::Texts;
use crate::domain::{consent::DocumentHash, locale::Locale};

/// What a guest is asked to agree to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewDocument {
    pub locale: Locale,
    pub organization: String,
    /// Its primary verified domain, or its id where it has none.
    pub domain: String,
    pub app: String,
    /// Address of the privacy statement.
    pub statement: Option<String>,
    /// Mailbox for questions about personal information.
    pub contact: Option<String>,
}

impl ReviewDocument {
    fn texts(&self) -> Texts {
        Texts::new(self.locale)
    }

    fn of_organization(&self, key: &str) -> String {
        self.texts().with(key, &[("organization", (&self.organization).into())])
    }

    pub fn title(&self) -> String {
        self.texts().text("consent-title").into_owned()
    }

    pub fn asks(&self) -> String {
        self.texts().with("consent-asks", &[("organization", (&self.organization).into()), ("domain", (&self.domain).into())])
    }

    pub fn app_line(&self) -> String {
        self.texts().with("consent-app", &[("app", (&self.app).into())])
    }

    pub fn shares(&self) -> String {
        self.of_organization("consent-shares")
    }

    /// What the organisation receives, one item each.
    pub fn shared(&self) -> [String; 4] {
        let texts = self.texts();
        [
            texts.text("consent-shares-name").into_owned(),
            texts.text("consent-shares-email").into_owned(),
            texts.text("consent-shares-photo").into_owned(),
            self.of_organization("consent-shares-identifiers"),
        ]
    }

    /// What stands before the address of the privacy statement.
    pub fn statement_label(&self) -> String {
        self.of_organization("consent-statement")
    }

    /// The plain notice, where the operator gave neither a statement nor a contact.
    pub fn no_links_line(&self) -> Option<String> {
        (self.statement.is_none() && self.contact.is_none()).then(|| self.of_organization("consent-no-links"))
    }

    /// What stands before the mailbox.
    pub fn contact_label(&self) -> String {
        self.texts().text("consent-contact").into_owned()
    }

    pub fn trust(&self) -> String {
        self.of_organization("consent-trust")
    }

    /// The canonical text: every line shown, in order, each ended by a newline.
    pub fn text(&self) -> String {
        let head = [self.title(), self.asks(), self.app_line(), self.shares()];
        let statement = self.statement.as_ref().map(|url| format!("{} {url}", self.statement_label()));
        let contact = self.contact.as_ref().map(|mailbox| format!("{} {mailbox}", self.contact_label()));
        let foot = [statement, self.no_links_line(), contact];
        let lines = head.into_iter().chain(self.shared()).chain(foot.into_iter().flatten()).chain([self.trust()]);
        lines.fold(String::new(), |text, line| text + &line + "\n")
    }

    /// SHA-256 of [`ReviewDocument::text`], in hexadecimal: what the consent record keeps.
    pub fn hash(&self) -> DocumentHash {
        let digest = crate::random::sha256(self.text().as_bytes());
        DocumentHash(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}
