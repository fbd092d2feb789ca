//! Documents as products write them, and as nobody should.

use std::time::Duration;

use rcgen::{CertificateParams, DnType, KeyPair, PKCS_ECDSA_P256_SHA256};

use super::*;
use crate::domain::certificate::KeyKind;

const SAML: &str = "https://idp.fabrikam.example/saml";
const WEAK: &str = "MIICHDCCAYWgAwIBAgIUJiwKoQiPtjlfGfT3iEVA3pFpHF4wDQYJKoZIhvcNAQELBQAwIDEeMBwGA1UEAwwVd2Vhay5mYWJyaWthbS5leGFtcGxlMB4XDTI2MTEyMDEyNTUyMFoXDTM2MTExNzEyNTUyMFowIDEeMBwGA1UEAwwVd2Vhay5mYWJyaWthbS5leGFtcGxlMIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC9bTvIPXT7SEVBFArpFnF4gqj1H0ZdcwSO8On9BBKQO2Jp3ZTj7zeAfFp9taBDEOosVGswPeqdlcWHE2OU3gV1juKdoLpA4QIMBhtyfGtsJPColqJO7shYnhuy3UTEHbj1/X2l5oHd6HqY6sxEqlKjj+Xdwlf/r9UbRqpc3mzVpwIDAQABo1MwUTAdBgNVHQ4EFgQU+zBzlsRGZVWbI/qsAynrt/pzXU4wHwYDVR0jBBgwFoAU+zBzlsRGZVWbI/qsAynrt/pzXU4wDwYDVR0TAQH/BAUwAwEB/zANBgkqhkiG9w0BAQsFAAOBgQBqkpcaOCjXSMMnCNRxADFcR6GZMFVtYCeedCS/5dcxOyC3EPIYBKj6gPUpA5TkG21PGLLHPR5W/f+JXUgxuT4BL33h3h8MUmZyhnpS/majifgyt9ycJTZ3N5/DPtLkpnPSZn4Gw8cpBD0psDCCfibiTDtJLfe0Iv/+cqQyCtiItQ==";
const ED25519: &str = "MIIBUTCCAQOgAwIBAgIULUcEI0NuFoPVrYV75wYfRwooZzkwBQYDK2VwMB4xHDAaBgNVBAMME2VkLmZhYnJpa2FtLmV4YW1wbGUwHhcNMjYxMTIwMTI1NTIxWhcNMzYxMTE3MTI1NTIxWjAeMRwwGgYDVQQDDBNlZC5mYWJyaWthbS5leGFtcGxlMCowBQYDK2VwAyEAGYDQt2WS9YtT7YKct5lfSlCajQeod16JCZ9bsZVe7WSjUzBRMB0GA1UdDgQWBBQeQR0BaCjTk5PmIcWHvM9gPLZONzAfBgNVHSMEGDAWgBQeQR0BaCjTk5PmIcWHvM9gPLZONzAPBgNVHRMBAf8EBTADAQH/MAUGAytlcANBACSn9C9uuazLY7z+hSfUHIshIAQIJ3gx+Zw/EJo+AA8Zsdkm+r31cu1T0XMVQmoxWnvH+ojXF76+9IWJ5j7JYgo=";

fn certificate(name: &str) -> String {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    Certificate::from_der(params.self_signed(&key).unwrap().der()).unwrap().to_base64()
}

fn key(purpose: &str, certificates: &[&str]) -> String {
    let held: String = certificates.iter().map(|one| format!("<ds:X509Certificate>\n {one} \n</ds:X509Certificate>")).collect();
    format!(
        "<md:KeyDescriptor{purpose}><ds:KeyInfo xmlns:ds='http://www.w3.org/2000/09/xmldsig#'><ds:X509Data>{held}</ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
    )
}

fn saml_role(keys: &str) -> String {
    format!(
        r#"<md:IDPSSODescriptor WantAuthnRequestsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:1.1:protocol urn:oasis:names:tc:SAML:2.0:protocol">{keys}
        <md:ArtifactResolutionService Binding="urn:oasis:names:tc:SAML:2.0:bindings:SOAP" Location="https://idp.fabrikam.example/art" index="0"/>
        <md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.fabrikam.example/slo" ResponseLocation="https://idp.fabrikam.example/slo/done"/>
        <md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent</md:NameIDFormat>
        <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.fabrikam.example/sso?a=1&amp;b=2"/>
        <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:SOAP" Location="https://idp.fabrikam.example/soap"/>
        <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.fabrikam.example/sso"/>
        </md:IDPSSODescriptor>"#
    )
}

fn entity(id: &str, attributes: &str, roles: &str) -> String {
    format!(
        r#"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{id}" {attributes}>{roles}</md:EntityDescriptor>"#
    )
}

fn read(xml: &str) -> EntityMetadata {
    parse(xml.as_bytes(), None).unwrap()
}

fn refusal(xml: &str, wanted: Option<&str>) -> (&'static str, String) {
    let rejected = parse(xml.as_bytes(), wanted).unwrap_err();
    (rejected.code.code(), rejected.detail)
}

#[test]
fn a_saml_identity_provider_is_read_whole() {
    let (old, new, both) = (certificate("old"), certificate("new"), certificate("both"));
    let keys = [key(" use='signing'", &[&old]), key(" use='signing'", &[&new]), key("", &[&both]), key(" use='encryption'", &[WEAK])];
    let found = read(&format!("<?xml version='1.0' encoding='UTF-8'?><!-- of today -->{}", entity(SAML, "", &saml_role(&keys.concat()))));
    let role = found.saml.unwrap();
    assert_eq!(found.entity_id, SAML);
    assert_eq!(role.signing.iter().map(Certificate::subject).collect::<Vec<_>>(), ["CN=old", "CN=new", "CN=both"]);
    assert!(role.wants_signed_requests && found.ws_fed.is_none() && found.notes.is_empty() && found.other_roles.is_empty());
    let bindings: Vec<_> = role.sign_in.iter().map(|e| (e.binding, e.location.as_str())).collect();
    let expected = [(Binding::Redirect, "https://idp.fabrikam.example/sso?a=1&b=2"), (Binding::Post, "https://idp.fabrikam.example/sso")];
    assert_eq!(bindings, expected);
    assert_eq!(role.sign_out[0].response_location.as_ref().unwrap().path(), "/slo/done");
}

/// AD FS, Entra, the ADFS module of SimpleSAMLphp and npm wsfed all write this shape, with default namespaces or prefixes.
#[test]
fn a_ws_federation_service_is_read_whole() {
    let pem = certificate("sts");
    let xml = format!(
        r#"<EntityDescriptor ID="_1" entityID="http://sts.fabrikam.example/adfs/services/trust" xmlns="urn:oasis:names:tc:SAML:2.0:metadata">
        <ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:Object><RoleDescriptor/></ds:Object></ds:Signature>
        <RoleDescriptor xsi:type="fed:ApplicationServiceType" protocolSupportEnumeration="http://docs.oasis-open.org/wsfed/federation/200706"
          xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:fed="http://docs.oasis-open.org/wsfed/federation/200706"/>
        <RoleDescriptor xsi:type="fed:SecurityTokenServiceType" protocolSupportEnumeration="http://docs.oasis-open.org/wsfed/federation/200706"
          xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:fed="http://docs.oasis-open.org/wsfed/federation/200706">
        <KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>{pem}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
        <fed:TokenTypesOffered><fed:TokenType Uri="urn:oasis:names:tc:SAML:1.0:assertion"/></fed:TokenTypesOffered>
        <fed:SecurityTokenServiceEndpoint><EndpointReference xmlns="http://www.w3.org/2005/08/addressing"><Address>https://sts.fabrikam.example/active</Address></EndpointReference></fed:SecurityTokenServiceEndpoint>
        <fed:PassiveRequestorEndpoint><EndpointReference xmlns="http://www.w3.org/2005/08/addressing"><Address>
          https://sts.fabrikam.example/adfs/ls/
        </Address></EndpointReference></fed:PassiveRequestorEndpoint></RoleDescriptor>
        {saml}<SPSSODescriptor/></EntityDescriptor>"#,
        saml = saml_role(&key("", &[&pem])).replace("md:", "")
    );
    let found = read(&xml);
    let role = found.ws_fed.unwrap();
    assert_eq!((role.sign_in.len(), role.sign_in[0].binding), (1, Binding::Passive));
    assert_eq!(role.sign_in[0].location.as_str(), "https://sts.fabrikam.example/adfs/ls/");
    assert_eq!((role.sign_out, role.signing.len()), (role.sign_in, 1));
    assert!(found.saml.is_some() && found.has_signature);
    assert_eq!(found.other_roles, ["ApplicationServiceType", "SPSSODescriptor"]);
}

#[test]
fn what_a_type_is_called_counts_by_namespace_and_not_by_prefix() {
    let role = r#"<md:RoleDescriptor xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:fed="urn:other" xsi:type="fed:SecurityTokenServiceType"/>"#;
    let found = read(&entity(SAML, "", role));
    assert_eq!((found.ws_fed, found.other_roles), (None, vec!["SecurityTokenServiceType".to_owned()]));
}

#[test]
fn a_service_provider_and_a_saml_1_provider_are_no_identity_provider() {
    let roles = "<md:SPSSODescriptor protocolSupportEnumeration='urn:oasis:names:tc:SAML:2.0:protocol'/>\
                 <md:IDPSSODescriptor protocolSupportEnumeration='urn:oasis:names:tc:SAML:1.1:protocol'/>";
    let found = read(&entity(SAML, "", roles));
    assert_eq!((found.saml, found.other_roles), (None, vec!["SPSSODescriptor".into(), "IDPSSODescriptor without SAML 2.0".into()]));
}

#[test]
fn certificates_that_are_none_are_skipped_with_a_note() {
    let good = certificate("good");
    let keys = [key("", &["bm8gY2VydGlmaWNhdGU="]), key("", &["%%%"]), key("", &[ED25519]), key("", &[&good]), key("", &[WEAK])];
    let found = read(&entity(SAML, "", &saml_role(&keys.concat())));
    let kinds: Vec<_> = found.saml.unwrap().signing.iter().map(Certificate::key).collect();
    assert_eq!(kinds, [KeyKind::P256, KeyKind::Rsa { bits: 1024 }], "a weak one is for others to judge");
    assert_eq!(found.notes.len(), 3, "{:?}", found.notes);
}

#[test]
fn several_certificates_in_one_place_count_and_the_issuer_of_another_does_not() {
    let (ca_key, leaf_key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, "Public Authority");
    let ca = Certificate::from_der(params.self_signed(&ca_key).unwrap().der()).unwrap().to_base64();
    let issuer = rcgen::Issuer::new(params, ca_key);
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, "leaf");
    let leaf = Certificate::from_der(params.signed_by(&leaf_key, &issuer).unwrap().der()).unwrap().to_base64();
    let subjects = |xml: &str| read(xml).saml.unwrap().signing.iter().map(|c| c.subject().to_owned()).collect::<Vec<_>>();
    assert_eq!(subjects(&entity(SAML, "", &saml_role(&key("", &[&leaf, &ca])))), ["CN=leaf"]);
    let (one, two) = (certificate("one"), certificate("two"));
    assert_eq!(subjects(&entity(SAML, "", &saml_role(&key("", &[&one, &two])))), ["CN=one", "CN=two"]);
}

#[test]
fn the_narrowest_bound_on_the_way_down_counts() {
    let pem = certificate("a");
    let role = saml_role(&key("", &[&pem])).replace("<md:IDPSSODescriptor ", "<md:IDPSSODescriptor cacheDuration='PT1H' ");
    let inner = entity(SAML, "validUntil='2026-11-21T00:00:00Z' cacheDuration='P1D'", &role);
    let group = format!(
        "<md:EntitiesDescriptor xmlns:md='urn:oasis:names:tc:SAML:2.0:metadata' validUntil='2026-11-20T12:00:00Z'><md:EntitiesDescriptor>{inner}</md:EntitiesDescriptor></md:EntitiesDescriptor>"
    );
    let found = read(&group);
    assert_eq!((found.valid_until, found.cache_duration), (Some(Timestamp::from_unix(1_795_176_000)), Some(Duration::from_secs(3600))));
    assert_eq!(refusal(&entity(SAML, "validUntil='soon'", ""), None).0, "GH3161");
}

#[test]
fn one_of_many_is_found_by_its_name() {
    let two = format!(
        "<md:EntitiesDescriptor xmlns:md='urn:oasis:names:tc:SAML:2.0:metadata'>{}{}</md:EntitiesDescriptor>",
        entity("urn:one", "", ""),
        entity("urn:two", "", "")
    );
    assert_eq!(parse(two.as_bytes(), Some("urn:two")).unwrap().entity_id, "urn:two");
    assert_eq!(refusal(&two, None).0, "GH3162");
    assert_eq!(refusal(&two, Some("urn:three")).0, "GH3162");
    assert_eq!(refusal(&two.replace("urn:two", "urn:one"), Some("urn:one")).0, "GH3161");
    let (code, detail) = refusal(&entity("urn:one", "", ""), Some("urn:ONE"));
    assert_eq!(code, "GH3162");
    assert!(detail.contains("urn:one"), "{detail}");
}

#[test]
fn what_is_no_metadata_is_refused() {
    for odd in [
        "",
        "<html/>",
        "not found",
        "{}",
        "<EntityDescriptor entityID='a'/>",
        "<md:EntitiesDescriptor xmlns:md='urn:oasis:names:tc:SAML:2.0:metadata'/>",
        "<md:EntityDescriptor xmlns:md='urn:oasis:names:tc:SAML:2.0:metadata'/>",
        "<!DOCTYPE x><x/>",
        "\u{0}\u{0}",
    ] {
        assert_eq!(refusal(odd, None).0, "GH3161", "{odd:?}");
    }
    assert_eq!(parse(&[0xff, 0xfe, 0x3c, 0], None).unwrap_err().code, ErrorCode::MetadataUnreadable);
}

#[test]
fn addresses_that_no_browser_can_be_sent_to_are_skipped() {
    for bad in ["javascript:alert(1)", "", "//x", "data:text/html,x", "ftp://x/", "/sso", "https://"] {
        let role = saml_role("").replace("https://idp.fabrikam.example/sso?a=1&amp;b=2", bad);
        let found = read(&entity(SAML, "", &role));
        assert_eq!(found.saml.unwrap().sign_in.len(), 1, "{bad}");
        assert_eq!(found.notes.len(), 1);
    }
}

#[test]
fn more_keys_than_anybody_signs_with_are_not_kept() {
    let keys: String = (0..40).map(|n| key(" use='signing'", &[&certificate(&n.to_string())])).collect();
    let found = read(&entity(SAML, "", &saml_role(&keys)));
    assert_eq!(found.saml.unwrap().signing.len(), 32);
    assert_eq!(found.notes, ["signing keys are skipped: there are more than 32"]);
}

#[test]
fn a_document_is_read_as_strictly_as_a_message_and_says_which_rule_it_broke() {
    let attributes: String = (0..200).map(|n| format!(" a{n}='='")).collect();
    for (xml, rule) in [
        (format!("<a{attributes}/>"), "GH3105"),
        ("<a>".repeat(100), "GH3105"),
        (format!("<a>{}</a>", " ".repeat(LARGEST)), "GH3101"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>".to_owned(), "GH3103"),
        ("<a><!-- ".to_owned(), "GH3104"),
    ] {
        let (code, detail) = refusal(&xml, None);
        assert!(code == "GH3161" && detail.contains(rule), "{code} {detail}");
    }
}

#[test]
fn no_key_or_address_is_put_together_around_a_comment() {
    let good = certificate("good");
    let split = format!("{}<!-- -->{}", &good[..40], &good[40..]);
    let found = read(&entity(SAML, "", &saml_role(&[key("", &[&split]), key("", &[&good])].concat())));
    let role = found.saml.unwrap();
    assert_eq!((role.signing.len(), found.notes.len()), (1, 1));
}
