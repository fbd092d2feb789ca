//! Which records prove a domain, where they stand, and what they must say.
//!
//! Must not ask anybody.

use url::Url;

use crate::domain::address::DomainName;

/// Most parents of a domain that are asked.
const MOST_PARENTS: usize = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `DirectFedAuthUrl=<sign-in address>`, at the domain: Entra's.
    Entra,
    /// `gatehouse-federation=<entity id>`, at `_gatehouse.` below it.
    Gatehouse,
}

/// What a record must name.
pub(super) struct Wanted<'a> {
    pub sign_in: &'a Url,
    pub entity_id: &'a str,
}

/// Where a record may stand: at the domain, and at those above it, whose owner owns all below (azure-docs#80075: a record at the
/// sub-domain counts as well). Never at a top-level domain.
pub(super) fn places(domain: &DomainName) -> Vec<(String, Kind)> {
    let mut places = Vec::new();
    let mut at = Some(domain.as_str());
    while let Some(name) = at.filter(|name| name.contains('.') && places.len() < 2 * (1 + MOST_PARENTS)) {
        places.push((name.to_owned(), Kind::Entra));
        places.push((format!("_gatehouse.{name}"), Kind::Gatehouse));
        at = name.split_once('.').map(|(_, parent)| parent);
    }
    places
}

/// Whether people sign in at a host that is the domain or stands under it, label by label.
pub fn is_host_within(sign_in: &Url, domain: &DomainName) -> bool {
    sign_in.domain().and_then(|host| DomainName::parse(host.trim_end_matches('.')).ok()).is_some_and(|host| host.is_within(domain))
}

impl Wanted<'_> {
    pub(super) fn is_said_by(&self, kind: Kind, text: &str) -> bool {
        let Some((name, value)) = text.trim().split_once('=') else { return false };
        let value = value.trim();
        match kind {
            Kind::Entra => {
                let named = Url::parse(value).ok().filter(|_| name.trim().eq_ignore_ascii_case("DirectFedAuthUrl"));
                named.is_some_and(|named| same_place(&named, self.sign_in))
            }
            Kind::Gatehouse => name.trim().eq_ignore_ascii_case("gatehouse-federation") && value == self.entity_id,
        }
    }

    /// What to publish.
    pub(super) fn missing(&self, domain: &DomainName) -> String {
        let mut address = self.sign_in.clone();
        address.set_query(None);
        address.set_fragment(None);
        format!(
            "people sign in outside of {domain}, and neither a TXT record `DirectFedAuthUrl={address}` at {domain} nor \
             `gatehouse-federation={}` at _gatehouse.{domain} is published",
            self.entity_id
        )
    }
}

/// The same scheme, host, port and path. What a sign-in address carries behind them is its own business.
fn same_place(a: &Url, b: &Url) -> bool {
    a.scheme() == b.scheme() && a.host() == b.host() && a.port_or_known_default() == b.port_or_known_default() && a.path() == b.path()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain(text: &str) -> DomainName {
        DomainName::parse(text).unwrap()
    }

    #[test]
    fn a_host_in_the_domain_proves_it_and_a_look_alike_does_not() {
        let within = |url: &str, name: &str| is_host_within(&url.parse().unwrap(), &domain(name));
        for (url, name) in [
            ("https://fabrikam.com/adfs", "fabrikam.com"),
            ("https://sts.fabrikam.com/adfs", "fabrikam.com"),
            ("https://STS.Fabrikam.COM./adfs", "fabrikam.com"),
            ("https://a.b.sub.fabrikam.com/", "sub.fabrikam.com"),
            ("https://sts.bücher.example/", "bücher.example"),
        ] {
            assert!(within(url, name), "{url} {name}");
        }
        for (url, name) in [
            ("https://fabrikam.com/", "fabrikam.co.uk"),
            ("https://fabrikam.com.uk/", "fabrikam.com"),
            ("https://fabrikam.co.uk/", "fabrikam.com"),
            ("https://notfabrikam.com/", "fabrikam.com"),
            ("https://fabrikam.com.evil.example/", "fabrikam.com"),
            ("https://sts.fabrikam.com/", "sub.fabrikam.com"),
            ("https://evil.example/fabrikam.com", "fabrikam.com"),
            ("https://fabrikam.com@evil.example/", "fabrikam.com"),
            ("https://192.0.2.1/", "fabrikam.com"),
        ] {
            assert!(!within(url, name), "{url} {name}");
        }
    }

    #[test]
    fn a_record_names_the_very_address_or_the_very_entity() {
        let sign_in: Url = "https://sts.elsewhere.example/adfs?x=1".parse().unwrap();
        let wanted = Wanted { sign_in: &sign_in, entity_id: "urn:Fabrikam" };
        for text in [
            "DirectFedAuthUrl=https://sts.elsewhere.example/adfs",
            " directfedauthurl = https://STS.elsewhere.example:443/adfs ",
            "DirectFedAuthUrl=https://sts.elsewhere.example/adfs?other",
        ] {
            assert!(wanted.is_said_by(Kind::Entra, text), "{text}");
        }
        for text in [
            "",
            "DirectFedAuthUrl=",
            "DirectFedAuthUrl=http://sts.elsewhere.example/adfs",
            "DirectFedAuthUrl=https://sts.elsewhere.example/adfs/",
            "DirectFedAuthUrl=https://sts.elsewhere.example/ADFS",
            "DirectFedAuthUrl=https://sts.elsewhere.example:8443/adfs",
            "DirectFedAuthUrl=https://elsewhere.example/adfs",
            "v=spf1 DirectFedAuthUrl=https://sts.elsewhere.example/adfs",
            "gatehouse-federation=urn:Fabrikam",
        ] {
            assert!(!wanted.is_said_by(Kind::Entra, text), "{text}");
        }
        assert!(wanted.is_said_by(Kind::Gatehouse, "gatehouse-federation=urn:Fabrikam"));
        for text in ["gatehouse-federation=urn:fabrikam", "gatehouse-federation=urn:Fabrikam2", "urn:Fabrikam"] {
            assert!(!wanted.is_said_by(Kind::Gatehouse, text), "{text}");
        }
    }

    #[test]
    fn records_are_looked_for_at_the_domain_and_above_but_never_at_the_top() {
        let names: Vec<_> = places(&domain("eu.fabrikam.com")).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["eu.fabrikam.com", "_gatehouse.eu.fabrikam.com", "fabrikam.com", "_gatehouse.fabrikam.com"]);
        assert_eq!(places(&domain("a.b.c.d.e.f.g.h.fabrikam.com")).len(), 10);
    }
}
