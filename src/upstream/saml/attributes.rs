//! Who the assertion is about: the names that AD FS, Entra, Okta, Google, Shibboleth and SimpleSAMLphp use, and the domain gate.
//!
//! Must not look at an assertion that was not checked: [`super::checks`] comes first.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    checks::{Judged, refuse},
    methods,
    request::{EMAIL_FORMAT, TRANSIENT_FORMAT, name_id_format},
};
use crate::{
    domain::{
        address::{DomainName, EmailAddress},
        error_code::ErrorCode,
        federation::SamlUpstream,
        identity::{AssertedAddress, AssertedNameId, PartnerSession, Subject, VerifiedIdentity, Voucher},
        identity_provider::IdentityProvider as Configured,
        rejection::Rejected,
        verdict::{Outcome, Value, Verdicts},
    },
    upstream::signed_xml::{Assertion, NameId},
};

/// A person's address, under the names that products give it.
const ADDRESS: [&str; 9] = [
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
    "urn:oid:0.9.2342.19200300.100.1.3",
    "urn:mace:dir:attribute-def:mail",
    "mail",
    "email",
    "Email",
    "emailAddress",
    "emailaddress",
    "User.email",
];

/// What a person is called, the best name first.
const NAME: [&str; 7] = [
    "http://schemas.microsoft.com/identity/claims/displayname",
    "urn:oid:2.16.840.1.113730.3.1.241",
    "displayName",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
    "urn:oid:2.5.4.3",
    "cn",
    "name",
];

const GIVEN_NAME: [&str; 4] =
    ["http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname", "urn:oid:2.5.4.42", "givenName", "firstName"];
const SURNAME: [&str; 4] = ["http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname", "urn:oid:2.5.4.4", "sn", "lastName"];

/// Entra's and AD FS's list of how the person authenticated.
const METHODS: &str = "http://schemas.microsoft.com/claims/authnmethodsreferences";

/// Longest name that is kept.
const LONGEST_NAME: usize = 256;

/// A partner that is to speak for the person.
pub(super) struct Speaker<'a> {
    pub configured: &'a Configured,
    pub saml: &'a SamlUpstream,
}

/// What attributes and NameID say.
pub(super) struct Person {
    subject: Subject,
    pub(super) address: AssertedAddress,
    name: Option<String>,
    methods: Vec<String>,
}

impl Speaker<'_> {
    /// What the assertion says of the person.
    pub(super) fn person(&self, assertion: &Assertion, verdicts: &mut Verdicts) -> Result<Person, Rejected> {
        let stated = Stated::of(assertion);
        let subject = self.subject(assertion, &stated, verdicts)?;
        let address = self.address(assertion, &stated, verdicts)?;
        let methods = stated.values(METHODS).map(str::to_owned).collect();
        Ok(Person { subject, address, name: self.name(&stated), methods })
    }

    /// The person, proven by an assertion that was judged.
    pub(super) fn identity(&self, person: Person, assertion: &Assertion, judged: &Judged<'_>) -> VerifiedIdentity {
        let authentication = judged.authentication;
        let references = authentication.context.iter().chain(&person.methods).map(String::as_str);
        VerifiedIdentity {
            voucher: Voucher::Provider(self.configured.id.clone()),
            amr: methods::amr(references),
            subject: person.subject,
            address: Some(person.address),
            name: person.name,
            authenticated_at: authentication.at,
            acr: authentication.context.clone(),
            partner_session: Some(PartnerSession {
                index: authentication.session_index.clone(),
                name_id: assertion.subject.as_ref().and_then(asserted),
                until: judged.session_until,
            }),
        }
    }

    /// The name the person is known by for ever: the NameID, unless the operator named an attribute.
    fn subject(&self, assertion: &Assertion, stated: &Stated<'_>, verdicts: &mut Verdicts) -> Result<Subject, Rejected> {
        const CHECK: &str = "name identifier";
        let refused = |verdicts: &mut Verdicts, got: &str, detail| {
            Err(refuse(verdicts, CHECK, ErrorCode::SamlSubject, got, "a lasting name", detail))
        };
        let text = match (&self.saml.attributes.subject, &assertion.subject) {
            (Some(name), _) => match stated.values(name).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>()[..] {
                [one] => one,
                [] => return refused(verdicts, "attribute missing", "the attribute that names the person is not there"),
                _ => return refused(verdicts, "several values", "the attribute that names the person has several values"),
            },
            (None, None) => return refused(verdicts, "no NameID", "the assertion names nobody"),
            (None, Some(name_id)) if name_id.format.as_deref() == Some(TRANSIENT_FORMAT) => {
                return refused(verdicts, "transient", "a transient NameID is another one each time");
            }
            (None, Some(name_id)) => {
                let (got, asked) = (name_id.format.as_deref(), name_id_format(self.saml.name_id_format));
                match (got, asked) {
                    (Some(got), Some(asked)) if got != asked => verdicts.warned("name identifier format", got, asked),
                    _ => verdicts.passed("name identifier format", got.unwrap_or("none")),
                }
                name_id.value.as_str()
            }
        };
        let Some(subject) = Subject::new(text) else {
            return refused(verdicts, "empty, or longer than 255 characters", "the person's name is none that can be kept");
        };
        verdicts.push(CHECK, Outcome::Passed, Value::Personal(text.to_owned()), None);
        Ok(subject)
    }

    /// The one address. Attributes go before the NameID, which in Entra and Okta is a sign-in name that looks like an address.
    fn address(&self, assertion: &Assertion, stated: &Stated<'_>, verdicts: &mut Verdicts) -> Result<AssertedAddress, Rejected> {
        const CHECK: &str = "address";
        let refused =
            |verdicts: &mut Verdicts, got: &str, detail| Err(refuse(verdicts, CHECK, ErrorCode::SamlAddress, got, "one address", detail));
        let configured = &self.saml.attributes.address;
        let mut texts: Vec<&str> = match configured.is_empty() {
            true => ADDRESS.iter().flat_map(|name| stated.values(name)).collect(),
            false => configured.iter().flat_map(|name| stated.values(name)).collect(),
        };
        let name_id = assertion.subject.as_ref().filter(|name_id| name_id.format.as_deref() == Some(EMAIL_FORMAT));
        if texts.is_empty() && configured.is_empty() {
            texts.extend(name_id.map(|name_id| name_id.value.as_str()));
        }
        let mut addresses = BTreeMap::new();
        for text in texts {
            match EmailAddress::parse(text) {
                Ok(address) => drop(addresses.insert(address.key(), address)),
                Err(_) => return refused(verdicts, "not an address", "what is asserted as the address is none"),
            }
        }
        let mut addresses = addresses.into_values();
        let address = match (addresses.next(), addresses.next()) {
            (Some(address), None) => address,
            (None, _) => return refused(verdicts, "none", "the assertion names no address"),
            (Some(_), Some(_)) => return refused(verdicts, "several", "the assertion names several different addresses"),
        };
        verdicts.push(CHECK, Outcome::Passed, Value::Personal(address.to_string()), None);
        let is_owner_verified = self.gate(address.domain(), verdicts)?;
        Ok(AssertedAddress { address, is_owner_verified })
    }

    /// The domain gate. Answers whether the domain is the partner's own.
    fn gate(&self, domain: &DomainName, verdicts: &mut Verdicts) -> Result<bool, Rejected> {
        const CHECK: &str = "domain";
        let wanted = || self.configured.domains.iter().map(DomainName::as_str).collect::<Vec<_>>().join(", ");
        if !self.configured.may_speak_for(domain) {
            let detail = "the partner speaks of an address outside its domains";
            return Err(refuse(verdicts, CHECK, ErrorCode::UpstreamDomain, domain.as_str(), wanted(), detail));
        }
        if !self.configured.domains.contains(domain) {
            verdicts.warned(CHECK, domain.as_str(), wanted());
            return Ok(false);
        }
        verdicts.passed(CHECK, domain.as_str());
        Ok(true)
    }

    fn name(&self, stated: &Stated<'_>) -> Option<String> {
        let configured = &self.saml.attributes.name;
        if !configured.is_empty() {
            return configured.iter().find_map(|name| stated.name(name));
        }
        let first = |names: &[&str]| names.iter().find_map(|name| stated.name(name));
        first(&NAME).or_else(|| match (first(&GIVEN_NAME), first(&SURNAME)) {
            (Some(given), Some(surname)) => Some(format!("{given} {surname}")),
            (given, surname) => given.or(surname),
        })
    }
}

/// A NameID in the words in which logout messages want it back. `None`: it can't be kept.
pub(super) fn asserted(name_id: &NameId) -> Option<AssertedNameId> {
    Some(AssertedNameId {
        value: Subject::new(name_id.value.as_str())?,
        format: name_id.format.clone(),
        name_qualifier: name_id.name_qualifier.clone(),
        sp_name_qualifier: name_id.sp_name_qualifier.clone(),
    })
}

/// Attributes by name, empty values left out. `FriendlyName` names nothing (Core §2.7.3.1).
struct Stated<'a>(BTreeMap<&'a str, Vec<&'a str>>);

impl<'a> Stated<'a> {
    fn of(assertion: &'a Assertion) -> Self {
        let mut by_name: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for attribute in &assertion.attributes {
            let values = attribute.values.iter().map(|value| value.trim()).filter(|value| !value.is_empty());
            by_name.entry(&attribute.name).or_default().extend(values);
        }
        Self(by_name)
    }

    fn values(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.get(name).into_iter().flatten().copied()
    }

    fn name(&self, name: &str) -> Option<String> {
        let fits = |value: &&str| value.chars().count() <= LONGEST_NAME && !value.chars().any(char::is_control);
        self.values(name).find(fits).map(str::to_owned)
    }
}

#[cfg(test)]
mod tests;
