//! THE ONE VERIFIER of signed XML. What comes out was signed by a configured key, and nothing else comes out.
//!
//! Must not know protocols' rules about audience, time or request: those read what this room has verified.

use crate::domain::{certificate::Certificate, rejection::Rejected, timestamp::Timestamp, verdict::Verdicts};

mod assertion;
mod decrypt;
mod keys;
mod logout;
mod metadata;
mod names;
mod profile;
mod query;
mod read;
mod read_saml1;
mod read_saml2;
mod refusal;
mod response;
mod signature;
mod splice;
mod token;
mod trust;
mod verified;

pub use assertion::*;
pub use keys::{DecryptionKey, TrustedKeys};
pub use trust::Trust;
pub use verified::Verified;

#[cfg(test)]
mod tests;

/// Opens a `samlp:Response`, already out of its base64.
pub fn open_response(xml: &[u8], trust: &Trust<'_>, verdicts: &mut Verdicts) -> Result<OpenedResponse, Rejected> {
    response::open(xml, trust, verdicts).map_err(|refusal| refusal.after(verdicts))
}

/// Opens a `RequestSecurityTokenResponse` (WS-Trust 2005/02 or 1.3).
pub fn open_token(xml: &[u8], trust: &Trust<'_>, verdicts: &mut Verdicts) -> Result<OpenedToken, Rejected> {
    token::open(xml, trust, verdicts).map_err(|refusal| refusal.after(verdicts))
}

/// Opens a LogoutRequest or LogoutResponse.
#[expect(clippy::needless_pass_by_value, reason = "the proof of one query's signature is good for one message")]
pub fn open_logout(xml: &[u8], signature: LogoutSignature<'_>, verdicts: &mut Verdicts) -> Result<LogoutMessage, Rejected> {
    logout::open(xml, &signature, verdicts).map_err(|refusal| refusal.after(verdicts))
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
pub fn verify_query(raw: &str, trust: &Trust<'_>, verdicts: &mut Verdicts) -> Result<QuerySigned, Rejected> {
    query::verify(raw, trust, verdicts).map_err(|refusal| refusal.after(verdicts))
}

/// Whether a metadata document is signed as a whole by one of these.
pub fn check_metadata_signature(xml: &[u8], signed_by: &[Certificate]) -> Result<(), Rejected> {
    metadata::check(xml, signed_by)
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
