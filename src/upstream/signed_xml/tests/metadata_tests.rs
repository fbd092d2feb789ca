//! Signed metadata whose publisher means harm: signatures that nobody asked about are never taken apart.

use std::time::{Duration, Instant};

use super::forge_tests::*;
use crate::{domain::error_code::ErrorCode, upstream::signed_xml::check_metadata_signature};

fn document(signature: &str, inner: &str) -> String {
    format!(
        "<md:EntitiesDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" ID=\"_m\">{signature}\
         <md:EntityDescriptor entityID=\"https://idp.example\" ID=\"_e\">{inner}</md:EntityDescriptor></md:EntitiesDescriptor>"
    )
}

fn check(xml: &str) -> Result<(), ErrorCode> {
    check_metadata_signature(xml.as_bytes(), std::slice::from_ref(&RSA.certificate)).map_err(|e| e.code)
}

/// Added to a signed document by whoever serves it.
fn with_another(signature: &str) -> String {
    RSA.sign(&document(&usual("_m"), "")).replace("</md:EntityDescriptor>", &format!("{signature}</md:EntityDescriptor>"))
}

#[test]
fn a_signature_of_any_other_shape_inside_is_not_taken_apart() {
    let deep = format!("{}true(){}", "not(".repeat(60_000), ")".repeat(60_000));
    let transform =
        format!("<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><ds:XPath>{deep}</ds:XPath></ds:Transform>");
    let enveloped = format!("<ds:Transform Algorithm=\"{DSIG}enveloped-signature\"/>");
    assert_eq!(check(&with_another(&usual("_e").replacen(&enveloped, &transform, 1))), Err(ErrorCode::MetadataSignature));
}

#[test]
fn a_thousand_signatures_inside_cost_no_more_than_one() {
    let inner = format!("{}{}", usual("_m").repeat(2_000), "<md:Extensions/>".repeat(20_000));
    let (xml, begun) = (with_another(&inner), Instant::now());
    assert_eq!(check(&xml), Err(ErrorCode::MetadataSignature));
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

#[test]
fn the_whole_documents_signature_is_its_first() {
    let owned = RSA.sign(&document("", &usual("_e")));
    let (signature, whole) = (usual("_m"), owned.replace("</md:EntitiesDescriptor>", &format!("{}</md:EntitiesDescriptor>", usual("_m"))));
    assert_eq!(check(&whole), Err(ErrorCode::MetadataSignature));
    let first = RSA.sign(&owned.replacen("ID=\"_m\">", &format!("ID=\"_m\">{signature}"), 1));
    assert_eq!(check(&first), Ok(()), "an entity's own signature does no harm");
}
