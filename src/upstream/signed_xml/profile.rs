//! One walk over a document before any cryptography: what it has of everything that decides, where, and under which names.
//!
//! Must not believe: nothing here is verified yet.

use std::collections::HashSet;

use super::{
    names::{DECISIVE, DSIG, SAML1, SAML2, XENC, XML, XMLNS},
    refusal::{Checked, refuse},
};
use crate::{
    domain::error_code::ErrorCode,
    federation::xml::{Node, Xml},
};

/// What decides in a document, each in document order.
#[derive(Default)]
pub(super) struct Survey<'d, 'a> {
    pub(super) signatures: Vec<Node<'d, 'a>>,
    /// In clear, of either version.
    pub(super) assertions: Vec<Node<'d, 'a>>,
    /// SAML 2.0's wrapper.
    pub(super) encrypted_assertions: Vec<Node<'d, 'a>>,
    pub(super) encrypted: Vec<Node<'d, 'a>>,
}

/// Walks the whole document: identifiers are unique and shaped as such (A10), namespaces say what they seem to say (A2), and everything
/// that could be taken for an assertion or a signature is on the list, wherever it is hidden (A1, A4, A9).
pub(super) fn survey<'d, 'a>(xml: &'d Xml<'a>) -> Checked<Survey<'d, 'a>> {
    let mut found = Survey::default();
    let mut identifiers = HashSet::new();
    for node in xml.root().walk() {
        namespaces(node)?;
        for identifier in identifiers_of(node) {
            if !is_nc_name(identifier) {
                return Err(refuse("identifiers", ErrorCode::XmlIdentifier, "an identifier is not shaped as one"));
            }
            if !identifiers.insert(identifier) {
                return Err(refuse("identifiers", ErrorCode::XmlIdentifier, "an identifier occurs twice"));
            }
        }
        match (node.namespace(), node.name()) {
            (SAML2 | SAML1, "Assertion") => found.assertions.push(node),
            (SAML2, "EncryptedAssertion") => found.encrypted_assertions.push(node),
            (XENC, "EncryptedData") => found.encrypted.push(node),
            (DSIG, "Signature") => found.signatures.push(node),
            (DSIG, "SignedInfo" | "SignatureValue" | "Reference" | "DigestValue") if !is_part_of_signature(node) => {
                let why = format!("a {} that is part of no signature", node.name());
                return Err(refuse("signature position", ErrorCode::SignaturePosition, why));
            }
            (namespace, "Assertion" | "EncryptedAssertion" | "Signature" | "SignedInfo" | "EncryptedData") if namespace != DSIG => {
                let why = format!("a {} of a namespace in which there is none", node.name());
                return Err(refuse("namespaces", ErrorCode::XmlNamespace, why).got(namespace));
            }
            _ => {}
        }
    }
    Ok(found)
}

/// Whether it stands where XML Signature §4 puts it. Anywhere else it is only there to be taken for the one that counts (A1).
fn is_part_of_signature(node: Node<'_, '_>) -> bool {
    let place = match node.name() {
        "Reference" => "SignedInfo",
        "DigestValue" => "Reference",
        _ => "Signature",
    };
    node.parent().is_some_and(|parent| parent.is(DSIG, place))
}

/// Whatever any reader might take for an identifier: `ID`, `Id`, `id`, `xml:id`, `wsu:Id`, and SAML 1.1's own.
fn identifiers_of<'d>(node: Node<'d, '_>) -> impl Iterator<Item = &'d str> {
    let attributes = node.element().map(|e| e.attributes.as_slice()).unwrap_or_default();
    let is_identifier = |name: &str| name.eq_ignore_ascii_case("id") || name.eq_ignore_ascii_case("AssertionID");
    attributes.iter().filter(move |a| is_identifier(&a.name.local_name)).map(|a| &*a.value)
}

/// XML Names §3: a name without colon.
fn is_nc_name(text: &str) -> bool {
    let is_start = |c: char| c == '_' || c.is_alphabetic();
    text.starts_with(is_start) && text.chars().all(|c| is_start(c) || c.is_numeric() || matches!(c, '-' | '.' | '\u{b7}'))
}

fn namespaces(node: Node<'_, '_>) -> Checked<()> {
    let declared = node.element().map(|e| e.namespace_declarations.as_slice()).unwrap_or_default();
    for (prefix, uri) in declared {
        let is_reserved = &**uri == XMLNS || &**prefix == "xmlns" || (&**uri == XML) != (&**prefix == "xml");
        if is_reserved {
            return Err(refuse("namespaces", ErrorCode::XmlNamespace, "the prefix xml or xmlns is bound anew"));
        }
        // Names §2.2 deprecates relative ones; canonicalisation has no answer for them (A3).
        let is_undeclaring_default = prefix.is_empty() && uri.is_empty();
        if !is_undeclaring_default && !is_absolute(uri) {
            return Err(refuse("namespaces", ErrorCode::XmlNamespace, "a namespace is no absolute URI").got(uri));
        }
        if looks_like_another(uri) {
            return Err(refuse("namespaces", ErrorCode::XmlNamespace, "a namespace looks like a well-known one and is not").got(uri));
        }
    }
    Ok(())
}

fn is_absolute(uri: &str) -> bool {
    let Some((scheme, rest)) = uri.split_once(':') else { return false };
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    is_scheme && !rest.is_empty() && uri.bytes().all(|b| b.is_ascii_graphic())
}

fn looks_like_another(uri: &str) -> bool {
    let bare = |text: &str| -> String { text.trim_end_matches(['/', '#', ':', '?']).to_ascii_lowercase() };
    if DECISIVE.contains(&uri) {
        return false;
    }
    // Only what is about as long as one of them can look like it.
    let near: Vec<_> = DECISIVE.iter().filter(|known| known.len().abs_diff(uri.len()) <= 2).collect();
    !near.is_empty() && near.iter().any(|known| bare(known) == bare(uri))
}

/// White space, and nothing else, beside these children, in this order; those marked `?` may be missing, those marked `*` may repeat.
pub(super) fn has_exactly(node: Node<'_, '_>, namespace: &str, names: &[&str]) -> bool {
    let mut children = node.elements().peekable();
    for name in names {
        let (bare, is_optional, is_repeated) = match name.as_bytes().last() {
            Some(b'?') => (&name[..name.len() - 1], true, false),
            Some(b'*') => (&name[..name.len() - 1], true, true),
            _ => (*name, false, false),
        };
        let mut seen = 0;
        while (seen == 0 || is_repeated) && children.next_if(|child| child.is(namespace, bare)).is_some() {
            seen += 1;
        }
        if seen == 0 && !is_optional {
            return false;
        }
    }
    children.next().is_none() && node.has_no_text()
}
