//! The words of a passive requestor (WS-Federation 1.2 §13.2), in the query of a partner's endpoint.

use std::time::Duration;

use url::{Url, form_urlencoded};

use crate::{
    domain::{federation::WsFedUpstream, timestamp::Timestamp},
    federation::xml::instant,
    upstream::{Ask, Prompting},
};

pub(super) const SIGN_IN: &str = "wsignin1.0";
pub(super) const SIGN_OUT: &str = "wsignout1.0";
pub(super) const CLEAN_UP: &str = "wsignoutcleanup1.0";

const MINUTE: u64 = 60;

/// Where the browser comes back to, and what it brings along.
pub(super) struct Return<'a> {
    pub wreply: &'a str,
    pub wctx: &'a str,
}

/// §13.2.1 and §13.2.2. The same question has the same words whenever it is put.
pub(super) fn sign_in(endpoint: &Url, ws_fed: &WsFedUpstream, ask: &Ask, back: &Return<'_>, left_at: Timestamp) -> Url {
    let hint = ask.login_hint.as_ref().map(ToString::to_string);
    with_query(
        endpoint,
        &[
            ("wa", Some(SIGN_IN)),
            ("wtrealm", Some(&ws_fed.realm)),
            ("wreply", Some(back.wreply)),
            ("wctx", Some(back.wctx)),
            ("wct", Some(&instant(left_at))),
            ("wfresh", freshness(ws_fed, ask).map(|minutes| minutes.to_string()).as_deref()),
            ("whr", ws_fed.home_realm.as_deref()),
            ("wauth", ws_fed.authentication.as_deref()),
            // AD FS fills in the name; others ignore it.
            ("username", hint.as_deref()),
        ],
    )
}

/// §13.2.4.
pub(super) fn sign_out(endpoint: &Url, ws_fed: &WsFedUpstream, back: &Return<'_>) -> Url {
    let wtrealm = ws_fed.realm.as_str();
    with_query(endpoint, &[("wa", Some(SIGN_OUT)), ("wtrealm", Some(wtrealm)), ("wreply", Some(back.wreply)), ("wctx", Some(back.wctx))])
}

/// `wfresh`: at most this many minutes since the person authenticated; 0: anew.
fn freshness(ws_fed: &WsFedUpstream, ask: &Ask) -> Option<u64> {
    match ask.prompting {
        Prompting::ForceLogin => Some(0),
        Prompting::Free | Prompting::SelectAccount | Prompting::CreateAccount => {
            ask.max_age.map(|seconds| seconds / MINUTE).into_iter().chain(ws_fed.freshness).min()
        }
    }
}

/// The earliest authentication that will do: what we ask for is what we hold the answer to.
pub(super) fn authenticated_since(ws_fed: &WsFedUpstream, ask: &Ask, left_at: Timestamp) -> Option<Timestamp> {
    let oldest = match ask.prompting {
        Prompting::ForceLogin => Some(0),
        Prompting::Free | Prompting::SelectAccount | Prompting::CreateAccount => {
            ask.max_age.into_iter().chain(ws_fed.freshness.map(|minutes| minutes.saturating_mul(MINUTE))).min()
        }
    };
    oldest.map(|seconds| left_at - Duration::from_secs(seconds))
}

/// Adds our parameters to an endpoint. What its own query says stays as it is, but never a parameter of ours.
fn with_query(endpoint: &Url, pairs: &[(&str, Option<&str>)]) -> Url {
    let is_ours = |segment: &&str| {
        form_urlencoded::parse(segment.as_bytes()).next().is_some_and(|(name, _)| pairs.iter().any(|(ours, _)| *ours == name))
    };
    let kept = endpoint.query().unwrap_or_default().split('&').filter(|segment| !segment.is_empty() && !is_ours(segment));
    let mut query: String = kept.flat_map(|segment| [segment, "&"]).collect();
    let present = pairs.iter().filter_map(|(name, value)| Some((*name, (*value)?)));
    query.push_str(&form_urlencoded::Serializer::new(String::new()).extend_pairs(present).finish());
    let mut url = endpoint.clone();
    url.set_query(Some(&query));
    url.set_fragment(None);
    url
}
