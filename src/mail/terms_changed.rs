//! The mail that tells a guest of a new version of terms they once accepted.

use uuid::Uuid;

use super::{Line, Message};
use crate::domain::{address::EmailAddress, locale::Locale, secret::Secret, timestamp::Timestamp};

/// What the mail is made from. The link comes from the configured public URL alone.
#[derive(Debug, Clone)]
pub struct TermsChangedMail<'a> {
    pub to: &'a EmailAddress,
    /// The tenant's name.
    pub tenant: &'a str,
    /// The tenant's accent colour, `#rrggbb`.
    pub color: Option<&'a str>,
    pub locale: Locale,
    /// What the terms are called.
    pub name: &'a str,
    pub version: &'a str,
    pub effective_at: Timestamp,
    /// Where they can be read and accepted.
    pub link: &'a Secret<String>,
}

impl TermsChangedMail<'_> {
    pub fn message(&self, id: Uuid, at: Timestamp) -> Message {
        let text = format!("{} {} {}", self.name, self.version, self.link.reveal());
        Message { to: self.to.clone(), subject: Line::new(&format!("{}: {}", self.tenant, self.name)), html: text.clone(), text, id, at }
    }
}
