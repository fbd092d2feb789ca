//! My account: who we think somebody is, where they belong, what they accepted, and their sessions.

use std::sync::Arc;

use serde_json::json;

use super::Resident;
use crate::{
    domain::{consent::DocumentHash, guest::Entry, id::SessionId, session::BrowserSession, tenant::Tenant},
    signin::{
        Failure, Porter,
        guest_sessions::{self, Which},
    },
    store::directory::{AcceptedMatter, AuditEvent, KeptDocument, Whom},
    tenants::Tenants,
};

/// All that the page shows.
#[derive(Debug)]
pub struct Account {
    /// `None`: gone since the session was looked at.
    pub entry: Option<Entry>,
    /// This organisation first.
    pub organizations: Vec<Organization>,
    /// Newest first.
    pub accepted: Vec<AcceptedMatter>,
    /// This browser's first, then the newest.
    pub sessions: Vec<BrowserSession>,
}

/// An organisation of this Gatehouse where somebody is a guest.
#[derive(Debug)]
pub struct Organization {
    pub tenant: Arc<Tenant>,
    pub is_accepted: bool,
}

pub async fn overview(porter: &Porter, tenants: &Tenants, tenant: &Arc<Tenant>, resident: &Resident) -> Result<Account, Failure> {
    let guest = resident.file.guest.id;
    let mut sessions = guest_sessions::listed(porter, tenant, guest).await?;
    sessions.retain(|session| resident.file.guest.sessions_valid_from.is_none_or(|from| session.began_at > from));
    sessions.sort_by_key(|session| session.id != resident.session.id);
    Ok(Account {
        entry: porter.directory.entry(&tenant.id, &Whom::Id(guest)).await?,
        organizations: organizations(porter, tenants, tenant, resident).await?,
        accepted: porter.directory.accepted_matters(&tenant.id, guest).await?,
        sessions,
    })
}

/// Elsewhere only by an address whose domain's owner stands behind it: what somebody merely claims tells them nothing of others.
async fn organizations(porter: &Porter, tenants: &Tenants, here: &Arc<Tenant>, resident: &Resident) -> Result<Vec<Organization>, Failure> {
    let mut all = vec![Organization { tenant: Arc::clone(here), is_accepted: true }];
    if let Some(asserted) = resident.session.identity.address.as_ref().filter(|asserted| asserted.is_owner_verified) {
        let memberships = porter.directory.memberships(&asserted.address).await?;
        let elsewhere = memberships.into_iter().filter(|membership| membership.tenant != here.id);
        all.extend(elsewhere.filter_map(|membership| {
            let tenant = Arc::clone(tenants.by_id(&membership.tenant)?);
            Some(Organization { tenant, is_accepted: membership.is_accepted })
        }));
    }
    Ok(all)
}

/// A document that this guest accepted, and nobody else's.
pub async fn document(
    porter: &Porter,
    tenant: &Tenant,
    resident: &Resident,
    hash: &str,
) -> Result<Option<(AcceptedMatter, KeptDocument)>, Failure> {
    let (guest, hash) = (resident.file.guest.id, DocumentHash(hash.to_owned()));
    let Some(kept) = porter.directory.accepted_document(&tenant.id, guest, &hash).await? else { return Ok(None) };
    let accepted = porter.directory.accepted_matters(&tenant.id, guest).await?;
    Ok(accepted.into_iter().find(|accepted| accepted.document == hash).map(|accepted| (accepted, kept)))
}

/// Ends one session of this guest. One that is another's, or over, is nobody's to end and no error.
pub async fn end(porter: &Porter, tenant: &Tenant, resident: &Resident, session: SessionId) -> Result<(), Failure> {
    guest_sessions::end(porter, tenant, resident.file.guest.id, Which::One(session)).await.map(drop)
}

/// Signs out everywhere: what began until now is over, listed or not.
pub async fn end_all(porter: &Porter, tenant: &Tenant, resident: &Resident) -> Result<(), Failure> {
    let (guest, now) = (resident.file.guest.id, porter.clock.now());
    porter.directory.end_sessions(&tenant.id, guest, now).await?;
    let event = AuditEvent::without_sign_in(now, "guest.signed_out_everywhere", guest, json!({}));
    porter.directory.record(&tenant.id, &event).await?;
    // What is listed need not wait in the store.
    guest_sessions::end(porter, tenant, guest, Which::All).await.map(drop)
}
