//! What is accepted, and what an operator can ask for.

use super::forge_tests::*;
use crate::{
    domain::{
        error_code::ErrorCode,
        federation::{Acceptance, SignedPart},
        verdict::{Outcome, Verdicts},
    },
    upstream::signed_xml::{Trust, open_response},
};

#[test]
fn an_assertion_is_read_whether_it_the_response_or_both_are_signed() {
    for (xml, is_signed) in [(assertion_signed(), false), (response_signed(), true), (both_signed(), true)] {
        let opened = open(&xml).expect("it is opened");
        let read = &opened.assertion;
        assert_eq!((opened.envelope.is_signed, opened.was_encrypted, opened.envelope.id.as_str()), (is_signed, false, "_r"));
        assert_eq!((read.id.as_str(), read.issuer.as_str()), ("_a", "https://idp.example"));
        let subject = read.subject.as_ref().expect("a subject");
        assert_eq!(subject.value, "ana");
        assert_eq!(read.confirmations[0].in_response_to.as_deref(), Some("_q"));
        assert_eq!(read.conditions.as_ref().expect("conditions").audiences, [["https://sp.example".to_owned()]]);
        assert_eq!(read.authentications[0].context.as_deref(), Some("urn:oasis:names:tc:SAML:2.0:ac:classes:Password"));
        assert_eq!((read.attributes[0].name.as_str(), read.attributes[0].values.as_slice()), ("mail", &["ana@example.com".to_owned()][..]));
    }
}

#[test]
fn every_check_leaves_a_verdict_and_the_refusing_one_is_last() {
    let (certificates, acceptance) = ([RSA.certificate.clone()], acceptance());
    let trust = Trust::new(&certificates, &acceptance, &[]).expect("trust");
    let mut verdicts = Verdicts::default();
    open_response(assertion_signed().as_bytes(), &trust, &mut verdicts).expect("it is opened");
    let checks: Vec<_> = verdicts.iter().map(|v| v.check).collect();
    assert_eq!(
        checks,
        ["document", "status", "signature algorithm", "signed element", "digest algorithm", "signed parts", "verifying key"]
    );
    let refused = open_response(response("", "").as_bytes(), &trust, &mut Verdicts::default()).err().expect("refused");
    assert_eq!(refused.verdicts.iter().last().map(|v| v.outcome), Some(Outcome::Refused(ErrorCode::AssertionCount)));
}

#[test]
fn nothing_signed_is_never_enough() {
    assert_eq!(refusal(&response("", &assertion("_a", "ana", ""))), ErrorCode::SignatureMissing);
    let trusted_nobody = open_as(&assertion_signed(), &acceptance(), &[]).err();
    assert_eq!(trusted_nobody, Some(ErrorCode::NoTrustedKey));
}

#[test]
fn the_operator_says_which_part_must_be_signed() {
    let wanting = |signed| Acceptance { signed, ..acceptance() };
    let outcome = |xml: &str, signed| open_as(xml, &wanting(signed), &[&RSA]).err();
    let missing = Some(ErrorCode::SignedPartMissing);
    for (xml, assertion, response, both) in
        [(assertion_signed(), None, missing, missing), (response_signed(), missing, None, missing), (both_signed(), None, None, None)]
    {
        assert_eq!(outcome(&xml, SignedPart::Assertion), assertion);
        assert_eq!(outcome(&xml, SignedPart::Response), response);
        assert_eq!(outcome(&xml, SignedPart::Both), both);
    }
}

#[test]
fn a_part_that_is_encrypted_by_itself_is_told_as_that() {
    let encrypted_id = "<saml:EncryptedID><xenc:EncryptedData xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\"/></saml:EncryptedID>";
    let name_id = "<saml:NameID Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent\">ana</saml:NameID>";
    let xml = RSA.sign(&response("", &assertion("_a", "ana", &usual("_a")).replacen(name_id, encrypted_id, 1)));
    assert!(xml.contains("EncryptedID"));
    assert_eq!(refusal(&xml), ErrorCode::AssertionShape);
}
