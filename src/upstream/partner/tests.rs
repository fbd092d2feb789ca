//! What is believed at the start, and what a change makes of it. Publishers that misbehave are in `tests/upstream/metadata.rs`.

use std::time::Duration;

use rcgen::{CertificateParams, KeyPair, date_time_ymd};

use super::*;
use crate::upstream::fetch::OutboundPolicy;
use document::Document;
use suspicion::suspicions;

const NOON: Timestamp = Timestamp::from_unix(1_795_176_000);
const ENTITY: &str = "https://idp.fabrikam.example/saml";

fn reader(role: Role) -> Reader {
    let policy = OutboundPolicy { allow_http: vec!["127.0.0.1:8080".into()], ca: None, timeout: Duration::from_secs(1) };
    Reader { role, entity_id: ENTITY.to_owned(), signed_by: Vec::new(), fetcher: Fetcher::new(policy).unwrap() }
}

fn certificate(key: &KeyPair, last_year: i32) -> Certificate {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.not_after = date_time_ymd(last_year, 1, 1);
    Certificate::from_der(params.self_signed(key).unwrap().der()).unwrap()
}

fn document(sign_in: &str, keys: &[Certificate]) -> Document {
    let keys: String = keys.iter().map(|key| {
        format!("<KeyDescriptor><KeyInfo xmlns='http://www.w3.org/2000/09/xmldsig#'><X509Data><X509Certificate>{}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>", key.to_base64())
    }).collect();
    let xml = format!(
        "<EntityDescriptor xmlns='urn:oasis:names:tc:SAML:2.0:metadata' entityID='{ENTITY}'><IDPSSODescriptor protocolSupportEnumeration='urn:oasis:names:tc:SAML:2.0:protocol'>{keys}\
         <SingleSignOnService Binding='urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect' Location='{sign_in}'/></IDPSSODescriptor></EntityDescriptor>"
    );
    reader(Role::Saml).read(xml.as_bytes()).unwrap()
}

#[test]
fn a_change_that_a_person_must_see_is_told_from_an_ordinary_one() {
    let (old, new) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let (old, renewed, new) = (certificate(&old, 2030), certificate(&old, 2040), certificate(&new, 2040));
    let before = document("https://idp.fabrikam.example/sso", std::slice::from_ref(&old));
    let after = |sign_in: &str, keys: &[&Certificate]| {
        let keys: Vec<_> = keys.iter().map(|key| (*key).clone()).collect();
        suspicions(&before, &document(sign_in, &keys), NOON)
    };
    let here = "https://idp.fabrikam.example/sso";
    for keys in [&[&old][..], &[&old, &new], &[&renewed], &[&new, &renewed]] {
        assert_eq!(after(here, keys), [], "keys that overlap are a rollover");
    }
    assert_eq!(after("https://login.fabrikam.example/sso", &[&old]), []);
    assert_eq!(after(here, &[&new]), [Suspicion::VanishedKeys]);
    assert_eq!(after(here, &[]), [Suspicion::NoKeys]);
    assert_eq!(after("https://evil.example/sso", &[&old]), [Suspicion::Elsewhere("evil.example".into())]);
    let plain = after("http://idp.fabrikam.example/sso", &[&old]);
    assert_eq!(plain, [Suspicion::PlainHttp("idp.fabrikam.example".into())]);
    let ended = document(here, &[certificate(&KeyPair::generate().unwrap(), 2020)]);
    assert_eq!(suspicions(&ended, &document(here, &[new]), NOON), [], "keys that ended are replaced by whatever there is");
}

#[test]
fn what_is_signed_as_configured_may_change_keys_and_hosts_but_not_grow_weak() {
    let (old, new) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let before = document("https://idp.fabrikam.example/sso", &[certificate(&old, 2030)]);
    let signed = |sign_in: &str| Document { is_signed: true, ..document(sign_in, &[certificate(&new, 2030)]) };
    assert_eq!(suspicions(&before, &signed("https://elsewhere.example/sso"), NOON), []);
    assert_eq!(suspicions(&before, &signed("http://elsewhere.example/sso"), NOON), [Suspicion::PlainHttp("elsewhere.example".into())]);
}

#[test]
fn a_document_is_read_again_sooner_as_its_end_comes_near() {
    let key = KeyPair::generate().unwrap();
    let refresh = Duration::from_secs(7 * 24 * 3600);
    let due = |document: &Document| schedule::due(document, NOON, refresh).since(NOON).as_secs() / 60;
    let long = document("https://idp.fabrikam.example/sso", &[certificate(&key, 2040)]);
    assert_eq!(due(&long), 7 * 24 * 60);
    assert_eq!(due(&Document { cache: Some(Duration::from_secs(3600)), ..long.clone() }), 60);
    assert_eq!(due(&Document { cache: Some(Duration::ZERO), ..long.clone() }), 10, "nobody makes us hammer them");
    let facts = Arc::new(Facts { valid_until: Some(NOON + Duration::from_secs(3 * 3600)), ..(*long.facts).clone() });
    assert_eq!(due(&Document { facts, ..long }), 60);
    // It ends on 2027-01-01: in 42 days, and at last in less than 30.
    let short = document("https://idp.fabrikam.example/sso", &[certificate(&key, 2027)]);
    assert_eq!(due(&short), 7 * 24 * 60);
    let later = NOON + Duration::from_secs(20 * 24 * 3600);
    assert_eq!(schedule::due(&short, later, refresh).since(later), Duration::from_secs(24 * 3600));
}

#[tokio::test]
async fn what_was_typed_or_lies_in_a_file_is_known_at_once() {
    let key = certificate(&KeyPair::generate().unwrap(), 2040);
    let sign_in: Url = "https://idp.fabrikam.example/sso".parse().unwrap();
    let typed = TrustSource::Typed { sign_in: sign_in.clone(), sign_out: None, certificates: vec![key.clone()] };
    let partner = |role, source: &TrustSource| Partner::new(role, ENTITY, source, reader(role).fetcher, Clock::movable(NOON));
    let facts = partner(Role::Saml, &typed).facts().await.unwrap();
    assert_eq!((facts.sign_in.len(), facts.sign_out.len(), &facts.signing[0]), (2, 0, &key));
    let facts = partner(Role::WsFed, &typed).facts().await.unwrap();
    assert_eq!((facts.sign_in[0].binding, &facts.sign_out[0].location), (Binding::Passive, &sign_in));

    let nowhere = TrustSource::Typed { sign_in: "http://idp.fabrikam.example/".parse().unwrap(), sign_out: None, certificates: vec![key] };
    assert_eq!(partner(Role::Saml, &nowhere).facts().await.unwrap_err().code, ErrorCode::NoEndpoint);
    let keyless = TrustSource::Typed { sign_in, sign_out: None, certificates: Vec::new() };
    assert_eq!(partner(Role::Saml, &keyless).facts().await.unwrap_err().code, ErrorCode::NoTrustedKey);
    let garbage = TrustSource::File { name: "fabrikam.xml".into(), text: "<html/>".into(), signed_by: Vec::new() };
    assert_eq!(partner(Role::Saml, &garbage).facts().await.unwrap_err().code, ErrorCode::MetadataUnreadable);
}

#[tokio::test]
async fn a_file_is_good_until_it_says_it_is_not() {
    let key = certificate(&KeyPair::generate().unwrap(), 2040).to_base64();
    let text = format!(
        "<EntityDescriptor xmlns='urn:oasis:names:tc:SAML:2.0:metadata' entityID='{ENTITY}' validUntil='2026-11-20T13:00:00Z'><IDPSSODescriptor protocolSupportEnumeration='urn:oasis:names:tc:SAML:2.0:protocol'>\
         <KeyDescriptor><KeyInfo xmlns='http://www.w3.org/2000/09/xmldsig#'><X509Data><X509Certificate>{key}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>\
         <SingleSignOnService Binding='urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST' Location='https://idp.fabrikam.example/'/></IDPSSODescriptor></EntityDescriptor>"
    );
    let source = TrustSource::File { name: "fabrikam.xml".into(), text: text.into(), signed_by: Vec::new() };
    let clock = Clock::movable(NOON);
    let partner = |role| Partner::new(role, ENTITY, &source, reader(role).fetcher, clock.clone());
    let saml = partner(Role::Saml);
    assert!(saml.facts().await.is_ok());
    let rejected = partner(Role::WsFed).facts().await.unwrap_err();
    assert_eq!(rejected.code, ErrorCode::MetadataRole);
    clock.advance(Duration::from_secs(3600));
    assert_eq!(saml.facts().await.unwrap_err().code, ErrorCode::MetadataExpired);
}
