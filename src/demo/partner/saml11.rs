//! SAML 1.1 assertions (SAML 1.1 Core §2), as WS-Federation services still issue them.

use super::{
    Addressee, Attribute, BACKDATED, Conditions, LIFETIME, NameId, PartnerError, Person, Signing, UNSPECIFIED, fresh_id,
    xml::{ASSERTION_1_1, Prefixes, Xml, date_time},
};
use crate::domain::timestamp::Timestamp;

pub const CLAIM_IMMUTABLE_ID: &str = "http://schemas.microsoft.com/LiveID/Federation/2008/05/ImmutableID";
pub const BEARER_1_1: &str = "urn:oasis:names:tc:SAML:1.0:cm:bearer";
pub const PASSWORD_1_1: &str = "urn:oasis:names:tc:SAML:1.0:am:password";

#[derive(Debug, Clone)]
pub struct OldAssertion {
    pub id: String,
    pub issuer: String,
    pub issued_at: Timestamp,
    /// Written into every statement.
    pub subject: Option<NameId>,
    pub confirmation: Option<String>,
    pub conditions: Option<Conditions>,
    /// When and how (`AuthenticationMethod`).
    pub authentication: Option<(Timestamp, String)>,
    /// Their names are split at the last `/`, as SAML 1.1 has it.
    pub attributes: Vec<Attribute>,
}

impl OldAssertion {
    /// What an honest service says of `person`: AD FS's shape, ImmutableID and address.
    pub fn about(person: &Person, issuer: &str, to: &Addressee, now: Timestamp) -> Self {
        let attribute = |name: &str, value: &str| Attribute { is_typed: false, ..Attribute::new(name, value) };
        Self {
            id: fresh_id(),
            issuer: issuer.into(),
            issued_at: now,
            subject: Some(NameId::new(UNSPECIFIED, &person.subject)),
            confirmation: Some(BEARER_1_1.into()),
            conditions: Some(Conditions {
                not_before: Some(now - BACKDATED),
                not_on_or_after: Some(now + LIFETIME),
                audiences: vec![vec![to.entity_id.clone()]],
                is_one_time: false,
            }),
            authentication: Some((now, PASSWORD_1_1.into())),
            attributes: vec![
                attribute(CLAIM_IMMUTABLE_ID, &person.subject),
                attribute(super::CLAIM_ADDRESS, &person.address),
                attribute(super::CLAIM_NAME, &person.name),
            ],
        }
    }

    /// As an element that declares every prefix it uses; signed if `signing` says how.
    pub fn to_xml(&self, prefixes: Prefixes, signing: Option<&Signing<'_>>) -> Result<String, PartnerError> {
        match signing {
            None => Ok(self.write(prefixes, "")),
            Some(signing) => Ok(self.write(prefixes, &signing.over(&self.write(prefixes, ""), &self.id)?)),
        }
    }

    /// The signature comes last here (SAML 1.1 Core §5.4.1).
    fn write(&self, prefixes: Prefixes, signature: &str) -> String {
        let name = |local: &str| prefixes.name(ASSERTION_1_1, local);
        let mut xml = Xml::new();
        xml.open(&name("Assertion"))
            .attribute(&prefixes.declaration(ASSERTION_1_1), ASSERTION_1_1.uri)
            .attribute("MajorVersion", "1")
            .attribute("MinorVersion", "1")
            .attribute("AssertionID", &self.id)
            .attribute("Issuer", &self.issuer)
            .attribute("IssueInstant", &date_time(self.issued_at));
        if let Some(conditions) = &self.conditions {
            write_conditions(&mut xml, prefixes, conditions);
        }
        if !self.attributes.is_empty() {
            xml.open(&name("AttributeStatement"));
            self.write_subject(&mut xml, prefixes);
            for attribute in &self.attributes {
                write_attribute(&mut xml, prefixes, attribute);
            }
            xml.close();
        }
        if let Some((at, method)) = &self.authentication {
            xml.open(&name("AuthenticationStatement")).attribute("AuthenticationMethod", method);
            xml.attribute("AuthenticationInstant", &date_time(*at));
            self.write_subject(&mut xml, prefixes);
            xml.close();
        }
        xml.raw(signature).finish()
    }

    fn write_subject(&self, xml: &mut Xml, prefixes: Prefixes) {
        let name = |local: &str| prefixes.name(ASSERTION_1_1, local);
        xml.open(&name("Subject"));
        if let Some(NameId { value, format, name_qualifier, .. }) = &self.subject {
            xml.open(&name("NameIdentifier"))
                .maybe("Format", format.as_deref())
                .maybe("NameQualifier", name_qualifier.as_deref())
                .text(value)
                .close();
        }
        if let Some(method) = &self.confirmation {
            xml.open(&name("SubjectConfirmation")).leaf(&name("ConfirmationMethod"), method).close();
        }
        xml.close();
    }
}

fn write_conditions(xml: &mut Xml, prefixes: Prefixes, conditions: &Conditions) {
    let name = |local: &str| prefixes.name(ASSERTION_1_1, local);
    xml.open(&name("Conditions"))
        .maybe("NotBefore", conditions.not_before.map(date_time).as_deref())
        .maybe("NotOnOrAfter", conditions.not_on_or_after.map(date_time).as_deref());
    for restriction in &conditions.audiences {
        xml.open(&name("AudienceRestrictionCondition"));
        for audience in restriction {
            xml.leaf(&name("Audience"), audience);
        }
        xml.close();
    }
    if conditions.is_one_time {
        xml.open(&name("DoNotCacheCondition")).close();
    }
    xml.close();
}

fn write_attribute(xml: &mut Xml, prefixes: Prefixes, attribute: &Attribute) {
    let (namespace, local) = attribute.name.rsplit_once('/').unwrap_or(("", &attribute.name));
    xml.open(&prefixes.name(ASSERTION_1_1, "Attribute")).attribute("AttributeName", local).attribute("AttributeNamespace", namespace);
    for value in &attribute.values {
        xml.leaf(&prefixes.name(ASSERTION_1_1, "AttributeValue"), value);
    }
    xml.close();
}
