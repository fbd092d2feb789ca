//! Step: an identity provider sends a person nobody asked for. Believed like any other answer, it begins a sign-in at the app that the
//! operator named; it never is one, or anybody could sign a stranger's browser in as themselves (login CSRF).

use url::Url;

use super::{
    Failure, Porter,
    once::{self, Claim},
};
use crate::{
    domain::{error_code::ErrorCode, id::IdpId, tenant::Tenant},
    upstream::{Inbound, Rejected},
};

/// No answer's digest.
const CLAIMANT: &str = "unsolicited";

/// Where the person goes on: the app's own front door, told who comes (OpenID Connect Core §4).
pub async fn unsolicited(porter: &Porter, tenant: &Tenant, provider: &IdpId, inbound: &Inbound) -> Result<Url, Failure> {
    let of_provider = |rejected: Rejected| Failure::new(rejected.code, format!("provider {provider}: {}", rejected.detail));
    let upstream = porter.upstreams.provider(&tenant.id, provider).ok_or_else(|| Failure::new(ErrorCode::NoRoad, "no such provider"))?;
    let sent = upstream.verify_unsolicited(inbound).await.map_err(of_provider)?;
    match once::claim(porter, tenant, provider, sent.heard.once.as_ref(), CLAIMANT).await? {
        Claim::First => {}
        Claim::Again | Claim::Taken => {
            return Err(Failure::new(ErrorCode::AssertionReplayed, format!("provider {provider}: the assertion was used before")));
        }
    }
    let client = tenant.clients.get(&sent.client);
    let mut door = client.and_then(|client| client.launch_url.clone()).ok_or_else(|| {
        Failure::new(ErrorCode::SamlUnsolicited, format!("provider {provider}: the app it sends people to has no launch_url"))
    })?;
    let mut query = door.query_pairs_mut();
    query.append_pair("iss", &tenant.issuer.url);
    if let Some(asserted) = &sent.heard.identity.address {
        query.append_pair("login_hint", &asserted.address.to_string());
    }
    drop(query);
    Ok(door)
}
