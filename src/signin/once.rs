//! An assertion is used once, by one sign-in, and a logout request once (`security.md` A; SAML Profiles §4.1.4.5). Claimed after it was believed, so that nobody
//! fills the store with what was never signed, and before anything else changes.

use std::time::Duration;

use super::Porter;
use crate::{
    domain::{id::IdpId, tenant::Tenant},
    store::sessions::{Created, Key, SessionsError},
    upstream::Once,
};

/// Longer than any partner's assertion is good for; what claims more is remembered this long.
const LONGEST: Duration = Duration::from_secs(7 * 24 * 3600);
/// A clock that moves must not make a claim vanish at once.
const SHORTEST: Duration = Duration::from_secs(60);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Claim {
    /// Nobody had it.
    First,
    /// The same claimant had it: a double click.
    Again,
    /// Another had it.
    Taken,
}

/// Whether anybody has claimed it.
pub(super) async fn is_claimed(porter: &Porter, tenant: &Tenant, provider: &IdpId, once: &Once) -> Result<bool, SessionsError> {
    Ok(porter.sessions.read(&Key::used_assertion(&tenant.id, provider, &once.digest)).await?.is_some())
}

/// Claims an assertion for `claimant`: the digest of one answer to one question, or a word that is none.
pub(super) async fn claim(
    porter: &Porter,
    tenant: &Tenant,
    provider: &IdpId,
    once: Option<&Once>,
    claimant: &str,
) -> Result<Claim, SessionsError> {
    let Some(once) = once else { return Ok(Claim::First) };
    let key = Key::used_assertion(&tenant.id, provider, &once.digest);
    let ttl = once.until.since(porter.clock.now()).clamp(SHORTEST, LONGEST);
    if porter.sessions.create(&key, claimant.as_bytes(), ttl).await? == Created::New {
        return Ok(Claim::First);
    }
    let is_own = porter.sessions.read(&key).await?.is_some_and(|stored| stored.value == claimant.as_bytes());
    Ok(if is_own { Claim::Again } else { Claim::Taken })
}
