//! Step: an upstream answers. Only the browser that left, from the flow that left, for the provider it left for, is heard.

use std::time::Duration;

use super::{Failure, Porter, Visit, Visitor, advance::advance, held::Held};
use crate::{
    domain::{
        error_code::ErrorCode,
        flow::Stage,
        id::{FlowId, IdpId},
        tenant::Tenant,
    },
    trail,
    upstream::Inbound,
};

pub async fn callback(
    porter: &Porter,
    tenant: &Tenant,
    provider: &IdpId,
    id: FlowId,
    mut visitor: Visitor,
    inbound: Inbound,
) -> Result<Visit, Failure> {
    visitor.proof = inbound.digest();
    let held = Held::load(porter, tenant, id, &visitor).await?;
    // Not away (a reload, the back button): the answer is wherever the sign-in stands.
    let Stage::Away { correlation, .. } = &held.flow.stage else { return advance(porter, tenant, held, &visitor).await };
    if correlation.provider != *provider {
        return Err(Failure::new(ErrorCode::UpstreamMismatch, "the answer came to another provider's callback").within(id));
    }
    let Some(upstream) = porter.upstreams.provider(&tenant.id, provider) else {
        return Err(Failure::new(ErrorCode::NoRoad, "the provider was taken out of the configuration").within(id));
    };
    let held = match upstream.verify(&inbound, correlation).await {
        Ok(identity) => held.proven(identity, &visitor),
        Err(rejected) => {
            if rejected.code == ErrorCode::UpstreamTokenRefused
                && let Some(moved) = moved_meanwhile(porter, tenant, id, &visitor).await?
            {
                return advance(porter, tenant, moved, &visitor).await;
            }
            trail::rejected(&held.flow, provider, &rejected);
            // An answer that is not ours to hear changes nothing: the real one may still come.
            if rejected.code == ErrorCode::UpstreamMismatch {
                return Err(Failure::from(rejected).within(id));
            }
            held.then(|flow| flow.blocked(rejected.code))
        }
    };
    advance(porter, tenant, held, &visitor).await
}

/// A double click brings the same code twice, and the provider refuses the second while the first is still being verified: that one's
/// outcome is waited for, so that the refusal does not win (invariant 14). A code refused for good costs its bearer a second and a half.
async fn moved_meanwhile(porter: &Porter, tenant: &Tenant, id: FlowId, visitor: &Visitor) -> Result<Option<Held>, Failure> {
    for pause in [50, 100, 200, 400, 800] {
        let held = Held::load(porter, tenant, id, visitor).await?;
        if !matches!(held.flow.stage, Stage::Away { .. }) {
            return Ok(Some(held));
        }
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }
    Ok(None)
}
