//! Step: the person accepts or declines what the page showed: Review permissions, or one of the terms of use.

use super::{Failure, Porter, Visit, Visitor, admission, advance::advance, form, held::Held, review};
use crate::{
    domain::{
        error_code::ErrorCode,
        flow::{Answer, Flow, Stage},
        id::FlowId,
        tenant::Tenant,
    },
    guests::{self, Agreement, Decision},
    trail,
};

/// What was sent with the form.
#[derive(Debug)]
pub struct Statement<'a> {
    pub form: &'a str,
    pub decision: Decision,
}

pub async fn consent(porter: &Porter, tenant: &Tenant, id: FlowId, visitor: &Visitor, statement: Statement<'_>) -> Result<Visit, Failure> {
    let held = Held::load(porter, tenant, id, visitor).await?;
    let Stage::Consent { guest, owed, origin, opened, .. } = &held.flow.stage else { return advance(porter, tenant, held, visitor).await };
    let is_as_shown = form::is_current(tenant, &held.flow, statement.form) && review::is_in_force(tenant, &held.flow, porter.clock.now());
    let Some(shown) = review::shown(tenant, &held.flow).filter(|_| is_as_shown) else {
        return advance(porter, tenant, held, visitor).await;
    };
    if statement.decision == Decision::Accept && shown.is_unopened(opened) {
        return advance(porter, tenant, held.then(Flow::reminded), visitor).await;
    }
    // Whoever was blocked, or whose invitation was taken back, while they read does not become Accepted by it: the gate says why.
    if statement.decision == Decision::Accept && !admission::stands(porter, tenant, &held.flow, *guest, origin.identity()).await? {
        return advance(porter, tenant, held.then(Flow::reconsidered), visitor).await;
    }
    let agreement = Agreement {
        flow: id,
        guest: *guest,
        owed,
        identity: origin.identity(),
        client: held.flow.errand.client(),
        redemption: held.flow.errand.redemption(),
        words: shown.words(),
        version: shown.version(),
        locale: shown.locale(),
        decision: statement.decision,
    };
    let agreed = guests::agree(&porter.directory, &porter.clock, tenant, agreement).await?;
    // No longer a guest by this identity: nothing was recorded, and the gate, which is asked next, finds out who they are now.
    let guests::Agreed { decision, is_new } = agreed.unwrap_or(guests::Agreed { decision: statement.decision, is_new: false });
    if is_new {
        trail::consented(&porter.directory, porter.clock.now(), tenant, &held.flow, *guest, decision).await?;
    }
    let matter = owed.first().clone();
    let held = match decision {
        Decision::Accept => held.then(|flow| flow.agreed(matter)),
        Decision::Decline => match held.flow.errand.request().map(|request| request.redirect_uri.clone()) {
            Some(redirect_uri) => held.then(|flow| flow.answered(Answer::Refused { redirect_uri, code: ErrorCode::ConsentDeclined }, None)),
            None => held.then(|flow| flow.blocked(ErrorCode::ConsentDeclined)),
        },
    };
    advance(porter, tenant, held, visitor).await
}
