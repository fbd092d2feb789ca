//! THE ONE VERIFIER of signed XML. What comes out was signed by a configured key, and nothing else comes out.
//!
//! Must not know protocols' rules about audience, time or request: those read what this room has verified.

use std::ops::Deref;

use crate::domain::{certificate::Certificate, federation::Acceptance, timestamp::Timestamp};

mod assertion;

pub use assertion::*;

use super::credentials::Credential;

/// Proof that `T` was read from nodes whose signature a trusted key made. Only this room makes one.
pub struct Verified<T>(T);

impl<T> Deref for Verified<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// Whom and what to believe. There is no way to verify without keys: no keys, no `Trust` (A11).
pub struct Trust<'a> {
    signing: &'a [Certificate],
    acceptance: &'a Acceptance,
    decryption: &'a [std::sync::Arc<Credential>],
}

/// A SAML response whose one assertion was verified, with what the envelope says. The envelope itself is believed only where
/// `is_signed`; what it says is checked either way.
pub struct OpenedResponse {
    pub envelope: ResponseEnvelope,
    pub assertion: Verified<Assertion>,
    pub was_encrypted: bool,
}

pub struct ResponseEnvelope {
    pub id: String,
    pub issued_at: Timestamp,
    pub destination: Option<String>,
    pub in_response_to: Option<String>,
    pub issuer: Option<String>,
    pub is_signed: bool,
}

/// A WS-Trust RequestSecurityTokenResponse with one verified assertion.
pub struct OpenedToken {
    pub applies_to: Option<String>,
    pub token_type: Option<String>,
    pub assertion: Verified<Assertion>,
}

/// A LogoutRequest or LogoutResponse (Core §3.7). By Redirect its signature is in the query and was verified there; by POST it is
/// inside.
pub enum LogoutMessage {
    Request(LogoutRequest),
    Response(LogoutResponse),
}

pub struct LogoutRequest {
    pub id: String,
    pub issuer: Option<String>,
    pub destination: Option<String>,
    pub issued_at: Timestamp,
    pub not_on_or_after: Option<Timestamp>,
    pub name_id: NameId,
    pub session_indexes: Vec<String>,
}

pub struct LogoutResponse {
    pub id: String,
    pub issuer: Option<String>,
    pub destination: Option<String>,
    pub in_response_to: Option<String>,
    pub issued_at: Timestamp,
    pub is_success: bool,
}
