//! SAML 2.0 with SimpleSAMLphp as the guests' identity provider.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::{
    ANA, node, pages,
    partners::Saml,
    services::simplesamlphp::{ENTITY_ID, ISSUER, SimpleSaml},
};

const BEN: &str = "ben@fabrikam.example";
const CLEO: &str = "cleo@fabrikam.example";

const SHA1: &str = "http://www.w3.org/2000/09/xmldsig#rsa-sha1";
const SHA512: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512";
const EMAIL: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
const TRANSIENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";

fn signing(assertion: bool, response: bool) -> Value {
    json!({ "saml20.sign.assertion": assertion, "saml20.sign.response": response })
}

#[tokio::test]
async fn the_provider_publishes_its_metadata_in_both_protocols() {
    let idp = SimpleSaml::start().await;
    for (url, entity) in [(idp.metadata_url(), ENTITY_ID), (idp.adfs_metadata_url(), ISSUER)] {
        let path = url.strip_prefix(idp.base()).expect("below it");
        let (status, body) = node::get(idp.port, &format!("/{path}")).expect("it answers");
        assert_eq!(status, 200, "{body}\n{}", idp.log());
        assert!(body.contains(entity), "{body}");
    }
}

#[tokio::test]
async fn whichever_part_is_signed_and_however_strongly_the_guest_is_in() {
    let mut saml = Saml::open().await;
    for (assertion, response) in [(true, false), (false, true), (true, true)] {
        saml.treat(&signing(assertion, response));
        let said = saml.claims(ANA);
        assert!(pages(&said).contains(&"saml-response"), "it came by a form: {said:#}");
    }
    saml.treat(&json!({ "signature.algorithm": SHA512 }));
    saml.claims(ANA);
    // nothing signed at all
    saml.treat(&signing(false, false));
    saml.refused(ANA, &json!({}), "GH3111");
}

#[tokio::test]
async fn the_part_that_the_operator_wants_signed_must_be() {
    let mut saml = Saml::with("signed = \"assertion\"").await;
    saml.treat(&signing(true, false));
    saml.claims(ANA);
    saml.treat(&signing(false, true));
    saml.refused(ANA, &json!({}), "GH3128");
    saml.reconfigure("signed = \"both\"").await;
    saml.refused(ANA, &json!({}), "GH3128");
    saml.treat(&signing(true, true));
    saml.claims(ANA);
}

#[tokio::test]
async fn an_encrypted_assertion_is_read_if_what_is_inside_or_around_it_is_signed() {
    let mut saml = Saml::with("encrypted = true").await;
    for (assertion, response) in [(true, false), (false, true), (true, true)] {
        saml.treat(&signing(assertion, response));
        saml.treat(&json!({ "assertion.encryption": true }));
        saml.claims(ANA);
    }
    // who may have put anything at all into it learns no more than that it can't be used
    saml.treat(&signing(false, false));
    saml.refused(ANA, &json!({}), "GH3126");
    saml.treat(&signing(true, true));
    saml.treat(&json!({ "assertion.encryption": false }));
    saml.refused(ANA, &json!({}), "GH3127");
}

#[tokio::test]
async fn our_requests_are_signed_where_the_provider_wants_it_and_it_checks_them() {
    let mut saml = Saml::open().await;
    // its metadata says so from now on; a Gatehouse that starts reads it
    saml.idp.set(&json!({ "validate.authnrequest": true }));
    saml.insist_on_signed_requests();
    saml.reconfigure("").await;
    saml.claims(ANA);
    for binding in ["redirect", "post"] {
        saml.reconfigure(&format!("request_binding = \"{binding}\"\nsign_requests = \"always\"")).await;
        let said = saml.claims(ANA);
        assert_eq!(pages(&said).contains(&"saml-request"), binding == "post", "{said:#}");
    }
    // what it was told is our certificate is somebody else's
    let stranger = saml.idp.certificate("metadata");
    let certificate: String = stranger.lines().filter(|line| !line.starts_with("-----")).collect();
    let key = json!({ "type": "X509Certificate", "signing": true, "encryption": false, "X509Certificate": certificate });
    for binding in ["redirect", "post"] {
        saml.reconfigure(&format!("request_binding = \"{binding}\"\nsign_requests = \"always\"")).await;
        saml.treat(&json!({ "keys": [key] }));
        its_page(&saml, &saml.sign_in(ANA, &json!({})));
    }
}

#[tokio::test]
async fn an_unsigned_request_does_where_the_provider_does_not_care() {
    let mut saml = Saml::with("sign_requests = \"never\"").await;
    saml.claims(ANA);
    saml.insist_on_signed_requests();
    its_page(&saml, &saml.sign_in(ANA, &json!({})));
}

/// The provider's own page about what it refused, not one of ours. It says so under status 200.
fn its_page(saml: &Saml, said: &Value) {
    assert_eq!((&said["outcome"], &said["errorCode"]), (&json!("page"), &Value::Null), "{said:#}\n{}", saml.world.logs());
    assert!(said["words"].as_str().is_some_and(|words| words.contains("Unhandled exception")), "{said:#}");
}

#[tokio::test]
async fn a_guest_is_known_by_a_persistent_name_or_an_address_but_not_by_a_transient_name() {
    let mut saml = Saml::open().await;
    let first = saml.claims(ANA);
    assert_eq!(saml.claims(ANA)["claims"]["sub"], first["claims"]["sub"], "the same guest again");
    // the name is the address, and there is nothing else
    saml.treat(&json!({ "NameIDFormat": EMAIL, "simplesaml.nameidattribute": "mail", "simplesaml.attributes": false }));
    saml.reconfigure("name_id = \"email\"").await;
    saml.claims(BEN);
    saml.treat(&json!({ "NameIDFormat": TRANSIENT, "simplesaml.nameidattribute": null, "simplesaml.attributes": true }));
    saml.reconfigure("").await;
    saml.refused(CLEO, &json!({}), "GH3142");
    saml.reconfigure("name_id = \"transient\"\nattributes = { subject = \"uid\" }").await;
    let named = saml.claims(CLEO);
    assert_eq!(saml.claims(CLEO)["claims"]["sub"], named["claims"]["sub"], "known by an attribute");
}

#[tokio::test]
async fn sha1_is_refused_until_the_operator_allows_it_and_then_noted() {
    let mut saml = Saml::open().await;
    saml.treat(&json!({ "signature.algorithm": SHA1 }));
    let refused = saml.refused(ANA, &json!({}), "GH3118");
    let kept = saml.kept(&refused, "upstream.refused");
    assert_eq!((&kept["code"], &kept["provider"]), (&json!("GH3118"), &json!("fabrikam")), "{kept:#}");
    saml.reconfigure("allow_sha1 = true").await;
    let kept = saml.kept(&saml.claims(ANA), "upstream.warned");
    let warned = kept["verdicts"].as_array().into_iter().flatten().find(|verdict| verdict["outcome"] == "warned");
    assert!(warned.is_some_and(|verdict| verdict.to_string().to_lowercase().replace('-', "").contains("sha1")), "{kept:#}");
    assert!(!kept.to_string().contains(ANA), "nobody is named unasked: {kept:#}");
}

#[tokio::test]
async fn nobody_is_signed_in_with_an_address_of_another_domain() {
    let mut saml = Saml::open().await;
    let other = json!({ "login": "eve@elsewhere.example" });
    saml.refused(ANA, &other, "GH3010");
    saml.reconfigure("domain_gate = \"open\"").await;
    let said = saml.sign_in(ANA, &other);
    // asked for as Ana, proven as Eve: whatever is said, it is not that Ana is here
    assert_ne!(said["claims"]["email"], ANA, "{said:#}");
}

#[tokio::test]
async fn who_must_log_in_again_is_asked_for_the_password_again() {
    let saml = Saml::open().await;
    let said = saml.sign_in(ANA, &json!({ "then": [{ "sign_in": { "prompt": "login" } }] }));
    let again = &said["after"][0];
    assert_eq!(again["outcome"], "claims", "{said:#}\n{}", saml.world.logs());
    assert!(pages(again).contains(&"upstream-login"), "the provider has a session, and asks all the same: {again:#}");
}

#[tokio::test]
async fn a_portal_of_theirs_leads_to_an_app_of_ours_only_where_it_may() {
    let mut saml = Saml::open().await;
    let portal = json!({ "portal": { "visit": saml.idp.portal_url(&saml.us), "launch": saml.world.launch_url() } });
    saml.refused(ANA, &portal, "GH3137");
    saml.reconfigure("unsolicited = \"app-basic\"").await;
    let said = saml.must_be_claims(saml.sign_in(ANA, &portal), ANA);
    assert_eq!(said["launch"]["iss"], saml.world.issuer(), "{said:#}");
    let logins = pages(&said).iter().filter(|page| **page == "upstream-login").count();
    assert_eq!(logins, 1, "the provider's session serves the sign-in that the app begins: {said:#}");
}

#[tokio::test]
async fn metadata_is_read_from_where_it_is_published_if_it_is_signed_as_agreed() {
    let mut saml = Saml::with("metadata_certificates = [\"fabrikam-metadata.pem\"]").await;
    saml.claims(ANA);
    // the key that signs assertions is not the one that signs metadata
    saml.reconfigure("metadata_certificates = [\"fabrikam.pem\"]").await;
    saml.refused(ANA, &json!({}), "GH3165");
}

#[tokio::test]
async fn who_signs_out_at_the_provider_is_signed_out_here() {
    let saml = Saml::open().await;
    // a page of the provider's own: it goes nowhere else after a sign-out
    let back = format!("{}signed-out", saml.idp.base());
    let silently = json!({ "sign_in": { "prompt": "none" } });
    let out = json!({ "visit": saml.idp.sign_out_everywhere_url(&back), "stop": back });
    let said = saml.sign_in(ANA, &json!({ "then": [silently, out, silently] }));
    let outcome = |nth: usize| (&said["after"][nth]["outcome"], &said["after"][nth]["error"]);
    assert_eq!(outcome(0).0, "claims", "a session serves: {said:#}\n{}", saml.world.logs());
    assert_eq!(outcome(1).0, "there", "the provider heard that we are done: {said:#}\n{}\n{}", saml.world.logs(), saml.idp.log());
    assert_ne!(outcome(2).0, "claims", "and then it is over: {said:#}");
}

#[tokio::test]
async fn who_signs_out_here_is_signed_out_at_the_provider() {
    let saml = Saml::open().await;
    let out = json!({ "visit": format!("{}/signout", saml.world.issuer()) });
    let said = saml.sign_in(ANA, &json!({ "then": [out, { "sign_in": {} }] }));
    let (ended, again) = (&said["after"][0], &said["after"][1]);
    assert_eq!((&ended["status"], &ended["errorCode"]), (&json!(200), &Value::Null), "{said:#}\n{}", saml.world.logs());
    assert!(saml.idp.log().contains("SingleLogoutService"), "it was asked: {said:#}\n{}", saml.idp.log());
    assert!(pages(again).contains(&"upstream-login"), "its session is over, too: {again:#}\n{}", saml.idp.log());
}

#[tokio::test]
async fn an_operator_judges_a_captured_answer_as_the_door_would() {
    let mut saml = Saml::open().await;
    let said = saml.must_be_claims(saml.sign_in(ANA, &json!({ "captures": true })), ANA);
    let answer = said["steps"].as_array().into_iter().flatten().find_map(|step| step["answer"].as_str()).expect("it came by a form");
    let file = saml.world.file("answer", answer);
    let judged = |more: &[&str], code: Option<&str>| saml.world.judged(&file, more, code);
    let seen = judged(&[], None);
    assert!(seen["verdicts"].as_array().is_some_and(|all| all.len() > 5), "{seen:#}");
    assert!(!seen.to_string().contains(ANA), "nobody is named unasked: {seen:#}");
    let named = judged(&["--personal"], None);
    assert_eq!(named["identity"]["address"], ANA, "{named:#}");
    judged(&["--request", "_of-somebody-else"], Some("GH3136"));
    judged(&["--at", "2037-01-01T00:00:00Z"], Some("GH3139"));
    let xml = STANDARD.decode(answer).expect("base64");
    let forged = String::from_utf8(xml).expect("XML").replace("ana", "ben");
    saml.world.judged(&saml.world.file("forged", &forged), &[], Some("GH3122"));
    // and it is the provider's keys as they are published now that count
    saml.idp.key_pair("next", 30);
    saml.idp.sign_with("next");
    saml.world.judged(&file, &[], Some("GH3121"));
}
