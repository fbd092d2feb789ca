//! The end of a sign-in: a code for the app, a session for the browser, and the flow kept a moment longer for a double click.

use std::time::Duration;

use super::{
    Failure, Porter, Reply, Visit, Visitor, guest_sessions,
    held::{Held, Kept},
    partner_sessions, verdicts,
};
use crate::{
    domain::{
        consent::Passed,
        errand::{Destination, Errand},
        error_code::ErrorCode,
        flow::{self, Flow, Known, Next},
        grant::Grant,
        id::SessionId,
        identity::Voucher,
        secret::Secret,
        session::{BrowserSession, SessionCookie},
        tenant::Tenant,
    },
    oidc::answer::Answer,
    random,
    store::sessions::{Shelf, Slot},
    telemetry,
    token::code,
    trail,
};

/// Issues. Takes the proof that the gate was passed; there is no other way to a [`Grant`].
pub(super) async fn finish(
    porter: &Porter,
    tenant: &Tenant,
    held: Held,
    passed: Passed,
    visitor: &Visitor,
) -> Result<Option<Visit>, Failure> {
    let now = porter.clock.now();
    let mut alongside: Vec<(Shelf, Vec<u8>, Duration)> = Vec::with_capacity(2);
    let (session_id, cookie, road) = match held.flow.next() {
        Next::Admit(Known::BySession(session, _)) => (session.id, None, "session"),
        Next::Admit(Known::ByProof(identity, ..)) => {
            let id = SessionId::from(held.flow.id);
            let road = match identity.voucher {
                Voucher::Passcode | Voucher::EmailVerified => "passcode",
                Voucher::Provider(_) => "upstream",
            };
            let cookie = match BrowserSession::end(identity, now, tenant.tokens.session) {
                Some(expires_at) => {
                    let session = BrowserSession { id, guest: passed.guest(), identity: identity.clone(), began_at: now, expires_at };
                    let (cookie, placed) = born(porter, tenant, &session).await?;
                    alongside.push(placed);
                    Some(cookie)
                }
                None => None,
            };
            (id, cookie, road)
        }
        Next::AskAddress { .. }
        | Next::ChooseAccount { .. }
        | Next::OfferNewAccount { .. }
        | Next::Leave { .. }
        | Next::MailPasscode { .. }
        | Next::AskPasscode { .. }
        | Next::GoElsewhere { .. }
        | Next::ConfirmAccount { .. }
        | Next::AskConsent { .. }
        | Next::Stop { .. }
        | Next::Answer { .. } => return Err(Failure::new(ErrorCode::Internal, "finish was called before the gate")),
    };
    let answer = match &held.flow.errand {
        Errand::App(request) => {
            let grant = Grant::new(passed, session_id, request, now + tenant.tokens.authorization_code);
            let minted = code::mint(tenant, &grant);
            let placed = (minted.shelf, minted.value, minted.ttl);
            if session_id == SessionId::from(held.flow.id) {
                // Born of this flow, the session shares its slot: code, session and answer are one write.
                alongside.push(placed);
            } else {
                porter.sessions.put(&minted.slot, &[placed]).await?;
            }
            flow::Answer::Code { redirect_uri: request.redirect_uri.clone(), code: minted.code }
        }
        Errand::Redemption(redemption) => flow::Answer::Arrived { destination: redemption.destination.clone() },
        Errand::Portal(destination) => flow::Answer::Arrived { destination: destination.clone() },
        Errand::Handoff(_) => flow::Answer::Arrived { destination: Destination::Apps },
    };
    let mut held = held.then(|flow| {
        // Long enough for a double click, no longer than the code.
        let expires_at = now + tenant.tokens.authorization_code;
        Flow { expires_at, ..flow.answered(answer.clone(), cookie.clone()) }
    });
    if held.save(porter, tenant, alongside).await? == Kept::Overtaken {
        return Ok(None);
    }
    telemetry::signed_in(&tenant.id, road, &trail::reference_of(held.flow.id));
    verdicts::redeemed(porter, tenant, &held.flow).await;
    let reply = reply(tenant, &held.flow, &answer)?;
    let mut visit = held.ends(visitor, reply);
    visit.keepsakes.session = cookie;
    Ok(Some(visit))
}

/// Signed in, and the app they came from is for others (GH2018): a session all the same, so that My Apps asks nobody again. It is none
/// of the flow's, which may go on with another account.
pub(super) async fn without_app(
    porter: &Porter,
    tenant: &Tenant,
    held: Held,
    passed: Passed,
    visitor: &Visitor,
) -> Result<Option<Visit>, Failure> {
    let now = porter.clock.now();
    let (guest, identity) = passed.into_parts();
    let mut held = held.then(|flow| flow.blocked(ErrorCode::AppNotAssigned));
    let mut begun = None;
    if let Some(expires_at) = BrowserSession::end(&identity, now, tenant.tokens.session) {
        let id = SessionId::from_drawn(random::ordered_uuid(now));
        let session = BrowserSession { id, guest, identity, began_at: now, expires_at };
        begun = Some((Slot::of_session(&tenant.id, id), born(porter, tenant, &session).await?));
    }
    if held.save(porter, tenant, Vec::new()).await? == Kept::Overtaken {
        return Ok(None);
    }
    let mut visit = held.ends(visitor, Reply::Page);
    if let Some((slot, (cookie, placed))) = begun {
        porter.sessions.put(&slot, &[placed]).await?;
        visit.keepsakes.session = Some(cookie);
    }
    Ok(Some(visit))
}

/// A new session: what the browser holds of it, and what is written beside the flow. A partner that can end it is remembered first.
async fn born(porter: &Porter, tenant: &Tenant, session: &BrowserSession) -> Result<(SessionCookie, (Shelf, Vec<u8>, Duration)), Failure> {
    let secret = random::token();
    let digest = random::sha256_base64url(secret.reveal().as_bytes());
    partner_sessions::remember(porter, tenant, session, &digest).await?;
    guest_sessions::remember(porter, tenant, session, &digest).await?;
    let lives = session.expires_at.since(porter.clock.now());
    let cookie = SessionCookie { secret: Secret::new(format!("{}.{}", session.id, secret.reveal())), until: session.expires_at };
    Ok((cookie, (Shelf::Session { digest }, written(session)?, lives)))
}

/// The answer in wire words, or the place somebody goes who came for no app.
pub(super) fn reply(tenant: &Tenant, flow: &Flow, answer: &flow::Answer) -> Result<Reply, Failure> {
    Ok(match (answer, flow.errand.request()) {
        (flow::Answer::Code { code, .. }, Some(request)) => Reply::Answer(Answer::success(tenant, request, code)),
        (flow::Answer::Refused { code, .. }, Some(request)) => Reply::Answer(Answer::error(tenant, *code, None, request.into())),
        (flow::Answer::Arrived { destination }, _) => Reply::Arrive(destination.clone()),
        (flow::Answer::Code { .. } | flow::Answer::Refused { .. }, None) => {
            return Err(Failure::new(ErrorCode::Internal, "an answer for an app, and no app asked"));
        }
    })
}

fn written(session: &BrowserSession) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec(session).map_err(|error| Failure::new(ErrorCode::Internal, format!("a session can't be written: {error}")))
}
