//! Signature wrapping, and everything else that hides a second assertion or signature (A1, A4, A9, A10).

use super::forge_tests::*;
use crate::domain::error_code::ErrorCode;

/// The first element of this name, as written.
fn element<'x>(xml: &'x str, name: &str) -> &'x str {
    let start = xml.find(&format!("<{name}")).expect("it begins");
    let end = format!("</{name}>");
    &xml[start..start + xml[start..].find(&end).expect("it ends") + end.len()]
}

fn genuine() -> (String, String, String) {
    let xml = assertion_signed();
    let assertion = element(&xml, "saml:Assertion").to_owned();
    let signature = element(&xml, "ds:Signature").to_owned();
    (xml, assertion, signature)
}

fn evil(id: &str, signature: &str) -> String {
    assertion(id, "admin", signature)
}

#[test]
fn wrapping_one_and_two_a_signed_response_in_or_beside_a_forged_one() {
    let xml = response_signed();
    let signature = element(&xml, "ds:Signature");
    let bare = xml.replace(signature, "");
    let with_object = signature.replace("</ds:Signature>", &format!("<ds:Object>{bare}</ds:Object></ds:Signature>"));
    let one = response(&with_object, &evil("_e", "")).replacen("ID=\"_r\"", "ID=\"_x\"", 1);
    let two = response(&format!("{signature}{bare}"), &evil("_e", "")).replacen("ID=\"_r\"", "ID=\"_x\"", 1);
    assert_eq!(refusal(&one), ErrorCode::AssertionCount);
    assert_eq!(refusal(&two), ErrorCode::AssertionCount);
}

#[test]
fn wrapping_three_to_eight_a_forged_assertion_beside_around_or_in_the_signed_one() {
    let (xml, assertion, signature) = genuine();
    let bare = assertion.replace(&signature, "");
    let in_object = |inner: &str| signature.replace("</ds:Signature>", &format!("<ds:Object>{inner}</ds:Object></ds:Signature>"));
    let holding = |inner: &str| evil("_e", "").replace("</saml:Assertion>", &format!("{inner}</saml:Assertion>"));
    let variants = [
        // 3, 4: before it, around it
        response("", &format!("{}{assertion}", evil("_e", ""))),
        response("", &holding(&assertion)),
        // 5, 6: the signature taken along
        response("", &format!("{}{bare}", evil("_e", &signature))),
        response("", &evil("_e", &in_object(&bare))),
        response("", &evil("_e", &signature.replace("</ds:SignatureValue>", &format!("</ds:SignatureValue>{bare}")))),
        // 7: hidden in Extensions
        xml.replace("<samlp:Status>", &format!("<samlp:Extensions>{}</samlp:Extensions><samlp:Status>", evil("_e", ""))),
        xml.replace(&assertion, &format!("{}<samlp:Extensions>{assertion}</samlp:Extensions>", evil("_e", ""))),
        // 8: hidden in the signature's Object
        response("", &evil("_e", &in_object(&assertion.replace(&signature, "")))),
        xml.replace("</samlp:Status>", &format!("<samlp:StatusDetail>{}</samlp:StatusDetail></samlp:Status>", evil("_e", ""))),
        xml.replace("<saml:Conditions", &format!("<saml:Advice>{}</saml:Advice><saml:Conditions", evil("_e", ""))),
        xml.replace("</samlp:Response>", &format!("{}</samlp:Response>", evil("_e", ""))),
        // under another version's namespace, or another's
        xml.replace("</samlp:Response>", "<x:Assertion xmlns:x=\"urn:oasis:names:tc:SAML:1.0:assertion\"/></samlp:Response>"),
    ];
    for variant in variants {
        assert_eq!(refusal(&variant), ErrorCode::AssertionCount, "{variant}");
    }
    // The signed assertion moved, and the forged one without being called so.
    let moved = response("", "").replace("<samlp:Status>", &format!("<samlp:Extensions>{assertion}</samlp:Extensions><samlp:Status>"));
    assert_eq!(refusal(&moved), ErrorCode::AssertionPosition);
    let disguised = xml.replace("</samlp:Response>", "<x:Assertion xmlns:x=\"urn:example:other\"/></samlp:Response>");
    assert_eq!(refusal(&disguised), ErrorCode::XmlNamespace);
}

#[test]
fn another_document_around_or_after_the_response_is_refused() {
    let xml = assertion_signed();
    assert_eq!(refusal(&format!("<x>{xml}</x>")), ErrorCode::XmlRoot);
    assert_eq!(refusal(&format!("{xml}{xml}")), ErrorCode::XmlMalformed);
    assert_eq!(refusal(&format!("{xml}x")), ErrorCode::XmlMalformed);
    assert_eq!(refusal(&xml.replace("SAML:2.0:protocol", "SAML:1.0:protocol")), ErrorCode::XmlRoot);
    assert_eq!(refusal(&xml[..xml.len() - 9]), ErrorCode::XmlMalformed);
}

#[test]
fn a_signature_or_digest_smuggled_elsewhere_is_refused() {
    let (xml, _, signature) = genuine();
    let extensions = |inner: &str| xml.replace("<samlp:Status>", &format!("<samlp:Extensions>{inner}</samlp:Extensions><samlp:Status>"));
    assert_eq!(refusal(&extensions(&signature)), ErrorCode::SignaturePosition);
    let detail = format!("<samlp:StatusDetail>{signature}</samlp:StatusDetail></samlp:Status>");
    assert_eq!(refusal(&xml.replace("</samlp:Status>", &detail)), ErrorCode::SignaturePosition);
    assert_eq!(refusal(&xml.replace(&signature, &format!("{signature}{signature}"))), ErrorCode::SignaturePosition);
    assert_eq!(refusal(&xml.replace(&signature, &format!("<saml:Advice>{signature}</saml:Advice>"))), ErrorCode::SignaturePosition);
    // moved to the response, where it signs something else
    let moved = xml.replace(&signature, "").replace("<samlp:Status>", &format!("{signature}<samlp:Status>"));
    assert_eq!(refusal(&moved), ErrorCode::SignatureReference);
}

#[test]
fn identifiers_are_unique_under_whichever_name() {
    let xml = assertion_signed();
    for attribute in ["ID", "Id", "id", "iD", "AssertionID", "xml:id", "w:Id"] {
        let twin = format!("<samlp:Extensions><x xmlns:w=\"urn:w\" {attribute}=\"_a\"/></samlp:Extensions><samlp:Status>");
        assert_eq!(refusal(&xml.replace("<samlp:Status>", &twin)), ErrorCode::XmlIdentifier, "{attribute}");
    }
    for shape in ["", "1a", "a b", "a:b", "#a"] {
        let misshapen = xml.replacen("ID=\"_r\"", &format!("ID=\"{shape}\""), 1);
        assert_eq!(refusal(&misshapen), ErrorCode::XmlIdentifier, "{shape}");
    }
}

#[test]
fn namespaces_that_are_read_in_two_ways_are_refused() {
    let xml = assertion_signed();
    let odd = [
        "xmlns:x=\"relative\"",
        "xmlns:x=\"./a\"",
        "xmlns:x=\"urn:oasis:names:tc:SAML:2.0:Assertion\"",
        "xmlns:x=\"http://www.w3.org/2000/09/xmldsig\"",
        "xmlns:x=\"urn: a\"",
        "xmlns:x=\"http://www.w3.org/2001/04/xmlenc#/\"",
    ];
    for declaration in odd {
        let polluted = xml.replacen("<saml:Issuer", &format!("<saml:Issuer {declaration}"), 1);
        assert_eq!(refusal(&polluted), ErrorCode::XmlNamespace, "{declaration}");
    }
    for declaration in ["xmlns:xml=\"urn:x\"", "xmlns:xmlns=\"urn:x\"", "xmlns:x=\"http://www.w3.org/2000/xmlns/\"", "xmlns:x=\"\""] {
        let polluted = xml.replacen("<saml:Issuer", &format!("<saml:Issuer {declaration}"), 1);
        assert!(matches!(refusal(&polluted), ErrorCode::XmlNamespace | ErrorCode::XmlMalformed), "{declaration}");
    }
}

#[test]
fn a_part_of_a_signature_without_its_signature_is_refused() {
    let xml = assertion_signed();
    for name in ["SignedInfo", "SignatureValue", "Reference", "DigestValue"] {
        let orphan = format!("<ds:{name} xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/>");
        for (from, to) in [
            ("<samlp:Status>", format!("<samlp:Extensions>{orphan}</samlp:Extensions><samlp:Status>")),
            ("</samlp:Status>", format!("<samlp:StatusDetail>{orphan}</samlp:StatusDetail></samlp:Status>")),
        ] {
            assert_eq!(refusal(&xml.replace(from, &to)), ErrorCode::SignaturePosition, "{name}");
        }
    }
}
