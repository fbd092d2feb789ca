//! Games with the signature itself: algorithms, keys, transforms, digests, and text that is not quite text (A3, A6, A8, A13, A18).

use super::forge_tests::*;
use crate::domain::{certificate::Certificate, error_code::ErrorCode, federation::Acceptance, verdict::Verdicts};
use crate::upstream::signed_xml::{Trust, open_response};

fn signed_with(signer: &Signer, method: &str, digest: &str) -> String {
    signer.sign(&response("", &assertion("_a", "ana", &template("_a", method, digest))))
}

#[test]
fn what_was_changed_after_signing_is_refused() {
    let xml = assertion_signed();
    assert_eq!(refusal(&xml.replace(">ana<", ">eve<")), ErrorCode::DigestMismatch);
    assert_eq!(refusal(&xml.replace("ana@example.com", "eve@example.com")), ErrorCode::DigestMismatch);
    let at = xml.find("<ds:SignatureValue>").expect("a value") + 19;
    let flipped = if &xml[at..=at] == "A" { "B" } else { "A" };
    let changed = format!("{}{flipped}{}", &xml[..at], &xml[at + 1..]);
    assert_eq!(refusal(&changed), ErrorCode::SignatureInvalid);
    let response = response_signed();
    assert_eq!(refusal(&response.replace("Destination=\"https://sp", "Destination=\"https://xp")), ErrorCode::DigestMismatch);
}

#[test]
fn a_key_in_the_message_is_no_key() {
    let xml = signed_with(&OTHER, RSA_SHA256, SHA256);
    assert_eq!(refusal(&xml), ErrorCode::SignatureInvalid);
    let info = format!(
        "</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>",
        OTHER.certificate.to_base64()
    );
    assert_eq!(refusal(&xml.replace("</ds:SignatureValue>", &info)), ErrorCode::SignatureInvalid);
    // Its presence harms nobody.
    assert!(open(&assertion_signed().replace("</ds:SignatureValue>", &info)).is_ok());
}

#[test]
fn of_several_trusted_keys_of_both_kinds_the_one_that_fits_verifies() {
    let elliptic = signed_with(&EC, &format!("{MORE}ecdsa-sha256"), SHA256);
    for trusted in [[&*RSA, &*EC, &*OTHER], [&*OTHER, &*RSA, &*EC], [&*EC, &*OTHER, &*RSA]] {
        assert!(open_as(&elliptic, &acceptance(), &trusted).is_ok());
        assert!(open_as(&assertion_signed(), &acceptance(), &trusted).is_ok());
    }
    assert_eq!(refusal(&elliptic), ErrorCode::SignatureInvalid);
    for (method, digest) in
        [("rsa-sha384", &format!("{MORE}sha384")), ("rsa-sha512", &"http://www.w3.org/2001/04/xmlenc#sha512".to_owned())]
    {
        assert!(open(&signed_with(&RSA, &format!("{MORE}{method}"), digest)).is_ok(), "{method}");
    }
}

#[test]
fn sha_1_is_refused_unless_the_operator_allows_it_and_then_it_is_warned_of() {
    let lenient = Acceptance { allows_sha1: true, ..acceptance() };
    for (method, digest) in [("http://www.w3.org/2000/09/xmldsig#rsa-sha1", SHA256), (RSA_SHA256, "http://www.w3.org/2000/09/xmldsig#sha1")]
    {
        let xml = signed_by_xmlsec1(&response("", &assertion("_a", "ana", &template("_a", method, digest))));
        assert_eq!(refusal(&xml), ErrorCode::Sha1Refused);
        let certificates = [RSA.certificate.clone()];
        let trust = Trust::new(&certificates, &lenient, &[]).expect("trust");
        let mut verdicts = Verdicts::default();
        open_response(xml.as_bytes(), &trust, &mut verdicts).expect("it is opened");
        assert!(verdicts.warn());
    }
}

#[test]
fn hmac_dsa_and_whatever_else_is_never_taken() {
    let xml = assertion_signed();
    let others =
        ["http://www.w3.org/2000/09/xmldsig#hmac-sha1", &format!("{MORE}hmac-sha256"), "http://www.w3.org/2000/09/xmldsig#dsa-sha1", ""];
    for method in others {
        assert_eq!(refusal(&xml.replace(RSA_SHA256, method)), ErrorCode::SignatureAlgorithm, "{method}");
    }
    let parameters = xml.replace(
        &format!("<ds:SignatureMethod Algorithm=\"{RSA_SHA256}\"/>"),
        &format!("<ds:SignatureMethod Algorithm=\"{RSA_SHA256}\"><ds:HMACOutputLength>8</ds:HMACOutputLength></ds:SignatureMethod>"),
    );
    assert_eq!(refusal(&parameters), ErrorCode::SignatureAlgorithm);
    for digest in ["http://www.w3.org/2001/04/xmldsig-more#md5", "urn:none", ""] {
        assert_eq!(
            refusal(&xml.replace(&format!("DigestMethod Algorithm=\"{SHA256}\""), &format!("DigestMethod Algorithm=\"{digest}\""))),
            ErrorCode::DigestAlgorithm
        );
    }
}

#[test]
fn what_the_reference_implementation_signed_is_opened() {
    let plain = response("", &assertion("_a", "Ana \u{e9}\u{1f600} &lt;&amp;&gt; \"'", &usual("_a")));
    let pretty = plain
        .replace("><", ">\n\t<")
        .replace("<ds:DigestValue>\n\t<", "<ds:DigestValue><")
        .replace("SignatureValue>\n\t<", "SignatureValue><");
    for xml in [plain.clone(), pretty, plain.replace('\'', "&#39;\r\n")] {
        let opened = open(&signed_by_xmlsec1(&xml));
        assert!(opened.is_ok(), "{:?} {xml}", opened.err());
    }
}

#[test]
fn a_weak_key_never_verifies() {
    let weak = Certificate::from_text(WEAK).expect("a certificate");
    let refused = Trust::new(std::slice::from_ref(&weak), &acceptance(), &[]).err().map(|e| e.code);
    assert_eq!(refused, Some(ErrorCode::WeakKey));
    let (mixed, acceptance) = ([weak, EC.certificate.clone()], acceptance());
    let trust = Trust::new(&mixed, &acceptance, &[]).expect("trust");
    let refused = open_response(assertion_signed().as_bytes(), &trust, &mut Verdicts::default()).err().map(|e| e.code);
    assert_eq!(refused, Some(ErrorCode::WeakKey));
}

#[test]
fn only_the_transforms_of_an_enveloped_signature_are_taken() {
    let xml = assertion_signed();
    let (enveloped, exclusive) =
        (format!("<ds:Transform Algorithm=\"{DSIG}enveloped-signature\"/>"), format!("<ds:Transform Algorithm=\"{EXC}\"/>"));
    let xpath = "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><ds:XPath>1</ds:XPath></ds:Transform>";
    let inclusive = "<ds:Transform Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315\"/>";
    let odd = [
        xml.replace(&exclusive, &format!("{exclusive}{xpath}")),
        xml.replace(&enveloped, xpath),
        xml.replace(&exclusive, inclusive),
        xml.replace(&format!("{enveloped}{exclusive}"), &format!("{exclusive}{enveloped}")),
        xml.replace(&exclusive, ""),
        xml.replace(&format!("{enveloped}{exclusive}"), ""),
        xml.replace(EXC, &format!("{EXC}WithComments")),
        xml.replace(
            &format!("<ds:CanonicalizationMethod Algorithm=\"{EXC}\"/>"),
            "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315\"/>",
        ),
        xml.replace(
            &exclusive,
            &format!(
                "<ds:Transform Algorithm=\"{EXC}\"><e:InclusiveNamespaces xmlns:e=\"{EXC}\" PrefixList=\"{}\"/></ds:Transform>",
                "a ".repeat(40)
            ),
        ),
    ];
    for variant in odd {
        assert_eq!(refusal(&variant), ErrorCode::SignatureTransform, "{variant}");
    }
    let listed = template("_a", RSA_SHA256, SHA256).replace(
        &exclusive,
        &format!("<ds:Transform Algorithm=\"{EXC}\"><e:InclusiveNamespaces xmlns:e=\"{EXC}\" PrefixList=\"xs #default\"/></ds:Transform>"),
    );
    assert!(open(&RSA.sign(&response("", &assertion("_a", "ana", &listed)))).is_ok());
}

#[test]
fn the_reference_is_to_the_parent_alone() {
    let xml = assertion_signed();
    for uri in ["", "#_r", "_a", "#xpointer(id('_a'))", "#xpointer(/)", "file.xml", "http://evil.example/", "cid:x", "#_A"] {
        assert_eq!(refusal(&xml.replace("URI=\"#_a\"", &format!("URI=\"{uri}\""))), ErrorCode::SignatureReference, "{uri}");
    }
    assert_eq!(refusal(&xml.replace(" URI=\"#_a\"", "")), ErrorCode::SignatureReference);
    let start = xml.find("<ds:Reference").expect("it begins");
    let end = xml.find("</ds:Reference>").expect("it ends") + 15;
    assert_eq!(refusal(&format!("{}{}{}", &xml[..end], &xml[start..end], &xml[end..])), ErrorCode::SignatureReference);
    assert_eq!(refusal(&format!("{}{}", &xml[..start], &xml[end..])), ErrorCode::SignatureReference);
}

#[test]
fn a_signature_has_one_shape() {
    let xml = assertion_signed();
    let start = xml.find("<ds:SignedInfo>").expect("it begins");
    let end = xml.find("</ds:SignedInfo>").expect("it ends") + 16;
    let twice = format!("{}{}{}", &xml[..end], &xml[start..end], &xml[end..]);
    let digest = xml.find("<ds:DigestValue>").expect("a digest") + 16;
    let split = |inside: &str| format!("{}{inside}{}", &xml[..digest], &xml[digest..]);
    let odd = [
        twice,
        split("<x/>"),
        split("===="),
        xml.replace("</ds:Signature>", "<ds:Object/></ds:Signature>"),
        xml.replace("</ds:Signature>", "x</ds:Signature>"),
        xml.replace("</ds:SignatureValue>", "<x/></ds:SignatureValue>"),
        xml.replace("</ds:SignatureValue>", "!</ds:SignatureValue>"),
        xml.replace("</ds:SignedInfo>", "<ds:Manifest/></ds:SignedInfo>"),
        format!("{}{}", &xml[..digest], &xml[xml.find("</ds:DigestValue>").expect("end")..]),
    ];
    for variant in odd {
        assert_eq!(refusal(&variant), ErrorCode::SignatureShape, "{variant}");
    }
    assert_eq!(refusal(&split("<!-- x -->")), ErrorCode::XmlComment);
    let end = xml.find("</ds:DigestValue>").expect("end");
    let of_nothing = format!("{}47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU={}", &xml[..digest], &xml[end..]);
    assert_eq!(refusal(&of_nothing), ErrorCode::Canonicalisation);
}

#[test]
fn text_is_read_whole_or_not_at_all() {
    let xml = assertion_signed();
    for between in ["<!-- -->", "<?x y?>", "<![CDATA[]]>"] {
        assert_eq!(refusal(&xml.replace(">ana<", &format!(">an{between}a<"))), ErrorCode::XmlComment, "{between}");
        assert_eq!(refusal(&xml.replace("ana@", &format!("an{between}a@"))), ErrorCode::XmlComment, "{between}");
    }
    let signed_markup = RSA.sign(&response("", &assertion("_a", "a<x xmlns=\"urn:x\"/>na", &usual("_a"))));
    assert_eq!(refusal(&signed_markup), ErrorCode::AssertionShape);
    let entity = RSA.sign(&response("", &assertion("_a", "a&#110;&amp;a", &usual("_a"))));
    let opened = open(&entity).expect("it is opened");
    assert_eq!(opened.assertion.subject.as_ref().map(|s| s.value.as_str()), Some("an&a"));
    assert_eq!(refusal(&format!("<!DOCTYPE x>{xml}")), ErrorCode::XmlDoctype);
    assert_eq!(refusal(&xml.replace(">ana<", ">&ana;<")), ErrorCode::XmlDoctype);
}

#[test]
fn floods_are_refused_before_they_cost() {
    let xml = assertion_signed();
    let attributes: String = (0..5_000).map(|i| format!(" a{i}=\"\"")).collect();
    assert_eq!(refusal(&xml.replacen("<saml:Issuer", &format!("<saml:Issuer{attributes}"), 1)), ErrorCode::XmlTooComplex);
    let deep = format!("<samlp:Extensions>{}{}</samlp:Extensions><samlp:Status>", "<x>".repeat(60), "</x>".repeat(60));
    assert_eq!(refusal(&xml.replace("<samlp:Status>", &deep)), ErrorCode::XmlTooComplex);
    assert_eq!(refusal(&xml.replace("ana@example.com", &"x".repeat(300_000))), ErrorCode::XmlTooLarge);
}

#[test]
fn the_partners_own_refusal_comes_first() {
    let refused = response_with("urn:oasis:names:tc:SAML:2.0:status:Responder", "", "");
    let detailed = refused.replace(
        "status:Responder\"/>",
        "status:Responder\"><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:AuthnFailed\"/></samlp:StatusCode>",
    );
    let (certificates, acceptance) = ([RSA.certificate.clone()], acceptance());
    let trust = Trust::new(&certificates, &acceptance, &[]).expect("trust");
    let rejected = open_response(detailed.as_bytes(), &trust, &mut Verdicts::default()).err().expect("refused");
    assert_eq!((rejected.code, rejected.detail.as_str()), (ErrorCode::SamlStatus, "status: Responder/AuthnFailed"));
    assert_eq!(refusal(&assertion_signed().replacen("Version=\"2.0\"", "Version=\"1.1\"", 1)), ErrorCode::SamlVersion);
}

const WEAK: &str = "MIICCjCCAXOgAwIBAgIUTXKpdd6e0IrMGYYFmsfc9qAzthgwDQYJKoZIhvcNAQELBQAwFzEVMBMGA1UEAwwMd2Vhay5leGFtcGxlMB4XDTI2MTEyMDEzMTIxOVoXDTM2MTExNzEzMTIxOVowFzEVMBMGA1UEAwwMd2Vhay5leGFtcGxlMIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDXjc7q1sl+isrA61nsBdeUpZwucR2o5Zm1f/4N3/igNJ19vVm+ATg2qApww80V9XduJlGfLrOkyJMX8/r+URi+FNKQMhtjyunsjyISQx2qt4nlKT00KFWgNZSDhHCIXt0P8etes7uoOGKf+S7zFT/3KPOyzv44M5g6weHD272PuQIDAQABo1MwUTAdBgNVHQ4EFgQUWNtRO2tGWByRaeAKheW5NNhKJsQwHwYDVR0jBBgwFoAUWNtRO2tGWByRaeAKheW5NNhKJsQwDwYDVR0TAQH/BAUwAwEB/zANBgkqhkiG9w0BAQsFAAOBgQB9I09Hr/tmltofenCBoNs7Jsgb5Dcs8+LHwZUj6UoHbLO8FdCeIcHUmUGiJbNtCpbR43B2QfTbbg+xP10xYHfFqrftWos44MXe00OnxXuXFZa4qFKgM077FFKZgH+6PMI1QvuiJQHfdBg6VjkSODCEX7DgXdf6vncHwUgfr0lpgQ==";
