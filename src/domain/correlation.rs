//! What ties an upstream's answer to the sign-in that left for it. Kept in the flow, so it is taken with the flow's own swap: once.

use serde::{Deserialize, Serialize};

use super::{id::IdpId, secret::Secret, timestamp::Timestamp};

/// What a flow remembers while its browser is away. It serialises with its secrets: for the session store alone.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Correlation {
    /// The one provider whose answer is awaited (`security.md` C5).
    pub provider: IdpId,
    /// The secret half of `state`; the other half is the flow's id.
    pub state: Secret<String>,
    pub awaited: Awaited,
    pub left_at: Timestamp,
    /// The person must have authenticated at or after this moment.
    pub authenticated_since: Option<Timestamp>,
}

/// What the answer must fit besides, by the road the question took.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Awaited {
    OpenId(OpenIdBinding),
    /// The answer names the request it answers (`InResponseTo`).
    Saml {
        request: String,
    },
    /// Only `wctx` ties it.
    WsFed,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OpenIdBinding {
    /// In the ID token (OpenID Connect Core §3.1.2.1).
    pub nonce: Secret<String>,
    /// RFC 7636; never leaves but to the token endpoint.
    pub pkce_verifier: Secret<String>,
}
