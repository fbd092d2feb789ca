//! How much one network or one address may ask of us and of others. Every count comes before what it limits.

use std::{net::IpAddr, time::Duration};

use super::{Failure, Porter};
use crate::{
    domain::{address::EmailAddress, id::FlowId, tenant::Tenant},
    random,
    store::sessions::{Key, SessionsError},
};

/// Questions to home directories that one network may cause in a minute: many people behind one address, and no harvest of accounts.
const LOOKUPS: u64 = 300;
const LOOKUPS_WINDOW: Duration = Duration::from_secs(60);

/// Codes from apps' windows that one network, and all networks together, may type while one of them lives. Of 20^9 codes, with a
/// thousand waiting at once, all the guesses of that time find one with a probability under 2 in 10^6.
const HANDOFFS_OF_A_NETWORK: u64 = 30;
const HANDOFFS_OF_A_TENANT: u64 = 1000;

/// Refusals that are written into the directory: enough to find out what is wrong, and no way to fill a disk.
const REFUSALS_OF_A_FLOW: u64 = 5;
const REFUSALS_OF_A_NETWORK: u64 = 100;
const REFUSALS_WINDOW: Duration = Duration::from_secs(3600);

/// Per network and then per address: a network over its limit uses up nobody's mails.
pub(super) async fn may_mail(porter: &Porter, tenant: &Tenant, address: &EmailAddress, ip: IpAddr) -> Result<bool, Failure> {
    let policy = &tenant.passcode;
    let by_network = counter(tenant, "mails-from", &network(ip));
    if porter.sessions.count(&by_network, policy.window).await? > u64::from(policy.sends_per_ip) {
        return Ok(false);
    }
    let by_address = counter(tenant, "mails-to", &address.key());
    Ok(porter.sessions.count(&by_address, policy.window).await? <= u64::from(policy.sends_per_address))
}

/// Whether one more entry of a code may be compared in this tenant. Counted first, so that entries at the same moment can't slip
/// through together, and taken back when it was right ([`guessed_right`]): what counts is entries that were wrong or are being judged.
///
/// The bound (`security.md` E4): in one window at most `guesses_per_tenant` wrong entries are compared, over all addresses, browsers
/// and sign-ins, each with one code of `length` digits. However many are sent (10⁶ over 1,000 sign-ins at once), somebody is guessed
/// with a probability of at most `guesses_per_tenant` / 10^`length` a window: 1,000 / 10⁸ = 10⁻⁵ as we ship it.
pub(super) async fn may_guess(porter: &Porter, tenant: &Tenant) -> Result<bool, Failure> {
    let policy = &tenant.passcode;
    Ok(porter.sessions.count(&guesses(tenant), policy.window).await? <= u64::from(policy.guesses_per_tenant))
}

pub(super) async fn guessed_right(porter: &Porter, tenant: &Tenant) -> Result<(), Failure> {
    Ok(porter.sessions.uncount(&guesses(tenant)).await?)
}

fn guesses(tenant: &Tenant) -> Key {
    Key::counter(&tenant.id, "guesses-of", "all")
}

/// Whether discovery for this network may ask other houses. Where no directory needs asking, nothing is counted.
pub(super) async fn may_look_up(porter: &Porter, tenant: &Tenant, ip: IpAddr) -> Result<bool, Failure> {
    if !tenant.providers.values().any(|provider| provider.lookup.as_ref().is_some_and(|lookup| lookup.source.asks_elsewhere())) {
        return Ok(true);
    }
    Ok(porter.sessions.count(&counter(tenant, "lookups-from", &network(ip)), LOOKUPS_WINDOW).await? <= LOOKUPS)
}

/// Whether one more code from an app's window may be looked up. A network over its limit uses up nobody else's.
pub(super) async fn may_type_handoff(porter: &Porter, tenant: &Tenant, ip: IpAddr, window: Duration) -> Result<bool, Failure> {
    if porter.sessions.count(&counter(tenant, "handoffs-from", &network(ip)), window).await? > HANDOFFS_OF_A_NETWORK {
        return Ok(false);
    }
    Ok(porter.sessions.count(&counter(tenant, "handoffs-at", "all"), window).await? <= HANDOFFS_OF_A_TENANT)
}

/// Whether what a partner's answer had wrong is kept with the sign-in. The log has it in any case.
pub(super) async fn may_keep_refusal(porter: &Porter, tenant: &Tenant, flow: FlowId, ip: IpAddr) -> Result<bool, SessionsError> {
    let of_flow = Key::counter(&tenant.id, "refusals-of", &flow.to_string());
    if porter.sessions.count(&of_flow, tenant.tokens.flow).await? > REFUSALS_OF_A_FLOW {
        return Ok(false);
    }
    Ok(porter.sessions.count(&counter(tenant, "refusals-from", &network(ip)), REFUSALS_WINDOW).await? <= REFUSALS_OF_A_NETWORK)
}

/// The store never learns whom a counter is about.
fn counter(tenant: &Tenant, what: &'static str, whom: &str) -> Key {
    Key::counter(&tenant.id, what, &random::sha256_base64url(whom.as_bytes()))
}

/// One IPv4 address, or the /64 that one IPv6 household has.
fn network(ip: IpAddr) -> String {
    match ip.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => format!("{:x?}", &v6.segments()[..4]),
    }
}

#[cfg(test)]
mod tests {
    use super::network;

    #[test]
    fn one_household_is_one_network() {
        assert_eq!(network("2001:db8:1:2::1".parse().unwrap()), network("2001:db8:1:2:ffff::9".parse().unwrap()));
        assert_ne!(network("2001:db8:1:2::1".parse().unwrap()), network("2001:db8:1:3::1".parse().unwrap()));
        assert_eq!(network("::ffff:192.0.2.1".parse().unwrap()), network("192.0.2.1".parse().unwrap()));
    }
}
