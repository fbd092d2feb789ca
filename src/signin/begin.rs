//! Step: an app asks for a sign-in. A session that suffices answers at once; otherwise the person is asked who they are, unless a
//! hint says so alone.

use std::fmt;

use super::{Failure, Porter, Reply, Visit, Visitor, advance::advance, held::Held, limits, realm};
use crate::{
    domain::{
        address::EmailAddress,
        authorization_request::{AuthorizationRequest, Interaction},
        errand::Errand,
        flow::{Approach, Flow, Stage},
        home_realm::{Edition, Entry, Outcome},
        id::FlowId,
        identity::Voucher,
        locale::Locale,
        secret::Secret,
        session::BrowserSession,
        tenant::Tenant,
    },
    random,
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
    let secret = random::token();
    let flow = new_flow(porter, tenant, arrival, &secret);
    let hinted = flow.errand.request().and_then(|request| EmailAddress::parse(request.login_hint.as_deref()?).ok());
    let flow = match session.filter(|session| suffices(porter, tenant, &flow, session, hinted.as_ref())) {
        Some(session) => Flow { stage: Stage::Recognised { session, consented: Vec::new() }, ..flow },
        None if flow.errand.is_silent() => flow,
        None => follow_hints(porter, tenant, flow, hinted, visitor).await?,
    };
    // What failed before it was kept can't be come back to.
    let visit = advance(porter, tenant, Held::fresh(flow), visitor).await;
    let mut visit = visit.map_err(|failure| Failure { flow: None, ..failure })?;
    match visit.reply {
        Reply::Page | Reply::Leave(_) => visit.keepsakes.browser = Some(secret),
        Reply::Answer(_) | Reply::Arrive(_) => {}
    }
    Ok(visit)
}

fn new_flow(porter: &Porter, tenant: &Tenant, arrival: Arrival, secret: &Secret<String>) -> Flow {
    let now = porter.clock.now();
    let prefill = arrival.request.login_hint.clone();
    Flow {
        id: FlowId::from_drawn(random::ordered_uuid(now)),
        errand: Errand::App(arrival.request),
        entry: Entry::Direct,
        locale: arrival.locale,
        browser: random::sha256_base64url(secret.reveal().as_bytes()),
        renewal: None,
        form_secret: random::token(),
        expires_at: now + tenant.tokens.flow,
        stage: Stage::Address { prefill, notice: None, approach: Approach::AsNeeded },
    }
}

/// Whether the session may answer: alive, fresh enough, wanted, of the person the app hints at, and by a road that is still open
/// (`security.md` D5: what is refused at sign-in is refused here).
fn suffices(porter: &Porter, tenant: &Tenant, flow: &Flow, session: &BrowserSession, hinted: Option<&EmailAddress>) -> bool {
    let address = session.identity.address.as_ref().map(|asserted| &asserted.address);
    let is_road_open = match &session.identity.voucher {
        Voucher::Passcode => tenant.home_realm.is_passcode_on,
        Voucher::EmailVerified => tenant.home_realm.edition == Edition::E2021,
        Voucher::Provider(id) => tenant.providers.contains_key(id),
    };
    let is_someone_else = match (hinted, address) {
        (Some(hinted), Some(asserted)) => hinted != asserted,
        (Some(_) | None, _) => false,
    };
    session.satisfies(porter.clock.now(), flow.errand.max_age())
        && !flow.errand.wants(Interaction::Login)
        && !flow.errand.wants(Interaction::SelectAccount)
        && !is_someone_else
        && is_road_open
        && flow.errand.hinted_guest().is_none_or(|hinted| hinted == session.guest)
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
