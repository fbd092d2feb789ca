//! What a partner publishes of itself, kept current: keys and endpoints from a URL, a file, or as typed.
//!
//! Must not judge answers; a document that looks wrong is quarantined, and the last good one stays.

use std::sync::Arc;

use url::Url;

use crate::{
    clock::Clock,
    domain::{
        certificate::Certificate,
        error_code::ErrorCode,
        federation::TrustSource,
        id::{IdpId, TenantId},
        rejection::Rejected,
        timestamp::Timestamp,
    },
    federation::metadata::{Binding, Endpoint},
    telemetry::partner::Name,
};

use super::{fetch::Fetcher, signed_xml::TrustedKeys};

mod document;
mod published;
mod schedule;
mod standing;
mod suspicion;
#[cfg(test)]
mod tests;

pub use document::digest;
pub use standing::{Quarantine, Standing};
pub use suspicion::Suspicion;

use document::Reader;
use published::Published;
use standing::Reminders;

/// What is known of a partner at one moment. Never without a key: a partner that publishes none is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    pub entity_id: String,
    pub sign_in: Vec<Endpoint>,
    pub sign_out: Vec<Endpoint>,
    pub signing: TrustedKeys,
    pub wants_signed_requests: bool,
    pub valid_until: Option<Timestamp>,
}

/// One partner in one role, and what is known of it.
#[derive(Debug)]
pub struct Partner {
    name: Name,
    clock: Clock,
    known: Known,
    reminders: Reminders,
}

#[derive(Debug)]
enum Known {
    /// Typed, or from a file: read once, at the start.
    Fixed(Result<Arc<Facts>, Rejected>),
    Published(Published),
}

/// The role a partner plays for us; its metadata must have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Saml,
    WsFed,
}

impl Partner {
    /// `entity_id` is the one its metadata must name.
    pub fn new(role: Role, entity_id: &str, source: &TrustSource, fetcher: Fetcher, clock: Clock) -> Self {
        let signed_by = match source {
            TrustSource::Url { signed_by, .. } | TrustSource::File { signed_by, .. } => signed_by.clone(),
            TrustSource::Typed { .. } => Vec::new(),
        };
        let reader = Reader { role, entity_id: entity_id.to_owned(), signed_by, fetcher };
        let known = match source {
            TrustSource::Url { url, refresh, .. } => Known::Published(Published::new(reader, url.clone(), *refresh, clock.clone())),
            TrustSource::File { text, .. } => Known::Fixed(reader.read(text.as_bytes()).and_then(|document| document.usable())),
            TrustSource::Typed { sign_in, sign_out, certificates } => {
                Known::Fixed(typed(&reader, sign_in, sign_out.as_ref(), certificates))
            }
        };
        Self { name: Name::default(), clock, known, reminders: Reminders::default() }
    }

    /// Whose provider it is, for metrics and events.
    #[must_use]
    pub fn named(mut self, tenant: &TenantId, provider: &IdpId) -> Self {
        self.name = Name { tenant: tenant.to_string(), provider: provider.to_string() };
        if let Known::Published(published) = &mut self.known {
            published.name(self.name.clone());
        }
        self
    }

    /// What is known now. Waits for the network at first use alone, or where all that was known has passed its `validUntil`.
    pub async fn facts(&self) -> Result<Arc<Facts>, Rejected> {
        match &self.known {
            Known::Fixed(facts) => facts.clone().and_then(|facts| is_current(facts, self.clock.now())),
            Known::Published(published) => published.facts().await,
        }
    }

    /// A key that `seen` lacks is needed: reads anew, at most once a minute. Falls back to what is kept.
    pub async fn facts_newer_than(&self, seen: &Arc<Facts>) -> Arc<Facts> {
        match &self.known {
            Known::Fixed(_) => Arc::clone(seen),
            Known::Published(published) => published.facts_newer_than(seen).await,
        }
    }

    /// Begins to refresh what is due, without waiting for it, and reports what is about to end. Called about once a minute.
    pub async fn maintain(&self) {
        if let Known::Published(published) = &self.known {
            published.refresh_if_due();
        }
        self.reminders.tell(&self.name, &self.standing(), self.clock.now());
    }

    /// How its metadata stands, for the operator.
    pub fn standing(&self) -> Standing {
        match &self.known {
            Known::Fixed(Ok(facts)) => Standing { facts: Some(Arc::clone(facts)), ..Standing::default() },
            Known::Fixed(Err(rejected)) => Standing { failure: Some((self.clock.now(), rejected.clone())), ..Standing::default() },
            Known::Published(published) => published.standing(),
        }
    }

    /// The same partner after a reload: what was read stays known if it is read from the same place. A quarantine stays as long as
    /// nothing that was configured about the metadata changed.
    #[must_use]
    pub fn keeping_what_is_known(mut self, before: &Self) -> Self {
        if let (Known::Published(now), Known::Published(then)) = (&mut self.known, &before.known) {
            now.keep_what_is_known(then);
        }
        self
    }
}

/// What the operator typed. A SAML partner may be spoken to by either binding at the one address it has.
fn typed(reader: &Reader, sign_in: &Url, sign_out: Option<&Url>, certificates: &[Certificate]) -> Result<Arc<Facts>, Rejected> {
    let (bindings, sign_out): (&[Binding], _) = match reader.role {
        Role::Saml => (&[Binding::Redirect, Binding::Post], sign_out),
        // `wsignout1.0` goes where `wsignin1.0` goes, unless somebody said otherwise.
        Role::WsFed => (&[Binding::Passive], Some(sign_out.unwrap_or(sign_in))),
    };
    let at = |location: &Url| -> Vec<Endpoint> {
        let endpoint = |binding| Endpoint { binding, location: location.clone(), response_location: None };
        bindings.iter().copied().map(endpoint).collect()
    };
    let facts = Facts {
        entity_id: reader.entity_id.clone(),
        sign_in: reader.permitted(at(sign_in)),
        sign_out: reader.permitted(sign_out.map(at).unwrap_or_default()),
        signing: certificates.to_vec().into(),
        wants_signed_requests: false,
        valid_until: None,
    };
    document::complete(Arc::new(facts))
}

/// `validUntil` is the last moment a document may be used (Metadata §2.3.2).
fn is_current(facts: Arc<Facts>, now: Timestamp) -> Result<Arc<Facts>, Rejected> {
    if facts.valid_until.is_some_and(|until| now >= until) {
        return Err(Rejected::new(ErrorCode::MetadataExpired, "its validUntil has passed, and no newer document is there"));
    }
    Ok(facts)
}
