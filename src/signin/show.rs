//! Step: show where the sign-in stands. The reload button, the language links, and every link back.

use super::{Failure, Porter, Visit, Visitor, advance::advance, held::Held};
use crate::domain::{flow::Flow, id::FlowId, locale::Locale, tenant::Tenant};

pub async fn show(porter: &Porter, tenant: &Tenant, id: FlowId, visitor: &Visitor, locale: Option<Locale>) -> Result<Visit, Failure> {
    let held = Held::load(porter, tenant, id, visitor).await?;
    let held = match locale.filter(|wanted| *wanted != held.flow.locale) {
        Some(locale) => held.then(|flow| Flow { locale, ..flow }),
        None => held,
    };
    advance(porter, tenant, held, visitor).await
}
