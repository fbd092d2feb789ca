//! Terms of use (`behaviour.md` §12.6): documents in versions and languages, for all apps or some, and when an acceptance still counts.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

mod period;

pub use period::{Period, PeriodError, Schedule};

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

impl TermsVersion {
    /// The document for somebody who reads `wanted`, and the language it is in.
    pub fn document(&self, wanted: Locale, default: Locale) -> Option<(Locale, &TermsDocument)> {
        [wanted, default].into_iter().find_map(|locale| Some((locale, self.documents.get(&locale)?)))
    }
}

/// What somebody is shown.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    pub terms: &'a Terms,
    pub version: &'a TermsVersion,
    pub locale: Locale,
    pub document: &'a TermsDocument,
}

impl Terms {
    /// The version in force; `None` while the first is still to come.
    pub fn version(&self, now: Timestamp) -> Option<&TermsVersion> {
        self.versions.iter().rev().find(|version| version.effective_at <= now)
    }

    /// What somebody is shown who reads `wanted`: in that language if there is one, else in the default one.
    pub fn shown(&self, wanted: Locale, now: Timestamp) -> Option<Shown<'_>> {
        let version = self.version(now)?;
        let (locale, document) = version.document(wanted, self.default_language)?;
        Some(Shown { terms: self, version, locale, document })
    }

    /// What guests call it.
    pub fn name(&self, wanted: Locale) -> &str {
        let names = [wanted, self.default_language].into_iter().find_map(|locale| self.names.get(&locale));
        names.map_or(self.id.as_str(), String::as_str)
    }

    /// Whether these records of one guest leave something to agree to now.
    pub fn is_owed(&self, records: &[&ConsentRecord], now: Timestamp) -> bool {
        let Some(_) = self.version(now) else { return false };
        !self.acceptances(records).any(|record| self.ends_at(record, now).is_none_or(|end| now < end + self.grace))
    }

    /// Until when somebody may go on whose acceptances have all ended: the grace. `None`: one counts yet, or it is over, or there was none.
    pub fn grace_ends_at(&self, records: &[&ConsentRecord], now: Timestamp) -> Option<Timestamp> {
        self.version(now)?;
        let ends: Option<Vec<Timestamp>> = self.acceptances(records).map(|record| self.ends_at(record, now)).collect();
        let last = ends?.into_iter().max()?;
        (last <= now && now < last + self.grace).then(|| last + self.grace)
    }

    /// Whether a new version alone left these records without an acceptance that counts: who is to be told of it.
    pub fn is_superseded(&self, records: &[&ConsentRecord], now: Timestamp) -> bool {
        let has_any = self.acceptances(records).next().is_some();
        has_any && self.acceptances(records).all(|record| self.voided_at(record, now).is_some())
    }

    /// Until when an acceptance counts as things are: until it is too old, until the schedule's next moment, or until the version came
    /// into force that wants to be accepted anew; whichever is first. `None`: it has no end.
    pub fn ends_at(&self, record: &ConsentRecord, now: Timestamp) -> Option<Timestamp> {
        let scheduled = self.schedule.and_then(|schedule| schedule.next_after(record.at));
        let aged = self.lives.and_then(|lives| lives.after(record.at, 1));
        [scheduled, aged, self.voided_at(record, now)].into_iter().flatten().min()
    }

    /// When a later version made this acceptance worthless, if one has by now. That is judged for the language that was read: where the
    /// new version left its words as they were, nothing new is to be agreed to.
    fn voided_at(&self, record: &ConsentRecord, now: Timestamp) -> Option<Timestamp> {
        let place = self.versions.iter().position(|version| record.version.as_deref() == Some(version.label.as_str()));
        let is_later = |place_of: usize, version: &TermsVersion| match place {
            Some(place) => place_of > place,
            // The operator has taken that version out of the file.
            None => version.effective_at > record.at,
        };
        let is_new = |version: &TermsVersion| {
            version.document(record.locale, self.default_language).is_none_or(|(_, document)| document.hash != record.document)
        };
        let mut in_force = self.versions.iter().enumerate().filter(|(_, version)| version.effective_at <= now);
        let voiding = in_force.find(|(at, version)| version.is_major && is_later(*at, version) && is_new(version));
        // One that was entered late counts from when it could be known.
        voiding.map(|(_, version)| version.effective_at.max(record.at))
    }

    fn acceptances<'r>(&self, records: &[&'r ConsentRecord]) -> impl Iterator<Item = &'r ConsentRecord> {
        let is_ours = |matter: &Matter| matches!(matter, Matter::Terms(id) if *id == self.id);
        records.iter().copied().filter(move |record| record.is_accepted && is_ours(&record.matter))
    }
}

#[cfg(test)]
mod tests;
