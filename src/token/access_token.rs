//! Access tokens: JWTs per RFC 9068, for our own userinfo and our own management API. Making their claims is [`super::claims`]'s and
//! [`super::app_token`]'s, signing [`super::ring`]'s.
//!
//! Those for userinfo carry what userinfo will answer, for the scopes granted and no more: the client has the same facts in its ID token, and
//! userinfo asks the directory only whether its guest is still welcome. Price: a name changed in the directory shows after the token's life, an hour at most by default.

use std::{sync::Arc, time::Duration};

use moka::sync::Cache;
use serde::{Deserialize, Serialize};

use super::app_token::AppTokenClaims;
use crate::{domain::timestamp::Timestamp, random};

/// RFC 9068 §2.2, with the names of `product.md`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessTokenClaims {
    pub iss: String,
    pub sub: String,
    /// The issuer: the only resource it opens is userinfo.
    pub aud: String,
    pub client_id: String,
    pub exp: Timestamp,
    pub iat: Timestamp,
    pub jti: String,
    /// Space-separated.
    pub scope: String,
    pub sid: String,
    pub tid: String,
    pub oid: String,
    pub auth_time: Timestamp,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amr: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    #[serde(flatten)]
    pub person: Person,
}

/// What the scopes `profile` and `email` open (OpenID Connect Core §5.4), the same in ID token, access token and userinfo.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferred_username: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_verified: Option<bool>,
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[person]")
    }
}

/// A token whose signature was verified, and by which key. Issuer, audience, expiry and revocation are asked again at each use.
#[derive(Debug, Clone)]
pub struct Verified {
    pub kid: Arc<str>,
    pub claims: Claims,
}

/// For whom a token was made, by its shape: a guest's has a session, an app's has roles.
#[derive(Debug, Clone)]
pub enum Claims {
    Guest(Arc<AccessTokenClaims>),
    App(Arc<AppTokenClaims>),
}

impl Claims {
    pub fn parse(json: &[u8]) -> Option<Self> {
        let guest = serde_json::from_slice(json).map(|claims| Self::Guest(Arc::new(claims)));
        guest.or_else(|_| serde_json::from_slice(json).map(|claims| Self::App(Arc::new(claims)))).ok()
    }
}

/// How long a verified token is remembered: it holds a name and an address.
const KEPT: Duration = Duration::from_secs(15 * 60);

/// Tokens verified lately, by the SHA-256 of their octets: a hash instead of an ECDSA verification per userinfo.
#[derive(Debug, Clone)]
pub struct VerifiedTokens(Cache<[u8; 32], Verified>);

impl VerifiedTokens {
    pub fn holding(most: u64) -> Self {
        Self(Cache::builder().max_capacity(most).time_to_live(KEPT).build())
    }

    /// Only what verified is kept: a forged token costs its sender's request a verification, never a place here.
    pub fn or_verify<E>(&self, token: &str, verify: impl FnOnce() -> Result<Verified, E>) -> Result<Verified, E> {
        let digest = random::sha256(token.as_bytes());
        if let Some(known) = self.0.get(&digest) {
            return Ok(known);
        }
        let verified = verify()?;
        self.0.insert(digest, verified.clone());
        Ok(verified)
    }
}
