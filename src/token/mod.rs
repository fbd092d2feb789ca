//! GRANTS -> TOKENS. Codes, signing keys and their rotation, claims, the exchange, userinfo. Never asks a person anything.
//!
//! A code is made only from a [`Grant`](crate::domain::grant::Grant), a Grant only from a passed consent gate, and a token only
//! from a code: so no token exists without consent, by type.
//!
//! [`plan`] decides when keys are born, [`forge`] makes and seals them, [`ring`] signs and verifies, [`keys`] keeps the rings of
//! all tenants fresh.

use crate::{
    domain::{error_code::ErrorCode, tenant::Tenant, timestamp::Timestamp},
    store::sessions::{Sessions, SessionsError},
};

pub mod access_token;
pub mod claims;
pub mod code;
pub mod exchange;
pub mod forge;
pub mod jwk;
pub mod keys;
pub mod plan;
pub mod ring;
pub mod userinfo;

#[cfg(test)]
pub(crate) mod fixture;

/// Where and when the token or userinfo endpoint answers: one tenant, its keys, what it remembers, the moment.
#[derive(Debug, Clone, Copy)]
pub struct Endpoint<'a> {
    pub tenant: &'a Tenant,
    /// From [`keys::Keys::ring_for`], asked for before anything is spent.
    pub ring: &'a ring::Ring,
    pub sessions: &'a dyn Sessions,
    pub now: Timestamp,
}

impl Endpoint<'_> {
    /// Logs the store's failure, whose text ends here, and names it.
    fn store_failed(&self, error: &SessionsError) -> ErrorCode {
        tracing::error!(tenant.id = %self.tenant.id, error = %error, "the session store failed at the token endpoint");
        match error {
            SessionsError::Full => ErrorCode::SessionsFull,
            SessionsError::Unreachable(_) => ErrorCode::SessionsUnavailable,
        }
    }
}
