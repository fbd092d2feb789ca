//! What is wrong with a metadata document, most of it by the code a sign-in through it would end with.
//!
//! Must not print.

use std::{fmt, time::Duration};

use serde_json::{Value, json};
use url::Url;

use crate::{
    domain::{certificate::Certificate, error_code::ErrorCode, rejection::Rejected, timestamp::Timestamp},
    federation::metadata::{EntityMetadata, PartnerRole},
    upstream::{partner::Role, signed_xml},
};

use super::told::moment;

const NEAR: Duration = Duration::from_secs(30 * 24 * 60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Severity {
    /// A sign-in fails, or must not be trusted.
    Error,
    /// It will, or part of the document is of no use.
    Warning,
    /// Good to know.
    Note,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    pub severity: Severity,
    /// `GH3163`; or a word, where no sign-in ends with it.
    pub code: &'static str,
    pub text: String,
}

/// What the operator expects of the document.
#[derive(Debug, Default)]
pub(super) struct Wish {
    pub role: Option<Role>,
    pub signed_by: Option<Certificate>,
}

pub(super) fn of(xml: &[u8], read: Result<EntityMetadata, Rejected>, wish: &Wish, now: Timestamp) -> Vec<Finding> {
    let mut found = Findings(Vec::new());
    let entity = match read {
        Ok(entity) => entity,
        Err(rejected) => {
            found.add(Severity::Error, rejected.code.code(), rejected.detail);
            return found.0;
        }
    };
    found.signature(xml, &entity, wish);
    found.life(&entity, now);
    let roles: Vec<(&str, &PartnerRole)> = [(Role::Saml, "SAML", &entity.saml), (Role::WsFed, "WS-Federation", &entity.ws_fed)]
        .into_iter()
        .filter(|(role, ..)| wish.role.is_none_or(|wanted| wanted == *role))
        .filter_map(|(_, name, found)| Some((name, found.as_ref()?)))
        .collect();
    if roles.is_empty() {
        found.no_role(&entity, wish);
    }
    for (name, role) in roles {
        found.addresses(name, role);
        found.keys(name, role, now);
    }
    for note in &entity.notes {
        found.add(Severity::Warning, "skipped", note.clone());
    }
    found.0
}

struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, severity: Severity, code: &'static str, text: String) {
        self.0.push(Finding { severity, code, text });
    }

    fn signature(&mut self, xml: &[u8], entity: &EntityMetadata, wish: &Wish) {
        match &wish.signed_by {
            Some(certificate) => {
                if let Err(rejected) = signed_xml::check_metadata_signature(xml, std::slice::from_ref(certificate)) {
                    self.add(Severity::Error, rejected.code.code(), rejected.detail);
                }
            }
            None if entity.has_signature => {
                let text = "it is signed; name the certificate in `metadata_certificates`, and every new version must be";
                self.add(Severity::Note, "signed", text.to_owned());
            }
            None => self.add(Severity::Note, "unsigned", "it is not signed: TLS is its only protection".to_owned()),
        }
    }

    fn life(&mut self, entity: &EntityMetadata, now: Timestamp) {
        let Some(until) = entity.valid_until else { return };
        if now >= until {
            self.add(Severity::Error, ErrorCode::MetadataExpired.code(), format!("it was valid until {}", moment(until)));
        } else if until.since(now) < DAY {
            self.add(Severity::Warning, ErrorCode::MetadataExpired.code(), format!("it is valid only until {}", moment(until)));
        }
    }

    fn no_role(&mut self, entity: &EntityMetadata, wish: &Wish) {
        let wanted = match wish.role {
            Some(Role::Saml) => "a SAML 2.0 identity provider",
            Some(Role::WsFed) => "a WS-Federation service",
            None => "an identity provider",
        };
        let others = entity.saml.iter().map(|_| "IDPSSODescriptor".to_owned());
        let others = others.chain(entity.ws_fed.iter().map(|_| "SecurityTokenServiceType".to_owned())).chain(entity.other_roles.clone());
        let others: Vec<_> = others.collect();
        let has = if others.is_empty() { "no role we know".to_owned() } else { others.join(", ") };
        self.add(Severity::Error, ErrorCode::MetadataRole.code(), format!("it is not {wanted}; it has {has}"));
    }

    /// Plain http is for loopback alone, where the operator lists it.
    fn addresses(&mut self, name: &str, role: &PartnerRole) {
        let endpoints = role.sign_in.iter().chain(&role.sign_out);
        let mut plain: Vec<&Url> = endpoints.map(|endpoint| &endpoint.location).filter(|url| url.scheme() == "http").collect();
        plain.sort_unstable();
        plain.dedup();
        for url in plain {
            let host = url.host_str().unwrap_or_default();
            self.add(Severity::Error, ErrorCode::NoEndpoint.code(), format!("{name}: an endpoint at {host} is plain http"));
        }
        if role.sign_in.is_empty() {
            let text = format!("{name}: no sign-in address by redirect or POST");
            self.add(Severity::Error, ErrorCode::NoEndpoint.code(), text);
        }
    }

    fn keys(&mut self, name: &str, role: &PartnerRole, now: Timestamp) {
        if role.signing.is_empty() {
            let text = format!("{name}: no certificate that signatures can be verified with");
            return self.add(Severity::Error, ErrorCode::NoTrustedKey.code(), text);
        }
        for weak in role.signing.iter().filter(|one| !one.key().is_strong_enough()) {
            let text = format!("{name}: the key of {:?} is {}, and needs RSA-2048 or P-256 at least", weak.subject(), weak.key());
            self.add(Severity::Error, ErrorCode::WeakKey.code(), text);
        }
        let newest = role.signing.iter().map(Certificate::not_after).max();
        for one in &role.signing {
            let (end, subject) = (one.not_after(), one.subject());
            if end <= now {
                self.add(Severity::Error, "certificate-expired", format!("{name}: {subject:?} expired on {}", moment(end)));
            } else if end.since(now) <= NEAR {
                let follows = if Some(end) == newest { "and no newer one is published" } else { "a newer one is published" };
                let text = format!("{name}: {subject:?} expires on {}, {follows}", moment(end));
                self.add(Severity::Warning, "certificate-expiring", text);
            }
            if one.not_before() > now {
                let text = format!("{name}: {subject:?} is valid from {} on", moment(one.not_before()));
                self.add(Severity::Note, "certificate-future", text);
            }
        }
    }
}

impl Finding {
    pub(super) fn to_json(&self) -> Value {
        json!({ "severity": self.severity.as_str(), "code": self.code, "text": self.text })
    }
}

impl Severity {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]: {}", self.severity.as_str(), self.code, self.text)
    }
}
