//! The raw shapes of federation partners in a tenant file: one table per protocol, so that every value keeps its place.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::settings::at::At;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Saml {
    /// What guests read on a button or in the account picker.
    #[schemars(required)]
    pub name: Option<At<String>>,
    /// Its entity id, exactly as its assertions' `Issuer` spells it.
    #[schemars(required)]
    pub entity_id: Option<At<String>>,
    /// Where its metadata is: keys and addresses are read from there and kept current. One of `metadata_url`, `metadata_file`, `sign_in_url`.
    pub metadata_url: Option<At<String>>,
    /// How often `metadata_url` is read again: 10m to 7d.
    #[schemars(extend("default" = "12h"))]
    pub metadata_refresh: Option<At<String>>,
    /// Files of certificates, one of which must have signed the metadata.
    #[schemars(length(min = 1, max = 10))]
    pub metadata_certificates: Option<At<Vec<At<String>>>>,
    /// A file with its metadata; read again when Gatehouse starts.
    pub metadata_file: Option<At<String>>,
    /// Where people are sent to sign in (its single sign-on address); goes with `certificates`.
    pub sign_in_url: Option<At<String>>,
    /// Where people are sent to sign out; goes with `sign_in_url`.
    pub sign_out_url: Option<At<String>>,
    /// Files of the certificates it signs with: two while it rolls over; goes with `sign_in_url`.
    #[schemars(length(min = 1, max = 10))]
    pub certificates: Option<At<Vec<At<String>>>>,
    /// Domains it speaks for: guests of them are sent here, and addresses outside them are refused.
    #[schemars(required, length(min = 1))]
    pub domains: Option<Vec<At<String>>>,
    /// `open`: it may also name addresses outside `domains`; they count as unverified.
    pub domain_gate: Option<Gate>,
    /// `required`: a domain counts only once the partner has shown that it is its own, by DNS or by the host of its sign-in address.
    pub domain_proof: Option<Proof>,
    /// Who we are there: `tenant` (`{issuer}/saml`), `provider` (`{issuer}/saml/{id}`), or any other text, which is the entity id itself.
    #[schemars(extend("default" = "tenant"))]
    pub our_entity_id: Option<At<String>>,
    /// How requests travel; `offered` takes what its metadata offers, Redirect first.
    pub request_binding: Option<At<Binding>>,
    /// Whether requests are signed; `as_wanted` does what its metadata wants.
    pub sign_requests: Option<At<Signing>>,
    /// The kind of name asked for; `none` asks for none in particular.
    pub name_id: Option<At<NameId>>,
    /// Ways of signing in that it must have used one of, as class references; each a URI.
    pub authn_contexts: Option<Vec<At<String>>>,
    /// How the address that was typed travels along.
    pub login_hint: Option<At<Hint>>,
    /// The client of this tenant to which people go whom the partner sends unasked. Absent: they are refused.
    pub unsolicited: Option<At<String>>,
    /// What must be signed.
    pub signed: Option<Signed>,
    /// `true`: assertions must come encrypted.
    #[schemars(extend("default" = false))]
    pub encrypted: Option<bool>,
    /// `true`: signatures with SHA-1 are taken from this partner. They can be forged by whoever invests enough.
    #[schemars(extend("default" = false))]
    pub allow_sha1: Option<At<bool>>,
    /// The clock difference we forgive: up to 5m.
    #[schemars(extend("default" = "60s"))]
    pub clock_skew: Option<At<String>>,
    /// Names of its attributes, where it uses none of the well-known ones.
    pub attributes: Option<At<Attributes>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WsFed {
    /// What guests read on a button or in the account picker.
    #[schemars(required)]
    pub name: Option<At<String>>,
    /// The issuer its tokens name, exactly as they spell it.
    #[schemars(required)]
    pub issuer: Option<At<String>>,
    /// Where its metadata is: keys and addresses are read from there and kept current. One of `metadata_url`, `metadata_file`, `sign_in_url`.
    pub metadata_url: Option<At<String>>,
    /// How often `metadata_url` is read again: 10m to 7d.
    #[schemars(extend("default" = "12h"))]
    pub metadata_refresh: Option<At<String>>,
    /// Files of certificates, one of which must have signed the metadata.
    #[schemars(length(min = 1, max = 10))]
    pub metadata_certificates: Option<At<Vec<At<String>>>>,
    /// A file with its metadata; read again when Gatehouse starts.
    pub metadata_file: Option<At<String>>,
    /// Where people are sent to sign in (its passive endpoint); goes with `certificates`.
    pub sign_in_url: Option<At<String>>,
    /// Where people are sent to sign out; goes with `sign_in_url`.
    pub sign_out_url: Option<At<String>>,
    /// Files of the certificates it signs with: two while it rolls over; goes with `sign_in_url`.
    #[schemars(length(min = 1, max = 10))]
    pub certificates: Option<At<Vec<At<String>>>>,
    /// Domains it speaks for: guests of them are sent here, and addresses outside them are refused.
    #[schemars(required, length(min = 1))]
    pub domains: Option<Vec<At<String>>>,
    /// `open`: it may also name addresses outside `domains`; they count as unverified.
    pub domain_gate: Option<Gate>,
    /// `required`: a domain counts only once the partner has shown that it is its own, by DNS or by the host of its sign-in address.
    pub domain_proof: Option<Proof>,
    /// Who we are there (`wtrealm`); `{issuer}/wsfed` unless said otherwise.
    pub realm: Option<At<String>>,
    /// Which of its own realms it should send people on to (`whr`).
    pub home_realm: Option<At<String>>,
    /// How old a sign-in there may be (`wfresh`), in whole minutes: up to 7d. Absent: as it likes.
    pub freshness: Option<At<String>>,
    /// The way of signing in that is asked for (`wauth`), a URI.
    pub authentication: Option<At<String>>,
    /// `true`: signatures with SHA-1 are taken from this partner. They can be forged by whoever invests enough.
    #[schemars(extend("default" = false))]
    pub allow_sha1: Option<At<bool>>,
    /// The clock difference we forgive: up to 5m.
    #[schemars(extend("default" = "60s"))]
    pub clock_skew: Option<At<String>>,
    /// Names of its claims, where it uses none of the well-known ones.
    pub attributes: Option<At<Attributes>>,
}

/// Names of attributes; what is left out is looked for under the names that everybody's products use.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Attributes {
    /// What names a person for ever, in place of the NameID or the ImmutableID.
    pub subject: Option<At<String>>,
    /// The email address.
    pub address: Option<Vec<At<String>>>,
    /// What the person is called.
    pub name: Option<Vec<At<String>>>,
}

/// Our own certificates towards partners of this tenant: they sign requests and metadata, and answers are encrypted to them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Federation {
    /// How long a certificate is used before the next takes over: 30d to 3650d.
    #[schemars(extend("default" = "730d"))]
    pub key_rotation: Option<At<String>>,
    /// How long the next one is published before: 1d to 365d, and less than `key_rotation`. Partners must have read it by then.
    #[schemars(extend("default" = "60d"))]
    pub key_publish_ahead: Option<At<String>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Gate {
    #[default]
    Closed,
    Open,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    #[default]
    Asked,
    Required,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Binding {
    #[default]
    Offered,
    Redirect,
    Post,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Signing {
    #[default]
    AsWanted,
    Always,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NameId {
    #[default]
    Persistent,
    Email,
    Transient,
    Unspecified,
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Hint {
    #[default]
    None,
    Subject,
    Username,
    LoginHint,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Signed {
    #[default]
    Either,
    Assertion,
    Response,
    Both,
}
