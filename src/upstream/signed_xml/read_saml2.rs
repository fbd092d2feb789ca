//! A SAML 2.0 assertion's content (Core §2), from its verified node.

use super::{
    Assertion, Attribute, Authentication, Conditions, Confirmation, NameId, SamlVersion,
    names::SAML2,
    read::{at_most_one, misshapen, moment, one, owned, required, required_moment, text, texts, values},
    refusal::{Checked, refuse},
};
use crate::{domain::error_code::ErrorCode, federation::xml::Node};

pub(super) fn assertion(node: Node<'_, '_>) -> Checked<Assertion> {
    version(node)?;
    let subject = at_most_one(node, SAML2, "Subject")?;
    let statements = node.children(SAML2, "AttributeStatement").flat_map(|s| s.children(SAML2, "Attribute"));
    Ok(Assertion {
        version: SamlVersion::V2_0,
        id: required(node, "ID")?,
        issuer: text(one(node, SAML2, "Issuer")?)?,
        issued_at: required_moment(node, "IssueInstant")?,
        subject: subject.map(name_id).transpose()?.flatten(),
        confirmations: subject
            .into_iter()
            .flat_map(|s| s.children(SAML2, "SubjectConfirmation"))
            .map(confirmation)
            .collect::<Checked<_>>()?,
        conditions: at_most_one(node, SAML2, "Conditions")?.map(conditions).transpose()?,
        authentications: node.children(SAML2, "AuthnStatement").map(authentication).collect::<Checked<_>>()?,
        attributes: statements.map(attribute).collect::<Checked<_>>()?,
    })
}

/// `Version` of an assertion or of a protocol message.
pub(super) fn version(node: Node<'_, '_>) -> Checked<()> {
    let seen = node.attribute("Version").unwrap_or_default();
    if seen == "2.0" {
        return Ok(());
    }
    Err(refuse("version", ErrorCode::SamlVersion, format!("{} is not of SAML 2.0", node.name())).got(seen).want("2.0"))
}

/// The `NameID` of a subject or of a logout request.
pub(super) fn name_id(parent: Node<'_, '_>) -> Checked<Option<NameId>> {
    if parent.elements().any(|e| e.is(SAML2, "EncryptedID") || e.is(SAML2, "BaseID")) {
        return Err(misshapen("the subject is named by an EncryptedID or BaseID"));
    }
    let Some(node) = at_most_one(parent, SAML2, "NameID")? else { return Ok(None) };
    Ok(Some(NameId {
        value: text(node)?,
        format: owned(node, "Format"),
        name_qualifier: owned(node, "NameQualifier"),
        sp_name_qualifier: owned(node, "SPNameQualifier"),
    }))
}

fn confirmation(node: Node<'_, '_>) -> Checked<Confirmation> {
    let mut read =
        Confirmation { method: required(node, "Method")?, recipient: None, in_response_to: None, not_before: None, not_on_or_after: None };
    if let Some(with) = at_most_one(node, SAML2, "SubjectConfirmationData")? {
        read.recipient = owned(with, "Recipient");
        read.in_response_to = owned(with, "InResponseTo");
        read.not_before = moment(with, "NotBefore")?;
        read.not_on_or_after = moment(with, "NotOnOrAfter")?;
    }
    Ok(read)
}

/// A condition that we do not understand makes the assertion's validity indeterminate, which is not valid (Core §2.5.1.1).
fn conditions(node: Node<'_, '_>) -> Checked<Conditions> {
    const KNOWN: [&str; 3] = ["AudienceRestriction", "OneTimeUse", "ProxyRestriction"];
    if node.elements().any(|e| e.namespace() != SAML2 || !KNOWN.contains(&e.name())) {
        return Err(misshapen("the assertion holds under a condition that is not understood"));
    }
    Ok(Conditions {
        not_before: moment(node, "NotBefore")?,
        not_on_or_after: moment(node, "NotOnOrAfter")?,
        audiences: node.children(SAML2, "AudienceRestriction").map(|r| texts(r, SAML2, "Audience")).collect::<Checked<_>>()?,
    })
}

fn authentication(node: Node<'_, '_>) -> Checked<Authentication> {
    let context = at_most_one(node, SAML2, "AuthnContext")?;
    let class = context.map(|c| at_most_one(c, SAML2, "AuthnContextClassRef")).transpose()?.flatten();
    Ok(Authentication {
        at: required_moment(node, "AuthnInstant")?,
        session_index: owned(node, "SessionIndex"),
        session_not_on_or_after: moment(node, "SessionNotOnOrAfter")?,
        context: class.map(text).transpose()?,
    })
}

fn attribute(node: Node<'_, '_>) -> Checked<Attribute> {
    Ok(Attribute { name: required(node, "Name")?, friendly_name: owned(node, "FriendlyName"), values: values(node, SAML2)? })
}
