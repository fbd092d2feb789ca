//! Step: an app asks for a sign-in. A session that suffices answers at once; otherwise the person is asked who they are, unless a
//! hint says so alone.

use std::fmt;

use super::{
    Failure, Porter, Visit, Visitor,
    fresh::{Fresh, suffices},
    limits, realm,
};
use crate::domain::{
    address::EmailAddress,
    authorization_request::AuthorizationRequest,
    errand::Errand,
    flow::Flow,
    home_realm::{Entry, Outcome},
    locale::Locale,
    tenant::Tenant,
};

/// A request at the door, read and checked.
pub struct Arrival {
    pub request: AuthorizationRequest,
    pub locale: Locale,
    /// The tenant's session cookie.
    pub session: Option<String>,
}

impl fmt::Debug for Arrival {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arrival").field("request", &self.request).field("has_session", &self.session.is_some()).finish_non_exhaustive()
    }
}

pub async fn begin(porter: &Porter, tenant: &Tenant, arrival: Arrival, visitor: &Visitor) -> Result<Visit, Failure> {
    let session = super::recognise(porter, tenant, arrival.session.as_deref()).await?;
    let fresh = Fresh::new(porter, tenant, Errand::App(arrival.request), Entry::Direct, arrival.locale);
    let hinted = fresh.flow.errand.request().and_then(|request| EmailAddress::parse(request.login_hint.as_deref()?).ok());
    let fresh = match session.filter(|session| suffices(porter, tenant, &fresh.flow, session, hinted.as_ref())) {
        Some(session) => fresh.recognised(session),
        None if fresh.flow.errand.is_silent() => fresh,
        None => Fresh { flow: follow_hints(porter, tenant, fresh.flow, hinted, visitor).await?, ..fresh },
    };
    fresh.set_out(porter, tenant, visitor).await
}

/// A hint that decides alone skips the page; anything that would mail or ask something waits for the person.
async fn follow_hints(
    porter: &Porter,
    tenant: &Tenant,
    flow: Flow,
    hinted: Option<EmailAddress>,
    visitor: &Visitor,
) -> Result<Flow, Failure> {
    let hint = flow.errand.request().and_then(|request| request.domain_hint.clone());
    let has_hint = hinted.is_some() || hint.is_some();
    // A hint is a wish; over the limit the person is asked, and may try in a minute.
    if !has_hint || !limits::may_look_up(porter, tenant, visitor.ip).await? {
        return Ok(flow);
    }
    let (decision, _) = realm::discover(&porter.directory, &porter.lookups, tenant, hinted.as_ref(), flow.entry, hint.as_deref()).await?;
    let approach = flow.approach();
    Ok(match decision.outcome {
        outcome @ Outcome::Provider(_) => flow.discovered(hinted, outcome, approach),
        Outcome::AskAddress
        | Outcome::Picker(_)
        | Outcome::Passcode
        | Outcome::CreateMicrosoftAccount(_)
        | Outcome::SelfServiceAccount
        | Outcome::Blocked(_) => flow,
    })
}
