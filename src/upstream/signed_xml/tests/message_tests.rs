//! Tokens of WS-Federation (B1), logout messages, query signatures (A16) and signed metadata.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaKeyPair},
};
use base64::{Engine, engine::general_purpose::STANDARD};

use super::forge_tests::*;
use crate::{
    domain::{error_code::ErrorCode, verdict::Verdicts},
    upstream::signed_xml::{
        LogoutMessage, LogoutSignature, QuerySigned, SamlVersion, Trust, check_metadata_signature, open_logout, verify_query,
    },
};

const T05: &str = "http://schemas.xmlsoap.org/ws/2005/02/trust";
const T13: &str = "http://docs.oasis-open.org/ws-sx/ws-trust/200512";

fn saml_1(id: &str, name: &str, signature: &str) -> String {
    let subject = format!(
        "<saml:Subject><saml:NameIdentifier>{name}</saml:NameIdentifier><saml:SubjectConfirmation><saml:ConfirmationMethod>\
         urn:oasis:names:tc:SAML:1.0:cm:bearer</saml:ConfirmationMethod></saml:SubjectConfirmation></saml:Subject>"
    );
    format!(
        "<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:1.0:assertion\" MajorVersion=\"1\" MinorVersion=\"1\" AssertionID=\"{id}\" \
         Issuer=\"http://sts.example\" IssueInstant=\"2026-11-20T12:00:00.123Z\"><saml:Conditions NotBefore=\"2026-11-20T12:00:00Z\" \
         NotOnOrAfter=\"2026-11-20T13:00:00Z\"><saml:AudienceRestrictionCondition><saml:Audience>urn:us</saml:Audience>\
         </saml:AudienceRestrictionCondition></saml:Conditions><saml:AttributeStatement>{subject}<saml:Attribute AttributeName=\"emailaddress\" \
         AttributeNamespace=\"http://schemas.xmlsoap.org/ws/2005/05/identity/claims\"><saml:AttributeValue>{name}@example.com\
         </saml:AttributeValue></saml:Attribute></saml:AttributeStatement><saml:AuthenticationStatement AuthenticationMethod=\"urn:password\" \
         AuthenticationInstant=\"2026-11-20T12:00:00Z\">{subject}</saml:AuthenticationStatement>{signature}</saml:Assertion>"
    )
}

fn rstr(namespace: &str, token: &str) -> String {
    format!(
        "<t:RequestSecurityTokenResponse xmlns:t=\"{namespace}\"><wsp:AppliesTo xmlns:wsp=\"http://schemas.xmlsoap.org/ws/2004/09/policy\">\
         <wsa:EndpointReference xmlns:wsa=\"http://www.w3.org/2005/08/addressing\"><wsa:Address>urn:us</wsa:Address></wsa:EndpointReference>\
         </wsp:AppliesTo><t:RequestedSecurityToken>{token}</t:RequestedSecurityToken><t:TokenType>urn:kind</t:TokenType>\
         </t:RequestSecurityTokenResponse>"
    )
}

fn collected(namespace: &str, responses: &str) -> String {
    format!("<c:RequestSecurityTokenResponseCollection xmlns:c=\"{namespace}\">{responses}</c:RequestSecurityTokenResponseCollection>")
}

fn refused(xml: &str) -> ErrorCode {
    token(xml).err().expect("it is refused")
}

#[test]
fn tokens_of_both_versions_in_both_envelopes_are_opened() {
    for namespace in [T05, T13] {
        for inner in [saml_1("_a", "ana", &usual("_a")), assertion("_a", "ana", &usual("_a"))] {
            for xml in [rstr(namespace, &inner), collected(namespace, &rstr(namespace, &inner))] {
                let opened = token(&RSA.sign(&xml)).unwrap_or_else(|code| panic!("{code:?} {xml}"));
                assert_eq!((opened.applies_to.as_deref(), opened.token_type.as_deref()), (Some("urn:us"), Some("urn:kind")));
                assert_eq!(opened.assertion.subject.as_ref().map(|s| s.value.as_str()), Some("ana"));
                assert_eq!(opened.assertion.attributes[0].values, ["ana@example.com"]);
            }
        }
    }
    let opened = token(&RSA.sign(&rstr(T05, &saml_1("_a", "ana", &usual("_a"))))).expect("it is opened");
    let read = &opened.assertion;
    assert!(read.version == SamlVersion::V1_1 && read.confirmations.len() == 1);
    assert_eq!(read.attributes[0].name, "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress");
    assert_eq!(read.conditions.as_ref().expect("conditions").audiences, [["urn:us".to_owned()]]);
    assert_eq!(read.authentications[0].context.as_deref(), Some("urn:password"));
}

#[test]
fn a_token_response_has_one_token_and_it_is_signed_itself() {
    let inner = RSA.sign(&saml_1("_a", "ana", &usual("_a")));
    let evil = saml_1("_e", "admin", "");
    let genuine = rstr(T05, &inner);
    assert_eq!(refused(&rstr(T05, &evil)), ErrorCode::SignatureMissing);
    assert_eq!(refused(&genuine.replace(">ana<", ">eve<")), ErrorCode::DigestMismatch);
    assert_eq!(refused(&rstr(T05, &format!("{evil}{inner}"))), ErrorCode::WsFedResponse);
    assert_eq!(refused(&collected(T05, &format!("{genuine}{}", rstr(T05, &evil)))), ErrorCode::WsFedResponse);
    assert_eq!(
        refused(&genuine.replace("<t:TokenType>", &format!("<t:Lifetime>{evil}</t:Lifetime><t:TokenType>"))),
        ErrorCode::AssertionCount
    );
    assert_eq!(refused(&rstr(T05, &format!("<x>{inner}</x>"))), ErrorCode::AssertionPosition);
    assert_eq!(refused(&rstr(T05, "<x/>")), ErrorCode::WsFedTokenType);
    assert_eq!(refused(&rstr(T05, "")), ErrorCode::WsFedResponse);
    assert_eq!(refused(&rstr("urn:other", &inner)), ErrorCode::XmlRoot);
    assert_eq!(refused(&inner), ErrorCode::XmlRoot);
    assert_eq!(refused(&collected(T05, "")), ErrorCode::WsFedResponse);
    let over_the_envelope = genuine.replace("<t:TokenType>", &format!("{}<t:TokenType>", usual("_r")));
    assert_eq!(refused(&over_the_envelope), ErrorCode::SignaturePosition);
    let two_people = RSA.sign(&saml_1("_a", "ana", &usual("_a")).replacen(">ana<", ">eve<", 1));
    assert_eq!(refused(&rstr(T05, &two_people)), ErrorCode::AssertionShape);
    assert_eq!(
        refused(&rstr(T05, &RSA.sign(&saml_1("_a", "ana", &usual("_a")).replace("MinorVersion=\"1\"", "MinorVersion=\"0\"")))),
        ErrorCode::SamlVersion
    );
}

fn logout_request(signature: &str) -> String {
    format!(
        "<samlp:LogoutRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_l\" \
         Version=\"2.0\" IssueInstant=\"2026-11-20T12:00:00Z\" Destination=\"https://sp.example/logout\"><saml:Issuer>https://idp.example</saml:Issuer>\
         {signature}<saml:NameID>ana</saml:NameID><samlp:SessionIndex>_s</samlp:SessionIndex></samlp:LogoutRequest>"
    )
}

fn logout_response(signature: &str) -> String {
    response_with("urn:oasis:names:tc:SAML:2.0:status:Success", signature, "").replace("samlp:Response", "samlp:LogoutResponse")
}

fn with_trust<T>(check: impl FnOnce(&Trust<'_>) -> T) -> T {
    let (certificates, acceptance) = ([EC.certificate.clone(), RSA.certificate.clone()], acceptance());
    check(&Trust::new(&certificates, &acceptance, &[]).expect("trust"))
}

fn logout(xml: &str) -> Result<LogoutMessage, ErrorCode> {
    with_trust(|trust| open_logout(xml.as_bytes(), LogoutSignature::Inside(trust), &mut Verdicts::default()).map_err(|e| e.code))
}

#[test]
fn logout_messages_are_read_when_signed() {
    let Ok(LogoutMessage::Request(request)) = logout(&RSA.sign(&logout_request(&usual("_l")))) else { panic!("a request") };
    assert_eq!((request.id.as_str(), request.name_id.value.as_str(), request.session_indexes), ("_l", "ana", vec!["_s".to_owned()]));
    let Ok(LogoutMessage::Response(response)) = logout(&RSA.sign(&logout_response(&usual("_r")))) else { panic!("a response") };
    assert!(response.is_success && response.in_response_to.as_deref() == Some("_q"));
    assert_eq!(logout(&logout_request("")).err(), Some(ErrorCode::SignatureMissing));
    assert_eq!(logout(&RSA.sign(&logout_request(&usual("_l"))).replace(">ana<", ">eve<")).err(), Some(ErrorCode::DigestMismatch));
    assert_eq!(logout(&assertion_signed()).err(), Some(ErrorCode::XmlRoot));
    let with_assertion =
        logout_request("").replace("</samlp:LogoutRequest>", &format!("{}</samlp:LogoutRequest>", assertion("_a", "ana", "")));
    assert_eq!(logout(&with_assertion).err(), Some(ErrorCode::AssertionCount));
    let in_query = |xml: &str| open_logout(xml.as_bytes(), LogoutSignature::InQuery(proof()), &mut Verdicts::default()).map_err(|e| e.code);
    assert!(in_query(&logout_request("")).is_ok());
    assert_eq!(in_query(&RSA.sign(&logout_request(&usual("_l")))).err(), Some(ErrorCode::SamlBinding));
}

fn query(signed: &str, algorithm: &str, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let encoded: String = url::form_urlencoded::byte_serialize(algorithm.as_bytes()).collect();
    let signed = format!("{signed}&SigAlg={encoded}");
    let signature: String = url::form_urlencoded::byte_serialize(STANDARD.encode(sign(signed.as_bytes())).as_bytes()).collect();
    format!("{signed}&Signature={signature}")
}

fn by_rsa(octets: &[u8]) -> Vec<u8> {
    let key = RsaKeyPair::from_pkcs8(&RSA.pair.serialize_der()).expect("a key");
    let mut out = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), octets, &mut out).expect("signed");
    out
}

fn by_ec(octets: &[u8]) -> Vec<u8> {
    let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &EC.pair.serialize_der()).expect("a key");
    key.sign(&SystemRandom::new(), octets).expect("signed").as_ref().to_vec()
}

fn checked(raw: &str) -> Result<QuerySigned, ErrorCode> {
    with_trust(|trust| verify_query(raw, trust, &mut Verdicts::default()).map_err(|e| e.code))
}

fn proof() -> QuerySigned {
    checked(&query("SAMLRequest=x", RSA_SHA256, by_rsa)).expect("it verifies")
}

#[test]
fn a_query_is_verified_as_it_came() {
    let ecdsa = format!("{MORE}ecdsa-sha256");
    for signed in ["SAMLRequest=a%2Bb%2f&RelayState=x%20y", "SAMLResponse=ab", "SAMLRequest=a&RelayState="] {
        for raw in [query(signed, RSA_SHA256, by_rsa), query(signed, &ecdsa, by_ec)] {
            assert!(checked(&raw).is_ok(), "{raw}");
            // As others encode it, or with parameters in another order: the signed string is made in its own.
            assert!(checked(&format!("other=1&{raw}")).is_ok());
            for changed in [raw.replacen('a', "b", 1), raw.replace("%2f", "%2F"), format!("{raw}&RelayState=z"), raw.replace("%20", "+")] {
                assert!(changed == raw || checked(&changed).is_err(), "{changed}");
            }
        }
    }
    let raw = query("SAMLRequest=a&RelayState=b", RSA_SHA256, by_rsa);
    let turned = raw.replace("SAMLRequest=a&RelayState=b", "RelayState=b&SAMLRequest=a");
    assert!(checked(&turned).is_ok());
    assert_eq!(checked(&raw.replace("&RelayState=b", "")).err(), Some(ErrorCode::SignatureInvalid));
}

#[test]
fn a_query_that_could_be_read_in_two_ways_is_refused() {
    let raw = query("SAMLRequest=a&RelayState=b", RSA_SHA256, by_rsa);
    let two_ways = [
        format!("{raw}&SAMLRequest=c"),
        format!("{raw}&SAMLResponse=c"),
        format!("{raw}&RelayState=c"),
        format!("{raw}&Signature=c"),
        format!("{raw}&SigAlg=c"),
        format!("{raw}&SAML%52equest=c"),
        format!("Relay+State=c&{raw}"),
        raw.replace("SAMLRequest", "SAMLrequest"),
    ];
    for raw in two_ways {
        assert_eq!(checked(&raw).err(), Some(ErrorCode::SamlBinding), "{raw}");
    }
    assert_eq!(checked("SAMLRequest=a&RelayState=b").err(), Some(ErrorCode::SignatureMissing));
    assert_eq!(checked(&query("SAMLRequest=a", "http://www.w3.org/2000/09/xmldsig#rsa-sha1", by_rsa)).err(), Some(ErrorCode::Sha1Refused));
    assert_eq!(checked(&query("SAMLRequest=a", &format!("{MORE}hmac-sha256"), by_rsa)).err(), Some(ErrorCode::SignatureAlgorithm));
    assert_eq!(checked(&query("SAMLRequest=a", RSA_SHA256, by_ec)).err(), Some(ErrorCode::SignatureInvalid));
    assert_eq!(checked("SAMLRequest=a&SigAlg=%&Signature=%zz").err(), Some(ErrorCode::SamlBinding));
}

#[test]
fn metadata_is_signed_as_a_whole_or_not_at_all() {
    let document = |signature: &str, inner: &str| {
        format!(
            "<!-- kept by hand --><md:EntitiesDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" ID=\"_m\">{signature}\
             <md:EntityDescriptor entityID=\"https://idp.example\" ID=\"_e\">{inner}</md:EntityDescriptor></md:EntitiesDescriptor>"
        )
    };
    let check =
        |xml: &str, by: &Signer| check_metadata_signature(xml.as_bytes(), std::slice::from_ref(&by.certificate)).map_err(|e| e.code);
    let whole = RSA.sign(&document(&usual("_m"), ""));
    assert_eq!(check(&whole, &RSA), Ok(()));
    let refused = Err(ErrorCode::MetadataSignature);
    assert_eq!(check(&whole, &OTHER), refused);
    assert_eq!(check(&whole.replace("idp.example", "evil.example"), &RSA), refused);
    assert_eq!(check(&document("", ""), &RSA), refused);
    assert_eq!(check(&RSA.sign(&document("", &usual("_e"))), &RSA), refused);
    assert_eq!(check_metadata_signature(whole.as_bytes(), &[]).map_err(|e| e.code), refused);
    assert_eq!(check(&assertion_signed(), &RSA), refused);
}
