//! What a partner publishes of itself, kept current: keys and endpoints from a URL, a file, or as typed.
//!
//! Must not judge answers; a document that looks wrong is quarantined, and the last good one stays.

use crate::{
    domain::{certificate::Certificate, timestamp::Timestamp},
    federation::metadata::Endpoint,
};

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
