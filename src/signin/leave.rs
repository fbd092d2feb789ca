//! Leaving for an upstream: ask its room for a request, and remember what ties the answer to this flow.

use super::{Onward, Porter};
use crate::{
    domain::{
        address::EmailAddress,
        correlation::Correlation,
        error_code::ErrorCode,
        flow::{Approach, Flow, Stage},
        id::IdpId,
        tenant::Tenant,
    },
    upstream::{Ask, Departure, Prompting, Rejected},
};

pub(super) async fn leave(
    porter: &Porter,
    tenant: &Tenant,
    flow: &Flow,
    provider: &IdpId,
    approach: Approach,
    address: Option<&EmailAddress>,
) -> Result<(Correlation, Onward), Rejected> {
    let upstream = porter
        .upstreams
        .provider(&tenant.id, provider)
        .ok_or_else(|| Rejected::new(ErrorCode::NoRoad, "the provider is no longer configured"))?;
    let prompting = match approach {
        Approach::AsNeeded => Prompting::Free,
        Approach::Login => Prompting::ForceLogin,
        Approach::SelectAccount => Prompting::SelectAccount,
        Approach::Create => Prompting::CreateAccount,
    };
    let again = match &flow.stage {
        Stage::Away { correlation, .. } => Some(correlation.clone()),
        Stage::Routed { .. }
        | Stage::Address { .. }
        | Stage::Account { .. }
        | Stage::NewAccount { .. }
        | Stage::Passcode { .. }
        | Stage::Elsewhere { .. }
        | Stage::Mismatch { .. }
        | Stage::Blocked { .. }
        | Stage::Recognised { .. }
        | Stage::Proven { .. }
        | Stage::Consent { .. }
        | Stage::Answered { .. } => None,
    };
    let ask = Ask { flow: flow.id, login_hint: address.cloned(), prompting, max_age: None, locale: flow.locale, again };
    let Departure { outbound, correlation } = upstream.request(&ask).await?;
    let is_answered_by_post = upstream.answers_by_post();
    Ok((correlation, Onward { provider: provider.clone(), outbound, is_answered_by_post }))
}
