//! Step: an upstream answers. Only the browser that left, from the flow that left, for the provider it left for, is heard, and once.

use std::time::Duration;

use super::{
    Failure, Porter, Visit, Visitor,
    advance::advance,
    held::Held,
    once::{self, Claim},
    verdicts,
};
use crate::{
    domain::{
        correlation::{Awaited, Correlation},
        error_code::ErrorCode,
        flow::Stage,
        id::{FlowId, IdpId},
        tenant::Tenant,
        verdict::{Outcome, Value},
    },
    store::sessions::Key,
    upstream::{Heard, Inbound, Rejected},
};

/// How long one answer is known to be in hand: longer than any provider is waited for.
const IN_HAND: Duration = Duration::from_secs(60);
/// How often, and how long in all, a double click looks whether the first has been judged.
const LOOK: Duration = Duration::from_millis(50);
const LOOKS: u32 = 100;

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
    if let Some(answer) = visitor.proof.as_deref().filter(|_| is_asked_elsewhere(correlation) && inbound.is_answer_to(correlation)) {
        // Taken by whoever comes first. Asked twice, a provider refuses the second time, and may withdraw what it gave the first.
        let taken = Key::counter(&tenant.id, "answers", answer);
        let times = porter.sessions.count(&taken, IN_HAND).await.map_err(|error| Failure::from(error).within(id))?;
        if times > 1 {
            return catch_up(porter, tenant, held, &visitor, &inbound).await;
        }
    }
    let rejected = match upstream.verify(&inbound, correlation).await {
        Ok(heard) => {
            // The very same answer, sent twice, is one claimant.
            let claimant = visitor.proof.clone().unwrap_or_else(|| id.to_string());
            let claim = once::claim(porter, tenant, provider, heard.once.as_ref(), &claimant).await;
            match claim.map_err(|error| Failure::from(error).within(id))? {
                // A double click's second half finds the claim made, and the sign-in moved on or not: the first may have been given up
                // half way. Whichever saves first moves it, and the other takes it up from there.
                claim @ (Claim::First | Claim::Again) => {
                    if claim == Claim::First {
                        verdicts::accepted(porter, tenant, &held.flow, provider, &heard.verdicts).await;
                        verdicts::proven(porter, tenant, &held.flow, &heard.identity.voucher).await;
                    }
                    return advance(porter, tenant, held.proven(heard.identity, &visitor), &visitor).await;
                }
                Claim::Taken => replayed(heard),
            }
        }
        Err(rejected) => rejected,
    };
    // An answer that is not ours to hear changes nothing: the real one may still come.
    if rejected.code == ErrorCode::UpstreamMismatch {
        verdicts::keep(porter, tenant, &held.flow, &visitor, provider, &rejected).await;
        return Err(Failure::new(rejected.code, format!("provider {provider}: {}", rejected.detail)).within(id));
    }
    verdicts::refused(porter, tenant, &held.flow, &visitor, provider, &rejected).await;
    advance(porter, tenant, held.then(|flow| flow.blocked(rejected.code)), &visitor).await
}

/// Whether judging the answer asks the provider, which a double click must not do twice. A signed assertion is judged here.
fn is_asked_elsewhere(correlation: &Correlation) -> bool {
    match &correlation.awaited {
        Awaited::OpenId(_) => true,
        Awaited::Saml { .. } | Awaited::WsFed => false,
    }
}

fn replayed(heard: Heard) -> Rejected {
    let (code, mut verdicts) = (ErrorCode::AssertionReplayed, heard.verdicts);
    verdicts.push("used once", Outcome::Refused(code), Value::Plain("used by another sign-in".into()), None);
    Rejected::new(code, "the assertion was used by another sign-in").after(verdicts)
}

/// A double click's second half: the first is speaking with the provider; its outcome is the answer to both.
async fn catch_up(porter: &Porter, tenant: &Tenant, mut held: Held, visitor: &Visitor, inbound: &Inbound) -> Result<Visit, Failure> {
    let id = held.flow.id;
    for _ in 0..LOOKS {
        let Stage::Away { correlation, .. } = &held.flow.stage else { break };
        if !inbound.is_answer_to(correlation) {
            break;
        }
        tokio::time::sleep(LOOK).await;
        held = Held::load(porter, tenant, id, visitor).await?;
    }
    advance(porter, tenant, held, visitor).await
}
