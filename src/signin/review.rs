//! What the consent page of this sign-in asks: the one source for the page, the form token and the record.

use crate::{
    domain::{
        consent::{DocumentHash, Matter},
        flow::{Flow, Stage},
        locale::Locale,
        tenant::Tenant,
        terms::{self, Media, TermsDocument},
        timestamp::Timestamp,
    },
    i18n::ReviewDocument,
};

/// What is asked now.
#[derive(Debug)]
pub enum Shown<'a> {
    /// Review permissions.
    Permissions(ReviewDocument),
    /// One of the terms of use, in the version that was in force when it was found owed.
    Terms(terms::Shown<'a>),
}

impl Shown<'_> {
    pub fn hash(&self) -> DocumentHash {
        match self {
            Self::Permissions(document) => document.hash(),
            Self::Terms(shown) => shown.document.hash.clone(),
        }
    }

    /// The very words, to be kept.
    pub fn words(&self) -> TermsDocument {
        match self {
            Self::Permissions(document) => {
                TermsDocument { hash: document.hash(), media: Media::Text, bytes: document.text().into_bytes().into() }
            }
            Self::Terms(shown) => shown.document.clone(),
        }
    }

    /// The language of the words.
    pub fn locale(&self) -> Locale {
        match self {
            Self::Permissions(document) => document.locale,
            Self::Terms(shown) => shown.locale,
        }
    }

    /// The operator's word for the version of the terms.
    pub fn version(&self) -> Option<String> {
        match self {
            Self::Permissions(_) => None,
            Self::Terms(shown) => Some(shown.version.label.clone()),
        }
    }

    /// Whether it has to be opened first, and `opened` says that it was not.
    pub fn is_unopened(&self, opened: &[DocumentHash]) -> bool {
        match self {
            Self::Permissions(_) => false,
            Self::Terms(shown) => shown.terms.must_be_opened && !opened.contains(&shown.document.hash),
        }
    }
}

/// `None`: nothing is asked, or what was asked has been taken out of the configuration.
pub fn shown<'t>(tenant: &'t Tenant, flow: &Flow) -> Option<Shown<'t>> {
    let Stage::Consent { owed, .. } = &flow.stage else { return None };
    match owed.first() {
        Matter::Privacy => Some(Shown::Permissions(document(tenant, flow))),
        Matter::Terms(id) => tenant.terms.get(id)?.shown(flow.locale, owed.since()).map(Shown::Terms),
    }
}

/// Whether what is asked is still what is to be asked: another version may have come into force meanwhile.
pub fn is_in_force(tenant: &Tenant, flow: &Flow, now: Timestamp) -> bool {
    match shown(tenant, flow) {
        Some(Shown::Permissions(_)) => true,
        Some(Shown::Terms(shown)) => shown.terms.version(now).is_some_and(|version| version.label == shown.version.label),
        None => false,
    }
}

/// What Review permissions says.
pub fn document(tenant: &Tenant, flow: &Flow) -> ReviewDocument {
    let client = flow.errand.client();
    let app = client.map(|id| tenant.clients.get(id).map_or_else(|| id.to_string(), |client| client.name.clone()));
    ReviewDocument {
        locale: flow.locale,
        organization: tenant.name.clone(),
        domain: tenant.primary_domain(),
        app: app.unwrap_or_else(|| tenant.name.clone()),
        statement: tenant.privacy.statement.as_ref().map(ToString::to_string),
        contact: tenant.privacy.contact.as_ref().map(ToString::to_string),
    }
}
