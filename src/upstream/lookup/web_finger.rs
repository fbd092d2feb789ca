//! WebFinger (RFC 7033) issuer discovery: the address's own domain, or a fixed server, says which issuer an account belongs to.
//!
//! Must not follow a link: an issuer that is not this provider's is a no.

use serde::Deserialize;
use url::Url;

use reqwest::StatusCode;

use crate::{
    domain::{
        address::EmailAddress,
        identity_provider::{AccountStanding, Answer, DomainStanding, IdentityProvider},
    },
    upstream::fetch,
};

use super::{Unanswered, Wire, absent, below, domain_standing};

/// OpenID Connect Discovery §2.
const ISSUER: &str = "http://openid.net/specs/connect/1.0/issuer";

/// RFC 7033 §4.4.
#[derive(Deserialize)]
struct Descriptor {
    #[serde(default)]
    links: Vec<Link>,
}

#[derive(Deserialize)]
struct Link {
    rel: String,
    href: Option<String>,
}

pub(super) async fn ask(
    wire: &Wire<'_>,
    provider: &IdentityProvider,
    base: Option<&Url>,
    address: &EmailAddress,
) -> Result<Answer, Unanswered> {
    let own = match base {
        Some(base) => base.clone(),
        None => Url::parse(&format!("https://{}", address.domain())).map_err(|_| Unanswered::because("the domain makes no URL"))?,
    };
    let mut url = below(&own, &[".well-known", "webfinger"])?;
    url.query_pairs_mut().append_pair("resource", &format!("acct:{address}")).append_pair("rel", ISSUER);
    let fetched = wire.send(fetch::get(&url)).await?;
    match fetched.status {
        StatusCode::OK => {}
        // §4.2: the server has no information about the resource.
        StatusCode::NOT_FOUND => return Ok(absent(provider, address)),
        other => return Err(Unanswered::status(other)),
    }
    let descriptor: Descriptor = fetched.json()?;
    let is_theirs =
        descriptor.links.iter().any(|link| link.rel == ISSUER && link.href.is_some() && link.href.as_deref() == provider.openid_issuer());
    if !is_theirs {
        return Ok(absent(provider, address));
    }
    // The domain itself said so: it stands in that directory. A fixed server may only speak for domains the operator listed.
    let domain = if base.is_none() { DomainStanding::MANAGED } else { domain_standing(provider, address) };
    Ok(Answer::Stated { account: AccountStanding::Managed, domain })
}
