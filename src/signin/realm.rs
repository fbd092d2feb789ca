//! Home-realm discovery with its facts fetched. The live sign-in and `gatehouse explain` both come through here (invariant 9).

use super::Failure;
use crate::{
    domain::{
        address::EmailAddress,
        error_code::ErrorCode,
        guest::State,
        home_realm::{self, Decision, Entry, Facts, Progress, Query},
        tenant::Tenant,
    },
    store::directory::{Directory, DirectoryError, GuestFile},
    upstream::lookup::Lookups,
};

/// Decides where `address` signs in, asking the directories that the decision needs, and says with which facts.
pub async fn discover(
    directory: &Directory,
    lookups: &Lookups,
    tenant: &Tenant,
    address: Option<&EmailAddress>,
    entry: Entry,
    hint: Option<&str>,
) -> Result<(Decision, Facts), Failure> {
    let facts = match address {
        Some(address) => remembered(directory, tenant, address).await?,
        None => Facts::default(),
    };
    consult(lookups, tenant, &Query { address, entry, hint }, facts).await
}

/// What our own directory knows of an address.
pub async fn remembered(directory: &Directory, tenant: &Tenant, address: &EmailAddress) -> Result<Facts, DirectoryError> {
    let file = directory.guest_by_address(&tenant.id, address).await?;
    let Some(GuestFile { guest, .. }) = file else { return Ok(Facts::default()) };
    let voucher = guest.identity().map(|identity| identity.voucher.clone());
    Ok(match guest.state {
        State::Accepted(_) => Facts { accepted_as: voucher, ..Facts::default() },
        State::PendingAcceptance(_) => Facts { proven_as: voucher, ..Facts::default() },
    })
}

/// Decides from `facts`, and from those that other directories add to them.
pub async fn consult(lookups: &Lookups, tenant: &Tenant, query: &Query<'_>, mut facts: Facts) -> Result<(Decision, Facts), Failure> {
    // Each round asks only what was not yet heard, so there are at most as many rounds as kinds of directory.
    for _ in 0..=tenant.providers.len() {
        match (home_realm::decide(tenant, query, &facts), query.address) {
            (Progress::Decided(decision), _) => return Ok((decision, facts)),
            (Progress::Ask(directories), Some(address)) => {
                facts.answers.extend(lookups.ask_all(tenant, &directories, address).await);
            }
            (Progress::Ask(_), None) => break,
        }
    }
    Err(Failure::new(ErrorCode::Internal, "home-realm discovery asks without end"))
}
