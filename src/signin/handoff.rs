//! Step: a provider shows no page in an app's own window (`behaviour.md` §6), so the person signs in where they type a code, and goes
//! on in that window. As RFC 8628 has it, with the person's own browser in the device's place.
//!
//! Nothing but who they are crosses over: what is owed is asked in the app's window, and no session stays in the other browser. The
//! code is spent by one browser, and what is proven there counts only while the window still shows that code.

use std::time::Duration;

use super::{
    Failure, Porter, Visit, Visitor,
    advance::advance,
    form,
    held::{Held, Kept},
    limits,
};
use crate::{
    domain::{
        address::EmailAddress,
        errand::{Destination, Errand, Handoff},
        error_code::ErrorCode,
        flow::{Answer, Approach, Flow, Stage},
        home_realm::{Entry, Outcome},
        id::{FlowId, IdpId},
        identity::{VerifiedIdentity, Voucher},
        identity_provider::{Kind, OpenId},
        locale::Locale,
        secret::Secret,
        tenant::Tenant,
    },
    random,
    store::sessions::{Created, Key, Shelf, Slot, Spent},
};

/// How long a code can be typed.
pub const LIFETIME: Duration = Duration::from_secs(10 * 60);
/// Twenty consonants: no two look alike and no word comes out (RFC 8628 §6.1).
const ALPHABET: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
/// As many as Microsoft's.
const LENGTH: usize = 9;

/// What was sent with the page that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Look whether it is done; where the code grew too old, a new one.
    Continue,
    /// A mailed code instead, if there are any.
    Passcode,
}

/// What became of a typed code.
#[derive(Debug)]
pub enum Typed {
    /// A sign-in for it is begun here: its page asks whether the person meant it.
    Begun(Box<Visit>),
    /// Unknown, spent, too old, or typed too often.
    Gone,
}

/// Whether this provider shows this browser no page.
pub(super) fn is_due(tenant: &Tenant, flow: &Flow, visitor: &Visitor, provider: &IdpId) -> bool {
    let is_google = tenant.providers.get(provider).is_some_and(|provider| matches!(provider.kind, Kind::OpenId(OpenId::Google(_))));
    is_google && visitor.is_embedded && !flow.errand.is_silent()
}

/// Draws a code for this flow and shows it.
pub(super) async fn offer(
    porter: &Porter,
    tenant: &Tenant,
    held: Held,
    provider: IdpId,
    approach: Approach,
    address: Option<EmailAddress>,
) -> Result<Held, Failure> {
    let now = porter.clock.now();
    let code = drawn();
    let handoff = Handoff {
        flow: held.flow.id,
        client: held.flow.errand.client().cloned(),
        provider: provider.clone(),
        digest: digest(code.reveal()),
        asked_at: now,
    };
    let value = serde_json::to_vec(&handoff).map_err(|error| Failure::new(ErrorCode::Internal, format!("unwritten: {error}")))?;
    if porter.sessions.create(&Key::handoff(&tenant.id, &handoff.digest), &value, LIFETIME).await? == Created::Occupied {
        return Err(Failure::new(ErrorCode::Internal, "the same code was drawn twice"));
    }
    Ok(held.then(|flow| flow.sent_elsewhere(address, provider, approach, code, now + LIFETIME)))
}

/// From the window that waits.
pub async fn resume(
    porter: &Porter,
    tenant: &Tenant,
    id: FlowId,
    mut visitor: Visitor,
    form: &str,
    code: &str,
    way: Way,
) -> Result<Visit, Failure> {
    // The code it showed makes a double click the same as the first.
    visitor.proof = Some(random::sha256_base64url(format!("handoff\n{}", digest(code)).as_bytes()));
    let held = Held::load(porter, tenant, id, &visitor).await?;
    let Stage::Elsewhere { address, provider, approach, until, proven, .. } = &held.flow.stage else {
        return advance(porter, tenant, held, &visitor).await;
    };
    if !form::is_own(tenant, &held.flow, form) {
        return advance(porter, tenant, held, &visitor).await;
    }
    let (address, provider, approach) = (address.clone(), provider.clone(), *approach);
    let moved = match (way, proven.as_deref().cloned(), address) {
        (_, Some(identity), _) => held.proven(identity, &visitor),
        (Way::Passcode, None, Some(address)) if tenant.home_realm.is_passcode_on => {
            held.then(|flow| flow.discovered(Some(address), Outcome::Passcode, approach))
        }
        (Way::Continue | Way::Passcode, None, address) if porter.clock.now() >= *until => {
            offer(porter, tenant, held, provider, approach, address).await.map_err(|failure| failure.within(id))?
        }
        (Way::Continue | Way::Passcode, None, _) => held,
    };
    advance(porter, tenant, moved, &visitor).await
}

/// A code is typed in a browser of the person's own. Nothing is spent yet.
pub async fn enter(porter: &Porter, tenant: &Tenant, typed: &str, locale: Locale, visitor: &Visitor) -> Result<Typed, Failure> {
    // Counted before it is compared.
    if !limits::may_type_handoff(porter, tenant, visitor.ip, LIFETIME).await? {
        return Ok(Typed::Gone);
    }
    let Some(stored) = porter.sessions.read(&Key::handoff(&tenant.id, &digest(typed))).await? else { return Ok(Typed::Gone) };
    let Ok(handoff) = serde_json::from_slice::<Handoff>(&stored.value) else { return Ok(Typed::Gone) };
    let (secret, now) = (random::token(), porter.clock.now());
    let flow = Flow {
        id: FlowId::from_drawn(random::ordered_uuid(now)),
        errand: Errand::Handoff(handoff),
        entry: Entry::Direct,
        locale,
        browser: random::sha256_base64url(secret.reveal().as_bytes()),
        renewal: None,
        form_secret: random::token(),
        expected: None,
        expires_at: now + tenant.tokens.flow,
        // No address: who they are is for them to say at the provider.
        stage: Stage::Address { prefill: None, notice: None, approach: Approach::SelectAccount },
    };
    let mut visit = advance(porter, tenant, Held::fresh(flow), visitor).await.map_err(|failure| Failure { flow: None, ..failure })?;
    visit.keepsakes.browser = Some(secret);
    Ok(Typed::Begun(Box::new(visit)))
}

/// The person began it themselves, they say: the code is spent, and the way to the provider open.
pub async fn confirm(porter: &Porter, tenant: &Tenant, id: FlowId, visitor: &Visitor, form: &str) -> Result<Visit, Failure> {
    let held = Held::load(porter, tenant, id, visitor).await?;
    let Some(handoff) = held.flow.errand.handoff().cloned() else { return advance(porter, tenant, held, visitor).await };
    if !held.flow.is_anyones() || !form::is_own(tenant, &held.flow, form) {
        return advance(porter, tenant, held, visitor).await;
    }
    let held = if is_ours(porter, tenant, id, &handoff).await.map_err(|failure| failure.within(id))? {
        let approach = held.flow.approach();
        held.then(|flow| flow.discovered(None, Outcome::Provider(handoff.provider), approach))
    } else {
        held.then(|flow| flow.blocked(ErrorCode::HandoffGone))
    };
    advance(porter, tenant, held, visitor).await
}

/// Whether the code is spent by this sign-in: now, or before.
async fn is_ours(porter: &Porter, tenant: &Tenant, id: FlowId, handoff: &Handoff) -> Result<bool, Failure> {
    let (key, claimant) = (Key::handoff(&tenant.id, &handoff.digest), id.to_string());
    Ok(match porter.sessions.spend(&key, claimant.as_bytes(), tenant.tokens.flow).await? {
        Spent::First(_) => true,
        Spent::Again(by) => by == claimant.as_bytes(),
        Spent::Never => false,
    })
}

/// Somebody was proven for another window: they go on there, and this sign-in is over. Any other stays as it is.
pub(super) async fn hand_over(porter: &Porter, tenant: &Tenant, held: Held) -> Result<Held, Failure> {
    let (Some(handoff), Stage::Proven { identity, .. }) = (held.flow.errand.handoff(), &held.flow.stage) else { return Ok(held) };
    Ok(match deliver(porter, tenant, &held.flow, handoff, identity).await? {
        None => held.then(|flow| flow.answered(Answer::Arrived { destination: Destination::Apps }, None)),
        Some(code) => held.then(|flow| flow.blocked(code)),
    })
}

/// `None`: it is done; else why it can't be.
async fn deliver(
    porter: &Porter,
    tenant: &Tenant,
    here: &Flow,
    handoff: &Handoff,
    identity: &VerifiedIdentity,
) -> Result<Option<ErrorCode>, Failure> {
    if identity.voucher != Voucher::Provider(handoff.provider.clone()) {
        return Ok(Some(ErrorCode::WrongAccount));
    }
    if !is_ours(porter, tenant, here.id, handoff).await? {
        return Ok(Some(ErrorCode::HandoffGone));
    }
    let key = Slot::of_flow(&tenant.id, handoff.flow).key(&Shelf::Flow);
    for _ in 0..3 {
        let Some(stored) = porter.sessions.read(&key).await? else { return Ok(Some(ErrorCode::HandoffGone)) };
        let mut there = Held::stored(&stored)?;
        let is_alive = porter.clock.now() < there.flow.expires_at;
        match &there.flow.stage {
            Stage::Elsewhere { code, proven: None, .. } if is_alive && digest(code.reveal()) == handoff.digest => {}
            Stage::Elsewhere { code, proven: Some(_), .. } if is_alive && digest(code.reveal()) == handoff.digest => return Ok(None),
            Stage::Elsewhere { .. }
            | Stage::Address { .. }
            | Stage::Account { .. }
            | Stage::NewAccount { .. }
            | Stage::Routed { .. }
            | Stage::Away { .. }
            | Stage::Passcode { .. }
            | Stage::Mismatch { .. }
            | Stage::Blocked { .. }
            | Stage::Recognised { .. }
            | Stage::Proven { .. }
            | Stage::Consent { .. }
            | Stage::Answered { .. } => return Ok(Some(ErrorCode::HandoffGone)),
        }
        there = there.then(|flow| flow.handed(identity.clone()));
        if there.save(porter, tenant, Vec::new()).await? == Kept::Yes {
            return Ok(None);
        }
    }
    Ok(Some(ErrorCode::StaleForm))
}

/// Case, spaces and dashes are nobody's concern.
fn digest(typed: &str) -> String {
    let code: String = typed.chars().filter(char::is_ascii_alphanumeric).take(4 * LENGTH).collect();
    random::sha256_base64url(format!("handoff code\n{}", code.to_ascii_uppercase()).as_bytes())
}

/// Uniform: octets of 240 and more are thrown away.
fn drawn() -> Secret<String> {
    let mut code = String::with_capacity(LENGTH);
    while code.len() < LENGTH {
        let letters =
            random::bytes::<16>().into_iter().filter(|octet| *octet < 240).map(|octet| char::from(ALPHABET[usize::from(octet % 20)]));
        code.extend(letters.take(LENGTH - code.len()));
    }
    Secret::new(code)
}
