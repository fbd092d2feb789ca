//! Addresses: domain names, email addresses, user principal names. Parsed once, compared in one canonical form.
//!
//! "Splitting the email atom": the domain a guest is routed by and the domain that is mailed are the same
//! [`DomainName`], made once by the strict grammar below (RFC 5321 §4.1.2 dot-string, RFC 6531 for
//! non-ASCII local parts, UTS #46 for domains). Quoted local parts, comments, address literals, routes, encoded
//! words and control characters do not parse.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

/// Why an address or a domain was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    #[error("has no @ between a name and a domain")]
    NoAt,
    #[error("has more than one @")]
    ManyAts,
    #[error("has nothing, a dot at an end, or two dots in a row before the @")]
    LocalShape,
    #[error("has the character {0:?}, which an address may not have")]
    Character(char),
    #[error("is too long")]
    TooLong,
    #[error("has a domain that is not a public domain name")]
    Domain,
}

/// A domain name in its canonical form: lower case, A-labels, no trailing dot, at least two labels.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DomainName(Arc<str>);

impl DomainName {
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        if text.len() > 1024 {
            return Err(AddressError::TooLong);
        }
        let ascii = idna::domain_to_ascii_strict(text).map_err(|_| AddressError::Domain)?;
        let labels: Vec<&str> = ascii.split('.').collect();
        let shaped = labels.len() >= 2 && ascii.len() <= 253 && labels.iter().all(|label| is_ldh(label));
        let numeric_tld = labels.last().is_some_and(|tld| tld.bytes().all(|b| b.is_ascii_digit()));
        if !shaped || numeric_tld {
            return Err(AddressError::Domain);
        }
        Ok(Self(ascii.into()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is `other` or stands under it, label by label: `a.corp.example` is within `corp.example`,
    /// `notcorp.example` and `corp.example.evil.example` are not.
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.strip_suffix(&*other.0).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }

    /// For people: U-labels where the name has them.
    pub fn display(&self) -> String {
        idna::domain_to_unicode(&self.0).0
    }
}

fn is_ldh(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// An email address: the local part as written, the domain canonical. Equality, order and hash are of the
/// canonical form ([`EmailAddress::key`]); what a person typed is kept for display and for the envelope.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress {
    local: Arc<str>,
    domain: DomainName,
}

/// A user principal name: the sign-in name of a directory account. It has the shape of an email address and is
/// compared like one; whether mail reaches it is another matter.
pub type Upn = EmailAddress;

impl EmailAddress {
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text = text.trim_matches([' ', '\t']);
        if text.len() > 1024 {
            return Err(AddressError::TooLong);
        }
        let (local, domain) = text.split_once('@').ok_or(AddressError::NoAt)?;
        if domain.contains('@') {
            return Err(AddressError::ManyAts);
        }
        if let Some(odd) = local.chars().find(|c| !is_atext(*c) && *c != '.') {
            return Err(AddressError::Character(odd));
        }
        if local.is_empty() || local.starts_with('.') || local.ends_with('.') || local.contains("..") {
            return Err(AddressError::LocalShape);
        }
        // RFC 5321 §4.5.3.1: 64 octets before the @, 254 in all.
        if local.len() > 64 {
            return Err(AddressError::TooLong);
        }
        let domain = DomainName::parse(domain)?;
        if local.len() + 1 + domain.as_str().len() > 254 {
            return Err(AddressError::TooLong);
        }
        Ok(Self { local: local.into(), domain })
    }

    pub fn local(&self) -> &str {
        &self.local
    }

    pub fn domain(&self) -> &DomainName {
        &self.domain
    }

    /// The canonical form, the only one that is compared or stored as a key: the whole address in lower case.
    /// (RFC 5321 lets a host tell `Ana` from `ana`; none that guests come from does.)
    pub fn key(&self) -> String {
        format!("{}@{}", self.local.to_lowercase(), self.domain.as_str())
    }
}

/// RFC 5322 §3.2.3 atext, widened by RFC 6531 §3.3 to letters and digits of every script.
fn is_atext(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c)
    } else {
        c.is_alphanumeric() && owns_its_small_letter(c)
    }
}

/// KELVIN SIGN, ANGSTROM SIGN and a few more have the small letter of another capital: in lower case `mi\u{212a}e` would be `mike`,
/// whose mailbox is somebody else's (CVE-2019-19844).
fn owns_its_small_letter(c: char) -> bool {
    let mut small = c.to_lowercase();
    match (small.next(), small.next()) {
        (Some(one), None) => one == c || one.to_uppercase().eq([c]),
        _ => false,
    }
}

impl PartialEq for EmailAddress {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for EmailAddress {}

impl Ord for EmailAddress {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for EmailAddress {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local, self.domain)
    }
}

/// An address names a person: in a log or a panic it is silent.
impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[address at {}]", self.domain)
    }
}

impl fmt::Display for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

impl TryFrom<String> for DomainName {
    type Error = AddressError;
    fn try_from(text: String) -> Result<Self, AddressError> {
        Self::parse(&text)
    }
}

impl From<DomainName> for String {
    fn from(name: DomainName) -> String {
        name.0.as_ref().to_owned()
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = AddressError;
    fn try_from(text: String) -> Result<Self, AddressError> {
        Self::parse(&text)
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> String {
        address.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain(text: &str) -> DomainName {
        DomainName::parse(text).unwrap()
    }

    #[test]
    fn domains_compare_without_case_and_after_idna() {
        assert_eq!(domain("Partner.EXAMPLE"), domain("partner.example"));
        assert_eq!(domain("bücher.example"), domain("xn--bcher-kva.example"));
        assert_eq!(domain("BÜCHER.example").display(), "bücher.example");
    }

    #[test]
    fn what_is_no_public_domain_name_is_refused() {
        for bad in
            ["", "localhost", "a..b", ".a.b", "a.b.", "-a.b", "a_b.c", "1.2.3.4", "[::1]", "a b.c", "a.b\0", "xn--a.b", "a/b.c", "a.b:1"]
        {
            assert!(DomainName::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_look_alike_suffix_is_not_within() {
        let corp = domain("corp.example");
        assert!(domain("corp.example").is_within(&corp));
        assert!(domain("a.corp.example").is_within(&corp));
        assert!(!domain("notcorp.example").is_within(&corp));
        assert!(!domain("corp.example.evil.example").is_within(&corp));
        assert!(!domain("example.example").is_within(&corp));
    }

    #[test]
    fn addresses_are_compared_by_their_canonical_form() {
        let typed = EmailAddress::parse(" Ana+tag@Partner.EXAMPLE ").unwrap();
        assert_eq!(typed.to_string(), "Ana+tag@partner.example");
        assert_eq!(typed, EmailAddress::parse("ana+TAG@partner.example").unwrap());
        assert!(EmailAddress::parse("jürgen@bücher.example").is_ok());
    }

    #[test]
    fn no_two_mailboxes_share_a_key() {
        // CVE-2019-19844: KELVIN SIGN and its like have the small letter of another capital, so the key would be another's mailbox.
        for odd in ["mi\u{212a}e@c.example", "\u{212b}sa@c.example", "\u{2126}@c.example", "i\u{130}@c.example", "stra\u{1e9e}e@c.example"]
        {
            assert!(EmailAddress::parse(odd).is_err(), "{odd:?}");
        }
        assert_eq!(EmailAddress::parse("JÜRGEN@c.example").unwrap(), EmailAddress::parse("jürgen@c.example").unwrap());
        assert_eq!(EmailAddress::parse("ΣΟΦΙΑ@c.example").unwrap(), EmailAddress::parse("σοφια@c.example").unwrap());
        assert!(EmailAddress::parse("用户@c.example").is_ok());
    }

    #[test]
    fn the_email_atom_is_not_split() {
        for bad in [
            "a@b@c.example",
            "\"a@b\"@c.example",
            "a",
            "@c.example",
            "a@",
            "a@[1.2.3.4]",
            "a b@c.example",
            "a,b@c.example",
            "a@c.example\nbcc: x@y.example",
            "a@c.example>",
            "<a@c.example",
            "a(c)@c.example",
            ".a@c.example",
            "a.@c.example",
            "a..b@c.example",
            "=?utf-8?q?a=40evil.example=3e?=@c.example@d.example",
            "a\u{0}@c.example",
            "a\u{202e}@c.example",
            "a@c.example\u{3002}evil.example@x.example",
        ] {
            assert!(EmailAddress::parse(bad).is_err(), "{bad:?}");
        }
        assert!(EmailAddress::parse(&format!("{}@c.example", "a".repeat(65))).is_err());
    }
}
