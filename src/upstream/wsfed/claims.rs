//! Whom a token is about, read from its attributes: subject, address, name, methods.
//!
//! Must not judge the token; [`super::checks`] has. Values name people: verdicts keep them as personal, and no detail repeats them.

use std::collections::BTreeSet;

use crate::{
    domain::{
        address::EmailAddress,
        error_code::ErrorCode,
        federation::AttributeNames,
        identity::{AssertedAddress, Subject},
        identity_provider::IdentityProvider as Configured,
        rejection::Rejected,
        verdict::{Outcome, Value, Verdicts},
    },
    upstream::signed_xml::{Assertion, Authentication},
};

/// What AD FS knows a person by for ever: their objectGUID (`behaviour.md` §5.5).
pub(super) const IMMUTABLE_ID: &str = "http://schemas.microsoft.com/LiveID/Federation/2008/05/ImmutableID";
pub(super) const EMAIL_ADDRESS: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress";
/// Where AD FS 1.x and SimpleSAMLphp put names that are no URI.
const PLAIN_NAMES: &str = "http://schemas.xmlsoap.org/claims/";

const ADDRESS: [&str; 10] = [
    EMAIL_ADDRESS,
    "urn:oid:0.9.2342.19200300.100.1.3",
    "urn:mace:dir:attribute-def:mail",
    "User.email",
    "mail",
    "email",
    "Email",
    "emailAddress",
    "emailaddress",
    "EmailAddress",
];
/// What people are called, the most certain first: `claims/name` is an account's name as often as a person's.
const NAME: [&str; 6] = [
    "http://schemas.microsoft.com/identity/claims/displayname",
    "urn:oid:2.16.840.1.113730.3.1.241",
    "displayName",
    "urn:oid:2.5.4.3",
    "cn",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
];
const GIVEN: [&str; 4] = ["http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname", "urn:oid:2.5.4.42", "givenName", "firstName"];
const SURNAME: [&str; 4] = ["http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname", "urn:oid:2.5.4.4", "sn", "lastName"];
const METHODS: [&str; 2] = [
    "http://schemas.microsoft.com/claims/authnmethodsreferences",
    "http://schemas.microsoft.com/ws/2008/06/identity/claims/authenticationmethod",
];

/// Every different value stated under one of these names.
fn values(assertion: &Assertion, is_wanted: impl Fn(&str) -> bool) -> BTreeSet<&str> {
    let is_named = |name: &str| is_wanted(name) || name.strip_prefix(PLAIN_NAMES).is_some_and(&is_wanted);
    let wanted = assertion.attributes.iter().filter(|attribute| is_named(&attribute.name));
    wanted.flat_map(|attribute| attribute.values.iter().map(|value| value.trim())).filter(|value| !value.is_empty()).collect()
}

/// The one value of the attribute that names the person for ever.
pub(super) fn subject(assertion: &Assertion, names: &AttributeNames, verdicts: &mut Verdicts) -> Result<Subject, Rejected> {
    let (name, code) = match &names.subject {
        Some(name) => (name.as_str(), ErrorCode::SamlSubject),
        None => (IMMUTABLE_ID, ErrorCode::WsFedImmutableId),
    };
    // As it was written: a name that differs in white space alone is another's.
    let stated =
        assertion.attributes.iter().filter(|attribute| attribute.name == name || attribute.name.strip_prefix(PLAIN_NAMES) == Some(name));
    let stated: BTreeSet<_> = stated.flat_map(|attribute| attribute.values.iter()).collect();
    let only = if stated.len() == 1 { stated.first().copied() } else { None };
    let subject = only.filter(|value| !value.trim().is_empty()).and_then(|value| Subject::new(value.as_str()));
    match subject {
        Some(subject) => {
            verdicts.push("subject", Outcome::Passed, Value::Personal(subject.as_str().to_owned()), None);
            Ok(subject)
        }
        None => {
            let got = Value::Plain(format!("{} values", stated.len()));
            verdicts.push("subject", Outcome::Refused(code), got, Some(format!("one value of {name}")));
            Err(Rejected::new(code, "the token has no one value of the attribute that names the person for ever"))
        }
    }
}

/// The one address stated, or a NameID of email format where no attribute states one.
pub(super) fn address(assertion: &Assertion, names: &AttributeNames, verdicts: &mut Verdicts) -> Result<EmailAddress, Rejected> {
    let mut stated = match names.address.is_empty() {
        true => values(assertion, |name| ADDRESS.contains(&name)),
        false => values(assertion, |name| names.address.contains(name)),
    };
    let name_id = assertion.subject.as_ref().filter(|id| id.format.as_deref().is_some_and(|format| format.ends_with(":emailAddress")));
    if let (true, true, Some(id)) = (stated.is_empty(), names.address.is_empty(), name_id) {
        stated.insert(id.value.trim());
    }
    let mut refuse = |got: Value, detail: &str| {
        let code = ErrorCode::SamlAddress;
        verdicts.push("address", Outcome::Refused(code), got, Some("one address".into()));
        Err(Rejected::new(code, detail))
    };
    if stated.is_empty() {
        return refuse(Value::None, "the token states no address");
    }
    let mut addresses = Vec::with_capacity(stated.len());
    for text in &stated {
        match EmailAddress::parse(text) {
            Ok(address) => addresses.push(address),
            Err(_) => return refuse(Value::Personal((*text).to_owned()), "what the token states as address is none"),
        }
    }
    let first = addresses.swap_remove(0);
    if addresses.iter().any(|other| other.key() != first.key()) {
        return refuse(Value::Plain(format!("{} different ones", stated.len())), "the token states several addresses");
    }
    verdicts.push("address", Outcome::Passed, Value::Personal(first.to_string()), None);
    Ok(first)
}

/// The domain gate: a partner speaks for its own domains (`behaviour.md` §5.4), and stands behind no others' addresses.
pub(super) fn gated(
    address: EmailAddress,
    configured: &Configured,
    verdicts: &mut Verdicts,
) -> Result<AssertedAddress, Rejected> {
    let domain = address.domain();
    let want = configured.domains.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    if !configured.may_speak_for(domain) {
        let code = ErrorCode::UpstreamDomain;
        verdicts.push("domain", Outcome::Refused(code), Value::Plain(domain.to_string()), Some(want));
        return Err(Rejected::new(code, "the address is outside the provider's domains"));
    }
    let is_listed = configured.domains.contains(domain);
    if is_listed {
        verdicts.passed("domain", domain.to_string());
    } else {
        verdicts.warned("domain", domain.to_string(), want);
    }
    Ok(AssertedAddress { address, is_owner_verified: is_listed })
}

/// What the person is called, if it can be shown.
pub(super) fn name(assertion: &Assertion, names: &AttributeNames) -> Option<String> {
    let first = |wanted: &str| values(assertion, |name| name == wanted).into_iter().find(|value| is_showable(value)).map(str::to_owned);
    if !names.name.is_empty() {
        return names.name.iter().find_map(|wanted| first(wanted));
    }
    let whole = NAME.iter().find_map(|wanted| first(wanted));
    let part = |wanted: &[&str]| wanted.iter().find_map(|wanted| first(wanted));
    whole.or_else(|| match (part(&GIVEN), part(&SURNAME)) {
        (Some(given), Some(surname)) => Some(format!("{given} {surname}")),
        (given, surname) => given.or(surname),
    })
}

fn is_showable(name: &str) -> bool {
    name.chars().count() <= 128 && !name.chars().any(char::is_control)
}

/// RFC 8176 methods of the contexts and method references we know.
pub(super) fn methods(assertion: &Assertion, authentication: &Authentication) -> Vec<String> {
    let references = METHODS.iter().flat_map(|wanted| values(assertion, |name| name == *wanted));
    let methods: BTreeSet<_> = authentication.context.as_deref().into_iter().chain(references).filter_map(method).collect();
    methods.into_iter().map(str::to_owned).collect()
}

fn method(context: &str) -> Option<&'static str> {
    Some(match context {
        "urn:oasis:names:tc:SAML:1.0:am:password"
        | "urn:oasis:names:tc:SAML:2.0:ac:classes:Password"
        | "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
        | "http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/password" => "pwd",
        "http://schemas.microsoft.com/claims/multipleauthn" | "https://refeds.org/profile/mfa" => "mfa",
        "urn:federation:authentication:windows"
        | "urn:ietf:rfc:1510"
        | "urn:oasis:names:tc:SAML:2.0:ac:classes:Kerberos"
        | "http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/windows" => "wia",
        "urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI" => "sc",
        _ => return None,
    })
}
