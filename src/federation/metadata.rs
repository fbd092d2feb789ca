//! Metadata documents of SAML 2.0 identity providers (Metadata §2) and of WS-Federation services (WS-Federation 1.2 §3.1).
//!
//! Must not fetch, and must not decide whether a document is trusted.

use std::time::Duration;

use url::Url;

use crate::domain::{certificate::Certificate, error_code::ErrorCode, rejection::Rejected, timestamp::Timestamp};

/// One entity's document, or the one entity looked for in an `EntitiesDescriptor`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityMetadata {
    pub entity_id: String,
    pub valid_until: Option<Timestamp>,
    pub cache_duration: Option<Duration>,
    /// The `IDPSSODescriptor`, if it is a SAML 2.0 identity provider.
    pub saml: Option<PartnerRole>,
    /// The `SecurityTokenServiceType` role, if it is a WS-Federation service.
    pub ws_fed: Option<PartnerRole>,
    /// Roles that are no identity provider (`SPSSODescriptor`, …), by element name: for telling an operator what was mistaken for one.
    pub other_roles: Vec<String>,
}

/// What a partner does in one role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerRole {
    pub sign_in: Vec<Endpoint>,
    pub sign_out: Vec<Endpoint>,
    /// Keys to verify with: a `KeyDescriptor` without `use` counts (A11).
    pub signing: Vec<Certificate>,
    pub wants_signed_requests: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    pub binding: Binding,
    pub location: Url,
    /// Where answers go, if elsewhere (SAML Metadata §2.2.2).
    pub response_location: Option<Url>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binding {
    Redirect,
    Post,
    /// WS-Federation's own, which is a redirect.
    Passive,
}

/// Reads one entity's metadata. In an `EntitiesDescriptor`, the entity called `wanted`; without a wish there must be just one.
pub fn parse(_xml: &[u8], _wanted: Option<&str>) -> Result<EntityMetadata, Rejected> {
    Err(Rejected::new(ErrorCode::MetadataUnreadable, "not built"))
}
