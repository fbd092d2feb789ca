//! The scriptable partners of the other tests, tried out on their own: what they serve, what they answer, and that they bend.

#[path = "world/partner.rs"]
#[expect(dead_code, reason = "no test binary needs all that the peers can do")]
mod partner;

use gatehouse::{
    clock::Clock,
    demo::partner::{
        Addressee, BEARER, CLAIM_ADDRESS, Farewell, KeyShape, LogoutResponse, Parameter, Person, Prefixes, TrustVersion, deflated,
        for_post, posted,
    },
    domain::timestamp::Timestamp,
};
use partner::{SamlPeer, Serving, WsFedPeer};

const REQUEST: &str = r#"<p:AuthnRequest xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" ID="_q" AssertionConsumerServiceURL="https://gate.example/acs"><a:Issuer xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion">https://gate.example/saml</a:Issuer></p:AuthnRequest>"#;

fn clock() -> Clock {
    Clock::movable(Timestamp::from_unix(1_800_000_000))
}

fn lena() -> Person {
    Person::new("lena@litware.example", "Lena")
}

fn pairs(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

#[test]
fn a_saml_peer_answers_what_came_by_redirect_and_by_post() {
    let peer = SamlPeer::start_by(&clock(), KeyShape::P256);
    let by_redirect = format!("{}?{}", peer.sign_in_url(), pairs(&[("SAMLRequest", &deflated(REQUEST)), ("RelayState", "state")]));
    let by_post = pairs(&[("SAMLRequest", &for_post(REQUEST)), ("RelayState", "state")]);
    for asked in [by_redirect, by_post] {
        let (acs, fields) = peer.answer(&asked, &lena());
        let names: Vec<_> = fields.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!((acs.as_str(), names.as_slice()), ("https://gate.example/acs", ["SAMLResponse", "RelayState"].as_slice()));
        let xml = posted(&fields[0].1).unwrap();
        assert!(xml.contains("InResponseTo=\"_q\"") && xml.contains("<saml:Audience>https://gate.example/saml<"), "{xml}");
        assert!(xml.contains(CLAIM_ADDRESS) && xml.contains(&peer.keys().signer().certificate_base64()), "{xml}");
    }
}

#[test]
fn a_saml_peer_bends_and_straightens() {
    let peer = SamlPeer::start_by(&clock(), KeyShape::P256);
    let recipient = gatehouse::demo::partner::KeyRing::new(KeyShape::Rsa2048, "ours", &clock()).unwrap().signer();
    peer.answer_with(|response| {
        response.destination = None;
        response.assertions[0].confirmations[0].method = "urn:elsewhere".into();
    });
    peer.seal_with(|sealing| sealing.in_style(Prefixes::Long));
    let (_, fields) = peer.answer_unasked("us", "https://gate.example/acs", &lena());
    let xml = posted(&fields[0].1).unwrap();
    assert!(xml.starts_with("<saml2p:Response") && !xml.contains("Destination") && !xml.contains(BEARER), "{xml}");
    peer.behave();
    peer.encrypt_for(recipient.certificate_der());
    let (_, fields) = peer.answer_unasked("us", "https://gate.example/acs", &lena());
    let xml = posted(&fields[0].1).unwrap();
    assert!(xml.contains("Destination") && xml.contains("EncryptedAssertion") && !xml.contains("lena@"), "{xml}");
}

#[test]
fn a_ws_fed_peer_answers_in_either_dress() {
    let peer = WsFedPeer::start_by(&clock(), KeyShape::P384);
    let asked = [("wa", "wsignin1.0"), ("wtrealm", "us"), ("wreply", "https://gate.example/acs"), ("wctx", "state")];
    let asked = format!("{}?{}", peer.sign_in_url(), pairs(&asked));
    let (acs, fields) = peer.answer(&asked, &lena());
    assert_eq!((acs.as_str(), fields[2].1.as_str()), ("https://gate.example/acs", "state"));
    assert!(fields[1].1.contains("ImmutableID") && fields[1].1.contains("MajorVersion=\"1\""));
    peer.speak_saml_2();
    peer.answer_with(|token| token.version = TrustVersion::V1_3);
    let (_, fields) = peer.answer(&asked, &lena());
    assert!(fields[1].1.contains("ResponseCollection") && fields[1].1.contains("Version=\"2.0\""), "{}", fields[1].1);
}

#[tokio::test]
async fn metadata_is_served_counted_and_broken_at_will() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let http = http.timeout(std::time::Duration::from_millis(700)).build().unwrap();
    let peer = SamlPeer::start_by(&clock(), KeyShape::P256);
    let fetch = async || http.get(peer.metadata_url()).send().await?.text().await;
    assert!(fetch().await.unwrap().contains(&peer.entity_id()));
    peer.keys().roll_over().unwrap();
    peer.publish_with(|metadata| metadata.wants_signed_requests = true);
    let document = fetch().await.unwrap();
    assert_eq!(document.matches("X509Certificate>").count(), 4);
    assert!(document.contains("WantAuthnRequestsSigned=\"true\""));
    for broken in [Serving::Silence, Serving::Drip, Serving::CutShort("<a/>".into())] {
        peer.serve(broken.clone());
        assert!(fetch().await.is_err(), "{broken:?}");
    }
    peer.serve(Serving::Status(503));
    assert_eq!(fetch().await.unwrap(), "");
    assert_eq!(peer.times_fetched(), 6);
}

#[test]
fn a_saml_peer_says_farewell_in_a_signed_query() {
    let peer = SamlPeer::start_by(&clock(), KeyShape::P256);
    let xml = LogoutResponse::new(&peer.entity_id(), "https://gate.example/out", "_q", clock().now());
    let xml = xml.to_xml(Prefixes::Short, None).unwrap();
    let to = peer.farewell(Parameter::Response, &xml, "https://gate.example/out?a=1", Some("state"));
    assert!(
        to.starts_with("https://gate.example/out?a=1&SAMLResponse=")
            && to.contains("&RelayState=state&SigAlg=")
            && to.contains("&Signature=")
    );
    assert!(matches!(Farewell::read(&xml), Ok(Farewell::Response { is_success: true, .. })));
    let response = peer.response(&Addressee { entity_id: "a".into(), acs: "b".into(), in_response_to: None }, &lena());
    assert!(!response.contains("InResponseTo"));
}
