//! Encrypted assertions: what opens, what never does, and that failing tells nothing.

use bergshamra_enc::{EncContext, encrypt::encrypt};
use bergshamra_keys::{KeysManager, loader::load_x509_cert_der};

use super::forge_tests::*;
use crate::domain::{
    error_code::ErrorCode,
    federation::{Acceptance, SignedPart},
};

const GCM: &str = "http://www.w3.org/2009/xmlenc11#aes256-gcm";
const CBC: &str = "http://www.w3.org/2001/04/xmlenc#aes128-cbc";
const OAEP: &str = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p";

fn envelope(cipher: &str, transport: &str) -> String {
    format!(
        "<xenc:EncryptedData xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\" Type=\"http://www.w3.org/2001/04/xmlenc#Element\">\
         <xenc:EncryptionMethod Algorithm=\"{cipher}\"/><ds:KeyInfo xmlns:ds=\"{DSIG}\"><xenc:EncryptedKey>\
         <xenc:EncryptionMethod Algorithm=\"{transport}\"/><xenc:CipherData><xenc:CipherValue></xenc:CipherValue></xenc:CipherData>\
         </xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData><xenc:CipherValue></xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>"
    )
}

fn encrypted_to(recipient: &Signer, cipher: &str, plain: &str) -> String {
    let mut keys = KeysManager::new();
    keys.add_key(load_x509_cert_der(recipient.certificate.der()).expect("a key"));
    encrypt(&EncContext::new(keys), &envelope(cipher, OAEP), plain.as_bytes()).expect("it is encrypted")
}

fn wrapped(data: &str) -> String {
    response("", &format!("<saml:EncryptedAssertion>{data}</saml:EncryptedAssertion>"))
}

fn signed_inside(cipher: &str) -> String {
    wrapped(&encrypted_to(&RSA, cipher, &RSA.sign(&assertion("_a", "ana", &usual("_a")))))
}

fn response_over(cipher: &str, plain: &str) -> String {
    let data = encrypted_to(&RSA, cipher, plain);
    RSA.sign(&response(&usual("_r"), &format!("<saml:EncryptedAssertion>{data}</saml:EncryptedAssertion>")))
}

#[test]
fn an_encrypted_assertion_opens_in_either_mode_with_any_of_our_keys() {
    let of_both = response_over(GCM, &RSA.sign(&assertion("_a", "ana", &usual("_a"))));
    let response_alone = response_over(CBC, &assertion("_a", "ana", ""));
    let to_the_other = wrapped(&encrypted_to(&OTHER, GCM, &RSA.sign(&assertion("_a", "ana", &usual("_a")))));
    // Its namespace is declared outside of what was encrypted.
    let inherited = assertion("_a", "ana", "").replacen(" xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"", "", 1);
    for xml in [signed_inside(GCM), signed_inside(CBC), of_both, response_alone, to_the_other, response_over(GCM, &inherited)] {
        let opened = open(&xml).unwrap_or_else(|code| panic!("{code:?}: {xml}"));
        assert!(opened.was_encrypted);
        assert_eq!(opened.assertion.subject.as_ref().map(|s| s.value.as_str()), Some("ana"));
    }
}

#[test]
fn what_the_reference_implementation_encrypted_opens() {
    let inner = RSA.sign(&assertion("_a", "ana", &usual("_a")));
    for (cipher, key) in [("http://www.w3.org/2001/04/xmlenc#aes256-cbc", "aes-256"), (CBC, "aes-128")] {
        let arguments = ["--encrypt", "--pubkey-cert-pem", "{certificate}", "--session-key", key, "--xml-data", "{data}"];
        let data = xmlsec1(&arguments, &RSA, &envelope(cipher, OAEP), &inner);
        let data = data.split_once("?>").map_or(data.as_str(), |(_, rest)| rest);
        assert!(open(&wrapped(data.trim())).is_ok(), "{cipher}");
    }
}

#[test]
fn a_key_beside_the_data_is_found() {
    let xml = signed_inside(GCM);
    let start = xml.find("<ds:KeyInfo xmlns").expect("it begins");
    let end = xml.find("</ds:KeyInfo>").expect("it ends") + 13;
    let key = xml[start..end].replace("</ds:KeyInfo>", "").split_once('>').expect("a tag").1.to_owned();
    let key = key.replace("<xenc:EncryptedKey>", "<xenc:EncryptedKey xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\">");
    let beside =
        format!("{}{}", &xml[..start], &xml[end..]).replace("</saml:EncryptedAssertion>", &format!("{key}</saml:EncryptedAssertion>"));
    assert!(open(&beside).is_ok());
}

#[test]
fn an_encrypted_token_opens_wrapped_or_bare() {
    let rstr = |inner: &str| {
        format!(
            "<t:RequestSecurityTokenResponse xmlns:t=\"http://schemas.xmlsoap.org/ws/2005/02/trust\"><t:RequestedSecurityToken>{inner}\
             </t:RequestedSecurityToken></t:RequestSecurityTokenResponse>"
        )
    };
    let inner = RSA.sign(&assertion("_a", "ana", &usual("_a")));
    let data = encrypted_to(&RSA, CBC, &inner);
    let wrapped = format!("<saml:EncryptedAssertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">{data}</saml:EncryptedAssertion>");
    assert!(token(&rstr(&data)).is_ok() && token(&rstr(&wrapped)).is_ok());
    let code = |xml: &str| token(xml).err().expect("refused");
    assert_eq!(code(&rstr(&encrypted_to(&RSA, GCM, &assertion("_a", "admin", "")))), ErrorCode::SignatureMissing);
    assert_eq!(code(&rstr(&format!("<x>{data}</x>"))), ErrorCode::AssertionPosition);
    assert_eq!(code(&rstr(&encrypted_to(&RSA, GCM, "<x/>"))), ErrorCode::DecryptionFailed);
}

#[test]
fn old_algorithms_are_refused_by_name_before_anything_is_decrypted() {
    let xml = signed_inside(GCM);
    for (from, to) in [
        (OAEP, "http://www.w3.org/2001/04/xmlenc#rsa-1_5"),
        (OAEP, "http://www.w3.org/2001/04/xmlenc#kw-aes128"),
        (GCM, "http://www.w3.org/2001/04/xmlenc#tripledes-cbc"),
        (GCM, "urn:none"),
        ("Type=\"http://www.w3.org/2001/04/xmlenc#Element\"", "Type=\"http://www.w3.org/2001/04/xmlenc#Content\""),
        ("<xenc:CipherData><xenc:CipherValue>", "<xenc:CipherData><xenc:CipherReference URI=\"file:///etc/passwd\"/><xenc:CipherValue>!"),
    ] {
        assert_eq!(refusal(&xml.replace(from, to)), ErrorCode::EncryptionAlgorithm, "{to}");
    }
}

#[test]
fn label_and_mask_of_the_key_transport_have_one_digest() {
    let xml = signed_inside(GCM);
    let with = |transport: &str, parameters: &str| {
        let from = format!("<xenc:EncryptionMethod Algorithm=\"{OAEP}\"/>");
        xml.replace(&from, &format!("<xenc:EncryptionMethod Algorithm=\"{transport}\">{parameters}</xenc:EncryptionMethod>"))
    };
    let sha1 = format!("<ds:DigestMethod Algorithm=\"{DSIG}sha1\"/>");
    let sha256 = format!("<ds:DigestMethod Algorithm=\"{SHA256}\"/>");
    let mask = "<m:MGF xmlns:m=\"http://www.w3.org/2009/xmlenc11#\" Algorithm=\"http://www.w3.org/2009/xmlenc11#mgf1sha1\"/>";
    let newer = "http://www.w3.org/2009/xmlenc11#rsa-oaep";
    assert!(open(&with(OAEP, &sha1)).is_ok() && open(&with(newer, &format!("{sha1}{mask}"))).is_ok());
    assert_eq!(refusal(&with(OAEP, &sha256)), ErrorCode::EncryptionAlgorithm);
    assert_eq!(refusal(&with(newer, &format!("{sha256}{mask}"))), ErrorCode::EncryptionAlgorithm);
    assert_eq!(refusal(&with(newer, &sha256)), ErrorCode::EncryptionAlgorithm, "a mask that is not named is SHA-1's");
    assert!(open(&with(newer, "")).is_ok() && open(&with(newer, &sha1)).is_ok());
    let both = format!("{sha256}{}", mask.replace("mgf1sha1", "mgf1sha256"));
    assert_eq!(refusal(&with(newer, &both)), ErrorCode::DecryptionFailed, "taken; but it was encrypted with SHA-1");
    assert_eq!(refusal(&with(OAEP, &format!("{sha1}{sha1}"))), ErrorCode::EncryptionAlgorithm);
    assert_eq!(refusal(&with(OAEP, "<xenc:OAEPparams>QQ==</xenc:OAEPparams>")), ErrorCode::DecryptionFailed);
}

#[test]
fn encryption_is_no_signature() {
    let unsigned = assertion("_a", "admin", "");
    assert_eq!(refusal(&wrapped(&encrypted_to(&RSA, GCM, &unsigned))), ErrorCode::SignatureMissing);
    let by_another = OTHER.sign(&assertion("_a", "admin", &usual("_a")));
    assert_eq!(refusal(&wrapped(&encrypted_to(&RSA, GCM, &by_another))), ErrorCode::SignatureInvalid);
    let forged = RSA.sign(&assertion("_a", "ana", &usual("_a"))).replace(">ana<", ">eve<");
    assert_eq!(refusal(&wrapped(&encrypted_to(&RSA, GCM, &forged))), ErrorCode::DigestMismatch);
    assert_eq!(refusal(&response_over(GCM, &by_another)), ErrorCode::SignatureInvalid);
}

#[test]
fn whatever_fails_in_a_malleable_cipher_fails_alike() {
    let by_another = OTHER.sign(&assertion("_a", "admin", &usual("_a")));
    let forged = RSA.sign(&assertion("_a", "ana", &usual("_a"))).replace(">ana<", ">eve<");
    for plain in [assertion("_a", "admin", ""), by_another, forged, "<x".to_owned(), "\u{e9}".to_owned(), String::new()] {
        assert_eq!(refusal(&wrapped(&encrypted_to(&RSA, CBC, &plain))), ErrorCode::DecryptionFailed, "{plain}");
    }
}

#[test]
fn what_is_decrypted_stays_in_its_place() {
    let inner = RSA.sign(&assertion("_a", "ana", &usual("_a")));
    let evil = assertion("_e", "admin", "");
    let escapes = [
        format!("{evil}{inner}"),
        format!("{inner}</saml:EncryptedAssertion><saml:EncryptedAssertion>"),
        format!("<x>{inner}</x>"),
        format!("</samlp:Response>{inner}<samlp:Response>"),
        format!("<!-- -->{inner}"),
        String::new(),
        "x".to_owned(),
        "<!DOCTYPE x>".to_owned(),
        format!("x{inner}"),
        inner.replace("ID=\"_a\"", "ID=\"_r\""),
        format!("<?xml version=\"1.0\"?>{inner}"),
    ];
    for plain in escapes {
        let code = refusal(&wrapped(&encrypted_to(&RSA, GCM, &plain)));
        assert!(matches!(code, ErrorCode::DecryptionFailed | ErrorCode::XmlIdentifier), "{code:?} {plain}");
    }
    let encrypted = encrypted_to(&RSA, GCM, &inner);
    let twice = format!("<saml:EncryptedAssertion>{encrypted}</saml:EncryptedAssertion>");
    assert_eq!(refusal(&response("", &format!("{twice}{twice}"))), ErrorCode::AssertionCount);
    assert_eq!(refusal(&response("", &format!("{evil}{twice}"))), ErrorCode::AssertionCount);
    assert_eq!(refusal(&response("", &format!("{twice}{inner}"))), ErrorCode::AssertionCount);
    let hidden = response("", "").replace("<samlp:Status>", &format!("<samlp:Extensions>{twice}</samlp:Extensions><samlp:Status>"));
    assert_eq!(refusal(&hidden), ErrorCode::AssertionPosition);
}

#[test]
fn a_changed_ciphertext_or_a_strangers_key_fails_alike() {
    let to_nobody = wrapped(&encrypted_to(&OTHER, GCM, &RSA.sign(&assertion("_a", "ana", &usual("_a")))));
    let certificates = [RSA.certificate.clone()];
    let acceptance = acceptance();
    let trust = crate::upstream::signed_xml::Trust::new(&certificates, &acceptance, &[]).expect("trust");
    let refused = crate::upstream::signed_xml::open_response(to_nobody.as_bytes(), &trust, &mut Default::default()).err().expect("refused");
    assert_eq!(refused.code, ErrorCode::DecryptionFailed);
    for cipher in [GCM, CBC] {
        let xml = signed_inside(cipher);
        let at = xml.rfind("</xenc:CipherValue>").expect("a value");
        for (from, to) in [(at - 60, at - 40), (at - 400, at - 396), (at - 4, at)] {
            let changed = format!("{}{}{}", &xml[..from], "A".repeat(to - from), &xml[to..]);
            assert_eq!(refusal(&changed), ErrorCode::DecryptionFailed);
        }
        let short = format!("{}{}", &xml[..xml.rfind("<xenc:CipherValue>").expect("a value") + 18], &xml[at..]);
        assert_eq!(refusal(&short), ErrorCode::DecryptionFailed);
    }
}

#[test]
fn the_operator_can_require_encryption_and_both_signatures_under_it() {
    let strict = Acceptance { requires_encryption: true, signed: SignedPart::Both, ..acceptance() };
    let both = response_over(GCM, &RSA.sign(&assertion("_a", "ana", &usual("_a"))));
    assert!(open_as(&both, &strict, &[&RSA]).is_ok());
    assert_eq!(open_as(&both_signed(), &strict, &[&RSA]).err(), Some(ErrorCode::EncryptionMissing));
    assert_eq!(open_as(&signed_inside(GCM), &strict, &[&RSA]).err(), Some(ErrorCode::SignedPartMissing));
    assert_eq!(open_as(&response_over(GCM, &assertion("_a", "ana", "")), &strict, &[&RSA]).err(), Some(ErrorCode::SignedPartMissing));
    // The signature covers the ciphertext.
    let swapped = both.replace("<samlp:Status>", "<samlp:Extensions/><samlp:Status>");
    assert_eq!(refusal(&swapped), ErrorCode::DigestMismatch);
}
