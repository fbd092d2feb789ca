//! How long what we issue lives, and which algorithm signs it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// JWS algorithms a tenant can sign with (RFC 7518 §3.1). ES256 unless a client asks for RS256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub enum SigningAlgorithm {
    #[default]
    #[serde(rename = "ES256")]
    Es256,
    #[serde(rename = "RS256")]
    Rs256,
}

impl SigningAlgorithm {
    pub const ALL: [Self; 2] = [Self::Es256, Self::Rs256];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|alg| alg.as_str() == text)
    }
}

/// Lifetimes of what a tenant issues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenPolicy {
    pub id_token: Duration,
    pub access_token: Duration,
    pub authorization_code: Duration,
    /// A browser session at this tenant, from authentication; Entra's passcode session is 24 h (`behaviour.md` §8.3).
    pub session: Duration,
    /// How long one sign-in may take, from the app's request to the code.
    pub flow: Duration,
    /// How long a new signing key is published before it signs.
    pub key_publish_ahead: Duration,
    /// How long a signing key signs before the next takes over.
    pub key_rotation: Duration,
}

impl Default for TokenPolicy {
    fn default() -> Self {
        Self {
            id_token: Duration::from_secs(3600),
            access_token: Duration::from_secs(3600),
            authorization_code: Duration::from_secs(60),
            session: Duration::from_secs(24 * 3600),
            flow: Duration::from_secs(3600),
            key_publish_ahead: Duration::from_secs(24 * 3600),
            key_rotation: Duration::from_secs(90 * 24 * 3600),
        }
    }
}
