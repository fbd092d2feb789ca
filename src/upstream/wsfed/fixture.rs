//! A partner, a token as AD FS writes it, and what we wait for: for the tests of this room.

use std::{sync::Arc, time::Duration};

use super::{Expectation, Parts};
use crate::{
    domain::{
        address::DomainName,
        federation::{Acceptance, AttributeNames, DomainGate, DomainProof, SignedPart, TrustSource, WsFedUpstream},
        id::IdpId,
        identity_provider::{IdentityProvider as Configured, Kind},
        tenant::Tenant,
        timestamp::Timestamp,
    },
    upstream::{
        assertions::{EMAIL_ADDRESS, IMMUTABLE_ID, Now},
        credentials::fixture,
        signed_xml::{Assertion, Attribute, Authentication, Conditions, Confirmation, NameId, SamlVersion},
    },
};

pub(super) const NOW: Timestamp = Timestamp::from_unix(1_800_000_000);
pub(super) const ISSUER: &str = "http://sts.fabrikam.example/adfs/services/trust";
pub(super) const REALM: &str = "https://login.example.org/contoso/wsfed";
pub(super) const CALLBACK: &str = "https://login.example.org/contoso/callback/adfs";
pub(super) const SKEW: u64 = 60;
pub(super) const PASSWORD: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";

pub(super) fn at(offset: i64) -> Timestamp {
    Timestamp::from_unix(NOW.unix() + offset)
}

pub(super) fn expected() -> Expectation<'static> {
    let now = Now { at: NOW, skew: Duration::from_secs(SKEW) };
    Expectation { issuer: ISSUER, realm: REALM, callback: CALLBACK, now, authenticated_since: None }
}

pub(super) fn ws_fed() -> WsFedUpstream {
    WsFedUpstream {
        issuer: ISSUER.into(),
        realm: REALM.into(),
        trust: TrustSource::Typed {
            sign_in: "https://sts.fabrikam.example/adfs/ls/".parse().unwrap(),
            sign_out: None,
            certificates: Vec::new(),
        },
        domain_gate: DomainGate::Closed,
        proof: DomainProof::Asked,
        acceptance: Acceptance {
            clock_skew: Duration::from_secs(SKEW),
            allows_sha1: false,
            signed: SignedPart::Either,
            requires_encryption: false,
        },
        attributes: AttributeNames::default(),
        home_realm: None,
        freshness: None,
        authentication: None,
    }
}

pub(super) fn configured(ws_fed: &WsFedUpstream) -> Configured {
    Configured {
        id: IdpId::parse("adfs").unwrap(),
        name: "Fabrikam".into(),
        kind: Kind::WsFed(Box::new(ws_fed.clone())),
        domains: [DomainName::parse("fabrikam.example").unwrap()].into(),
        lookup: None,
    }
}

pub(super) fn tenant() -> Arc<Tenant> {
    Arc::new(fixture::tenant())
}

pub(super) fn attribute(name: &str, values: &[&str]) -> Attribute {
    Attribute { name: name.into(), friendly_name: None, values: values.iter().map(|value| (*value).to_owned()).collect() }
}

/// SAML 1.1, valid for an hour from a minute ago.
pub(super) fn assertion() -> Assertion {
    Assertion {
        version: SamlVersion::V1_1,
        id: "_a1".into(),
        issuer: ISSUER.into(),
        issued_at: at(-1),
        subject: Some(NameId {
            value: "ana".into(),
            format: Some("http://schemas.xmlsoap.org/claims/UPN".into()),
            name_qualifier: None,
            sp_name_qualifier: None,
        }),
        confirmations: Vec::new(),
        conditions: Some(Conditions {
            not_before: Some(at(-60)),
            not_on_or_after: Some(at(3600)),
            audiences: vec![vec![REALM.to_owned()]],
        }),
        authentications: vec![Authentication {
            at: at(-5),
            session_index: None,
            session_not_on_or_after: None,
            context: Some(PASSWORD.into()),
        }],
        attributes: vec![
            attribute(IMMUTABLE_ID, &["qo8F0J1Yl0mVd0b0x7Jx3A=="]),
            attribute(EMAIL_ADDRESS, &["ana@fabrikam.example"]),
            attribute("http://schemas.microsoft.com/identity/claims/displayname", &["Ana Trujillo"]),
        ],
    }
}

/// The same as SAML 2.0, where a bearer confirmation is due.
pub(super) fn assertion_v2() -> Assertion {
    Assertion { version: SamlVersion::V2_0, confirmations: vec![bearer()], ..assertion() }
}

pub(super) fn bearer() -> Confirmation {
    Confirmation {
        method: "urn:oasis:names:tc:SAML:2.0:cm:bearer".into(),
        recipient: None,
        in_response_to: None,
        not_before: None,
        not_on_or_after: None,
    }
}

pub(super) fn parts(assertion: &Assertion) -> Parts<'_> {
    Parts { applies_to: Some(REALM), token_type: None, assertion }
}
