//! THE PORTER'S ROUTINE. One step per file: [`begin`], [`enter`] and [`redeem`], where a sign-in starts; [`discover`], [`choose`],
//! [`callback`], [`passcode`], [`confirm`], [`consent`], [`opening`], [`show`], [`restart`]. A step does its one thing, and ends in
//! `advance`, which asks [`crate::domain::flow::Flow::next`] what comes
//! now. [`unsolicited`] and [`signout`] belong to no flow. Steps never call steps, know no HTTP, and render nothing.

mod admission;
mod advance;
pub mod begin;
pub mod callback;
pub mod choose;
pub mod confirm;
pub mod consent;
pub mod discover;
pub mod enter;
mod finish;
pub mod form;
mod fresh;
mod gate;
pub mod guest_sessions;
pub mod handoff;
mod held;
mod leave;
mod limits;
mod mailing;
mod once;
pub mod opening;
mod partner_sessions;
pub mod passcode;
pub mod realm;
pub mod redeem;
mod reroute;
pub mod restart;
pub mod review;
pub mod show;
pub mod signout;
pub mod unsolicited;
mod verdicts;

use std::{fmt, net::IpAddr, sync::Arc};

use crate::{
    clock::Clock,
    domain::{
        errand::Destination,
        error_code::ErrorCode,
        flow::Flow,
        id::{FlowId, IdpId, SessionId},
        secret::Secret,
        session::{BrowserSession, SessionCookie},
        tenant::Tenant,
    },
    guests,
    oidc::answer::Answer,
    random,
    store::{
        directory::{Directory, DirectoryError},
        sessions::{Sessions, SessionsError, Shelf, Slot},
    },
    upstream::{Outbound, Rejected, Upstreams, lookup::Lookups},
};

/// Everything the routine works with. One per process.
#[derive(Debug)]
pub struct Porter {
    pub clock: Clock,
    pub sessions: Arc<dyn Sessions>,
    pub directory: Directory,
    pub upstreams: Arc<Upstreams>,
    pub lookups: Lookups,
    /// Invites, and has the outbox.
    pub inviter: guests::Inviter,
    /// Keys the digests of passcodes.
    pub passcode_key: Secret<[u8; 32]>,
}

/// Who stands at the door, as far as HTTP tells.
#[derive(Clone)]
pub struct Visitor {
    pub ip: IpAddr,
    /// Whether it is an app's own window, where some providers show no page.
    pub is_embedded: bool,
    /// The secret of this flow's cookie.
    pub browser: Option<String>,
    /// Digest of what this very request proves, if it proves something: it makes a double click the same as the first.
    pub proof: Option<String>,
}

/// A cookie's secret and a person's network are nobody's to read.
impl fmt::Debug for Visitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Visitor").field("has_browser", &self.browser.is_some()).finish_non_exhaustive()
    }
}

/// How a visit ends when it ends well.
#[derive(Debug)]
pub struct Visit {
    pub flow: Flow,
    pub reply: Reply,
    pub keepsakes: Keepsakes,
}

#[derive(Debug)]
pub enum Reply {
    /// Show the page that [`Flow::next`] names.
    Page,
    /// Send the browser to a configured upstream.
    Leave(Onward),
    /// Answer the app at its registered redirect URI.
    Answer(Answer),
    /// No app asked: on to My Apps, or to where the invitation leads.
    Arrive(Destination),
}

/// On the way to a partner.
#[derive(Debug)]
pub struct Onward {
    pub provider: IdpId,
    pub outbound: Outbound,
    /// The answer comes as a form posted from the partner's site: a `Lax` cookie would stay at home.
    pub is_answered_by_post: bool,
}

/// What the browser is to remember.
#[derive(Debug, Default)]
pub struct Keepsakes {
    /// A new secret for this flow's cookie.
    pub browser: Option<Secret<String>>,
    /// The tenant's session cookie, new.
    pub session: Option<SessionCookie>,
}

/// How a visit ends otherwise. `detail` is for the operator and names no person.
#[derive(Debug)]
pub struct Failure {
    pub code: ErrorCode,
    pub detail: String,
    /// The sign-in it happened in, if that can go on.
    pub flow: Option<FlowId>,
}

impl Failure {
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), flow: None }
    }

    fn within(self, flow: FlowId) -> Self {
        Self { flow: Some(flow), ..self }
    }
}

impl From<ErrorCode> for Failure {
    fn from(code: ErrorCode) -> Self {
        Self::new(code, "")
    }
}

impl From<SessionsError> for Failure {
    fn from(error: SessionsError) -> Self {
        let code = match error {
            SessionsError::Full => ErrorCode::SessionsFull,
            SessionsError::Unreachable(_) => ErrorCode::SessionsUnavailable,
        };
        Self::new(code, error.to_string())
    }
}

impl From<DirectoryError> for Failure {
    fn from(error: DirectoryError) -> Self {
        Self::new(ErrorCode::DirectoryUnavailable, error.to_string())
    }
}

impl From<guests::Refused> for Failure {
    fn from(refused: guests::Refused) -> Self {
        match refused {
            guests::Refused::ByRule(code) => code.into(),
            guests::Refused::Directory(error) => error.into(),
        }
    }
}

impl From<Rejected> for Failure {
    fn from(rejected: Rejected) -> Self {
        Self::new(rejected.code, rejected.detail)
    }
}

/// A recognised browser, if its session cookie says so and the store agrees.
pub async fn recognise(porter: &Porter, tenant: &Tenant, cookie: Option<&str>) -> Result<Option<BrowserSession>, Failure> {
    let Some((id, digest)) = cookie.and_then(session_of_cookie) else { return Ok(None) };
    let slot = Slot::of_session(&tenant.id, id);
    let Some(stored) = porter.sessions.read(&slot.key(&Shelf::Session { digest })).await? else { return Ok(None) };
    let session: Option<BrowserSession> = serde_json::from_slice(&stored.value).ok();
    Ok(session.filter(|session| porter.clock.now() < session.expires_at))
}

/// Reads a session cookie: the session's id, and the digest it is stored under.
fn session_of_cookie(cookie: &str) -> Option<(SessionId, String)> {
    let (id, secret) = cookie.split_once('.')?;
    (secret.len() == 43).then_some(())?;
    Some((SessionId::parse(id)?, random::sha256_base64url(secret.as_bytes())))
}

#[cfg(test)]
mod tests;
