//! The raw shapes of identity providers in a tenant file: one table per kind, so that every value keeps its place.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use crate::settings::{at::At, secrets::SecretRef};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Oidc {
    /// What guests read on a button or in the account picker.
    #[schemars(required)]
    pub name: Option<At<String>>,
    /// Its issuer, exactly as its discovery document spells it.
    #[schemars(required)]
    pub issuer: Option<At<String>>,
    /// Who we are there.
    #[schemars(required)]
    pub client_id: Option<At<String>>,
    /// Absent: we are a public client there.
    pub client_secret: Option<At<SecretRef>>,
    /// Domains it speaks for: guests of them are sent here, and addresses outside them are refused.
    pub domains: Option<Vec<At<String>>>,
    /// What we ask it for; `openid`, `profile` and `email` unless said otherwise.
    pub scopes: Option<At<Vec<At<String>>>>,
    /// Algorithms its ID tokens may be signed with; `RS256` and `ES256` unless said otherwise.
    #[schemars(length(min = 1))]
    pub algorithms: Option<Vec<At<Algorithm>>>,
    /// The clock difference we forgive: up to 5m.
    #[schemars(extend("default" = "60s"))]
    pub clock_skew: Option<At<String>>,
    /// How to ask it whether an account exists; makes it a home directory.
    pub lookup: Option<At<Lookup>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Entra {
    /// What guests read on a button or in the account picker.
    #[schemars(required)]
    pub name: Option<At<String>>,
    /// The application's (client) id.
    #[schemars(required)]
    pub client_id: Option<At<String>>,
    /// A client secret of the application.
    pub client_secret: Option<At<SecretRef>>,
    /// The cloud's sign-in address.
    #[schemars(extend("default" = "https://login.microsoftonline.com/"))]
    pub authority: Option<At<String>>,
    /// Entra tenant ids whose accounts may come. Absent or empty: any.
    pub tids: Option<Vec<At<String>>>,
    /// Domains it speaks for. Absent: any its accounts have.
    pub domains: Option<Vec<At<String>>>,
    /// What we ask it for; `openid`, `profile` and `email` unless said otherwise.
    pub scopes: Option<At<Vec<At<String>>>>,
    /// Algorithms its ID tokens may be signed with; `RS256` unless said otherwise.
    #[schemars(length(min = 1))]
    pub algorithms: Option<Vec<At<Algorithm>>>,
    /// The clock difference we forgive: up to 5m.
    #[schemars(extend("default" = "60s"))]
    pub clock_skew: Option<At<String>>,
    /// How to ask it whether an account exists; `{ domain_probe = true }` unless said otherwise.
    pub lookup: Option<At<Lookup>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Google {
    /// What guests read on a button.
    #[schemars(required)]
    pub name: Option<At<String>>,
    /// The OAuth client's id.
    #[schemars(required)]
    pub client_id: Option<At<String>>,
    /// The OAuth client's secret.
    pub client_secret: Option<At<SecretRef>>,
    /// For tests; Google's own otherwise.
    #[schemars(extend("default" = "https://accounts.google.com"))]
    pub issuer: Option<At<String>>,
    /// The clock difference we forgive: up to 5m.
    #[schemars(extend("default" = "60s"))]
    pub clock_skew: Option<At<String>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MicrosoftAccount {
    /// What guests read on a button or in the account picker.
    #[schemars(required)]
    pub name: Option<At<String>>,
    /// The application's (client) id.
    #[schemars(required)]
    pub client_id: Option<At<String>>,
    /// A client secret of the application.
    pub client_secret: Option<At<SecretRef>>,
    /// For tests; Microsoft's own for personal accounts otherwise.
    #[schemars(extend("default" = "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0"))]
    pub issuer: Option<At<String>>,
    /// The clock difference we forgive: up to 5m.
    #[schemars(extend("default" = "60s"))]
    pub clock_skew: Option<At<String>>,
    /// How to know whether an account exists: by lists or a hook.
    pub lookup: Option<At<Lookup>>,
}

/// A way to ask whether an account exists: exactly one of `domains`, lists, `webfinger`, `scim`, `hook`, `domain_probe`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lookup {
    /// `true`: every address of the provider's `domains` is an account of it.
    pub domains: Option<At<bool>>,
    /// Lists: addresses that have an account.
    pub accounts: Option<Vec<At<String>>>,
    /// Lists: addresses that have an account in a directory nobody administers.
    pub unmanaged: Option<Vec<At<String>>>,
    /// Lists: a CSV file with the header `upn,managed`.
    pub csv: Option<At<String>>,
    /// Lists: domains the directory has verified.
    pub verified: Option<Vec<At<String>>>,
    /// Lists: verified domains whose sign-ins happen at a provider on the premises.
    pub federated: Option<Vec<At<String>>>,
    /// Lists: verified domains that do not allow self-service accounts.
    pub closed: Option<Vec<At<String>>>,
    /// RFC 7033: `true` asks the address's own domain, a URL asks there.
    pub webfinger: Option<At<TrueOrText>>,
    /// RFC 7644: the base of a SCIM service.
    pub scim: Option<At<String>>,
    /// A service of your own: it gets `POST {"address": …}` and answers `{"exists": …, "managed": …}`.
    pub hook: Option<At<String>>,
    /// Entra alone: `true` asks its public configuration by domain.
    pub domain_probe: Option<At<bool>>,
    /// The bearer token for `scim` or `hook`.
    pub token: Option<At<SecretRef>>,
    /// After this the answer is "can't say": 50ms to 30s.
    #[schemars(extend("default" = "2s"))]
    pub timeout: Option<At<String>>,
    /// How long an answer is believed: up to 1d.
    #[schemars(extend("default" = "10m"))]
    pub cache: Option<At<String>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Algorithm {
    #[serde(rename = "RS256")]
    Rs256,
    #[serde(rename = "RS384")]
    Rs384,
    #[serde(rename = "RS512")]
    Rs512,
    #[serde(rename = "PS256")]
    Ps256,
    #[serde(rename = "ES256")]
    Es256,
    #[serde(rename = "ES384")]
    Es384,
    #[serde(rename = "EdDSA")]
    EdDsa,
}

/// `true` (or `false`), or a text.
#[derive(Debug)]
pub enum TrueOrText {
    Is(bool),
    Text(String),
}

impl<'de> Deserialize<'de> for TrueOrText {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = TrueOrText;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("true or a text")
            }

            fn visit_bool<E: de::Error>(self, is: bool) -> Result<Self::Value, E> {
                Ok(TrueOrText::Is(is))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(TrueOrText::Text(text.to_owned()))
            }
        }
        from.deserialize_any(Visitor)
    }
}

impl JsonSchema for TrueOrText {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "TrueOrText".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [{ "type": "boolean" }, { "type": "string" }] })
    }
}
