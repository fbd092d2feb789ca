use std::io::Write;

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{KeyPair, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey},
};
use flate2::write::DeflateEncoder;

use super::{super::sign::tests::credential, *};
use crate::{
    domain::{id::FlowId, timestamp::Timestamp},
    random,
    upstream::state,
};

const XML: &str = "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_1\">&amp; ümlaut</samlp:AuthnRequest>";

fn redirect<'a>(location: &'a Url, sign: Option<Sign<'a>>) -> Redirect<'a> {
    Redirect { location, parameter: Parameter::Request, xml: XML, relay_state: Some("f.s+/="), sign, hint: None }
}

fn location() -> Url {
    Url::parse("https://sts.fabrikam.example/sso?tenant=a%20b&x=%2F#top").unwrap()
}

#[test]
fn a_relay_state_of_ours_is_never_longer_than_the_binding_allows() {
    let flow = FlowId::from_drawn(random::ordered_uuid(Timestamp::from_unix(i64::from(u32::MAX))));
    assert!(state(flow, &random::token()).len() <= LONGEST_RELAY_STATE);
}

#[test]
fn a_redirect_keeps_the_query_that_was_there_and_comes_back_out_as_it_went_in() {
    let url = redirect(&location(), None).url();
    let query = url.query().unwrap();
    assert!(query.starts_with("tenant=a%20b&x=%2F&SAMLRequest="), "{query}");
    assert_eq!(url.fragment(), None);
    let arrived = Arrived::read(&RawMessage::Query(query)).unwrap();
    assert_eq!((arrived.parameter, arrived.xml.as_slice()), (Parameter::Request, XML.as_bytes()));
    assert_eq!(arrived.relay_state.unwrap().reveal(), "f.s+/=");
}

#[test]
fn a_redirect_is_signed_over_exactly_what_is_sent() {
    let key = RsaKeyPair::from_pkcs8(credential().private.reveal()).unwrap();
    let sign = |octets: &[u8]| {
        let mut signature = vec![0; key.public_modulus_len()];
        key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), octets, &mut signature).unwrap();
        signature
    };
    let location = location();
    let url = Redirect { hint: Some(("username", "ana+x@fabrikam.example".into())), ..redirect(&location, Some(&sign)) }.url();
    let query = url.query().unwrap();
    let signed = &query[query.find("SAMLRequest=").unwrap()..query.find("&Signature=").unwrap()];
    let names: Vec<&str> = signed.split('&').map(|pair| pair.split_once('=').unwrap().0).collect();
    assert_eq!(names, ["SAMLRequest", "RelayState", "SigAlg"]);
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let value = |name: &str| pairs.iter().find(|(known, _)| known == name).unwrap().1.clone();
    assert_eq!(value("SigAlg"), RSA_SHA256);
    assert_eq!(value("username"), "ana+x@fabrikam.example");
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key().as_ref());
    public.verify(signed.as_bytes(), &STANDARD.decode(value("Signature")).unwrap()).unwrap();
}

#[test]
fn the_compressor_is_good_for_the_next_message_too() {
    for text in ["", "a", &"long ".repeat(10_000), &random::token().reveal().repeat(50), "b"] {
        assert_eq!(inflate(&deflate(text.as_bytes())).unwrap(), text.as_bytes());
    }
}

#[test]
fn an_inflate_bomb_is_refused_before_it_fills_the_memory() {
    let mut bomb = DeflateEncoder::new(Vec::new(), Compression::best());
    bomb.write_all(&vec![b'a'; 64 * 1024 * 1024]).unwrap();
    let bomb = bomb.finish().unwrap();
    assert_eq!(inflate(&bomb).unwrap_err().code, ErrorCode::XmlTooLarge);
    assert!(inflate(&deflate(&vec![b'a'; LONGEST_INFLATED])).is_ok());
    assert!(inflate(&deflate(&vec![b'a'; LONGEST_INFLATED + 1])).is_err());
}

#[test]
fn what_is_no_deflate_or_has_something_after_it_is_refused() {
    let with_rest = [deflate(b"<x/>"), b"more".to_vec()].concat();
    for octets in [b"<x/>".to_vec(), Vec::new(), with_rest, deflate(XML.as_bytes())[..40].to_vec()] {
        assert_eq!(inflate(&octets).unwrap_err().code, ErrorCode::SamlBinding);
    }
}

#[test]
fn base64_may_have_line_breaks_and_nothing_else_that_is_strange() {
    assert_eq!(from_base64("PHg+\r\nPC94\nPg==\n").unwrap(), b"<x></x>");
    for wrong in
        ["", "\n", "PHg PC94Pg==", "PHg-", "PHg+PC94Pg", "PHg+PC94Pg=", "PHg+PC94Pg===", "PHg+PC94Ph==", "<x/>", "PHg+é", "PHg+%3D"]
    {
        assert_eq!(from_base64(wrong).unwrap_err().code, ErrorCode::SamlBinding, "{wrong:?}");
    }
}

#[test]
fn a_logout_message_is_one_and_each_of_its_parameters_comes_once() {
    let message = encode(&STANDARD.encode(deflate(XML.as_bytes())));
    let good = format!("SAMLRequest={message}&RelayState=a&SigAlg=b&Signature=c");
    assert!(Arrived::read(&RawMessage::Query(&good)).is_ok());
    for wrong in [
        format!("{good}&SAMLRequest={message}"),
        format!("{good}&RelayState=a"),
        format!("{good}&SigAlg=b"),
        format!("{good}&Signature=c"),
        format!("{good}&SAMLResponse={message}"),
        format!("{good}&SAMLEncoding=urn:other"),
        format!("{good}&x={}", "a".repeat(crate::upstream::LONGEST)),
        "RelayState=a".to_owned(),
        String::new(),
    ] {
        assert_eq!(
            Arrived::read(&RawMessage::Query(&wrong)).err().unwrap().code,
            ErrorCode::SamlBinding,
            "{}",
            &wrong[..wrong.len().min(99)]
        );
    }
}

#[test]
fn simple_sign_is_not_spoken() {
    let form = format!("SAMLResponse={}&SigAlg=a&Signature=b", encode(&STANDARD.encode(XML)));
    assert_eq!(Arrived::read(&RawMessage::Form(&form)).err().unwrap().code, ErrorCode::SamlBinding);
}

#[test]
fn a_form_carries_the_message_uncompressed() {
    let hint = ("login_hint", "ana@fabrikam.example".to_owned());
    let Outbound::Form { action, fields } = post(&location(), Parameter::Request, XML, Some("s"), Some(&hint)) else {
        panic!("a form");
    };
    assert_eq!(action.query(), Some("tenant=a%20b&x=%2F&login_hint=ana%40fabrikam.example"));
    assert_eq!(fields, [("SAMLRequest", STANDARD.encode(XML)), ("RelayState", "s".to_owned())]);
}
