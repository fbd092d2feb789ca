//! What a partner publishes of itself, kept current: keys and endpoints from a URL, a file, or as typed.
//!
//! Must not judge answers; a document that looks wrong is quarantined, and the last good one stays.

use std::sync::Arc;

use crate::{
    clock::Clock,
    domain::{certificate::Certificate, error_code::ErrorCode, federation::TrustSource, rejection::Rejected, timestamp::Timestamp},
    federation::metadata::Endpoint,
};

use super::fetch::Fetcher;

/// What is known of a partner at one moment. Never without a key: a partner that publishes none is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    pub entity_id: String,
    pub sign_in: Vec<Endpoint>,
    pub sign_out: Vec<Endpoint>,
    pub signing: Vec<Certificate>,
    pub wants_signed_requests: bool,
    pub valid_until: Option<Timestamp>,
}

/// One partner in one role, and what is known of it.
#[derive(Debug)]
pub struct Partner;

/// The role a partner plays for us; its metadata must have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Saml,
    WsFed,
}

impl Partner {
    /// `entity_id` is the one its metadata must name.
    pub fn new(_role: Role, _entity_id: &str, _source: &TrustSource, _fetcher: Fetcher, _clock: Clock) -> Self {
        Self
    }

    /// What is known now. Waits for the network at first use alone.
    pub async fn facts(&self) -> Result<Arc<Facts>, Rejected> {
        Err(Rejected::new(ErrorCode::MetadataUnavailable, "not built"))
    }

    /// A key that `seen` lacks is needed: reads anew, at most once a minute. Falls back to what is kept.
    pub async fn facts_newer_than(&self, seen: &Arc<Facts>) -> Arc<Facts> {
        Arc::clone(seen)
    }

    /// Refreshes what is due, and reports what is about to expire. Called about once a minute.
    pub async fn maintain(&self) {}

    /// The same partner after a reload: what was read stays known if it is read from the same place.
    #[must_use]
    pub fn keeping_what_is_known(self, _before: &Self) -> Self {
        self
    }
}
