//! Every value of a signed assertion changed a little, one after the other; and what the envelope says, which nobody may have signed.

use std::ops::Range;

use crate::document::{Genuine, Variant, attribute, content, element, replaced};

/// Every value there is between quotes and every text between tags, within `range`.
fn values(xml: &str, range: &Range<usize>) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut at = range.start;
    while let Some(open) = xml[at..range.end].find('<').map(|found| at + found) {
        let close = open + xml[open..].find('>').unwrap();
        let mut inside = open;
        while let Some(start) = xml[inside..close].find("=\"").map(|found| inside + found + 2) {
            let end = start + xml[start..].find('"').unwrap();
            out.push(start..end);
            inside = end + 1;
        }
        let next = xml[close..range.end].find('<').map_or(range.end, |found| close + found);
        if !xml[close + 1..next].trim().is_empty() {
            out.push(close + 1..next);
        }
        at = next.max(close + 1);
        if at >= range.end {
            break;
        }
    }
    out
}

/// Each value with its first character changed, doubled, emptied, with a blank more.
pub fn changed(genuine: &Genuine) -> Vec<Variant> {
    let xml = &genuine.xml;
    let signed = element(xml, if genuine.own_signature().is_some() { "Assertion" } else { "Response" }).unwrap();
    // The key beside a signature is advice, and its value's white space is nobody's.
    let advice: Vec<_> = ["KeyInfo", "SignatureValue"]
        .iter()
        .flat_map(|local| {
            let mut found = Vec::new();
            let mut at = 0;
            while let Some(range) = crate::document::element_from(xml, local, at) {
                at = range.end;
                found.push(range);
            }
            found
        })
        .collect();
    let mut out = Vec::new();
    for value in values(xml, &signed).into_iter().filter(|value| !advice.iter().any(|range| range.contains(&value.start))) {
        let text = &xml[value.clone()];
        let first = text.chars().next().unwrap_or('x');
        let other = if first == 'x' { 'y' } else { 'x' };
        let rest: String = text.chars().skip(1).collect();
        for (what, new) in [
            ("its first character changed", format!("{other}{rest}")),
            ("a character less", rest.clone()),
            ("a character more", format!("{text}x")),
            ("a blank more", format!("{text} ")),
            ("a letter of another script", text.replacen(['a', 'e', 'o'], "\u{430}", 1)),
            (
                "another case",
                text.chars().map(|c| if c.is_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }).collect(),
            ),
        ] {
            // Nobody reads the types of values, and exclusive canonicalisation does not write a namespace for them.
            if new != *text && text != "http://www.w3.org/2001/XMLSchema" {
                out.push(Variant::new(format!("{text:.40}: {what}"), replaced(xml, &value, &new)));
            }
        }
    }
    out
}

/// Moments moved, in the assertion and in the envelope.
pub fn moments(genuine: &Genuine) -> Vec<Variant> {
    let mut out = Vec::new();
    for local in ["Assertion", "Conditions", "SubjectConfirmationData", "AuthnStatement", "AuthenticationStatement"] {
        for name in ["IssueInstant", "NotBefore", "NotOnOrAfter", "AuthnInstant", "AuthenticationInstant", "SessionNotOnOrAfter"] {
            let Some(range) = attribute(&genuine.xml, local, name) else { continue };
            for moment in [
                "2020-01-01T00:00:00Z",
                "2099-01-01T00:00:00Z",
                "",
                "now",
                "2026-13-45T99:99:99Z",
                "2099-01-01T00:00:00",
                "+99999-01-01T00:00:00Z",
                "2099-01-01",
            ] {
                out.push(Variant::new(format!("{name} of {local} {moment}"), replaced(&genuine.xml, &range, moment)));
            }
            let whole = format!(" {name}=\"{}\"", &genuine.xml[range]);
            out.push(Variant::new(format!("no {name} of {local}"), genuine.xml.replacen(&whole, "", 1)));
        }
    }
    out
}

/// What an envelope must not say, signed or not, with the code that says so. `None`: the document has no such place.
pub fn envelope(genuine: &Genuine) -> Vec<(&'static str, Option<String>)> {
    let set = |local: &str, name: &str, new: &str| attribute(&genuine.xml, local, name).map(|range| replaced(&genuine.xml, &range, new));
    let say = |local: &str, new: &str| content(&genuine.xml, local).map(|range| replaced(&genuine.xml, &range, new));
    if genuine.is_token() {
        return vec![
            ("GH3152", say("Address", "https://elsewhere.example/")),
            ("GH3152", say("Address", "")),
            ("GH3153", say("TokenType", "urn:ietf:params:oauth:token-type:jwt")),
        ];
    }
    vec![
        ("GH3130", set("StatusCode", "Value", "urn:oasis:names:tc:SAML:2.0:status:Responder")),
        ("GH3130", set("StatusCode", "Value", "urn:oasis:names:tc:SAML:2.0:status:success")),
        ("GH3130", set("StatusCode", "Value", "")),
        ("GH3131", set("Response", "Version", "1.1")),
        ("GH3132", say("Issuer", "https://evil.example/saml")),
        ("GH3132", say("Issuer", "https://idp.fabrikam.example/saml/")),
        ("GH3133", set("Response", "Destination", "https://evil.example/callback")),
        ("GH3133", set("Response", "Destination", "http://127.0.0.1:4/contoso/callback/fabrikam/")),
        ("GH3133", set("Response", "Destination", "")),
        ("GH3136", set("Response", "InResponseTo", "_another")),
        ("GH3136", set("Response", "InResponseTo", "")),
        ("GH3138", set("Response", "IssueInstant", "2099-01-01T00:00:00Z")),
        ("GH3139", set("Response", "IssueInstant", "2020-01-01T00:00:00Z")),
        ("GH3129", set("Response", "IssueInstant", "tomorrow")),
    ]
}
