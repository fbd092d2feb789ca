//! A SAML 1.1 assertion's content (SAML 1.1 Core §2), from its verified node.

use super::{
    Assertion, Attribute, Authentication, Conditions, Confirmation, NameId, SamlVersion,
    names::SAML1,
    read::{at_most_one, misshapen, moment, owned, required, required_moment, text, texts, values},
    refusal::{Checked, refuse},
};
use crate::{domain::error_code::ErrorCode, federation::xml::Node};

pub(super) fn assertion(node: Node<'_, '_>) -> Checked<Assertion> {
    let version = (node.attribute("MajorVersion"), node.attribute("MinorVersion"));
    if version != (Some("1"), Some("1")) {
        return Err(refuse("version", ErrorCode::SamlVersion, "the assertion is not of SAML 1.1").want("1.1"));
    }
    let (subject, confirmations) = subject(node)?;
    let statements = node.children(SAML1, "AttributeStatement").flat_map(|s| s.children(SAML1, "Attribute"));
    Ok(Assertion {
        version: SamlVersion::V1_1,
        id: required(node, "AssertionID")?,
        issuer: required(node, "Issuer")?,
        issued_at: required_moment(node, "IssueInstant")?,
        subject,
        confirmations,
        conditions: at_most_one(node, SAML1, "Conditions")?.map(conditions).transpose()?,
        authentications: node.children(SAML1, "AuthenticationStatement").map(authentication).collect::<Checked<_>>()?,
        attributes: statements.map(attribute).collect::<Checked<_>>()?,
    })
}

/// Every statement has its own subject; they must all be the same person.
fn subject(node: Node<'_, '_>) -> Checked<(Option<NameId>, Vec<Confirmation>)> {
    let mut name: Option<NameId> = None;
    let mut methods: Vec<String> = Vec::new();
    for statement in node.elements() {
        let Some(subject) = at_most_one(statement, SAML1, "Subject")? else { continue };
        if let Some(identifier) = at_most_one(subject, SAML1, "NameIdentifier")? {
            let read = NameId {
                value: text(identifier)?,
                format: owned(identifier, "Format"),
                name_qualifier: owned(identifier, "NameQualifier"),
                sp_name_qualifier: None,
            };
            if name.as_ref().is_some_and(|known| known.value != read.value || known.format != read.format) {
                return Err(misshapen("the statements are about different subjects"));
            }
            name = Some(read);
        }
        if let Some(confirmation) = at_most_one(subject, SAML1, "SubjectConfirmation")? {
            for method in texts(confirmation, SAML1, "ConfirmationMethod")? {
                if !methods.contains(&method) {
                    methods.push(method);
                }
            }
        }
    }
    let bare = |method| Confirmation { method, recipient: None, in_response_to: None, not_before: None, not_on_or_after: None };
    Ok((name, methods.into_iter().map(bare).collect()))
}

fn conditions(node: Node<'_, '_>) -> Checked<Conditions> {
    const KNOWN: [&str; 2] = ["AudienceRestrictionCondition", "DoNotCacheCondition"];
    if node.elements().any(|e| e.namespace() != SAML1 || !KNOWN.contains(&e.name())) {
        return Err(misshapen("the assertion holds under a condition that is not understood"));
    }
    Ok(Conditions {
        not_before: moment(node, "NotBefore")?,
        not_on_or_after: moment(node, "NotOnOrAfter")?,
        audiences: node.children(SAML1, "AudienceRestrictionCondition").map(|r| texts(r, SAML1, "Audience")).collect::<Checked<_>>()?,
    })
}

fn authentication(node: Node<'_, '_>) -> Checked<Authentication> {
    Ok(Authentication {
        at: required_moment(node, "AuthenticationInstant")?,
        session_index: None,
        session_not_on_or_after: None,
        context: owned(node, "AuthenticationMethod"),
    })
}

fn attribute(node: Node<'_, '_>) -> Checked<Attribute> {
    let (name, namespace) = (required(node, "AttributeName")?, owned(node, "AttributeNamespace").unwrap_or_default());
    let name = if namespace.is_empty() { name } else { format!("{namespace}/{name}") };
    Ok(Attribute { name, friendly_name: None, values: values(node, SAML1)? })
}
