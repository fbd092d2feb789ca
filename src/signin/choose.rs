//! Step: the person picks one of several homes, or takes the offer to make an account.

use super::{Failure, Porter, Visit, Visitor, advance::advance, form, held::Held};
use crate::domain::{
    flow::Stage,
    id::{FlowId, IdpId},
    tenant::Tenant,
};

/// From the account picker.
pub async fn account(porter: &Porter, tenant: &Tenant, id: FlowId, visitor: &Visitor, form: &str, chosen: &str) -> Result<Visit, Failure> {
    let held = Held::load(porter, tenant, id, visitor).await?;
    let Stage::Account { homes, .. } = &held.flow.stage else { return advance(porter, tenant, held, visitor).await };
    let is_own = form::is_own(tenant, &held.flow, form);
    let held = match IdpId::parse(chosen).ok().filter(|chosen| is_own && homes.contains(chosen)) {
        Some(chosen) => held.then(|flow| flow.chose(&chosen)),
        None => held,
    };
    advance(porter, tenant, held, visitor).await
}

/// From the offer to make a Microsoft account.
pub async fn new_account(porter: &Porter, tenant: &Tenant, id: FlowId, visitor: &Visitor, form: &str) -> Result<Visit, Failure> {
    let held = Held::load(porter, tenant, id, visitor).await?;
    let offered = if let Stage::NewAccount { provider, .. } = &held.flow.stage
        && form::is_own(tenant, &held.flow, form)
    {
        Some(provider.clone())
    } else {
        None
    };
    let held = match offered {
        Some(provider) => held.then(|flow| flow.chose(&provider)),
        None => held,
    };
    advance(porter, tenant, held, visitor).await
}
