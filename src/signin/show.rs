//! Step: show where the sign-in stands. The reload button, the language links, and every link back.

use super::{
    Failure, Porter, Reply, Visit, Visitor,
    advance::advance,
    held::{Held, Kept},
};
use crate::domain::{
    flow::{Flow, Stage},
    id::FlowId,
    locale::Locale,
    tenant::Tenant,
};

pub async fn show(porter: &Porter, tenant: &Tenant, id: FlowId, visitor: &Visitor, locale: Option<Locale>) -> Result<Visit, Failure> {
    let held = Held::load(porter, tenant, id, visitor).await?;
    let mut held = match locale.filter(|wanted| *wanted != held.flow.locale) {
        Some(locale) => held.then(|flow| Flow { locale, ..flow }),
        None => held,
    };
    let Stage::Away { .. } = &held.flow.stage else { return advance(porter, tenant, held, visitor).await };
    // Sent on again, nobody could leave the provider's page by the back button.
    match held.save(porter, tenant, Vec::new()).await? {
        Kept::Yes => Ok(held.then(Flow::seen_from_outside).ends(visitor, Reply::Page)),
        Kept::Overtaken => advance(porter, tenant, Held::load(porter, tenant, id, visitor).await?, visitor).await,
    }
}
