//! A `samlp:Response`, from octets to one verified assertion (Core §3.3.3; the order is `security.md` A's).

use super::{
    Assertion, OpenedResponse, ResponseEnvelope, SamlVersion, Trust, Verified, decrypt,
    names::{SAML1, SAML2, SAMLP, SUCCESS},
    profile::{Survey, survey},
    read::{at_most_one, misshapen, owned, required, required_moment, text},
    read_saml1, read_saml2,
    refusal::{Checked, clipped, refuse, unread},
    signature::{self, Shaped},
    splice::{concealed, unsealed},
    trust::{Signed, note_dates},
};
use crate::{
    domain::{certificate::Certificate, error_code::ErrorCode, verdict::Verdicts},
    federation::xml::{self, Bounds, Node, Xml},
};

pub(super) fn open(octets: &[u8], trust: &Trust<'_>, verdicts: &mut Verdicts) -> Checked<OpenedResponse> {
    let document = read(octets, verdicts)?;
    let root = document.root();
    if !root.is(SAMLP, "Response") {
        return Err(refuse("root", ErrorCode::XmlRoot, "it is no SAML response").got(root.name()).want("samlp:Response"));
    }
    let found = survey(&document)?;
    read_saml2::version(root)?;
    status(root)?;
    verdicts.passed("status", "Success");
    if found.encrypted_assertions.is_empty() && found.encrypted.is_empty() {
        in_clear(&document, &found, trust, verdicts)
    } else {
        encrypted(&document, &found, trust, verdicts)
    }
}

pub(super) fn read<'a>(octets: &'a [u8], verdicts: &mut Verdicts) -> Checked<Xml<'a>> {
    let document = xml::read(octets, &Bounds::MESSAGE).map_err(unread)?;
    verdicts.passed("document", format!("{} octets", octets.len()));
    Ok(document)
}

/// The partner's refusal comes first: it has no assertion to look for.
fn status(root: Node<'_, '_>) -> Checked<()> {
    let refused = |why: String| refuse("status", ErrorCode::SamlStatus, why).want("Success");
    let status = at_most_one(root, SAMLP, "Status")?.ok_or_else(|| refused("it has no status".to_owned()))?;
    let mut codes = Vec::new();
    let mut next = at_most_one(status, SAMLP, "StatusCode")?;
    while let Some(code) = next {
        codes.push(code.attribute("Value").unwrap_or_default());
        next = at_most_one(code, SAMLP, "StatusCode")?;
    }
    if codes.first() == Some(&SUCCESS) {
        return Ok(());
    }
    let short: Vec<_> = codes.iter().map(|code| clipped(code.rsplit(':').next().unwrap_or_default())).collect();
    Err(refused(short.join("/")))
}

/// Exactly one assertion, and there.
pub(super) fn only_assertion<'d, 'a>(found: &Survey<'d, 'a>, parent: Node<'d, 'a>) -> Checked<Node<'d, 'a>> {
    let count = found.assertions.len() + found.encrypted_assertions.len();
    let [assertion] = found.assertions.as_slice() else {
        return Err(refuse("assertions", ErrorCode::AssertionCount, format!("{count} assertions")).want("1"));
    };
    if assertion.parent().map(Node::id) != Some(parent.id()) {
        return Err(refuse("assertions", ErrorCode::AssertionPosition, format!("the assertion is not directly in the {}", parent.name())));
    }
    Ok(*assertion)
}

/// Signatures stand directly in what they sign, one in each at most.
pub(super) fn positions<'d, 'a>(found: &Survey<'d, 'a>, places: &[Node<'d, 'a>]) -> Checked<Vec<Option<Node<'d, 'a>>>> {
    let misplaced = |why: &str| refuse("signature position", ErrorCode::SignaturePosition, why);
    let mut signatures = vec![None; places.len()];
    for signature in &found.signatures {
        let parent = signature.parent().map(Node::id);
        let Some(place) = places.iter().position(|place| Some(place.id()) == parent) else {
            return Err(misplaced("a signature is not directly in what may be signed"));
        };
        if signatures[place].replace(*signature).is_some() {
            return Err(misplaced("an element has two signatures"));
        }
    }
    Ok(signatures)
}

pub(super) fn shapes<'d, 'a>(
    signatures: &[Option<Node<'d, 'a>>],
    trust: &Trust<'_>,
    verdicts: &mut Verdicts,
) -> Checked<Vec<Shaped<'d, 'a>>> {
    signatures.iter().flatten().map(|node| signature::shape(*node, trust.sha1(), verdicts)).collect()
}

pub(super) fn read_assertion(node: Node<'_, '_>) -> Checked<Assertion> {
    match node.namespace() {
        SAML1 => read_saml1::assertion(node),
        _ => read_saml2::assertion(node),
    }
}

fn in_clear(document: &Xml<'_>, found: &Survey<'_, '_>, trust: &Trust<'_>, verdicts: &mut Verdicts) -> Checked<OpenedResponse> {
    let root = document.root();
    let assertion = only_assertion(found, root)?;
    if assertion.namespace() != SAML2 {
        return Err(refuse("version", ErrorCode::SamlVersion, "the assertion is not of SAML 2.0").want("2.0"));
    }
    let signatures = positions(found, &[root, assertion])?;
    let shaped = shapes(&signatures, trust, verdicts)?;
    let signed = Signed { response: signatures[0].is_some(), assertion: signatures[1].is_some() };
    if trust.acceptance.requires_encryption {
        return Err(refuse("encryption", ErrorCode::EncryptionMissing, "the assertion came in clear"));
    }
    signed.check(trust.acceptance.signed, verdicts)?;
    let by = trust.verify(document, &shaped, verdicts)?;
    let envelope = envelope(root, signed)?;
    Ok(OpenedResponse { envelope, assertion: verified(read_assertion(assertion)?, &by, verdicts), was_encrypted: false })
}

/// To be called with what was read from verified nodes.
pub(super) fn verified(assertion: Assertion, by: &[&Certificate], verdicts: &mut Verdicts) -> Verified<Assertion> {
    note_dates(by, assertion.issued_at, verdicts);
    Verified::read(assertion)
}

fn envelope(root: Node<'_, '_>, signed: Signed) -> Checked<ResponseEnvelope> {
    Ok(ResponseEnvelope {
        id: required(root, "ID")?,
        issued_at: required_moment(root, "IssueInstant")?,
        destination: owned(root, "Destination"),
        in_response_to: owned(root, "InResponseTo"),
        issuer: at_most_one(root, SAML2, "Issuer")?.map(text).transpose()?,
        is_signed: signed.response,
    })
}

/// The response's own signature is over what was encrypted, so it is verified first, as it came. What was encrypted is then put where
/// it belongs and the whole is read anew, by the same rules.
fn encrypted(document: &Xml<'_>, found: &Survey<'_, '_>, trust: &Trust<'_>, verdicts: &mut Verdicts) -> Checked<OpenedResponse> {
    let root = document.root();
    if found.encrypted_assertions.is_empty() && found.assertions.len() == 1 {
        return Err(misshapen("a part of the assertion is encrypted by itself (EncryptedID, EncryptedAttribute)"));
    }
    let ([wrapper], [data]) = (found.encrypted_assertions.as_slice(), found.encrypted.as_slice()) else {
        let count = found.assertions.len() + found.encrypted_assertions.len();
        return Err(refuse("assertions", ErrorCode::AssertionCount, format!("{count} assertions")).want("1"));
    };
    if !found.assertions.is_empty() {
        return Err(refuse("assertions", ErrorCode::AssertionCount, "one assertion in clear and one encrypted").want("1"));
    }
    let is_placed = wrapper.parent().map(Node::id) == Some(root.id()) && data.parent().map(Node::id) == Some(wrapper.id());
    if !is_placed {
        return Err(refuse("assertions", ErrorCode::AssertionPosition, "the encrypted assertion is not directly in the Response"));
    }
    let signatures = positions(found, &[root])?;
    let outer = shapes(&signatures, trust, verdicts)?;
    let sealed = decrypt::sealed(*data, verdicts)?;
    let outer_by = if outer.is_empty() { Vec::new() } else { trust.verify(document, &outer, verdicts)? };
    let envelope = envelope(root, Signed { response: !outer.is_empty(), assertion: false })?;
    let around = signatures[0];
    let outcome = unsealed(&sealed, document, *wrapper, around, trust.acceptance.signed, trust, verdicts);
    let (assertion, mut by) = outcome.map_err(|refusal| concealed(refusal, &sealed, around, verdicts))?;
    if assertion.version != SamlVersion::V2_0 {
        return Err(refuse("version", ErrorCode::SamlVersion, "the assertion is not of SAML 2.0").want("2.0"));
    }
    by.extend(outer_by);
    Ok(OpenedResponse { envelope, assertion: verified(assertion, &by, verdicts), was_encrypted: true })
}
