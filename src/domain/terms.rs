//! Terms of use (`behaviour.md` §12.6): documents in versions and languages, for all apps or some, and when an acceptance still counts.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use super::{
    consent::{ConsentRecord, DocumentHash, Matter},
    id::{ClientId, TermsId},
    locale::Locale,
    timestamp::Timestamp,
};

/// At most so many per tenant, as in Entra.
pub const MOST: usize = 40;

/// One agreement.
#[derive(Debug, Clone)]
pub struct Terms {
    pub id: TermsId,
    /// What guests read, by language; `names` has `default_language`.
    pub names: BTreeMap<Locale, String>,
    /// Whose sign-ins owe it; `None`: every app's, and our own pages'.
    pub clients: Option<BTreeSet<ClientId>>,
    /// Whether the document must be opened before it can be accepted.
    pub must_be_opened: bool,
    /// Oldest first; never empty.
    pub versions: Vec<TermsVersion>,
    pub default_language: Locale,
    /// All acceptances end together, again and again.
    pub schedule: Option<Schedule>,
    /// Each acceptance ends this long after it was given.
    pub lives: Option<Period>,
    /// How long somebody who once accepted may go on without accepting what came since.
    pub grace: Duration,
}

#[derive(Debug, Clone)]
pub struct TermsVersion {
    /// The operator's word for it.
    pub label: String,
    /// From when it is in force.
    pub effective_at: Timestamp,
    /// Whether acceptances of earlier versions count no more.
    pub is_major: bool,
    /// Has the terms' default language.
    pub documents: BTreeMap<Locale, TermsDocument>,
}

/// The words themselves.
#[derive(Debug, Clone)]
pub struct TermsDocument {
    pub hash: DocumentHash,
    pub media: Media,
    pub bytes: Arc<[u8]>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Media {
    /// A fragment of HTML, already cleaned: text and its structure, no script, no style, nothing fetched.
    Html,
    Pdf,
    /// Plain text: what Review permissions said.
    Text,
}

impl Media {
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Html => "text/html; charset=utf-8",
            Self::Pdf => "application/pdf",
            Self::Text => "text/plain; charset=utf-8",
        }
    }

    pub fn parse(content_type: &str) -> Option<Self> {
        [Self::Html, Self::Pdf, Self::Text].into_iter().find(|media| media.content_type() == content_type)
    }
}

/// `start` and every `every` after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    pub start: Timestamp,
    pub every: Period,
}

/// A calendar period: `P1M` is a month, `P30D` thirty days, `P1Y` a year. Never a time: `PT1M` would be a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    pub months: u32,
    pub days: u32,
}

impl Terms {
    /// The version in force; `None` while the first is still to come.
    pub fn version(&self, now: Timestamp) -> Option<&TermsVersion> {
        self.versions.iter().rev().find(|version| version.effective_at <= now)
    }

    /// Whether these records of one guest leave something to agree to now.
    pub fn is_owed(&self, records: &[&ConsentRecord], now: Timestamp) -> bool {
        let Some(version) = self.version(now) else { return false };
        let matter = Matter::Terms(self.id.clone());
        !records.iter().any(|r| r.is_accepted && r.matter == matter && r.version.as_deref() == Some(version.label.as_str()))
    }
}
