//! `$filter` on guests: the few forms that scripts for guests use, joined by `and`. Anything else is refused, with what there is.

use super::problem::Problem;
use crate::{
    domain::{
        address::EmailAddress,
        guest::{Entry, PrincipalName, UserType},
        id::GuestId,
    },
    store::directory::{Filter, StateName, Whom},
};

const SUPPORTED: &str = "supported are: id eq, mail eq, userPrincipalName eq, otherMails/any(x:x eq '…'), proxyAddresses/any(x:x eq '…'), \
    startsWith(mail,'…'), externalUserState eq, userType eq, accountEnabled eq, joined by `and`";

/// What must hold for a guest to be listed.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Term {
    Id(String),
    Mail(String),
    PrincipalName(String),
    OtherMail(String),
    Proxy(String),
    MailBegins(String),
    State(String),
    UserType(String),
    Enabled(String),
}

/// A filter, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms(Vec<Term>);

/// How the directory is asked.
#[derive(Debug, Clone)]
pub enum Plan {
    /// At most one guest can pass.
    One(Whom),
    Page(Filter),
    /// Nobody can pass.
    Nobody,
}

impl Terms {
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let refused = || Problem::unreadable(format!("$filter: {text:?} can't be read or is not supported; {SUPPORTED}"));
        let mut terms = Vec::new();
        let mut rest = text.trim();
        loop {
            let (term, after) = term(rest).ok_or_else(refused)?;
            terms.push(term);
            if after.trim_start().is_empty() {
                return Ok(Self(terms));
            }
            let spaced = after.strip_prefix(' ').map(str::trim_start).ok_or_else(refused)?;
            rest = word(spaced, "and").filter(|rest| rest.starts_with(' ')).ok_or_else(refused)?.trim_start();
        }
    }

    /// The narrowest question that misses nobody who passes.
    pub fn plan(&self) -> Plan {
        let mut filter = Filter::default();
        for term in &self.0 {
            let one = match term {
                Term::Id(text) => GuestId::parse(text).map(Whom::Id),
                Term::PrincipalName(text) => PrincipalName::parse(text).map(Whom::PrincipalName),
                Term::Mail(text) | Term::OtherMail(text) => EmailAddress::parse(text).ok().map(Whom::Address),
                Term::Proxy(text) => EmailAddress::parse(bare(text)).ok().map(Whom::Address),
                Term::MailBegins(prefix) => {
                    filter.address_prefix = Some(prefix.clone());
                    continue;
                }
                Term::State(text) => match StateName::parse(text) {
                    Some(state) => {
                        filter.state = Some(state);
                        continue;
                    }
                    None => None,
                },
                Term::UserType(text) => match UserType::parse(text) {
                    Some(user_type) => {
                        filter.user_type = Some(user_type);
                        continue;
                    }
                    None => None,
                },
                Term::Enabled(text) => {
                    filter.is_enabled = Some(text == "true");
                    continue;
                }
            };
            return one.map_or(Plan::Nobody, Plan::One);
        }
        Plan::Page(filter)
    }

    /// Whether all of it holds.
    pub fn passes(&self, entry: &Entry) -> bool {
        let same = |address: &EmailAddress, text: &str| EmailAddress::parse(text).is_ok_and(|asked| asked == *address);
        let Entry { guest, addresses, .. } = entry;
        self.0.iter().all(|term| match term {
            Term::Id(text) => guest.id.to_string() == *text,
            Term::Mail(text) => same(addresses.mail(), text),
            Term::PrincipalName(text) => PrincipalName::parse(text).as_ref() == Some(&guest.principal_name),
            Term::OtherMail(text) => addresses.other().iter().any(|other| same(other, text)),
            Term::Proxy(text) => addresses.proxy().iter().any(|proxy| same(proxy, bare(text))),
            Term::MailBegins(prefix) => addresses.mail().key().starts_with(&prefix.to_lowercase()),
            Term::State(text) => guest.state.as_str() == text,
            Term::UserType(text) => guest.user_type.as_str() == text,
            Term::Enabled(text) => guest.is_enabled.to_string() == *text,
        })
    }
}

/// Without the scheme that `proxyAddresses` has.
fn bare(text: &str) -> &str {
    text.get(..5).filter(|scheme| scheme.eq_ignore_ascii_case("smtp:")).map_or(text, |_| &text[5..])
}

/// One term, and what follows it.
fn term(text: &str) -> Option<(Term, &str)> {
    if let Some(rest) = word(text, "startsWith") {
        let rest = word(word(rest, "(")?, "mail")?.trim_start().strip_prefix(',')?;
        let (value, rest) = quoted(rest.trim_start())?;
        return Some((Term::MailBegins(value), rest.trim_start().strip_prefix(')')?));
    }
    for (name, make) in [("otherMails/any", Term::OtherMail as fn(String) -> Term), ("proxyAddresses/any", Term::Proxy)] {
        if let Some(rest) = word(text, name) {
            let rest = rest.strip_prefix('(')?;
            let (variable, rest) = rest.split_once(':')?;
            let variable = variable.trim();
            let is_name = !variable.is_empty() && variable.chars().all(|c| c.is_ascii_alphanumeric());
            let rest = word(rest.trim_start(), variable).filter(|_| is_name)?;
            let (value, rest) = quoted(equals(rest)?)?;
            return Some((make(value), rest.trim_start().strip_prefix(')')?));
        }
    }
    if let Some(rest) = word(text, "accountEnabled") {
        let rest = equals(rest)?;
        return ["true", "false"].iter().find_map(|value| Some((Term::Enabled((*value).to_owned()), word(rest, value)?)));
    }
    let plain: [(&str, Made); 5] = [
        ("id", Term::Id),
        ("mail", Term::Mail),
        ("userPrincipalName", Term::PrincipalName),
        ("externalUserState", Term::State),
        ("userType", Term::UserType),
    ];
    let (make, rest) = plain.iter().find_map(|(name, make)| Some((make, equals(word(text, name)?)?)))?;
    let (value, rest) = quoted(rest)?;
    Some((make(value), rest))
}

/// A term of the value it compares with.
type Made = fn(String) -> Term;

fn word<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    text.get(..word.len()).filter(|begin| begin.eq_ignore_ascii_case(word)).map(|_| &text[word.len()..])
}

fn equals(text: &str) -> Option<&str> {
    word(text.strip_prefix(' ')?.trim_start(), "eq").and_then(|rest| rest.strip_prefix(' ')).map(str::trim_start)
}

/// A string of OData: a quote within is doubled.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut rest = text.strip_prefix('\'')?;
    loop {
        let (before, after) = rest.split_once('\'')?;
        value.push_str(before);
        match after.strip_prefix('\'') {
            Some(after) => {
                value.push('\'');
                rest = after;
            }
            None => return Some((value, after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn one(text: &str) -> Term {
        let Terms(mut terms) = Terms::parse(text).unwrap();
        assert_eq!(terms.len(), 1, "{text}");
        terms.remove(0)
    }

    #[test]
    fn the_forms_of_scripts_are_read() {
        assert_eq!(one("mail eq 'ana@p.example'"), Term::Mail("ana@p.example".into()));
        assert_eq!(
            one("userPrincipalName eq 'o''neil_p.example#EXT#@c.example'"),
            Term::PrincipalName("o'neil_p.example#EXT#@c.example".into())
        );
        assert_eq!(one("externalUserState eq 'PendingAcceptance'"), Term::State("PendingAcceptance".into()));
        assert_eq!(one("otherMails/any(id:id eq 'ana@p.example')"), Term::OtherMail("ana@p.example".into()));
        assert_eq!(one("proxyAddresses/any(x:x eq 'SMTP:ana@p.example')"), Term::Proxy("SMTP:ana@p.example".into()));
        assert_eq!(one("startsWith(mail,'ana@')"), Term::MailBegins("ana@".into()));
        assert_eq!(one("startswith(mail, 'ana')"), Term::MailBegins("ana".into()));
        let both = Terms::parse("userType eq 'Guest' and accountEnabled eq false").unwrap();
        assert_eq!(both.0, [Term::UserType("Guest".into()), Term::Enabled("false".into())]);
        assert!(matches!(both.plan(), Plan::Page(Filter { user_type: Some(UserType::Guest), .. })));
        assert!(matches!(Terms::parse("mail eq 'nonsense'").unwrap().plan(), Plan::Nobody));
    }

    #[test]
    fn anything_else_is_refused_and_says_what_there_is() {
        for text in [
            "",
            "mail",
            "mail ne 'x'",
            "mail eq x",
            "mail eq 'x",
            "mail eq 'x' or mail eq 'y'",
            "displayName eq 'x'",
            "mail eq 'x' and",
            "mail eq 'x'and mail eq 'y'",
            "not mail eq 'x'",
            "startsWith(displayName,'x')",
            "otherMails/any(x:y eq 'z')",
        ] {
            let problem = Terms::parse(text).unwrap_err();
            assert!(problem.detail.contains("supported are"), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,80}") {
            let _ = Terms::parse(&text);
        }

        #[test]
        fn any_value_is_read_back(value in "\\PC{0,40}") {
            prop_assert_eq!(one(&format!("mail eq '{}'", value.replace('\'', "''"))), Term::Mail(value));
        }
    }
}
