//! Step: "use another account". The sign-in begins again with nobody known. What was declined on the way to our own pages is asked
//! in a sign-in of its own: within one, the first decision stands.

use super::{Failure, Porter, Visit, Visitor, advance::advance, form, fresh::Fresh, held::Held, reroute};
use crate::domain::{
    error_code::ErrorCode,
    flow::{Approach, Flow, Next, Stage},
    id::FlowId,
    tenant::Tenant,
};

pub async fn restart(porter: &Porter, tenant: &Tenant, id: FlowId, visitor: &Visitor, form: &str) -> Result<Visit, Failure> {
    let held = Held::load(porter, tenant, id, visitor).await?;
    let is_over = matches!(held.flow.next(), Next::Answer { .. });
    if is_over || !form::is_own(tenant, &held.flow, form) {
        return advance(porter, tenant, held, visitor).await;
    }
    if let Stage::Blocked { code: ErrorCode::ConsentDeclined, .. } = &held.flow.stage {
        let Flow { errand, entry, locale, .. } = held.flow;
        let Fresh { flow, secret } = Fresh::new(porter, tenant, errand, entry, locale);
        let flow = match flow.errand.redemption().map(|redemption| redemption.invited.clone()) {
            Some(invited) => reroute::road(porter, tenant, flow, invited, visitor, Approach::AsNeeded).await?,
            None => flow,
        };
        return Fresh { flow, secret }.set_out(porter, tenant, &Visitor { browser: None, ..visitor.clone() }).await;
    }
    let held = reroute::again(porter, tenant, held, visitor, Approach::SelectAccount).await?;
    advance(porter, tenant, held, visitor).await
}
