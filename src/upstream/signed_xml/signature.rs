//! The one shape of signature that is taken, and its verification: over its own parent, with a trusted key, on the tree that is read.
//!
//! Everything but the last step is cheap and comes before any cryptography.

use base64::{Engine, engine::general_purpose::STANDARD};
use bergshamra_dsig::{
    DsigContext, VerifyResult,
    verify::{verify_all_document, verify_document},
};

use super::{
    keys::{Family, TrustedKeys},
    names::{DSIG, ENVELOPED, EXC_C14N, SHA1, SHA256, SHA384, SHA512},
    profile::has_exactly,
    refusal::{Checked, refuse},
};
use crate::{
    domain::{certificate::Certificate, error_code::ErrorCode, verdict::Verdicts},
    federation::xml::{Node, Xml},
};

/// Whether SHA-1 is taken, which only an operator can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sha1 {
    Refused,
    Taken,
}

/// A signature of the right shape, not verified yet.
pub(super) struct Shaped<'d, 'a> {
    node: Node<'d, 'a>,
    parent: Node<'d, 'a>,
    family: Family,
}

const METHODS: [(&str, Family); 6] = [
    ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", Family::Rsa),
    ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha384", Family::Rsa),
    ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", Family::Rsa),
    ("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", Family::Ecdsa),
    ("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", Family::Ecdsa),
    ("http://www.w3.org/2000/09/xmldsig#rsa-sha1", Family::Rsa),
];
/// By octets, with the digest of nothing, which no element has (A3).
const DIGESTS: [(&str, usize, &str); 4] = [
    (SHA1, 20, "2jmj7l5rSw0yVb/vlWAYkK/YBwk="),
    (SHA256, 32, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
    (SHA384, 48, "OLBgp1GsljhM2TJ+sbHjaiH9txEUvgdDTAzHv2P24donTt6/529l+9Ua0vFImLlb"),
    (SHA512, 64, "z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg=="),
];
/// More inclusive prefixes than any document has, and few enough not to cost.
const MOST_PREFIXES: usize = 16;

/// The method's name and the kind of key it needs, if it is ever taken.
pub(super) fn method(uri: &str, sha1: Sha1, verdicts: &mut Verdicts) -> Checked<Family> {
    let check = "signature algorithm";
    let Some((_, family)) = METHODS.iter().find(|(known, _)| *known == uri) else {
        let refused = refuse(check, ErrorCode::SignatureAlgorithm, "a signature algorithm that is never taken");
        return Err(refused.got(uri).want("RSA or ECDSA with SHA-256 or better"));
    };
    note_sha1(check, uri, sha1, verdicts)?;
    Ok(*family)
}

fn note_sha1(check: &'static str, uri: &str, sha1: Sha1, verdicts: &mut Verdicts) -> Checked<()> {
    match (uri.ends_with("sha1"), sha1) {
        (false, _) => verdicts.passed(check, uri),
        (true, Sha1::Taken) => verdicts.warned(check, uri, "SHA-256 or better; SHA-1 is allowed for this provider"),
        (true, Sha1::Refused) => {
            return Err(refuse(check, ErrorCode::Sha1Refused, "SHA-1 is not allowed for this provider").got(uri).want("SHA-256 or better"));
        }
    }
    Ok(())
}

/// Takes apart a signature and refuses all but the one shape.
pub(super) fn shape<'d, 'a>(node: Node<'d, 'a>, sha1: Sha1, verdicts: &mut Verdicts) -> Checked<Shaped<'d, 'a>> {
    let misshapen = |why: &str| refuse("signature shape", ErrorCode::SignatureShape, why);
    let parent = node.parent().ok_or_else(|| refuse("signature position", ErrorCode::SignaturePosition, "a signature signs nothing"))?;
    if !has_exactly(node, DSIG, &["SignedInfo", "SignatureValue", "KeyInfo?"]) {
        return Err(misshapen("a signature holds more or less than one SignedInfo, one SignatureValue and one KeyInfo"));
    }
    let signed_info = only(node, "SignedInfo")?;
    let references = signed_info.children(DSIG, "Reference").count();
    if references != 1 {
        return Err(refuse("signed element", ErrorCode::SignatureReference, format!("{references} references")).want("1"));
    }
    if !has_exactly(signed_info, DSIG, &["CanonicalizationMethod", "SignatureMethod", "Reference"]) {
        return Err(misshapen("SignedInfo holds something that does not belong there"));
    }
    exclusive(only(signed_info, "CanonicalizationMethod")?)?;
    let signature_method = only(signed_info, "SignatureMethod")?;
    let family = method(algorithm(signature_method), sha1, verdicts)?;
    if !has_exactly(signature_method, DSIG, &[]) {
        return Err(refuse("signature algorithm", ErrorCode::SignatureAlgorithm, "the signature algorithm has parameters"));
    }
    reference(only(signed_info, "Reference")?, parent, sha1, verdicts)?;
    if base64_of(only(node, "SignatureValue")?).is_none_or(|value| value.is_empty()) {
        return Err(misshapen("SignatureValue is not plain base64"));
    }
    Ok(Shaped { node, parent, family })
}

fn only<'d, 'a>(node: Node<'d, 'a>, name: &str) -> Checked<Node<'d, 'a>> {
    let missing = || refuse("signature shape", ErrorCode::SignatureShape, format!("not exactly one {name}"));
    node.child(DSIG, name).map_err(|_| missing())?.ok_or_else(missing)
}

fn algorithm<'d>(node: Node<'d, '_>) -> &'d str {
    node.attribute("Algorithm").unwrap_or_default()
}

/// Plain base64 with white space, and nothing in between (A6).
pub(super) fn base64_of(node: Node<'_, '_>) -> Option<Vec<u8>> {
    let text = node.text().ok()?;
    let packed: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    STANDARD.decode(packed).ok()
}

/// Exclusive canonicalisation without comments, with a harmless list of inclusive prefixes at most.
fn exclusive(node: Node<'_, '_>) -> Checked<()> {
    let refused = |why: &str| refuse("canonicalisation", ErrorCode::SignatureTransform, why);
    if algorithm(node) != EXC_C14N {
        return Err(refused("another canonicalisation than the exclusive one").got(algorithm(node)).want(EXC_C14N));
    }
    if !has_exactly(node, EXC_C14N, &["InclusiveNamespaces?"]) {
        return Err(refused("the canonicalisation has parameters other than InclusiveNamespaces"));
    }
    for list in node.elements() {
        let prefixes = list.attribute("PrefixList").unwrap_or_default();
        if !has_exactly(list, EXC_C14N, &[]) || prefixes.len() > 512 || prefixes.split_ascii_whitespace().count() > MOST_PREFIXES {
            return Err(refused("a list of inclusive prefixes that no document needs"));
        }
    }
    Ok(())
}

/// One reference: to the signature's own parent, by identifier (A10); the transforms of an enveloped signature; a digest of its length.
fn reference(node: Node<'_, '_>, parent: Node<'_, '_>, sha1: Sha1, verdicts: &mut Verdicts) -> Checked<()> {
    let misdirected = |why: &str| refuse("signed element", ErrorCode::SignatureReference, why);
    let id = identifier(parent).ok_or_else(|| misdirected("what is signed has no identifier"))?;
    let uri = node.attribute("URI").ok_or_else(|| misdirected("the reference names nothing"))?;
    if uri.strip_prefix('#') != Some(id) {
        return Err(misdirected("the reference is not to the signature's own parent").want("# and the parent's identifier"));
    }
    if node.attribute("Type").is_some() {
        return Err(misdirected("the reference has a type"));
    }
    verdicts.passed("signed element", parent.name());
    let transforms_only = refuse("transforms", ErrorCode::SignatureTransform, "other transforms than enveloped-signature and exclusive");
    let Ok(Some(transforms)) = node.child(DSIG, "Transforms") else { return Err(transforms_only) };
    if !has_exactly(transforms, DSIG, &["Transform", "Transform"]) {
        return Err(transforms_only);
    }
    let mut both = transforms.elements();
    match (both.next(), both.next()) {
        (Some(first), Some(second)) if algorithm(first) == ENVELOPED && has_exactly(first, DSIG, &[]) => exclusive(second)?,
        _ => return Err(transforms_only),
    }
    if !has_exactly(node, DSIG, &["Transforms", "DigestMethod", "DigestValue"]) {
        return Err(refuse("signature shape", ErrorCode::SignatureShape, "Reference holds something that does not belong there"));
    }
    digest(only(node, "DigestMethod")?, only(node, "DigestValue")?, sha1, verdicts)
}

fn digest(method: Node<'_, '_>, value: Node<'_, '_>, sha1: Sha1, verdicts: &mut Verdicts) -> Checked<()> {
    let check = "digest algorithm";
    let uri = algorithm(method);
    let known = DIGESTS.iter().find(|(known, ..)| *known == uri).filter(|_| has_exactly(method, DSIG, &[]));
    let Some((_, length, of_nothing)) = known else {
        let refused = refuse(check, ErrorCode::DigestAlgorithm, "a digest algorithm that is never taken");
        return Err(refused.got(uri).want("SHA-256, SHA-384 or SHA-512"));
    };
    note_sha1(check, uri, sha1, verdicts)?;
    let Some(digest) = base64_of(value).filter(|digest| digest.len() == *length) else {
        return Err(refuse("signature shape", ErrorCode::SignatureShape, "DigestValue is not one digest in plain base64"));
    };
    if STANDARD.encode(digest) == *of_nothing {
        return Err(refuse("canonicalisation", ErrorCode::Canonicalisation, "the digest is the digest of nothing"));
    }
    Ok(())
}

/// The identifier by which an element may be referred to: SAML 2.0's and metadata's `ID`, SAML 1.1's `AssertionID`.
pub(super) fn identifier<'d>(node: Node<'d, '_>) -> Option<&'d str> {
    let name = if node.namespace() == super::names::SAML1 { "AssertionID" } else { "ID" };
    node.attribute(name).filter(|id| !id.is_empty())
}

/// Verifies each of these signatures, on this tree; yields the certificate that verified each. They are all the document's, or its first
/// alone: the library must never see a signature whose shape was not looked at, for it takes XPath, XSLT and files by name.
pub(super) fn verify<'c>(xml: &Xml<'_>, shaped: &[Shaped<'_, '_>], keys: &'c TrustedKeys) -> Checked<Vec<&'c Certificate>> {
    let mut strong = Vec::new();
    for one in shaped {
        for candidate in keys.candidates(one.family)? {
            if !strong.contains(&candidate) {
                strong.push(candidate);
            }
        }
    }
    let context = DsigContext::new(keys.manager(&strong));
    let failed = |code, why: &str| refuse("signature", code, why);
    let results = match shaped {
        [_] => verify_document(&context, xml.tree())
            .or_else(|error| Ok(VerifyResult::Invalid { reason: error.to_string() }))
            .map(|one| vec![one]),
        _ => verify_all_document(&context, xml.tree()),
    };
    let results = results.map_err(|_| failed(ErrorCode::Canonicalisation, "what was signed could not be brought into canonical form"))?;
    let valid = |one: &Shaped<'_, '_>| {
        let found = results.iter().find_map(|result| match result {
            VerifyResult::Valid { signature_node, references, key_info } if *signature_node == one.node.id() => {
                Some((references, key_info))
            }
            _ => None,
        });
        let (references, key) = found?;
        let covers_parent = matches!(references.as_slice(), [only] if only.digest_verified && only.resolved_node == Some(one.parent.id()));
        let place: usize = key.key_name.as_deref()?.parse().ok()?;
        keys.get(place).filter(|_| covers_parent && strong.contains(&place))
    };
    let mut verified = Vec::with_capacity(shaped.len());
    for one in shaped {
        verified.push(valid(one).ok_or_else(|| reason(&results))?);
    }
    Ok(verified)
}

/// The library says why in words only.
fn reason(results: &[VerifyResult]) -> super::refusal::Refusal {
    let said = results.iter().find_map(|result| match result {
        VerifyResult::Invalid { reason } => Some(reason.as_str()),
        VerifyResult::Valid { .. } => None,
    });
    let said = said.unwrap_or_default();
    if said.contains("digest failed") {
        return refuse("digest", ErrorCode::DigestMismatch, "the content is not what was signed");
    }
    if said.to_ascii_lowercase().contains("canonical") {
        return refuse("canonicalisation", ErrorCode::Canonicalisation, "what was signed could not be brought into canonical form");
    }
    refuse("signature", ErrorCode::SignatureInvalid, "no trusted key made this signature")
}
