//! Every list of variants in clear, and the codes that may refuse it.

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{
    contents,
    document::{Genuine, Variant, content},
    names, octets, signatures, wrapping,
};

/// Of what was encrypted by a cipher that vouches for it: refused as it would be in clear.
pub const INSIDE: &[&str] = &["GH3106", "GH3108", "GH3109", "GH3111", "GH3112", "GH3114", "GH3122", "GH3124", "GH3126", "GH3129"];
pub const KEYS: &[&str] = &["GH3121"];

pub fn lists(genuine: &Genuine) -> Vec<(&'static str, Vec<Variant>, &'static [&'static str])> {
    let certificate = content(&genuine.xml, "X509Certificate").map(|range| genuine.xml[range].split_whitespace().collect::<String>());
    let certificate = certificate.map(|text| STANDARD.decode(text).unwrap());
    let mut out: Vec<(&'static str, Vec<Variant>, &'static [&'static str])> = vec![
        (
            "beside",
            wrapping::beside(genuine),
            &["GH3108", "GH3110", "GH3112", "GH3113", "GH3114", "GH3115", "GH3116", "GH3117", "GH3122", "GH3124", "GH3129", "GH3151"],
        ),
        (
            "instead",
            wrapping::instead(genuine),
            &["GH3108", "GH3109", "GH3110", "GH3111", "GH3112", "GH3114", "GH3122", "GH3129", "GH3151"],
        ),
        ("around", wrapping::around(genuine), &["GH3104", "GH3106", "GH3107", "GH3108", "GH3151"]),
        (
            "counts",
            signatures::counts(genuine),
            &["GH3111", "GH3112", "GH3113", "GH3114", "GH3115", "GH3116", "GH3117", "GH3122", "GH3124", "GH3151"],
        ),
        ("values", signatures::values(genuine), &["GH3103", "GH3104", "GH3106", "GH3113", "GH3121", "GH3122", "GH3123"]),
        ("transforms", signatures::transforms(genuine), &["GH3115", "GH3121"]),
        ("references", signatures::references(genuine), &["GH3104", "GH3114", "GH3121"]),
        ("identifiers", names::identifiers(genuine), &["GH3103", "GH3104", "GH3110", "GH3114", "GH3121", "GH3122"]),
        ("namespaces", names::namespaces(genuine), &["GH3104", "GH3124"]),
        ("rebound", names::rebound(genuine), &["GH3104", "GH3107", "GH3114", "GH3122", "GH3124", "GH3131"]),
        ("encodings", octets::encodings(genuine), &["GH3102", "GH3104", "GH3105", "GH3106", "GH3122", "GH3145"]),
        ("entities", octets::entities(genuine), &["GH3103", "GH3104"]),
        ("asides", octets::asides(genuine), &["GH3106"]),
        ("floods", octets::floods(genuine), &["GH3101", "GH3104", "GH3105", "GH3122"]),
        ("heavy", octets::heavy(genuine), &["GH3122"]),
        (
            "changed",
            contents::changed(genuine),
            &["GH3107", "GH3110", "GH3113", "GH3114", "GH3115", "GH3116", "GH3117", "GH3121", "GH3122", "GH3124", "GH3130", "GH3131"],
        ),
        ("moments", contents::moments(genuine), &["GH3122", "GH3129"]),
    ];
    if let Some(certificate) = certificate {
        out.push(("algorithms", signatures::algorithms(genuine, &certificate), &["GH3113", "GH3116", "GH3117", "GH3118", "GH3121"]));
    }
    for (_, variants, _) in &mut out {
        // Some changes are none in some dresses.
        variants.retain(|variant| variant.octets != genuine.xml.as_bytes());
    }
    out
}
