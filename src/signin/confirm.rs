//! Step: somebody invited under one address and proven under another says that both are theirs. Whether that is enough is the gate's
//! to say.

use super::{Failure, Porter, Visit, Visitor, advance::advance, form, held::Held};
use crate::domain::{
    flow::{Flow, Remedy, Stage},
    id::FlowId,
    tenant::Tenant,
};

pub async fn confirm(porter: &Porter, tenant: &Tenant, id: FlowId, visitor: &Visitor, form: &str) -> Result<Visit, Failure> {
    let held = Held::load(porter, tenant, id, visitor).await?;
    let is_asked = matches!(&held.flow.stage, Stage::Mismatch { remedy: Remedy::SwitchOrConfirm, .. });
    let held = if is_asked && form::is_current(tenant, &held.flow, form) { held.then(Flow::confirmed) } else { held };
    advance(porter, tenant, held, visitor).await
}
