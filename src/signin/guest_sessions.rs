//! Which browsers a guest is signed in with: listed for them alone, so that they can look at their sessions and end them.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::{Failure, Porter};
use crate::{
    domain::{
        error_code::ErrorCode,
        id::{GuestId, SessionId},
        session::BrowserSession,
        tenant::Tenant,
    },
    store::sessions::{Key, Shelf, Slot},
};

/// Sessions that are listed; those beyond them go on unlisted, and end when their guest signs out everywhere. More than anybody has
/// open: one that was ended stays in the list, unseen, until it would have ended by itself.
const MOST: usize = 40;

/// One session, as it can be found.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Known {
    id: SessionId,
    digest: String,
}

impl Known {
    fn key(&self, tenant: &Tenant) -> Key {
        Slot::of_session(&tenant.id, self.id).key(&Shelf::Session { digest: self.digest.clone() })
    }
}

/// Lists a session that is about to be kept under `digest`: one round trip, however many there are.
pub(super) async fn remember(porter: &Porter, tenant: &Tenant, session: &BrowserSession, digest: &str) -> Result<(), Failure> {
    let own = Known { id: session.id, digest: digest.to_owned() };
    let line =
        serde_json::to_vec(&own).map_err(|error| Failure::new(ErrorCode::Internal, format!("a session can't be listed: {error}")))?;
    let lives = session.expires_at.since(porter.clock.now());
    Ok(porter.sessions.enlist(&list(tenant, session.guest), &line, lives, MOST).await?)
}

/// The sessions of a guest that are alive, newest first.
pub async fn listed(porter: &Porter, tenant: &Tenant, guest: GuestId) -> Result<Vec<BrowserSession>, Failure> {
    let (now, mut alive) = (porter.clock.now(), Vec::new());
    for known in known(porter, tenant, guest).await? {
        let Some(stored) = porter.sessions.read(&known.key(tenant)).await? else { continue };
        let session: Option<BrowserSession> = serde_json::from_slice(&stored.value).ok();
        alive.extend(session.filter(|session| session.guest == guest && now < session.expires_at));
    }
    alive.sort_by_key(|session| Reverse(session.began_at));
    Ok(alive)
}

/// Ends one session of this guest, or all that are listed.
pub async fn end(porter: &Porter, tenant: &Tenant, guest: GuestId, which: Which) -> Result<(), Failure> {
    for known in known(porter, tenant, guest).await?.into_iter().filter(|known| which.means(known.id)) {
        porter.sessions.remove(&known.key(tenant)).await?;
    }
    Ok(())
}

async fn known(porter: &Porter, tenant: &Tenant, guest: GuestId) -> Result<Vec<Known>, Failure> {
    let lines = porter.sessions.lines(&list(tenant, guest)).await?;
    Ok(lines.iter().filter_map(|line| serde_json::from_slice(line).ok()).collect())
}

fn list(tenant: &Tenant, guest: GuestId) -> Key {
    Slot::of_guest(&tenant.id, guest).key(&Shelf::GuestSessions)
}

/// Which of a guest's sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    One(SessionId),
    All,
}

impl Which {
    fn means(self, id: SessionId) -> bool {
        match self {
            Self::One(meant) => meant == id,
            Self::All => true,
        }
    }
}
