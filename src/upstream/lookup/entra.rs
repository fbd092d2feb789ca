//! Entra's public word on a domain: its OpenID configuration exists exactly if a directory has verified the domain.
//!
//! Must not claim anything about accounts: Entra tells nobody without a token.

use reqwest::StatusCode;
use serde::Deserialize;
use url::Url;

use crate::{
    domain::{
        address::EmailAddress,
        identity_provider::{AccountStanding, Answer, DomainStanding, IdentityProvider, Kind, OpenId},
    },
    upstream::{fetch, oidc::is_guid},
};

use super::{Unanswered, Wire, below};

#[derive(Deserialize)]
struct Configuration {
    issuer: String,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
}

pub(super) async fn ask(
    wire: &Wire<'_>,
    provider: &IdentityProvider,
    authority: &Url,
    address: &EmailAddress,
) -> Result<Answer, Unanswered> {
    let url = below(authority, &[address.domain().as_str(), "v2.0", ".well-known", "openid-configuration"])?;
    let fetched = wire.send(fetch::get(&url)).await?;
    let domain = match fetched.status {
        StatusCode::OK => {
            let configuration: Configuration = fetched.json()?;
            let tid = configuration.issuer.split('/').find(|segment| is_guid(segment));
            let tid = tid.ok_or_else(|| Unanswered::because("its configuration names no tenant"))?;
            if accepts(provider, tid) { DomainStanding::MANAGED } else { DomainStanding::Unverified }
        }
        StatusCode::NOT_FOUND => DomainStanding::Unverified,
        StatusCode::BAD_REQUEST if fetched.json::<Refusal>().is_ok_and(|refusal| refusal.error == "invalid_tenant") => {
            DomainStanding::Unverified
        }
        other => return Err(Unanswered::status(other)),
    };
    Ok(Answer::Stated { account: AccountStanding::Unstated, domain })
}

/// A directory whose accounts may not come is, for this provider, no home.
fn accepts(provider: &IdentityProvider, tid: &str) -> bool {
    match &provider.kind {
        Kind::OpenId(OpenId::Entra(entra)) => {
            entra.allowed_tids.is_empty() || entra.allowed_tids.iter().any(|allowed| allowed.eq_ignore_ascii_case(tid))
        }
        _ => true,
    }
}
