//! A validated OpenID Connect authorization request. Only [`crate::oidc::request`] makes one from wire words.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{
    client::{RedirectUri, Scope},
    id::{ClientId, GuestId},
};

#[derive(Clone, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    pub client: ClientId,
    pub redirect_uri: RedirectUri,
    pub response_mode: ResponseMode,
    /// Returned unchanged (RFC 6749 §4.1.1).
    pub state: Option<String>,
    pub nonce: Option<String>,
    pub scopes: Vec<Scope>,
    /// S256 (RFC 7636 §4.2). `None` only where the client is registered so.
    pub code_challenge: Option<String>,
    pub prompt: Prompt,
    /// Seconds.
    pub max_age: Option<u64>,
    pub login_hint: Option<String>,
    pub domain_hint: Option<String>,
    /// Whom the app's `id_token_hint` names: nobody else may be answered for (OpenID Connect Core §3.1.2.1).
    pub hinted_guest: Option<GuestId>,
}

/// `state` may be a session of the app's, and `login_hint` is mostly somebody's address: neither is for a log.
impl fmt::Debug for AuthorizationRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { client, redirect_uri, response_mode, scopes, prompt, max_age, .. } = self;
        f.debug_struct("AuthorizationRequest")
            .field("client", client)
            .field("redirect_uri", redirect_uri)
            .field("response_mode", response_mode)
            .field("scopes", scopes)
            .field("prompt", prompt)
            .field("max_age", max_age)
            .finish_non_exhaustive()
    }
}

/// How the answer travels (OAuth 2.0 Multiple Response Types §2.1, Form Post §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseMode {
    #[default]
    Query,
    FormPost,
}

/// OpenID Connect Core §3.1.2.1 `prompt`: `none` alone, or any of the others together.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    /// Whatever the situation needs.
    #[default]
    AsNeeded,
    /// Answer without a page, or with an error.
    None,
    Interactive(Vec<Interaction>),
}

/// What the app wants to happen even where it is not needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interaction {
    /// Authenticate again, whatever session there is.
    Login,
    /// Let the person choose which account.
    SelectAccount,
    /// Show Review permissions again.
    Consent,
}

impl Prompt {
    pub fn wants(&self, interaction: Interaction) -> bool {
        matches!(self, Self::Interactive(list) if list.contains(&interaction))
    }
}
