//! GRANTS -> TOKENS. Codes, signing keys and their rotation, claims, the exchange, userinfo. Never asks a person anything.
//!
//! A code is made only from a [`Grant`](crate::domain::grant::Grant), a Grant only from a passed consent gate, and a guest's token only
//! from a code: so none exists without consent, by type. An app's own token ([`app_token`]) speaks for no guest.
//!
//! [`plan`] decides when keys are born, [`forge`] makes and seals them, [`ring`] signs and verifies, [`keys`] keeps the rings of
//! all tenants fresh.

use crate::{
    domain::{client::Client, error_code::ErrorCode, id::GuestId, tenant::Tenant, timestamp::Timestamp},
    oidc::parameters::Parameters,
    store::{
        directory::Directory,
        sessions::{Sessions, SessionsError},
    },
};

pub mod access_token;
pub mod app_token;
pub mod claims;
pub mod code;
pub mod exchange;
pub mod forge;
pub mod jwk;
pub mod keys;
pub mod plan;
pub mod ring;
pub mod userinfo;

use exchange::TokenResponse;

#[cfg(test)]
pub(crate) mod fixture;

/// Answers the token request of `client`, which has proven itself, by whichever grant it names.
pub async fn answer(endpoint: &Endpoint<'_>, client: &Client, parameters: &Parameters) -> Result<TokenResponse, ErrorCode> {
    let grant = parameters.one("grant_type").map_err(|_| ErrorCode::InvalidTokenRequest)?;
    match grant.ok_or(ErrorCode::InvalidTokenRequest)? {
        "authorization_code" => exchange::exchange(endpoint, client, parameters).await,
        "client_credentials" => app_token::grant(endpoint, client, parameters),
        _ => Err(ErrorCode::UnsupportedGrantType),
    }
}

/// Where and when the token or userinfo endpoint answers: one tenant, its keys, what it remembers, the moment.
#[derive(Debug, Clone, Copy)]
pub struct Endpoint<'a> {
    pub tenant: &'a Tenant,
    /// From [`keys::Keys::ring_for`], asked for before anything is spent.
    pub ring: &'a ring::Ring,
    pub sessions: &'a dyn Sessions,
    pub directory: &'a Directory,
    pub now: Timestamp,
}

impl Endpoint<'_> {
    /// Whether `guest` may still have what was granted at that moment: not blocked, deleted, reset or signed out everywhere since.
    async fn still_stands(&self, guest: GuestId, granted_at: Timestamp) -> Result<bool, ErrorCode> {
        self.directory.still_stands(&self.tenant.id, guest, granted_at).await.map_err(|error| {
            tracing::error!(tenant.id = %self.tenant.id, error = %error, "the directory failed at the token endpoint");
            ErrorCode::DirectoryUnavailable
        })
    }

    /// Logs the store's failure, whose text ends here, and names it.
    fn store_failed(&self, error: &SessionsError) -> ErrorCode {
        tracing::error!(tenant.id = %self.tenant.id, error = %error, "the session store failed at the token endpoint");
        match error {
            SessionsError::Full => ErrorCode::SessionsFull,
            SessionsError::Unreachable(_) => ErrorCode::SessionsUnavailable,
        }
    }
}
