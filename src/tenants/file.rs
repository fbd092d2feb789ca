//! The raw shape of a tenant file: no opinions beyond types and bounds. Its JSON Schema is generated from here.
//!
//! Everything is optional to serde, even what the schema requires: [`crate::settings::document`] has already reported what is missing.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    file_guests::{Agreement, Guests, Invitations},
    file_partners::{Federation, Saml, WsFed},
    file_providers::{Entra, Google, MicrosoftAccount, Oidc},
    file_terms::Terms,
};
use crate::{
    domain::{
        home_realm::{Edition, Fallback, Primary},
        permission::Permission,
    },
    settings::{at::At, secrets::SecretRef},
};

/// Tables of a name the operator chose.
pub type Named<T> = BTreeMap<At<String>, At<T>>;

/// One tenant: who it is, who may come in by which road, and which apps trust it. Paths are relative to this file.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Gatehouse tenant")]
pub struct TenantFile {
    /// The tenant's id, also the file's name: lower-case letters, digits and `-`. Part of every address; never change it.
    #[schemars(required)]
    pub id: Option<At<String>>,
    /// What guests read: the organisation that lets them in.
    #[schemars(required)]
    pub name: Option<At<String>>,
    /// Verified domains of the organisation; each also leads here as the first part of an address.
    pub domains: Option<Vec<At<String>>>,
    /// The segment of the issuer, `{public_url}/{issuer}`: the id (if absent) or one of `domains`. Never change it.
    pub issuer: Option<At<String>>,
    /// The language spoken to people whose browser asks for none of ours.
    pub locale: Option<LocaleName>,
    /// How the pages look.
    pub branding: Option<At<Branding>>,
    /// What Review permissions links to.
    pub privacy: Option<At<Privacy>>,
    /// Where guests are sent to sign in.
    pub home_realm: Option<At<HomeRealm>>,
    /// Email one-time passcodes.
    pub passcode: Option<At<Passcode>>,
    /// Who becomes a guest.
    pub guests: Option<At<Guests>>,
    /// Who may be invited, by whom, and for how long.
    pub invitations: Option<At<Invitations>>,
    /// What is agreed with single partners, by domain.
    #[serde(default)]
    pub partners: Named<Agreement>,
    /// How long what we issue lives.
    pub tokens: Option<At<Tokens>>,
    /// Our own certificates towards partners that speak SAML or WS-Federation.
    pub federation: Option<At<Federation>>,
    /// Apps that trust this tenant's issuer, by `client_id`.
    #[serde(default)]
    pub clients: Named<Client>,
    /// OpenID Connect providers: home directories (with `lookup`) and federation partners (with `domains`), by id.
    #[serde(default)]
    pub oidc: Named<Oidc>,
    /// Microsoft Entra, by id.
    #[serde(default)]
    pub entra: Named<Entra>,
    /// Google; at most one.
    #[serde(default)]
    pub google: Named<Google>,
    /// Personal Microsoft accounts; at most one.
    #[serde(default)]
    pub msa: Named<MicrosoftAccount>,
    /// Federation partners that speak SAML 2.0, by id.
    #[serde(default)]
    pub saml: Named<Saml>,
    /// Federation partners that speak WS-Federation, by id.
    #[serde(default)]
    pub wsfed: Named<WsFed>,
    /// Terms of use that guests accept before they are let in, by id; shown in the order of their ids.
    #[serde(default)]
    pub terms: Named<Terms>,
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LocaleName {
    En,
    De,
    Fr,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Branding {
    /// A picture: `.svg`, `.png` or `.webp`.
    pub logo: Option<At<String>>,
    /// The accent colour, `#rrggbb`; white text must be readable on it.
    pub color: Option<At<String>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Privacy {
    /// The privacy statement's address.
    pub statement: Option<At<String>>,
    /// An email address for questions.
    pub contact: Option<At<String>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HomeRealm {
    /// Which of Microsoft's published rule sets applies; `2024` unless said otherwise.
    pub edition: Option<Edition>,
    /// The order in which kinds of providers are tried; what is left out is off.
    #[schemars(length(max = 3))]
    pub order: Option<Vec<At<Primary>>>,
    /// Where everyone else goes.
    pub fallback: Option<At<Fallback>>,
    /// Domains of consumer mail, besides those Gatehouse knows.
    pub consumer_domains: Option<Vec<At<String>>>,
    /// Other orders for single partner domains; what is left out there is as above.
    #[serde(default)]
    pub partners: Named<Partner>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Partner {
    /// The order in which kinds of providers are tried for this domain.
    #[schemars(length(max = 3))]
    pub order: Option<Vec<At<Primary>>>,
    /// Where everyone else of this domain goes.
    pub fallback: Option<At<Fallback>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Passcode {
    /// Whether a guest without a home may prove their mailbox instead. On unless said otherwise.
    #[schemars(extend("default" = true))]
    pub enabled: Option<At<bool>>,
    /// Digits in a code.
    #[schemars(range(min = 8, max = 10), extend("default" = 8))]
    pub length: Option<u8>,
    /// How long a code can be used: 1m to 2h.
    #[schemars(extend("default" = "30m"))]
    pub lifetime: Option<At<String>>,
    /// Wrong entries after which a code is dead.
    #[schemars(range(min = 1, max = 10), extend("default" = 5))]
    pub attempts: Option<u8>,
    /// Least time between two mails of one sign-in: 10s to 1h.
    #[schemars(extend("default" = "60s"))]
    pub resend_gap: Option<At<String>>,
    /// Mails one address may cause in `window`.
    #[schemars(range(min = 1, max = 1000), extend("default" = 5))]
    pub sends_per_address: Option<u32>,
    /// Mails one client IP may cause in `window`.
    #[schemars(range(min = 1, max = 100_000), extend("default" = 30))]
    pub sends_per_ip: Option<u32>,
    /// Wrong entries one address may see in `window`, over all sign-ins.
    #[schemars(range(min = 1, max = 1000), extend("default" = 20))]
    pub guesses_per_address: Option<At<u32>>,
    /// Wrong entries all addresses of this tenant together may see in `window`.
    #[schemars(range(min = 10, max = 1_000_000), extend("default" = 1000))]
    pub guesses_per_tenant: Option<At<u32>>,
    /// The time over which mails and wrong entries are counted: 1m to 1d.
    #[schemars(extend("default" = "15m"))]
    pub window: Option<At<String>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tokens {
    /// Of an ID token: 1m to 1d.
    #[schemars(extend("default" = "1h"))]
    pub id_token: Option<At<String>>,
    /// Of an access token: 1m to 1d.
    #[schemars(extend("default" = "1h"))]
    pub access_token: Option<At<String>>,
    /// Of an authorization code: 10s to 10m.
    #[schemars(extend("default" = "60s"))]
    pub code: Option<At<String>>,
    /// Of a browser's session at this tenant: 5m to 30d.
    #[schemars(extend("default" = "24h"))]
    pub session: Option<At<String>>,
    /// How long one sign-in may take: 5m to 1d.
    #[schemars(extend("default" = "1h"))]
    pub flow: Option<At<String>>,
    /// How long a signing key signs: 1d to 730d.
    #[schemars(extend("default" = "90d"))]
    pub key_rotation: Option<At<String>>,
    /// How long a new key is published before it signs: 5m to 30d, and less than `key_rotation`.
    #[schemars(extend("default" = "24h"))]
    pub key_publish_ahead: Option<At<String>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// What guests read.
    #[schemars(required)]
    pub name: Option<At<String>>,
    /// Where answers may be sent; compared byte for byte. Only a client that has `permissions`, and at which nobody signs in, has none.
    #[schemars(length(min = 1, max = 50))]
    pub redirect_uris: Option<At<Vec<At<String>>>>,
    /// How it proves itself at the token endpoint: `client_secret` by header or body, the other two by one of them alone, `none` for a
    /// public client (browser or native app).
    pub authentication: Option<At<Authentication>>,
    /// `optional` for a confidential client whose library does not know PKCE.
    pub pkce: Option<At<PkceRule>>,
    /// One secret, or two while rolling; none for a public client.
    #[schemars(length(max = 2))]
    pub secrets: Option<At<Vec<At<SecretRef>>>>,
    /// What it may ask for besides `openid`; `profile` and `email` unless said otherwise.
    pub scopes: Option<Vec<At<ScopeName>>>,
    /// Signs its ID tokens.
    pub id_token_signed_response_alg: Option<SigningAlg>,
    /// Where guests start it from.
    pub launch_url: Option<At<String>>,
    /// One line for My Apps.
    pub description: Option<At<String>>,
    /// Whether My Apps shows it; true unless said otherwise.
    pub listed: Option<At<bool>>,
    /// Whether only guests assigned to it get in; an invitation to the app assigns.
    pub assignment_required: Option<bool>,
    /// An administrator consented for everybody: Review permissions is not shown on the way to this app.
    pub admin_consent: Option<bool>,
    /// What it may do by the management API in its own name.
    pub permissions: Option<At<Vec<At<Permission>>>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Authentication {
    #[default]
    ClientSecret,
    ClientSecretBasic,
    ClientSecretPost,
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PkceRule {
    #[default]
    Required,
    Optional,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ScopeName {
    Openid,
    Profile,
    Email,
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
pub enum SigningAlg {
    #[serde(rename = "ES256")]
    Es256,
    #[serde(rename = "RS256")]
    Rs256,
}
