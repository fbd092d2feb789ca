//! From octets to facts: signature, entity, role, endpoints we may use, keys.
//!
//! Must not compare with what was known before.

use std::{sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{
    domain::{certificate::Certificate, error_code::ErrorCode, rejection::Rejected},
    federation::metadata::{self, Endpoint, EntityMetadata, PartnerRole},
    random,
    upstream::{fetch::Fetcher, signed_xml},
};

use super::{Facts, Role};

/// Who is awaited, and what their document must be signed by.
#[derive(Debug, Clone)]
pub(super) struct Reader {
    pub role: Role,
    pub entity_id: String,
    pub signed_by: Vec<Certificate>,
    pub fetcher: Fetcher,
}

/// One document, read. Its facts may still lack what makes them usable.
#[derive(Debug, Clone)]
pub(super) struct Document {
    pub facts: Arc<Facts>,
    /// Hosts of endpoints in plain http, whether we may use them or not.
    pub plain_http: Vec<String>,
    pub cache: Option<Duration>,
    /// Signed by whom the operator named.
    pub is_signed: bool,
}

impl Reader {
    /// Refuses with GH3161, GH3162, GH3163 or GH3165.
    pub(super) fn read(&self, xml: &[u8]) -> Result<Document, Rejected> {
        if !self.signed_by.is_empty() {
            signed_xml::check_metadata_signature(xml, &self.signed_by)?;
        }
        let entity = metadata::parse(xml, Some(&self.entity_id))?;
        let EntityMetadata { entity_id, valid_until, cache_duration, saml, ws_fed, other_roles, .. } = entity;
        let found = match self.role {
            Role::Saml => saml,
            Role::WsFed => ws_fed,
        };
        let PartnerRole { sign_in, sign_out, signing, wants_signed_requests } = found.ok_or_else(|| self.other_role(&other_roles))?;
        let plain_http = [&sign_in, &sign_out].into_iter().flatten().filter(|endpoint| endpoint.location.scheme() == "http");
        let plain_http = plain_http.filter_map(|endpoint| endpoint.location.host_str().map(str::to_owned)).collect();
        let facts = Facts {
            entity_id,
            sign_in: self.permitted(sign_in),
            sign_out: self.permitted(sign_out),
            signing: signing.into(),
            wants_signed_requests,
            valid_until,
        };
        Ok(Document { facts: Arc::new(facts), plain_http, cache: cache_duration, is_signed: !self.signed_by.is_empty() })
    }

    fn other_role(&self, others: &[String]) -> Rejected {
        let wanted = match self.role {
            Role::Saml => "a SAML 2.0 identity provider (IDPSSODescriptor)",
            Role::WsFed => "a WS-Federation service (SecurityTokenServiceType)",
        };
        let found = if others.is_empty() { "no role we know".to_owned() } else { others.join(", ") };
        Rejected::new(ErrorCode::MetadataRole, format!("it is not {wanted}; it has {found}"))
    }

    /// Endpoints that the outbound policy lets a browser go to in our name (A19).
    pub(super) fn permitted(&self, mut endpoints: Vec<Endpoint>) -> Vec<Endpoint> {
        endpoints.retain(|endpoint| self.fetcher.permits(&endpoint.location).is_ok());
        for endpoint in &mut endpoints {
            endpoint.response_location = endpoint.response_location.take().filter(|location| self.fetcher.permits(location).is_ok());
        }
        endpoints
    }
}

impl Document {
    pub(super) fn usable(&self) -> Result<Arc<Facts>, Rejected> {
        complete(Arc::clone(&self.facts))
    }
}

/// Tells one document from the next.
pub fn digest(xml: &[u8]) -> String {
    format!("sha256:{}", STANDARD.encode(random::sha256(xml)))
}

/// Facts have a key and somewhere to go.
pub(super) fn complete(facts: Arc<Facts>) -> Result<Arc<Facts>, Rejected> {
    if facts.signing.is_empty() {
        return Err(Rejected::new(ErrorCode::NoTrustedKey, "it holds no certificate that signatures can be verified with"));
    }
    if facts.sign_in.is_empty() {
        let detail = "it names no sign-in address by redirect or POST that may be gone to (plain http needs `outbound.allow_http`)";
        return Err(Rejected::new(ErrorCode::NoEndpoint, detail));
    }
    Ok(facts)
}
