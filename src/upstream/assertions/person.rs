//! Whom an assertion is about: their lasting name, their address and the gate before it, what they are called.
//!
//! Must not look at an assertion that was not checked.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    names::{ACCOUNT, ADDRESS, ADDRESS_FORMATS, GIVEN_NAME, NAME, SURNAME, is_called},
    refuse, shortened,
};
use crate::{
    domain::{
        address::{DomainName, EmailAddress},
        error_code::ErrorCode,
        federation::AttributeNames,
        identity::{AssertedAddress, Subject},
        identity_provider::IdentityProvider as Configured,
        rejection::Rejected,
        verdict::{Outcome, Value, Verdicts},
    },
    upstream::signed_xml::Assertion,
};

/// Longest name that is kept.
const LONGEST_NAME: usize = 256;

/// A partner that is to speak for the person.
pub(in crate::upstream) struct Speaker<'a> {
    pub configured: &'a Configured,
    pub names: &'a AttributeNames,
}

impl Speaker<'_> {
    /// The one value of the attribute that names the person for ever; `code` where it is not there, or not one.
    pub(in crate::upstream) fn lasting_name(
        &self,
        assertion: &Assertion,
        name: &str,
        code: ErrorCode,
        verdicts: &mut Verdicts,
    ) -> Result<Subject, Rejected> {
        // As it was written: a name that differs in white space alone is another's.
        let stated: BTreeSet<_> = raw_values(assertion, name).collect();
        let only = stated.first().filter(|_| stated.len() == 1);
        let subject = only.filter(|value| !value.trim().is_empty()).and_then(|value| Subject::new(*value));
        let Some(subject) = subject else {
            let got = match stated.len() {
                0 => "attribute missing".to_owned(),
                1 => "empty, or none that can be kept".to_owned(),
                several => format!("{several} values"),
            };
            let detail = "there is no one value of the attribute that names the person for ever";
            return Err(refuse(verdicts, "subject", code, got, format!("one value of {name}"), detail));
        };
        verdicts.push("subject", Outcome::Passed, Value::Personal(subject.as_str().to_owned()), None);
        Ok(subject)
    }

    /// The one address, past the domain gate. Attributes go before the NameID, which in Entra and Okta is a sign-in name that looks like
    /// an address.
    pub(in crate::upstream) fn address(&self, assertion: &Assertion, verdicts: &mut Verdicts) -> Result<AssertedAddress, Rejected> {
        const CHECK: &str = "address";
        let mut texts: Vec<&str> = match self.names.address.is_empty() {
            true => ADDRESS.iter().flat_map(|name| values(assertion, name)).collect(),
            false => self.names.address.iter().flat_map(|name| values(assertion, name)).collect(),
        };
        if texts.is_empty() && self.names.address.is_empty() {
            let is_address = |format: &str| ADDRESS_FORMATS.contains(&format);
            let name_id = assertion.subject.as_ref().filter(|name_id| name_id.format.as_deref().is_some_and(is_address));
            texts.extend(name_id.map(|name_id| name_id.value.trim()));
        }
        let code = ErrorCode::SamlAddress;
        let mut addresses = BTreeMap::new();
        for text in texts {
            let Ok(address) = EmailAddress::parse(text) else {
                verdicts.push(CHECK, Outcome::Refused(code), Value::Personal(shortened(text.to_owned())), Some("one address".into()));
                return Err(Rejected::new(code, "what is asserted as the address is none"));
            };
            addresses.insert(address.key(), address);
        }
        let mut addresses = addresses.into_values();
        let address = match (addresses.next(), addresses.next()) {
            (Some(address), None) => address,
            (None, _) => return Err(refuse(verdicts, CHECK, code, "none", "one address", "the assertion names no address")),
            (Some(_), Some(_)) => {
                return Err(refuse(verdicts, CHECK, code, "several", "one address", "the assertion names several different addresses"));
            }
        };
        verdicts.push(CHECK, Outcome::Passed, Value::Personal(address.to_string()), None);
        let is_owner_verified = self.gate(address.domain(), verdicts)?;
        Ok(AssertedAddress { address, is_owner_verified })
    }

    /// The domain gate (`behaviour.md` §5.4). Answers whether the domain is the partner's own: it stands behind no others' addresses.
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

    /// What the person is called, if it can be shown.
    pub(in crate::upstream) fn name(&self, assertion: &Assertion) -> Option<String> {
        let fits = |value: &&str| value.chars().count() <= LONGEST_NAME && !value.chars().any(char::is_control);
        let stated = |name: &str| values(assertion, name).find(fits).map(str::to_owned);
        if !self.names.name.is_empty() {
            return self.names.name.iter().find_map(|name| stated(name));
        }
        let first = |names: &[&str]| names.iter().find_map(|name| stated(name));
        let (given, surname) = (first(&GIVEN_NAME), first(&SURNAME));
        let both = given.as_ref().zip(surname.as_ref()).map(|(given, surname)| format!("{given} {surname}"));
        first(&NAME).or(both).or_else(|| first(&ACCOUNT)).or(given).or(surname)
    }
}

/// Every value stated under this name, exactly as it is written.
fn raw_values<'a>(assertion: &'a Assertion, name: &str) -> impl Iterator<Item = &'a str> {
    let called = assertion.attributes.iter().filter(move |attribute| is_called(&attribute.name, name));
    called.flat_map(|attribute| attribute.values.iter().map(String::as_str))
}

/// The same without white space around them, and without those that are nothing else.
pub(super) fn values<'a>(assertion: &'a Assertion, name: &str) -> impl Iterator<Item = &'a str> {
    raw_values(assertion, name).map(str::trim).filter(|value| !value.is_empty())
}
