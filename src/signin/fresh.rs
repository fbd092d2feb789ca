//! A sign-in that begins, whatever it is for: its first flow, whether a session spares it, and its first move. Decides no road.

use super::{Failure, Porter, Reply, Visit, Visitor, advance::advance, held::Held};
use crate::{
    domain::{
        address::EmailAddress,
        authorization_request::Interaction,
        errand::Errand,
        flow::{Approach, Flow, Stage},
        home_realm::Entry,
        id::FlowId,
        locale::Locale,
        secret::Secret,
        session::BrowserSession,
        tenant::Tenant,
    },
    random,
};

/// A flow that nobody has seen yet, and the secret its browser is to keep.
pub(super) struct Fresh {
    pub flow: Flow,
    pub secret: Secret<String>,
}

impl Fresh {
    pub fn new(porter: &Porter, tenant: &Tenant, errand: Errand, entry: Entry, locale: Locale) -> Self {
        let (now, secret) = (porter.clock.now(), random::token());
        let prefill = errand.request().and_then(|request| request.login_hint.clone());
        let flow = Flow {
            id: FlowId::from_drawn(random::ordered_uuid(now)),
            errand,
            entry,
            locale,
            browser: random::sha256_base64url(secret.reveal().as_bytes()),
            renewal: None,
            form_secret: random::token(),
            expected: None,
            expires_at: now + tenant.tokens.flow,
            stage: Stage::Address { prefill, notice: None, approach: Approach::AsNeeded },
        };
        Self { flow, secret }
    }

    /// The browser is recognised, and its session will do.
    #[must_use]
    pub fn recognised(self, session: BrowserSession) -> Self {
        self.at(Stage::Recognised { session, consented: Vec::new() })
    }

    #[must_use]
    pub fn at(self, stage: Stage) -> Self {
        Self { flow: Flow { stage, ..self.flow }, secret: self.secret }
    }

    /// Sets out, and lets the browser keep the secret where there is something to come back to.
    pub async fn set_out(self, porter: &Porter, tenant: &Tenant, visitor: &Visitor) -> Result<Visit, Failure> {
        // What failed before it was kept can't be come back to.
        let visit = advance(porter, tenant, Held::fresh(self.flow), visitor).await;
        let mut visit = visit.map_err(|failure| Failure { flow: None, ..failure })?;
        match visit.reply {
            Reply::Page | Reply::Leave(_) => visit.keepsakes.browser = visit.keepsakes.browser.or(Some(self.secret)),
            Reply::Answer(_) | Reply::Arrive(_) => {}
        }
        Ok(visit)
    }
}

/// Whether the session may answer: alive, fresh enough, wanted, of the person the app hints at, and by a road that is still open
/// (`security.md` D5: what is refused at sign-in is refused here).
pub(super) fn suffices(porter: &Porter, tenant: &Tenant, flow: &Flow, session: &BrowserSession, hinted: Option<&EmailAddress>) -> bool {
    let address = session.identity.address.as_ref().map(|asserted| &asserted.address);
    let is_someone_else = match (hinted, address) {
        (Some(hinted), Some(asserted)) => hinted != asserted,
        (Some(_) | None, _) => false,
    };
    session.satisfies(porter.clock.now(), flow.errand.max_age())
        && !flow.errand.wants(Interaction::Login)
        && !flow.errand.wants(Interaction::SelectAccount)
        && !is_someone_else
        && tenant.serves(&session.identity.voucher)
        && flow.errand.hinted_guest().is_none_or(|hinted| hinted == session.guest)
}
