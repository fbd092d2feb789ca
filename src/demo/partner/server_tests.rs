//! Both servers, walked through by a browser: who may ask, what comes back, and how a session ends.

use std::net::TcpListener;

use actix_web::dev::ServerHandle;

use super::{tests::assert_signed, *};
use crate::{
    clock::Clock,
    demo::{
        browser::{Browser, Page},
        form::Form,
        relying_party,
    },
    domain::timestamp::Timestamp,
};

/// `registered` lives nowhere: what is posted to it is read from the form.
fn registered() -> Registration {
    let at = |path: &str| format!("https://gate.example/contoso/{path}");
    Registration { entity_id: at("saml"), acs: at("callback/litware"), sign_out: at("callback/litware/logout") }
}

fn partner(company: Company, shape: KeyShape) -> (TcpListener, Partner, Clock) {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let clock = Clock::movable(Timestamp::from_unix(1_800_000_000));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    let keys = KeyRing::new(shape, "partner", &clock).unwrap();
    (listener, Partner { company, origin, registered: registered(), keys }, clock)
}

fn litware() -> (Partner, ServerHandle) {
    let (listener, partner, clock) = partner(LITWARE, KeyShape::P256);
    let (server, handle) = saml_idp::start(listener, partner.clone(), &clock).unwrap();
    tokio::spawn(server);
    (partner, handle)
}

fn browser() -> Browser {
    Browser::new(relying_party::http().unwrap())
}

fn authn_request(issuer: &str, rest: &str) -> String {
    format!(
        r#"<p:AuthnRequest xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" ID="_q" Version="2.0" {rest}><a:Issuer xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion">{issuer}</a:Issuer></p:AuthnRequest>"#
    )
}

fn sso(partner: &Partner, request: &str) -> String {
    format!("{}/saml/sso?{}", partner.origin, query(Parameter::Request, request, Some("flow.secret")))
}

async fn press(browser: &mut Browser, page: &Page, filled: &[(&str, &str)], value: &str) -> Page {
    let forms = page.forms();
    let pressed = forms.iter().find_map(|form| Some((form, form.buttons.iter().find(|b| b.value == value || b.id == value)?)));
    let (form, button) = pressed.unwrap();
    browser.submit(page, form, filled, Some(button)).await.unwrap()
}

#[track_caller]
fn carrier(page: &Page) -> (Form, Vec<(String, String)>) {
    let form = page.forms().into_iter().find(Form::is_carrier).unwrap_or_else(|| panic!("{}", page.html));
    let pairs = form.pairs(&[], None);
    (form, pairs)
}

fn field(pairs: &[(String, String)], name: &str) -> String {
    pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()).unwrap_or_default()
}

const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion:Assertion";

#[tokio::test]
async fn litware_answers_whom_it_knows_with_what_it_signed() {
    let (partner, _running) = litware();
    let mut browser = browser();
    let page = browser.open(&sso(&partner, &authn_request(&registered().entity_id, ""))).await.unwrap();
    assert_eq!(page.title(), "Sign in · Litware");
    let again = press(&mut browser, &page, &[("username", "lena@litware.example"), ("password", "wrong")], "signin").await;
    assert!(again.html.contains("role=\"alert\""));
    let page = press(&mut browser, &page, &[("username", "lena@litware.example"), ("password", "litware")], "signin").await;
    let (form, pairs) = carrier(&page);
    assert_eq!((form.action, field(&pairs, "RelayState")), (registered().acs, "flow.secret".into()));
    let xml = posted(&field(&pairs, "SAMLResponse")).unwrap();
    assert!(xml.contains("InResponseTo=\"_q\"") && xml.contains(">lena@litware.example<"), "{xml}");
    assert_signed(&xml, ASSERTION, "Assertion", &partner.keys.signer());

    partner.keys.roll_over().unwrap();
    let metadata = browser.open(&format!("{}/saml/metadata", partner.origin)).await.unwrap();
    assert_eq!(metadata.html.matches("<ds:X509Certificate>").count(), 2);
    let known = browser.open(&sso(&partner, &authn_request(&registered().entity_id, ""))).await.unwrap();
    let xml = posted(&field(&carrier(&known).1, "SAMLResponse")).unwrap();
    assert_signed(&xml, ASSERTION, "Assertion", &partner.keys.signer());
    let forced = browser.open(&sso(&partner, &authn_request(&registered().entity_id, "ForceAuthn=\"true\""))).await.unwrap();
    assert_eq!(forced.title(), "Sign in · Litware");
}

#[tokio::test]
async fn litware_answers_no_stranger_and_nowhere_else() {
    let (partner, _running) = litware();
    let elsewhere = authn_request(&registered().entity_id, "AssertionConsumerServiceURL=\"https://evil.example/\"");
    for request in [authn_request("https://evil.example", ""), elsewhere, "<p:AuthnRequest".into(), "a".repeat(100_000)] {
        assert_eq!(browser().open(&sso(&partner, &request)).await.unwrap().status, 400);
    }
    let passive = browser().open(&sso(&partner, &authn_request(&registered().entity_id, "IsPassive=\"true\""))).await.unwrap();
    assert!(posted(&field(&carrier(&passive).1, "SAMLResponse")).unwrap().contains("status:NoPassive"));
}

#[tokio::test]
async fn litware_ends_sessions_both_ways() {
    let (partner, _running) = litware();
    let http = relying_party::http().unwrap();
    let farewell = LogoutRequest::new(&registered().entity_id, "x", NameId::new(PERSISTENT, "y"), None, Timestamp::from_unix(0));
    let asked = query(Parameter::Request, &farewell.to_xml(Prefixes::Short, None).unwrap(), Some("state"));
    let answer = http.get(format!("{}/saml/slo?{asked}", partner.origin)).send().await.unwrap();
    let to = url::Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
    let pairs: Vec<(String, String)> = to.query_pairs().into_owned().collect();
    assert_eq!(to.path(), "/contoso/callback/litware/logout");
    assert_eq!(pairs.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["SAMLResponse", "RelayState", "SigAlg", "Signature"]);
    let heard = Farewell::read(&inflated(&field(&pairs, "SAMLResponse")).unwrap()).unwrap();
    assert_eq!(heard, Farewell::Response { in_response_to: farewell.id, is_success: true });
}

#[tokio::test]
async fn proseware_answers_its_realm_and_keeps_the_context() {
    let (listener, partner, clock) = partner(PROSEWARE, KeyShape::Rsa2048);
    let (server, _running) = wsfed_sts::start(listener, partner.clone(), &clock).unwrap();
    tokio::spawn(server);
    let ask = |realm: &str, reply: &str| {
        let mut to = url::Url::parse(&format!("{}/wsfed", partner.origin)).unwrap();
        to.query_pairs_mut().extend_pairs([("wa", "wsignin1.0"), ("wtrealm", realm), ("wreply", reply), ("wctx", "flow.secret")]);
        to.to_string()
    };
    let Registration { entity_id, acs, .. } = registered();
    let mut browser = browser();
    assert_eq!(browser.open(&ask(&entity_id, "https://evil.example/")).await.unwrap().status, 400);
    assert_eq!(browser.open(&ask("urn:evil", &acs)).await.unwrap().status, 400);
    let page = browser.open(&ask(&entity_id, &acs)).await.unwrap();
    assert_eq!(page.title(), "Sign in · Proseware");
    let (form, pairs) = carrier(&press(&mut browser, &page, &[], "petra@proseware.example").await);
    assert_eq!((form.action, field(&pairs, "wctx"), field(&pairs, "wa")), (acs, "flow.secret".into(), "wsignin1.0".into()));
    let token = field(&pairs, "wresult");
    assert!(token.contains(">petra@proseware.example<") && token.contains("AttributeName=\"ImmutableID\""), "{token}");
    assert_signed(&token, "urn:oasis:names:tc:SAML:1.0:assertion:Assertion", "Assertion", &partner.keys.signer());
    let metadata = browser.open(&format!("{}{}", partner.origin, wsfed_sts::METADATA_PATH)).await.unwrap();
    assert!(metadata.html.contains(&partner.keys.certificates()[0]) && metadata.html.contains("fed:SecurityTokenServiceType"));
    let out = browser.open(&format!("{}/wsfed?wa=wsignout1.0", partner.origin)).await.unwrap();
    assert_eq!(out.title(), "Signed out · Proseware");
    assert_eq!(browser.open(&ask(&entity_id, &registered().acs)).await.unwrap().title(), "Sign in · Proseware");
}
