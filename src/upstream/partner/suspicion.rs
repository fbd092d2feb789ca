//! What in a partner's new document a person must look at before it is believed.
//!
//! Must not read documents. It stops whoever takes over a metadata server clumsily: by other keys alone, or at another's host. Who adds
//! a key beside the known ones looks like a partner that rolls over, and is believed; against that helps a signature on the document
//! (`metadata_certificates`), and nothing else.

use std::fmt;

use url::Url;

use crate::domain::timestamp::Timestamp;

use super::{Facts, document::Document};

/// Why a new document is quarantined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Suspicion {
    /// It no longer describes the entity.
    Entity(String),
    /// An endpoint moved to plain http, at this host.
    PlainHttp(String),
    /// An endpoint moved to a host of another domain.
    Elsewhere(String),
    /// Its only keys are weaker than any we verify with.
    WeakKeys,
    /// It has no keys at all.
    NoKeys,
    /// None of the keys known so far is in it, though they have not ended.
    VanishedKeys,
}

impl fmt::Display for Suspicion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entity(what) => write!(f, "it changed its name: {what}"),
            Self::PlainHttp(host) => write!(f, "an endpoint moved to plain http at {host}"),
            Self::Elsewhere(host) => write!(f, "an endpoint moved to {host}, outside of the domain it was in"),
            Self::WeakKeys => f.write_str("its only signing keys are weaker than RSA-2048 or P-256"),
            Self::NoKeys => f.write_str("it holds no signing key any more"),
            Self::VanishedKeys => f.write_str("all signing keys are new at once, though the old ones have not ended"),
        }
    }
}

/// What is wrong with `after`, seen from `before`. A signature the operator asked for makes new keys and hosts authentic, not weak
/// ones or plain http.
pub(super) fn suspicions(before: &Document, after: &Document, now: Timestamp) -> Vec<Suspicion> {
    let mut found = Vec::new();
    if let (Some(host), true) = (after.plain_http.first(), before.plain_http.is_empty()) {
        found.push(Suspicion::PlainHttp(host.clone()));
    }
    let is_strong = |facts: &Facts| facts.signing.iter().any(|certificate| certificate.key().is_strong_enough());
    if after.facts.signing.is_empty() {
        found.push(Suspicion::NoKeys);
    } else if is_strong(&before.facts) && !is_strong(&after.facts) {
        found.push(Suspicion::WeakKeys);
    }
    if !after.is_signed {
        let known: Vec<&str> = addresses(&before.facts).filter_map(registrable).collect();
        let moved = addresses(&after.facts).find(|address| !registrable(address).is_some_and(|domain| known.contains(&domain)));
        found.extend(moved.and_then(|address| address.host_str()).map(|host| Suspicion::Elsewhere(host.to_owned())));
        if !after.facts.signing.is_empty() && have_vanished(&before.facts, &after.facts, now) {
            found.push(Suspicion::VanishedKeys);
        }
    }
    found
}

/// A key counts, not the certificate around it.
fn have_vanished(before: &Facts, after: &Facts, now: Timestamp) -> bool {
    let is_kept = before.signing.iter().any(|old| after.signing.iter().any(|new| new.public_key() == old.public_key()));
    !is_kept && before.signing.iter().any(|old| old.not_after() > now)
}

fn addresses(facts: &Facts) -> impl Iterator<Item = &Url> {
    let endpoints = facts.sign_in.iter().chain(&facts.sign_out);
    endpoints.flat_map(|endpoint| std::iter::once(&endpoint.location).chain(&endpoint.response_location))
}

/// The domain somebody can register, roughly: the last two labels, or three where the second looks like a registry's (`co.uk`,
/// `com.au`). Too narrow only asks a person once more than needed.
fn registrable(address: &Url) -> Option<&str> {
    let host = address.host_str()?;
    if address.domain().is_none() {
        return Some(host);
    }
    let starts: Vec<usize> = std::iter::once(0).chain(host.match_indices('.').map(|(at, _)| at + 1)).collect();
    let label = |from_end: usize| starts.len().checked_sub(from_end).map(|index| &host[starts[index]..]);
    let Some(second) = label(2) else { return Some(host) };
    let is_registry = second.split_once('.').is_some_and(|(name, country)| country.len() == 2 && name.len() <= 4);
    Some(if is_registry { label(3).unwrap_or(second) } else { second })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_s_domain_is_what_somebody_can_register() {
        for (address, domain) in [
            ("https://sts.fabrikam.example/adfs", Some("fabrikam.example")),
            ("https://a.b.fabrikam.example/", Some("fabrikam.example")),
            ("https://fabrikam.co.uk/", Some("fabrikam.co.uk")),
            ("https://sts.fabrikam.co.uk/", Some("fabrikam.co.uk")),
            ("https://fabrikam.example/", Some("fabrikam.example")),
            ("https://192.0.2.1/", Some("192.0.2.1")),
            ("http://127.0.0.1:99/", Some("127.0.0.1")),
        ] {
            assert_eq!(registrable(&address.parse().unwrap()), domain, "{address}");
        }
    }
}
