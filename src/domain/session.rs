//! A browser already recognised at one tenant.

use serde::{Deserialize, Serialize};

use super::{
    id::{GuestId, SessionId},
    identity::VerifiedIdentity,
    timestamp::Timestamp,
};

/// What signing in left behind. Its cookie carries a secret; the store keeps this under a digest of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BrowserSession {
    pub id: SessionId,
    pub guest: GuestId,
    pub identity: VerifiedIdentity,
    pub expires_at: Timestamp,
}

impl BrowserSession {
    /// Whether it may answer a request without a new sign-in: alive, and fresh enough for `max_age` seconds
    /// (OpenID Connect Core §3.1.2.1).
    pub fn satisfies(&self, now: Timestamp, max_age: Option<u64>) -> bool {
        let is_fresh = max_age.is_none_or(|limit| now.since(self.identity.authenticated_at).as_secs() <= limit);
        now < self.expires_at && is_fresh
    }
}
