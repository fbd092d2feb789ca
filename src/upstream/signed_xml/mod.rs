//! THE ONE VERIFIER of signed XML. What comes out was signed by a configured key, and nothing else comes out.
//!
//! Must not know protocols' rules about audience, time or request: those read what this room has verified.

use std::{ops::Deref, sync::Arc};

use crate::domain::{
    certificate::Certificate, error_code::ErrorCode, federation::Acceptance, rejection::Rejected, timestamp::Timestamp, verdict::Verdicts,
};

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
    decryption: &'a [Arc<Credential>],
}

impl<'a> Trust<'a> {
    /// Refused when no key is there, or none that is strong enough.
    pub fn new(signing: &'a [Certificate], acceptance: &'a Acceptance, decryption: &'a [Arc<Credential>]) -> Result<Self, Rejected> {
        if signing.is_empty() {
            return Err(Rejected::new(ErrorCode::NoTrustedKey, "no key is configured or published for this provider"));
        }
        Ok(Self { signing, acceptance, decryption })
    }
}

/// Opens a `samlp:Response`, already out of its base64.
pub fn open_response(_xml: &[u8], _trust: &Trust<'_>, _verdicts: &mut Verdicts) -> Result<OpenedResponse, Rejected> {
    Err(Rejected::new(ErrorCode::Internal, "not built"))
}

/// Opens a `RequestSecurityTokenResponse` (WS-Trust 2005/02 or 1.3).
pub fn open_token(_xml: &[u8], _trust: &Trust<'_>, _verdicts: &mut Verdicts) -> Result<OpenedToken, Rejected> {
    Err(Rejected::new(ErrorCode::Internal, "not built"))
}

/// Opens a LogoutRequest or LogoutResponse.
pub fn open_logout(_xml: &[u8], _signature: LogoutSignature<'_>, _verdicts: &mut Verdicts) -> Result<LogoutMessage, Rejected> {
    Err(Rejected::new(ErrorCode::Internal, "not built"))
}

/// Where a logout message's signature is.
pub enum LogoutSignature<'a> {
    /// In the message (HTTP-POST).
    Inside(&'a Trust<'a>),
    /// It was in the query, and was verified there (HTTP-Redirect).
    InQuery(QuerySigned),
}

/// Proof that a raw query was signed by a trusted key. Only [`verify_query`] makes one.
pub struct QuerySigned(());

/// Verifies the signature of an HTTP-Redirect message over the query exactly as it came (Bindings §3.4.4.1).
pub fn verify_query(_raw: &str, _trust: &Trust<'_>, _verdicts: &mut Verdicts) -> Result<QuerySigned, Rejected> {
    Err(Rejected::new(ErrorCode::Internal, "not built"))
}

/// Whether a metadata document is signed as a whole by one of these.
pub fn check_metadata_signature(_xml: &[u8], _signed_by: &[Certificate]) -> Result<(), Rejected> {
    Err(Rejected::new(ErrorCode::Internal, "not built"))
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
