//! Step: the person says who they are, or which provider to use.

use super::{Failure, Porter, Visit, Visitor, advance::advance, form, held::Held, limits, realm};
use crate::domain::{
    address::EmailAddress,
    error_code::ErrorCode,
    home_realm::{self, Outcome},
    id::FlowId,
    tenant::Tenant,
};

/// What was sent with the address form.
#[derive(Debug)]
pub enum Answer {
    Typed(String),
    /// One of the provider buttons.
    Provider(String),
}

pub async fn discover(
    porter: &Porter,
    tenant: &Tenant,
    id: FlowId,
    visitor: &Visitor,
    form: &str,
    answer: Answer,
) -> Result<Visit, Failure> {
    let held = Held::load(porter, tenant, id, visitor).await?;
    // From the back button or an old tab it is welcome, as long as nobody has proven anything.
    if !held.flow.is_anyones() || !form::is_own(tenant, &held.flow, form) {
        return advance(porter, tenant, held, visitor).await;
    }
    let approach = held.flow.approach();
    let held = match answer {
        Answer::Typed(typed) => match EmailAddress::parse(&typed) {
            Err(_) => held.then(|flow| flow.mistyped(typed.chars().take(320).collect())),
            // A double click: the code for this address is under way, and the next must wait its time.
            Ok(address) if held.flow.was_mailed_to(&address, &tenant.passcode, porter.clock.now()) => held,
            Ok(address) => {
                // The typed address is the person's own word; an app's domain hint does not overrule it.
                if !limits::may_look_up(porter, tenant, visitor.ip).await.map_err(|failure| failure.within(id))? {
                    return advance(porter, tenant, held.then(|flow| flow.blocked(ErrorCode::TooManyLookups)), visitor).await;
                }
                let discovered = realm::discover(&porter.directory, &porter.lookups, tenant, Some(&address), held.flow.entry, None).await;
                let (decision, _) = discovered.map_err(|failure| failure.within(id))?;
                held.then(|flow| flow.discovered(Some(address), decision.outcome, approach))
            }
        },
        Answer::Provider(name) => match home_realm::offered(tenant).find(|provider| provider.id.as_str() == name) {
            Some(provider) => held.then(|flow| flow.discovered(None, Outcome::Provider(provider.id.clone()), approach)),
            None => held,
        },
    };
    advance(porter, tenant, held, visitor).await
}
