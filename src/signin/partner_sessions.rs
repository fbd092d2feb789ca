//! Which sessions of ours a partner's logout ends: found by the name it gave the person, because the browser may come without our
//! cookie (a form posted from their site, a frame in their page; SAML Profiles §4.4).

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Failure, Porter};
use crate::{
    domain::{
        error_code::ErrorCode,
        id::{IdpId, SessionId},
        identity::{AssertedNameId, PartnerSession, Voucher},
        session::BrowserSession,
        tenant::Tenant,
        timestamp::Timestamp,
    },
    random,
    store::sessions::{Commit, Created, Shelf, Slot, Swap},
    upstream::EndedSessions,
};

/// Browsers one person may have signed in by one partner; the oldest is no longer found.
const MOST: usize = 32;
/// Two browsers of one person at the very same moment are rare, three are nobody.
const TRIES: usize = 5;
/// SAML Core §8.3.1: what a name without a format is.
const UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";

/// One session, as its partner can find it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Known {
    id: SessionId,
    digest: String,
    index: Option<String>,
    until: Timestamp,
}

/// Remembers a session that is about to be kept under `digest`, if its partner gave it a name.
pub(super) async fn remember(porter: &Porter, tenant: &Tenant, session: &BrowserSession, digest: &str) -> Result<(), Failure> {
    let Voucher::Provider(provider) = &session.identity.voucher else { return Ok(()) };
    let Some(PartnerSession { index, name_id: Some(name), .. }) = &session.identity.partner_session else { return Ok(()) };
    let own = Known { id: session.id, digest: digest.to_owned(), index: index.clone(), until: session.expires_at };
    let (slot, now) = (slot(tenant, provider, name), porter.clock.now());
    let key = slot.key(&Shelf::PartnerSessions);
    for _ in 0..TRIES {
        // Nearly always the first of its person: one round trip.
        if porter.sessions.create(&key, &written(std::slice::from_ref(&own))?, own.until.since(now)).await? == Created::New {
            return Ok(());
        }
        let Some(stored) = porter.sessions.read(&key).await? else { continue };
        let mut all = read(&stored.value);
        // By digest: of two answers to one double click, which one's secret is kept is decided later.
        all.retain(|known| now < known.until && known.digest != own.digest);
        all.drain(..(all.len() + 1).saturating_sub(MOST));
        all.push(own.clone());
        let commit = Commit {
            slot: slot.clone(),
            shelf: Shelf::PartnerSessions,
            expected: stored.revision,
            value: written(&all)?,
            ttl: longest(&all, now),
            alongside: Vec::new(),
        };
        if porter.sessions.commit(commit).await? != Swap::Lost {
            return Ok(());
        }
    }
    Err(Failure::new(ErrorCode::SessionsUnavailable, "the sessions of one person at one partner changed too often"))
}

/// Ends every session that the partner means; how many there were.
pub(super) async fn end(porter: &Porter, tenant: &Tenant, provider: &IdpId, ended: &EndedSessions) -> Result<usize, Failure> {
    let slot = slot(tenant, provider, &ended.name_id);
    let Some(stored) = porter.sessions.read(&slot.key(&Shelf::PartnerSessions)).await? else { return Ok(0) };
    let (gone, left): (Vec<Known>, Vec<Known>) = read(&stored.value).into_iter().partition(|known| is_meant(ended, known.index.as_deref()));
    for known in &gone {
        let key = Slot::of_session(&tenant.id, known.id).key(&Shelf::Session { digest: known.digest.clone() });
        porter.sessions.remove(&key).await?;
    }
    if !gone.is_empty() {
        let (value, ttl) = (written(&left)?, longest(&left, porter.clock.now()));
        // Overtaken by a new sign-in: what is gone stays listed until it would have ended, and means nothing.
        porter
            .sessions
            .commit(Commit { slot, shelf: Shelf::PartnerSessions, expected: stored.revision, value, ttl, alongside: Vec::new() })
            .await?;
    }
    Ok(gone.len())
}

/// Whether the partner's message means this very session.
pub(super) fn is_ended(ended: &EndedSessions, provider: &IdpId, session: &BrowserSession) -> bool {
    let PartnerSession { index, name_id: Some(name), .. } = (match &session.identity.partner_session {
        Some(partner) if session.identity.voucher == Voucher::Provider(provider.clone()) => partner,
        Some(_) | None => return false,
    }) else {
        return false;
    };
    digest(name) == digest(&ended.name_id) && is_meant(ended, index.as_deref())
}

/// No index in the message means all; one that we were never told can't be told apart from the others (SAML Core §3.7.3.2).
fn is_meant(ended: &EndedSessions, index: Option<&str>) -> bool {
    ended.indexes.is_empty() || index.is_none_or(|index| ended.indexes.iter().any(|named| named == index))
}

fn slot(tenant: &Tenant, provider: &IdpId, name: &AssertedNameId) -> Slot {
    Slot::of_partner_name(&tenant.id, provider, &digest(name))
}

/// The store never learns a name. Qualifiers are left out: partners repeat them or not (SAML Core §8.3.7).
fn digest(name: &AssertedNameId) -> String {
    let format = name.format.as_deref().unwrap_or(UNSPECIFIED);
    random::sha256_base64url(format!("name\n{format}\n{}", name.value.as_str()).as_bytes())
}

fn longest(all: &[Known], now: Timestamp) -> Duration {
    let longest = all.iter().map(|known| known.until.since(now)).max().unwrap_or_default();
    longest.max(Duration::from_secs(1))
}

fn read(value: &[u8]) -> Vec<Known> {
    serde_json::from_slice(value).unwrap_or_default()
}

fn written(all: &[Known]) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec(all).map_err(|error| Failure::new(ErrorCode::Internal, format!("sessions can't be written: {error}")))
}
