//! `gatehouse metadata show|check`: what is told of a document, and how it ends.

use gatehouse::{
    clock::Clock,
    domain::certificate::{Certificate, KeyKind},
};
use rcgen::{CertificateParams, KeyPair};
use serde_json::Value;

use crate::folder::Folder;

const WEAK: &str = include_str!("../upstream/weak_certificate.txt");

/// Ends in so many days, counted from today; less than none: it has ended.
fn certificate(days: i64) -> String {
    let day = jiff::Timestamp::from_second(Clock::system().now().unix() + days * 86400).unwrap().to_zoned(jiff::tz::TimeZone::UTC).date();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    let (month, of_month) = (u8::try_from(day.month()).unwrap(), u8::try_from(day.day()).unwrap());
    params.not_after = rcgen::date_time_ymd(day.year().into(), month, of_month);
    let certificate = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
    Certificate::from_der(certificate.der()).unwrap().to_base64()
}

fn document(attributes: &str, role: &str, keys: &[&str], address: &str) -> String {
    let keys: String = keys
        .iter()
        .map(|key| format!("<KeyDescriptor><KeyInfo xmlns='http://www.w3.org/2000/09/xmldsig#'><X509Data><X509Certificate>{key}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>"))
        .collect();
    format!(
        "<EntityDescriptor xmlns='urn:oasis:names:tc:SAML:2.0:metadata' entityID='urn:fabrikam' {attributes}><{role} protocolSupportEnumeration='urn:oasis:names:tc:SAML:2.0:protocol'>{keys}\
         <SingleSignOnService Binding='urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect' Location='{address}'/></{role}></EntityDescriptor>"
    )
}

const HTTPS: &str = "https://idp.fabrikam.example/sso";
const IDP: &str = "IDPSSODescriptor";

/// How `check` ended, and the codes of what it found, by severity.
fn check(text: &str, words: &[&str]) -> (i32, Vec<String>) {
    let folder = Folder::new();
    folder.write("partner.xml", text);
    let said = folder.run(&[&["metadata", "check", "partner.xml", "--json"], words].concat());
    let found = said.out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let found = found.map(|one| format!("{} {}", one["severity"].as_str().unwrap(), one["code"].as_str().unwrap()));
    (said.code, found.filter(|one| one != "note unsigned").collect())
}

fn found(codes: &[&str]) -> Vec<String> {
    codes.iter().map(ToString::to_string).collect()
}

#[test]
fn check_names_each_thing_that_is_wrong_by_its_code() {
    let good = certificate(400);
    let cases: &[(String, &[&str], i32, &[&str])] = &[
        (document("", IDP, &[&good], HTTPS), &[], 0, &[]),
        (document("", IDP, &[&good], HTTPS), &["--role", "wsfed"], 1, &["error GH3163"]),
        (document("", IDP, &[&good], HTTPS), &["--entity", "urn:other"], 1, &["error GH3162"]),
        (document("", "SPSSODescriptor", &[&good], HTTPS), &[], 1, &["error GH3163"]),
        (document("", IDP, &[&good], "http://idp.fabrikam.example/"), &[], 1, &["error GH3167"]),
        (document("", IDP, &[&good], ""), &[], 1, &["error GH3167", "warning skipped"]),
        (document("", IDP, &[WEAK], HTTPS), &[], 1, &["error GH3119"]),
        (document("", IDP, &[], HTTPS), &[], 1, &["error GH3120"]),
        (document("", IDP, &[&good, &certificate(-2)], HTTPS), &[], 1, &["error certificate-expired"]),
        (document("", IDP, &[&certificate(10)], HTTPS), &[], 0, &["warning certificate-expiring"]),
        (document("validUntil='2020-01-01T00:00:00Z'", IDP, &[&good], HTTPS), &[], 1, &["error GH3164"]),
        ("<html/>".to_owned(), &[], 1, &["error GH3161"]),
    ];
    for (text, words, code, expected) in cases {
        assert_eq!(check(text, words), (*code, found(expected)), "{words:?} {text:.300}");
    }
}

#[test]
fn what_can_t_be_had_is_told_and_ends_with_1() {
    let folder = Folder::new();
    for source in ["missing.xml", "https://127.0.0.1:1/metadata", "http://fabrikam.example/metadata", "https://[::1"] {
        let said = folder.run(&["metadata", "check", source]);
        assert_eq!((said.code, said.out.contains("GH3160")), (1, true), "{said:?}");
        assert_eq!(folder.run(&["metadata", "show", source]).code, 1);
    }
    assert_eq!(folder.run(&["metadata", "frobnicate", "x"]).code, 2);
}

#[test]
fn show_tells_what_is_in_a_document_to_people_and_to_programs() {
    let folder = Folder::new();
    let key = certificate(400);
    folder.write("partner.xml", &document("validUntil='2030-01-01T00:00:00Z' cacheDuration='PT1H'", IDP, &[&key, WEAK], HTTPS));
    let said = folder.run(&["metadata", "show", "partner.xml"]);
    assert_eq!(said.code, 0, "{said:?}");
    for word in ["urn:fabrikam", HTTPS, "EC P-256", "RSA-1024, too weak", "2030-01-01T00:00:00Z", "sha256:", "not signed"] {
        assert!(said.out.contains(word), "{word}: {}", said.out);
    }
    let said: Value = serde_json::from_str(&folder.run(&["metadata", "show", "partner.xml", "--json"]).out).unwrap();
    assert_eq!((&said["entity_id"], &said["cache_seconds"], &said["wsfed"]), (&"urn:fabrikam".into(), &3600.into(), &Value::Null));
    let keys = said["saml"]["certificates"].as_array().unwrap();
    assert_eq!((&keys[0]["key"], &keys[1]["strong"]), (&KeyKind::P256.to_string().into(), &false.into()));
}

#[test]
fn check_asks_name_servers_only_where_there_are_federation_partners() {
    let folder = Folder::new();
    folder.replace("gatehouse.toml", "tls =", "# tls =");
    let said = folder.run(&["check", ".", "--dns"]);
    assert!(!said.out.contains("proven"), "{said:?}");
}
