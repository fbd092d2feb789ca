//! Step: "use another account". The sign-in begins again with nobody known.

use super::{Failure, Porter, Visit, Visitor, advance::advance, form, held::Held};
use crate::domain::{flow::Next, id::FlowId, tenant::Tenant};

pub async fn restart(porter: &Porter, tenant: &Tenant, id: FlowId, visitor: &Visitor, form: &str) -> Result<Visit, Failure> {
    let held = Held::load(porter, tenant, id, visitor).await?;
    let is_over = matches!(held.flow.next(), Next::Answer { .. });
    let held = if !is_over && form::is_own(tenant, &held.flow, form) { held.then(|flow| flow.restarted()) } else { held };
    advance(porter, tenant, held, visitor).await
}
