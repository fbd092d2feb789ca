//! What a partner was asked: an `AuthnRequest` (Core §3.4.1) or a logout message, read as far as a partner needs it.
//!
//! Signatures of requests are not checked here: where an answer may go is decided by who is registered.

use uppsala::{Document, NodeId};

use super::{
    Addressee, PartnerError,
    xml::{ASSERTION, PROTOCOL},
};

/// An `AuthnRequest`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Question {
    pub id: String,
    pub issuer: String,
    pub destination: Option<String>,
    pub acs: Option<String>,
    pub is_forced: bool,
    pub is_passive: bool,
    pub name_id_format: Option<String>,
    pub contexts: Vec<String>,
    /// `Subject`: whom it hopes to see.
    pub subject: Option<String>,
    /// A signature is inside; whether it is any good is not known.
    pub has_signature: bool,
}

/// A `LogoutRequest` or `LogoutResponse` from the other side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Farewell {
    Request { id: String, issuer: String, name_id: String },
    Response { in_response_to: String, is_success: bool },
}

impl Question {
    pub fn read(xml: &str) -> Result<Self, PartnerError> {
        let (document, root) = parse(xml)?;
        let tree = Tree(&document);
        if !tree.is(root, PROTOCOL.uri, "AuthnRequest") {
            return Err(PartnerError::Unreadable("no AuthnRequest"));
        }
        let policy = tree.child(root, PROTOCOL.uri, "NameIDPolicy");
        let context = tree.child(root, PROTOCOL.uri, "RequestedAuthnContext");
        let subject = tree.child(root, ASSERTION.uri, "Subject").and_then(|node| tree.child(node, ASSERTION.uri, "NameID"));
        let yes = |name: &str| matches!(tree.attribute(root, name).as_deref(), Some("true" | "1"));
        Ok(Self {
            id: tree.attribute(root, "ID").ok_or(PartnerError::Unreadable("a request without ID"))?,
            issuer: tree.issuer(root),
            destination: tree.attribute(root, "Destination"),
            acs: tree.attribute(root, "AssertionConsumerServiceURL"),
            is_forced: yes("ForceAuthn"),
            is_passive: yes("IsPassive"),
            name_id_format: policy.and_then(|node| tree.attribute(node, "Format")),
            contexts: context.map(|node| tree.texts(node)).unwrap_or_default(),
            subject: subject.map(|node| tree.text(node)),
            has_signature: tree.child(root, super::xml::SIGNATURE.uri, "Signature").is_some(),
        })
    }

    /// Whom the answer is for; `usual` is where it goes when the request does not say.
    pub fn addressee(&self, usual: &str) -> Addressee {
        let acs = self.acs.clone().unwrap_or_else(|| usual.to_owned());
        Addressee { entity_id: self.issuer.clone(), acs, in_response_to: Some(self.id.clone()) }
    }
}

impl Farewell {
    pub fn read(xml: &str) -> Result<Self, PartnerError> {
        let (document, root) = parse(xml)?;
        let tree = Tree(&document);
        if tree.is(root, PROTOCOL.uri, "LogoutRequest") {
            let id = tree.attribute(root, "ID").ok_or(PartnerError::Unreadable("a request without ID"))?;
            let name_id = tree.child(root, ASSERTION.uri, "NameID").map(|node| tree.text(node)).unwrap_or_default();
            return Ok(Self::Request { id, issuer: tree.issuer(root), name_id });
        }
        if tree.is(root, PROTOCOL.uri, "LogoutResponse") {
            let code = tree.child(root, PROTOCOL.uri, "Status").and_then(|node| tree.child(node, PROTOCOL.uri, "StatusCode"));
            let is_success = code.and_then(|node| tree.attribute(node, "Value")).as_deref() == Some(super::SUCCESS);
            return Ok(Self::Response { in_response_to: tree.attribute(root, "InResponseTo").unwrap_or_default(), is_success });
        }
        Err(PartnerError::Unreadable("no logout message"))
    }
}

fn parse(xml: &str) -> Result<(Document<'_>, NodeId), PartnerError> {
    let document = uppsala::parse(xml).map_err(|error| PartnerError::Xml(error.to_string()))?;
    let root = document.document_element().ok_or(PartnerError::Unreadable("an empty document"))?;
    Ok((document, root))
}

struct Tree<'a, 'x>(&'a Document<'x>);

impl Tree<'_, '_> {
    fn is(&self, node: NodeId, space: &str, local: &str) -> bool {
        let element = self.0.element(node);
        element.is_some_and(|e| e.name.local_name.as_ref() == local && e.name.namespace_uri.as_deref() == Some(space))
    }

    fn child(&self, node: NodeId, space: &str, local: &str) -> Option<NodeId> {
        self.0.children(node).into_iter().find(|child| self.is(*child, space, local))
    }

    fn attribute(&self, node: NodeId, name: &str) -> Option<String> {
        self.0.element(node)?.get_attribute(name).map(str::to_owned)
    }

    fn text(&self, node: NodeId) -> String {
        self.0.text_content_deep(node).trim().to_owned()
    }

    fn texts(&self, node: NodeId) -> Vec<String> {
        self.0.children(node).into_iter().filter(|child| self.0.element(*child).is_some()).map(|child| self.text(child)).collect()
    }

    fn issuer(&self, root: NodeId) -> String {
        self.child(root, ASSERTION.uri, "Issuer").map(|node| self.text(node)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authn_request_is_read() {
        let xml = r#"<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_1" ForceAuthn="true" AssertionConsumerServiceURL="https://a/acs"><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">us</saml:Issuer><samlp:NameIDPolicy Format="f"/></samlp:AuthnRequest>"#;
        let question = Question::read(xml).unwrap();
        assert_eq!((question.id.as_str(), question.issuer.as_str(), question.is_forced), ("_1", "us", true));
        assert_eq!((question.name_id_format.as_deref(), question.is_passive, question.has_signature), (Some("f"), false, false));
        assert_eq!(question.addressee("other").acs, "https://a/acs");
        assert!(Question::read("<AuthnRequest ID='a'/>").is_err() && Question::read("garbage").is_err());
    }
}
