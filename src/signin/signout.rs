//! Step: a person or a partner ends a session. Ours ends first and for certain; the partner's only if it can be told (SAML Profiles
//! §4.4, WS-Federation 1.2 §13.2.4).

use std::time::Duration;

use subtle::ConstantTimeEq;

use super::{Failure, Porter, once, partner_sessions, recognise, session_of_cookie};
use crate::{
    domain::{error_code::ErrorCode, id::IdpId, identity::Voucher, secret::Secret, session::BrowserSession, tenant::Tenant},
    random,
    store::sessions::{Key, Shelf, Slot, Spent},
    telemetry,
    upstream::{Leaving, Outbound, RawMessage, SignOutHeard},
};

/// How long a partner may take to send a person back.
const AWAY: Duration = Duration::from_secs(15 * 60);

/// What the browser is told.
#[derive(Debug)]
pub struct SigningOut {
    pub reply: Reply,
    /// The browser's own session is over: its cookie goes.
    pub is_session_over: bool,
}

#[derive(Debug)]
pub enum Reply {
    /// Ask whether they mean it; the form's token.
    Ask(String),
    /// Over. The provider where they may still be signed in, if it did not confirm.
    Over { unconfirmed: Option<IdpId> },
    /// On to the partner: with our question, or with the answer to theirs.
    Onward(IdpId, Outbound),
    /// Heard in a frame or as an image: there is nothing to see.
    Quiet,
}

impl From<Reply> for SigningOut {
    fn from(reply: Reply) -> Self {
        Self { reply, is_session_over: false }
    }
}

/// The page that asks.
pub async fn ask(porter: &Porter, tenant: &Tenant, cookie: Option<&str>) -> Result<SigningOut, Failure> {
    Ok(match (recognise(porter, tenant, cookie).await?, cookie) {
        (Some(_), Some(cookie)) => Reply::Ask(token(cookie)).into(),
        (Some(_) | None, _) => SigningOut { reply: Reply::Over { unconfirmed: None }, is_session_over: true },
    })
}

/// The person means it. A form that is not this session's asks again.
pub async fn end(porter: &Porter, tenant: &Tenant, cookie: Option<&str>, form: &str) -> Result<SigningOut, Failure> {
    let (Some(session), Some(cookie)) = (recognise(porter, tenant, cookie).await?, cookie) else {
        return Ok(SigningOut { reply: Reply::Over { unconfirmed: None }, is_session_over: true });
    };
    let token = token(cookie);
    if !bool::from(token.as_bytes().ct_eq(form.as_bytes())) {
        return Ok(Reply::Ask(token).into());
    }
    forget(porter, tenant, cookie).await?;
    telemetry::signed_out(&tenant.id, "person", 1);
    let reply = onward(porter, tenant, &session).await?;
    Ok(SigningOut { reply, is_session_over: true })
}

/// A partner's logout message, or its answer to ours.
pub async fn hear(
    porter: &Porter,
    tenant: &Tenant,
    provider: &IdpId,
    cookie: Option<&str>,
    raw: RawMessage<'_>,
) -> Result<SigningOut, Failure> {
    let upstream = porter.upstreams.provider(&tenant.id, provider).ok_or_else(|| Failure::new(ErrorCode::NoRoad, "no such provider"))?;
    let heard = upstream.hear_sign_out(&raw).await;
    match heard.map_err(|rejected| Failure::new(rejected.code, format!("provider {provider}: {}", rejected.detail)))? {
        SignOutHeard::Asked { sessions, answer, once } => {
            // Shown again, by a reload or by whoever kept it: what it meant is done, and no newer session is meant.
            if once::is_claimed(porter, tenant, provider, &once).await? {
                return Ok(Reply::Onward(provider.clone(), answer).into());
            }
            let own = recognise(porter, tenant, cookie).await?.filter(|own| partner_sessions::is_ended(&sessions, provider, own));
            if let (Some(_), Some(cookie)) = (&own, cookie) {
                forget(porter, tenant, cookie).await?;
            }
            let ended = partner_sessions::end(porter, tenant, provider, &sessions).await?;
            // Last: what went down half way can be asked again.
            once::claim(porter, tenant, provider, Some(&once), "logout").await?;
            telemetry::signed_out(&tenant.id, "partner", ended);
            Ok(SigningOut { reply: Reply::Onward(provider.clone(), answer), is_session_over: own.is_some() })
        }
        SignOutHeard::Answered { state, is_success } => {
            let Some(state) = state else { return ask(porter, tenant, cookie).await };
            let key = signing_out(tenant, provider, &state);
            match porter.sessions.spend(&key, b"", AWAY).await? {
                Spent::First(_) | Spent::Again(_) => Ok(Reply::Over { unconfirmed: (!is_success).then(|| provider.clone()) }.into()),
                // Nothing of ours: the truth is what this browser holds.
                Spent::Never => ask(porter, tenant, cookie).await,
            }
        }
        SignOutHeard::CleanUp => {
            let own = recognise(porter, tenant, cookie).await?.filter(|own| own.identity.voucher == Voucher::Provider(provider.clone()));
            if let (Some(_), Some(cookie)) = (&own, cookie) {
                forget(porter, tenant, cookie).await?;
                telemetry::signed_out(&tenant.id, "cleanup", 1);
            }
            Ok(SigningOut { reply: Reply::Quiet, is_session_over: own.is_some() })
        }
    }
}

/// Whether the partner's session is to end, too, and can be.
async fn onward(porter: &Porter, tenant: &Tenant, session: &BrowserSession) -> Result<Reply, Failure> {
    let over = Reply::Over { unconfirmed: None };
    let (Voucher::Provider(provider), Some(partner)) = (&session.identity.voucher, &session.identity.partner_session) else {
        return Ok(over);
    };
    let Some(upstream) = porter.upstreams.provider(&tenant.id, provider) else { return Ok(over) };
    let state = random::token();
    let leaving = Leaving { session: partner.clone(), state: state.clone() };
    match upstream.sign_out(&leaving).await {
        Ok(Some(outbound)) => {
            porter.sessions.create(&signing_out(tenant, provider, &state), b"away", AWAY).await?;
            Ok(Reply::Onward(provider.clone(), outbound))
        }
        Ok(None) => Ok(over),
        Err(rejected) => {
            telemetry::failed(rejected.code, &format!("provider {provider}: {}", rejected.detail), "");
            Ok(Reply::Over { unconfirmed: Some(provider.clone()) })
        }
    }
}

async fn forget(porter: &Porter, tenant: &Tenant, cookie: &str) -> Result<(), Failure> {
    if let Some((id, digest)) = session_of_cookie(cookie) {
        porter.sessions.remove(&Slot::of_session(&tenant.id, id).key(&Shelf::Session { digest })).await?;
    }
    Ok(())
}

fn signing_out(tenant: &Tenant, provider: &IdpId, state: &Secret<String>) -> Key {
    Key::signing_out(&tenant.id, provider, &random::sha256_base64url(state.reveal().as_bytes()))
}

/// Only who holds the session's cookie can make it, and it says nothing of the cookie.
fn token(cookie: &str) -> String {
    random::sha256_base64url(format!("sign out\n{cookie}").as_bytes())
}
