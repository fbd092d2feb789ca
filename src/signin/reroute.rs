//! The sign-in begins again with nobody known. Who came by an invitation goes straight to where the invited address signs in.

use super::{Failure, Porter, Visitor, held::Held, limits, realm};
use crate::{
    domain::{
        address::EmailAddress,
        error_code::ErrorCode,
        flow::{Approach, Flow},
        tenant::Tenant,
    },
    trail,
};

/// As the person wants it who asks for another account: one that remembers somebody shows who, and lets choose.
pub(super) async fn again(porter: &Porter, tenant: &Tenant, held: Held, visitor: &Visitor, approach: Approach) -> Result<Held, Failure> {
    let Some(invited) = held.flow.errand.redemption().map(|redemption| redemption.invited.clone()) else {
        return Ok(held.then(Flow::restarted));
    };
    // The code for this address is under way, and the next must wait its time.
    if held.flow.was_mailed_to(&invited, &tenant.passcode, porter.clock.now()) {
        return Ok(held);
    }
    let id = held.flow.id;
    let routed = road(porter, tenant, held.flow.clone(), invited, visitor, approach).await.map_err(|failure| failure.within(id))?;
    Ok(held.then(|_| routed))
}

/// Puts the flow on the road of `address`, which is decided now.
pub(super) async fn road(
    porter: &Porter,
    tenant: &Tenant,
    flow: Flow,
    address: EmailAddress,
    visitor: &Visitor,
    approach: Approach,
) -> Result<Flow, Failure> {
    if !limits::may_look_up(porter, tenant, visitor.ip).await? {
        return Ok(flow.blocked(ErrorCode::TooManyLookups));
    }
    let (decision, _) = realm::discover(&porter.directory, &porter.lookups, tenant, Some(&address), flow.entry, None).await?;
    trail::routed(&porter.directory, porter.clock.now(), tenant, &flow, &decision).await?;
    Ok(flow.discovered(Some(address), decision.outcome, approach))
}
