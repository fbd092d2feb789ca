//! SAML 2.0 assertions (Core §2) as values that can be bent in every way before they are written and signed.
//!
//! Nothing here is checked: a partner may say what it likes, and tests let it.

use std::time::Duration;

use super::{
    PartnerError, Person, Signing, fresh_id,
    xml::{ASSERTION, Prefixes, Xml, date_time},
};
use crate::domain::timestamp::Timestamp;

pub const PERSISTENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
pub const TRANSIENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";
pub const EMAIL_ADDRESS: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
pub const UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";
pub const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
pub const PASSWORD_PROTECTED_TRANSPORT: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";
pub const CLAIM_ADDRESS: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress";
pub const CLAIM_NAME: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name";
const URI_NAMES: &str = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri";

/// What an honest answer may be used for.
pub const LIFETIME: Duration = Duration::from_secs(5 * 60);
/// How far an honest partner dates its assertions back, for recipients whose clocks are late.
pub const BACKDATED: Duration = Duration::from_secs(30);

/// Whom an answer is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addressee {
    /// Its entity id (or realm): the audience.
    pub entity_id: String,
    /// Where it takes answers: destination and recipient.
    pub acs: String,
    /// The id of its request; `None`: nobody asked.
    pub in_response_to: Option<String>,
}

#[derive(Debug, Clone)]
pub struct Assertion {
    pub id: String,
    pub issuer: String,
    pub issued_at: Timestamp,
    pub subject: Option<NameId>,
    pub confirmations: Vec<Confirmation>,
    pub conditions: Option<Conditions>,
    pub authentications: Vec<Authentication>,
    pub attributes: Vec<Attribute>,
}

#[derive(Debug, Clone)]
pub struct NameId {
    pub value: String,
    pub format: Option<String>,
    pub name_qualifier: Option<String>,
    pub sp_name_qualifier: Option<String>,
}

#[derive(Debug, Clone)]
pub struct Confirmation {
    pub method: String,
    pub recipient: Option<String>,
    pub in_response_to: Option<String>,
    pub not_before: Option<Timestamp>,
    pub not_on_or_after: Option<Timestamp>,
    pub address: Option<String>,
}

#[derive(Debug, Clone)]
pub struct Conditions {
    pub not_before: Option<Timestamp>,
    pub not_on_or_after: Option<Timestamp>,
    /// One `AudienceRestriction` each.
    pub audiences: Vec<Vec<String>>,
    pub is_one_time: bool,
}

#[derive(Debug, Clone)]
pub struct Authentication {
    pub at: Timestamp,
    pub session_index: Option<String>,
    pub session_not_on_or_after: Option<Timestamp>,
    pub context: Option<String>,
}

#[derive(Debug, Clone)]
pub struct Attribute {
    pub name: String,
    pub name_format: Option<String>,
    pub friendly_name: Option<String>,
    pub values: Vec<String>,
    /// Whether the values say `xsi:type="xs:string"`.
    pub is_typed: bool,
}

impl NameId {
    pub fn new(format: &str, value: &str) -> Self {
        Self { value: value.into(), format: Some(format.into()), name_qualifier: None, sp_name_qualifier: None }
    }

    fn write(&self, xml: &mut Xml, prefixes: Prefixes) {
        xml.open(&prefixes.name(ASSERTION, "NameID"));
        self.fill(xml);
    }

    /// Outside an assertion, where nobody has declared its namespace.
    pub(super) fn write_alone(&self, xml: &mut Xml, prefixes: Prefixes) {
        xml.open(&prefixes.name(ASSERTION, "NameID")).attribute(&prefixes.declaration(ASSERTION), ASSERTION.uri);
        self.fill(xml);
    }

    fn fill(&self, xml: &mut Xml) {
        xml.maybe("Format", self.format.as_deref())
            .maybe("NameQualifier", self.name_qualifier.as_deref())
            .maybe("SPNameQualifier", self.sp_name_qualifier.as_deref())
            .text(&self.value)
            .close();
    }
}

impl Attribute {
    pub fn new(name: &str, value: &str) -> Self {
        let (name_format, values) = (Some(URI_NAMES.into()), vec![value.into()]);
        Self { name: name.into(), name_format, friendly_name: None, values, is_typed: true }
    }
}

impl Assertion {
    /// What an honest partner says of `person`.
    pub fn about(person: &Person, issuer: &str, to: &Addressee, now: Timestamp) -> Self {
        let end = now + LIFETIME;
        Self {
            id: fresh_id(),
            issuer: issuer.into(),
            issued_at: now,
            subject: Some(NameId::new(PERSISTENT, &person.subject)),
            confirmations: vec![Confirmation {
                method: BEARER.into(),
                recipient: Some(to.acs.clone()),
                in_response_to: to.in_response_to.clone(),
                not_before: None,
                not_on_or_after: Some(end),
                address: None,
            }],
            conditions: Some(Conditions {
                not_before: Some(now - BACKDATED),
                not_on_or_after: Some(end),
                audiences: vec![vec![to.entity_id.clone()]],
                is_one_time: false,
            }),
            authentications: vec![Authentication {
                at: now,
                session_index: Some(fresh_id()),
                session_not_on_or_after: Some(now + Duration::from_secs(8 * 60 * 60)),
                context: Some(PASSWORD_PROTECTED_TRANSPORT.into()),
            }],
            attributes: vec![Attribute::new(CLAIM_ADDRESS, &person.address), Attribute::new(CLAIM_NAME, &person.name)],
        }
    }

    /// As an element that declares every prefix it uses; signed if `signing` says how.
    pub fn to_xml(&self, prefixes: Prefixes, signing: Option<&Signing<'_>>) -> Result<String, PartnerError> {
        match signing {
            None => Ok(self.write(prefixes, "")),
            Some(signing) => Ok(self.write(prefixes, &signing.over(&self.write(prefixes, ""), &self.id)?)),
        }
    }

    fn write(&self, prefixes: Prefixes, signature: &str) -> String {
        let name = |local: &str| prefixes.name(ASSERTION, local);
        let mut xml = Xml::new();
        xml.open(&name("Assertion")).attribute(&prefixes.declaration(ASSERTION), ASSERTION.uri);
        if self.attributes.iter().any(|attribute| attribute.is_typed) {
            xml.attribute("xmlns:xs", "http://www.w3.org/2001/XMLSchema");
            xml.attribute("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance");
        }
        xml.attribute("ID", &self.id).attribute("Version", "2.0").attribute("IssueInstant", &date_time(self.issued_at));
        xml.leaf(&name("Issuer"), &self.issuer).raw(signature);
        if self.subject.is_some() || !self.confirmations.is_empty() {
            xml.open(&name("Subject"));
            if let Some(subject) = &self.subject {
                subject.write(&mut xml, prefixes);
            }
            for confirmation in &self.confirmations {
                confirmation.write(&mut xml, prefixes);
            }
            xml.close();
        }
        if let Some(conditions) = &self.conditions {
            conditions.write(&mut xml, prefixes);
        }
        for authentication in &self.authentications {
            authentication.write(&mut xml, prefixes);
        }
        if !self.attributes.is_empty() {
            xml.open(&name("AttributeStatement"));
            for attribute in &self.attributes {
                attribute.write(&mut xml, prefixes);
            }
            xml.close();
        }
        xml.finish()
    }
}

fn moment(at: Option<Timestamp>) -> Option<String> {
    at.map(date_time)
}

impl Confirmation {
    fn write(&self, xml: &mut Xml, prefixes: Prefixes) {
        xml.open(&prefixes.name(ASSERTION, "SubjectConfirmation")).attribute("Method", &self.method);
        xml.open(&prefixes.name(ASSERTION, "SubjectConfirmationData"))
            .maybe("InResponseTo", self.in_response_to.as_deref())
            .maybe("NotBefore", moment(self.not_before).as_deref())
            .maybe("NotOnOrAfter", moment(self.not_on_or_after).as_deref())
            .maybe("Recipient", self.recipient.as_deref())
            .maybe("Address", self.address.as_deref());
        xml.close().close();
    }
}

impl Conditions {
    fn write(&self, xml: &mut Xml, prefixes: Prefixes) {
        xml.open(&prefixes.name(ASSERTION, "Conditions"))
            .maybe("NotBefore", moment(self.not_before).as_deref())
            .maybe("NotOnOrAfter", moment(self.not_on_or_after).as_deref());
        for restriction in &self.audiences {
            xml.open(&prefixes.name(ASSERTION, "AudienceRestriction"));
            for audience in restriction {
                xml.leaf(&prefixes.name(ASSERTION, "Audience"), audience);
            }
            xml.close();
        }
        if self.is_one_time {
            xml.open(&prefixes.name(ASSERTION, "OneTimeUse")).close();
        }
        xml.close();
    }
}

impl Authentication {
    fn write(&self, xml: &mut Xml, prefixes: Prefixes) {
        xml.open(&prefixes.name(ASSERTION, "AuthnStatement"))
            .attribute("AuthnInstant", &date_time(self.at))
            .maybe("SessionIndex", self.session_index.as_deref())
            .maybe("SessionNotOnOrAfter", moment(self.session_not_on_or_after).as_deref());
        xml.open(&prefixes.name(ASSERTION, "AuthnContext"));
        if let Some(context) = &self.context {
            xml.leaf(&prefixes.name(ASSERTION, "AuthnContextClassRef"), context);
        }
        xml.close().close();
    }
}

impl Attribute {
    fn write(&self, xml: &mut Xml, prefixes: Prefixes) {
        xml.open(&prefixes.name(ASSERTION, "Attribute"))
            .attribute("Name", &self.name)
            .maybe("NameFormat", self.name_format.as_deref())
            .maybe("FriendlyName", self.friendly_name.as_deref());
        for value in &self.values {
            xml.open(&prefixes.name(ASSERTION, "AttributeValue"));
            xml.maybe("xsi:type", self.is_typed.then_some("xs:string")).text(value).close();
        }
        xml.close();
    }
}
