//! A provider's discovery document and its keys, read together (OpenID Connect Discovery §4, RFC 7517).
//!
//! Must not keep anything; that is [`crate::upstream::metadata`]'s.

use std::time::Duration;

use async_trait::async_trait;
use openidconnect::core::CoreJsonWebKey;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::upstream::{
    fetch::{FetchError, Fetcher},
    metadata::Source,
};

use super::signature::VerifyingKey;

/// What we need to know of a provider.
#[derive(Debug)]
pub(super) struct Published {
    /// Literal, or with `{tenantid}` for Entra's multi-tenant endpoint.
    pub issuer: String,
    pub authorization_endpoint: Url,
    pub token_endpoint: Url,
    pub userinfo_endpoint: Option<Url>,
    /// RFC 9207 §3: its answers carry `iss`, so one without is not its.
    pub sends_iss: bool,
    pub takes_secret_by: SecretBy,
    pub keys: Vec<PublishedKey>,
}

/// How the token endpoint wants our secret (RFC 6749 §2.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SecretBy {
    Basic,
    Post,
}

#[derive(Debug)]
pub(super) struct PublishedKey {
    /// What the key says of itself: its id, its purpose, its algorithm.
    pub key: CoreJsonWebKey,
    pub verifying: VerifyingKey,
    /// Entra says per key which issuer may use it.
    pub issuer: Option<String>,
}

/// Reads a [`Published`].
pub(super) struct Discovery {
    pub fetcher: Fetcher,
    /// Where the document is: `{this}/.well-known/openid-configuration`.
    pub base: String,
    /// What the document must call itself.
    pub issuer: String,
}

/// The document as it comes; unknown members are its own business.
#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: Url,
    token_endpoint: Url,
    userinfo_endpoint: Option<Url>,
    jwks_uri: Url,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

#[async_trait]
impl Source for Discovery {
    type Document = Published;

    async fn read(&self) -> Result<(Published, Option<Duration>), FetchError> {
        let limit = self.fetcher.timeout();
        match tokio::time::timeout(limit, self.read_both()).await {
            Ok(read) => read,
            Err(_) => Err(FetchError::TimedOut(self.base.clone())),
        }
    }
}

impl Discovery {
    async fn read_both(&self) -> Result<(Published, Option<Duration>), FetchError> {
        let nonsense = |why: &str| FetchError::Nonsense(self.base.clone(), why.to_owned());
        let address = format!("{}/.well-known/openid-configuration", self.base.trim_end_matches('/'));
        let address = Url::parse(&address).map_err(|_| nonsense("the configured issuer is no URL"))?;
        let (document, document_keeps): (Document, _) = self.fetcher.document(&address).await?;
        // Discovery §4.3: a document that speaks for somebody else is not the one that was asked for.
        if document.issuer != self.issuer {
            return Err(nonsense("its discovery document names another issuer than the configured one"));
        }
        self.fetcher.permits(&document.authorization_endpoint)?;
        self.fetcher.permits(&document.token_endpoint)?;
        let (set, keys_keep): (KeySet, _) = self.fetcher.document(&document.jwks_uri).await?;
        let keys: Vec<_> = set.keys.into_iter().filter_map(usable).collect();
        if keys.is_empty() {
            return Err(nonsense("its key set has no key that we can verify with"));
        }
        let keep = document_keeps.into_iter().chain(keys_keep).min();
        Ok((document.with(keys), keep))
    }
}

impl Document {
    fn with(self, keys: Vec<PublishedKey>) -> Published {
        // Discovery §3: absent means `client_secret_basic`.
        let methods = self.token_endpoint_auth_methods_supported.unwrap_or_else(|| vec!["client_secret_basic".to_owned()]);
        let is_post_only = !methods.iter().any(|m| m == "client_secret_basic") && methods.iter().any(|m| m == "client_secret_post");
        Published {
            issuer: self.issuer,
            authorization_endpoint: self.authorization_endpoint,
            token_endpoint: self.token_endpoint,
            userinfo_endpoint: self.userinfo_endpoint,
            sends_iss: self.authorization_response_iss_parameter_supported,
            takes_secret_by: if is_post_only { SecretBy::Post } else { SecretBy::Basic },
            keys,
        }
    }
}

/// Keys that can verify; everything else in the set is for others (RFC 7517 §5).
fn usable(value: Value) -> Option<PublishedKey> {
    let verifying = VerifyingKey::of_jwk(&value)?;
    let issuer = value.get("issuer").and_then(Value::as_str).map(str::to_owned);
    Some(PublishedKey { key: serde_json::from_value(value).ok()?, verifying, issuer })
}
