//! Which browsers a guest is signed in with: listed for them alone, so that they can look at their sessions and end them.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Failure, Porter};
use crate::{
    domain::{
        error_code::ErrorCode,
        id::{GuestId, SessionId},
        session::BrowserSession,
        tenant::Tenant,
        timestamp::Timestamp,
    },
    store::sessions::{Commit, Created, Revision, Shelf, Slot, Swap},
};

/// Sessions that are listed; the oldest beyond them goes on unlisted, and ends when its guest signs out everywhere.
const MOST: usize = 20;
/// Two browsers of one person at the very same moment are rare, three are nobody.
const TRIES: usize = 5;

/// One session, as it can be found.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Known {
    id: SessionId,
    digest: String,
    until: Timestamp,
}

/// Lists a session that is about to be kept under `digest`.
pub(super) async fn remember(porter: &Porter, tenant: &Tenant, session: &BrowserSession, digest: &str) -> Result<(), Failure> {
    let own = Known { id: session.id, digest: digest.to_owned(), until: session.expires_at };
    let (slot, now) = (Slot::of_guest(&tenant.id, session.guest), porter.clock.now());
    let key = slot.key(&Shelf::GuestSessions);
    for _ in 0..TRIES {
        // Mostly the only one of its person: one round trip.
        if porter.sessions.create(&key, &written(std::slice::from_ref(&own))?, own.until.since(now)).await? == Created::New {
            return Ok(());
        }
        let Some(stored) = porter.sessions.read(&key).await? else { continue };
        let mut all = read(&stored.value);
        // By digest: of two answers to one double click, which one's secret is kept is decided later.
        all.retain(|known| now < known.until && known.digest != own.digest);
        all.drain(..(all.len() + 1).saturating_sub(MOST));
        all.push(own.clone());
        if kept(porter, slot.clone(), stored.revision, &all).await? != Swap::Lost {
            return Ok(());
        }
    }
    // Unlisted it is a session all the same, and "everywhere" means it, too.
    Ok(())
}

/// The sessions of a guest that are alive, newest first.
pub async fn listed(porter: &Porter, tenant: &Tenant, guest: GuestId) -> Result<Vec<BrowserSession>, Failure> {
    let key = Slot::of_guest(&tenant.id, guest).key(&Shelf::GuestSessions);
    let Some(stored) = porter.sessions.read(&key).await? else { return Ok(Vec::new()) };
    let (now, mut alive) = (porter.clock.now(), Vec::new());
    for known in read(&stored.value).into_iter().rev().filter(|known| now < known.until) {
        let key = Slot::of_session(&tenant.id, known.id).key(&Shelf::Session { digest: known.digest });
        let Some(stored) = porter.sessions.read(&key).await? else { continue };
        let session: Option<BrowserSession> = serde_json::from_slice(&stored.value).ok();
        alive.extend(session.filter(|session| session.guest == guest && now < session.expires_at));
    }
    Ok(alive)
}

/// Ends one session of this guest, or all that are listed.
pub async fn end(porter: &Porter, tenant: &Tenant, guest: GuestId, which: Which) -> Result<usize, Failure> {
    let slot = Slot::of_guest(&tenant.id, guest);
    let Some(stored) = porter.sessions.read(&slot.key(&Shelf::GuestSessions)).await? else { return Ok(0) };
    let (gone, left): (Vec<Known>, Vec<Known>) = read(&stored.value).into_iter().partition(|known| which.means(known.id));
    for known in &gone {
        let key = Slot::of_session(&tenant.id, known.id).key(&Shelf::Session { digest: known.digest.clone() });
        porter.sessions.remove(&key).await?;
    }
    if !gone.is_empty() {
        // Overtaken by a new sign-in: what is gone stays listed until it would have ended, and is not shown.
        kept(porter, slot, stored.revision, &left).await?;
    }
    Ok(gone.len())
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

async fn kept(porter: &Porter, slot: Slot, expected: Revision, all: &[Known]) -> Result<Swap, Failure> {
    let now = porter.clock.now();
    let longest = all.iter().map(|known| known.until.since(now)).max().unwrap_or_default();
    let (value, ttl) = (written(all)?, longest.max(Duration::from_secs(1)));
    let commit = Commit { slot, shelf: Shelf::GuestSessions, expected, value, ttl, alongside: Vec::new() };
    Ok(porter.sessions.commit(commit).await?)
}

fn read(value: &[u8]) -> Vec<Known> {
    serde_json::from_slice(value).unwrap_or_default()
}

fn written(all: &[Known]) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec(all).map_err(|error| Failure::new(ErrorCode::Internal, format!("sessions can't be written: {error}")))
}
