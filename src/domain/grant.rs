//! What may be issued, to whom. Constructible only from a passed consent gate.

use serde::{Deserialize, Serialize};

use super::{
    authorization_request::AuthorizationRequest,
    client::{RedirectUri, Scope},
    consent::Passed,
    id::{ClientId, GuestId, SessionId},
    identity::VerifiedIdentity,
    timestamp::Timestamp,
};

/// One authorization, waiting behind a code (RFC 6749 §4.1). Private fields: the only way to a `Grant` is
/// [`Grant::new`], or reading back one that the session store kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Grant {
    guest: GuestId,
    identity: VerifiedIdentity,
    session: SessionId,
    client: ClientId,
    redirect_uri: RedirectUri,
    scopes: Vec<Scope>,
    nonce: Option<String>,
    code_challenge: Option<String>,
    expires_at: Timestamp,
}

impl Grant {
    pub fn new(passed: Passed, session: SessionId, request: &AuthorizationRequest, expires_at: Timestamp) -> Self {
        let (guest, identity) = passed.into_parts();
        Self {
            guest,
            identity,
            session,
            client: request.client.clone(),
            redirect_uri: request.redirect_uri.clone(),
            scopes: request.scopes.clone(),
            nonce: request.nonce.clone(),
            code_challenge: request.code_challenge.clone(),
            expires_at,
        }
    }

    pub fn guest(&self) -> GuestId {
        self.guest
    }

    pub fn identity(&self) -> &VerifiedIdentity {
        &self.identity
    }

    pub fn session(&self) -> SessionId {
        self.session
    }

    pub fn client(&self) -> &ClientId {
        &self.client
    }

    pub fn redirect_uri(&self) -> &RedirectUri {
        &self.redirect_uri
    }

    pub fn scopes(&self) -> &[Scope] {
        &self.scopes
    }

    pub fn nonce(&self) -> Option<&str> {
        self.nonce.as_deref()
    }

    /// The S256 challenge of RFC 7636 §4.2, base64url without padding.
    pub fn code_challenge(&self) -> Option<&str> {
        self.code_challenge.as_deref()
    }

    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }
}
