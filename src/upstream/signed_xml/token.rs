//! A WS-Trust `RequestSecurityTokenResponse`, from octets to one verified assertion (WS-Trust 1.3 §4.4, and its draft of 2005/02).
//!
//! The envelope is never signed: what it says is checked by who asked, and believed by nobody.

use super::{
    OpenedToken, Trust, decrypt,
    names::{ADDRESSING, POLICY, SAML2, TRUST_13, TRUST_2005, XENC},
    profile::{Survey, survey},
    read::text,
    refusal::{Checked, refuse},
    response::{only_assertion, positions, read, read_assertion, shapes, verified},
    splice::{concealed, unsealed},
    trust::Signed,
};
use crate::{
    domain::{error_code::ErrorCode, federation::SignedPart, verdict::Verdicts},
    federation::xml::{Node, Xml},
};

pub(super) fn open(octets: &[u8], trust: &Trust<'_>, verdicts: &mut Verdicts) -> Checked<OpenedToken> {
    let document = read(octets, verdicts)?;
    let response = only_response(document.root())?;
    let found = survey(&document)?;
    let holder = only(response, response.namespace(), "RequestedSecurityToken")?;
    if holder.elements().count() != 1 || !holder.has_no_text() {
        return Err(unfit("RequestedSecurityToken does not hold exactly one token"));
    }
    let applies_to = applies_to(response)?;
    let token_type = at_most(response, response.namespace(), "TokenType")?.map(text).transpose()?;
    let assertion = if found.encrypted.is_empty() && found.encrypted_assertions.is_empty() {
        in_clear(&document, &found, holder, trust, verdicts)?
    } else {
        encrypted(&document, &found, holder, trust, verdicts)?
    };
    Ok(OpenedToken { applies_to, token_type, assertion })
}

fn unfit(why: impl Into<String>) -> super::refusal::Refusal {
    refuse("token response", ErrorCode::WsFedResponse, why)
}

fn at_most<'d, 'a>(node: Node<'d, 'a>, namespace: &str, name: &str) -> Checked<Option<Node<'d, 'a>>> {
    node.child(namespace, name).map_err(|_| unfit(format!("several {name}")))
}

fn only<'d, 'a>(node: Node<'d, 'a>, namespace: &str, name: &str) -> Checked<Node<'d, 'a>> {
    at_most(node, namespace, name)?.ok_or_else(|| unfit(format!("no {name}")))
}

/// The one response in the document: its root, or the only child of a collection.
fn only_response<'d, 'a>(root: Node<'d, 'a>) -> Checked<Node<'d, 'a>> {
    let namespace = root.namespace();
    let response = match root.name() {
        _ if ![TRUST_2005, TRUST_13].contains(&namespace) => None,
        "RequestSecurityTokenResponse" => Some(root),
        "RequestSecurityTokenResponseCollection" => Some(only(root, namespace, "RequestSecurityTokenResponse")?),
        _ => None,
    };
    let response = response.ok_or_else(|| {
        refuse("root", ErrorCode::XmlRoot, "it is no token response").got(root.name()).want("RequestSecurityTokenResponse")
    })?;
    let is_one_of_many = |node: &Node<'_, '_>| node.name() == "RequestSecurityTokenResponse" || node.name() == "RequestedSecurityToken";
    match root.walk().filter(is_one_of_many).count() {
        0..=2 => Ok(response),
        _ => Err(unfit("more than one response or token")),
    }
}

/// `AppliesTo/EndpointReference/Address`, whichever of their versions.
fn applies_to(response: Node<'_, '_>) -> Checked<Option<String>> {
    let mut places = response.elements().filter(|e| e.name() == "AppliesTo" && POLICY.contains(&e.namespace()));
    let Some(place) = places.next() else { return Ok(None) };
    if places.next().is_some() {
        return Err(unfit("several AppliesTo"));
    }
    let mut addresses = ADDRESSING.iter().filter_map(|namespace| {
        let reference = place.child(namespace, "EndpointReference").ok().flatten()?;
        reference.child(namespace, "Address").ok().flatten()
    });
    let address = addresses.next().ok_or_else(|| unfit("AppliesTo has no address"))?;
    text(address).map(Some)
}

type Opened = super::Verified<super::Assertion>;

fn in_clear<'d, 'a>(
    document: &Xml<'_>,
    found: &Survey<'d, 'a>,
    holder: Node<'d, 'a>,
    trust: &Trust<'_>,
    verdicts: &mut Verdicts,
) -> Checked<Opened> {
    if found.assertions.is_empty() {
        return Err(refuse("token type", ErrorCode::WsFedTokenType, "the token is no SAML assertion").want("SAML 1.1 or 2.0"));
    }
    let assertion = only_assertion(found, holder)?;
    let signatures = positions(found, &[assertion])?;
    let shaped = shapes(&signatures, trust, verdicts)?;
    if trust.acceptance.requires_encryption {
        return Err(refuse("encryption", ErrorCode::EncryptionMissing, "the assertion came in clear"));
    }
    Signed { response: false, assertion: !shaped.is_empty() }.check(SignedPart::Assertion, verdicts)?;
    let by = trust.verify(document, &shaped, verdicts)?;
    Ok(verified(read_assertion(assertion)?, &by, verdicts))
}

/// AD FS puts the `EncryptedData` right into the holder; others wrap it as SAML 2.0 does.
fn encrypted<'d, 'a>(
    document: &Xml<'_>,
    found: &Survey<'d, 'a>,
    holder: Node<'d, 'a>,
    trust: &Trust<'_>,
    verdicts: &mut Verdicts,
) -> Checked<Opened> {
    let count = found.assertions.len() + found.encrypted.len();
    let ([data], []) = (found.encrypted.as_slice(), found.assertions.as_slice()) else {
        return Err(refuse("assertions", ErrorCode::AssertionCount, format!("{count} assertions")).want("1"));
    };
    let token = holder.elements().next().filter(|e| e.is(XENC, "EncryptedData") || e.is(SAML2, "EncryptedAssertion"));
    let is_placed = |token: &Node<'_, '_>| token.id() == data.id() || data.parent().map(Node::id) == Some(token.id());
    let Some(token) = token.filter(is_placed).filter(|_| found.encrypted_assertions.len() <= 1) else {
        return Err(refuse("assertions", ErrorCode::AssertionPosition, "the encrypted assertion is not the token"));
    };
    positions(found, &[])?;
    let sealed = decrypt::sealed(*data, verdicts)?;
    let outcome = unsealed(&sealed, document, token, None, SignedPart::Assertion, trust, verdicts);
    let (assertion, by) = outcome.map_err(|refusal| concealed(refusal, &sealed, None, verdicts))?;
    Ok(verified(assertion, &by, verdicts))
}
