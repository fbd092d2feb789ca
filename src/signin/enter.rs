//! Step: somebody comes to our own pages. A session that suffices goes on at once; otherwise the person is asked who they are.

use super::{Failure, Porter, Reply, Visit, Visitor, advance::advance, held::Held};
use crate::{
    domain::{
        errand::{Destination, Errand},
        flow::{Approach, Flow, Stage},
        home_realm::{Edition, Entry},
        id::FlowId,
        identity::Voucher,
        locale::Locale,
        session::BrowserSession,
        tenant::Tenant,
    },
    random,
};

/// Begins a sign-in that ends at `destination`.
pub async fn enter(
    porter: &Porter,
    tenant: &Tenant,
    destination: Destination,
    locale: Locale,
    session: Option<&str>,
    visitor: &Visitor,
) -> Result<Visit, Failure> {
    let session = super::recognise(porter, tenant, session).await?.filter(|session| is_road_open(tenant, session));
    let (now, secret) = (porter.clock.now(), random::token());
    let stage = match session {
        Some(session) => Stage::Recognised { session, consented: Vec::new() },
        None => Stage::Address { prefill: None, notice: None, approach: Approach::AsNeeded },
    };
    let flow = Flow {
        id: FlowId::from_drawn(random::ordered_uuid(now)),
        errand: Errand::Portal(destination),
        entry: Entry::Direct,
        locale,
        browser: random::sha256_base64url(secret.reveal().as_bytes()),
        renewal: None,
        form_secret: random::token(),
        expires_at: now + tenant.tokens.flow,
        stage,
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

fn is_road_open(tenant: &Tenant, session: &BrowserSession) -> bool {
    match &session.identity.voucher {
        Voucher::Passcode => tenant.home_realm.is_passcode_on,
        Voucher::EmailVerified => tenant.home_realm.edition == Edition::E2021,
        Voucher::Provider(id) => tenant.providers.contains_key(id),
    }
}
