//! My account: who we think somebody is, where they belong, what they were asked and said, and their sessions.

use std::sync::Arc;

use serde_json::json;

use super::Resident;
use crate::{
    domain::{
        consent::ConsentRecord,
        guest::Entry as FullEntry,
        home_realm::{Entry, Outcome},
        id::SessionId,
        identity::{VerifiedIdentity, Voucher},
        locale::Locale,
        session::BrowserSession,
        tenant::Tenant,
        terms::TermsDocument,
    },
    guests::{self, Decided},
    signin::{
        Failure, Porter,
        guest_sessions::{self, Which},
        realm,
    },
    store::directory::{AuditEvent, Whom},
    tenants::Tenants,
};

/// All that the page shows.
#[derive(Debug)]
pub struct Account {
    /// `None`: gone since the session was looked at.
    pub entry: Option<FullEntry>,
    /// This organisation first.
    pub organizations: Vec<Organization>,
    /// Newest first.
    pub decided: Vec<Decided>,
    /// This browser's first, then the newest.
    pub sessions: Vec<BrowserSession>,
}

/// An organisation of this Gatehouse where somebody is a guest.
#[derive(Debug)]
pub struct Organization {
    pub tenant: Arc<Tenant>,
    pub is_accepted: bool,
}

/// Of `resident`, with names for a reader of `locale`.
pub async fn overview(
    porter: &Porter,
    tenants: &Tenants,
    tenant: &Arc<Tenant>,
    resident: &Resident,
    locale: Locale,
) -> Result<Account, Failure> {
    let guest = &resident.file.guest;
    let mut sessions = guest_sessions::listed(porter, tenant, guest.id).await?;
    sessions.retain(|session| !session.is_over(guest.sessions_valid_from));
    sessions.sort_by_key(|session| session.id != resident.session.id);
    Ok(Account {
        entry: porter.directory.entry(&tenant.id, &Whom::Id(guest.id)).await?,
        organizations: organizations(porter, tenants, tenant, &resident.session.identity).await?,
        decided: guests::history(&porter.directory, tenant, guest.id, locale, porter.clock.now()).await?,
        sessions,
    })
}

/// Elsewhere only by an address whose owner stands behind it, and where the same proof would do: what an organisation's own provider
/// says of an address tells nobody where else that address is a guest.
async fn organizations(
    porter: &Porter,
    tenants: &Tenants,
    here: &Arc<Tenant>,
    identity: &VerifiedIdentity,
) -> Result<Vec<Organization>, Failure> {
    let mut all = vec![Organization { tenant: Arc::clone(here), is_accepted: true }];
    let Some(proven) = identity.address.as_ref().filter(|asserted| asserted.is_owner_verified) else { return Ok(all) };
    for membership in porter.directory.memberships(&proven.address).await? {
        let Some(there) = tenants.by_id(&membership.tenant).filter(|there| there.id != here.id) else { continue };
        let (decision, _) = realm::discover(&porter.directory, &porter.lookups, there, Some(&proven.address), Entry::Direct, None).await?;
        if would_do(here, &identity.voucher, there, &decision.outcome) {
            all.push(Organization { tenant: Arc::clone(there), is_accepted: membership.is_accepted });
        }
    }
    Ok(all)
}

/// Whether what proved somebody `here` is what `there` would ask of them.
fn would_do(here: &Tenant, voucher: &Voucher, there: &Tenant, outcome: &Outcome) -> bool {
    match (voucher, outcome) {
        // The mailbox, which is asked by this house wherever it is asked.
        (Voucher::Passcode | Voucher::EmailVerified, Outcome::Passcode | Outcome::SelfServiceAccount) => true,
        (Voucher::Provider(ours), Outcome::Provider(theirs)) => {
            let pair = here.providers.get(ours).zip(there.providers.get(theirs));
            pair.is_some_and(|(ours, theirs)| ours.is_same_home(theirs))
        }
        (Voucher::Passcode | Voucher::EmailVerified | Voucher::Provider(_), _) => false,
    }
}

/// Words that somebody was asked to agree to.
#[derive(Debug)]
pub struct Kept {
    pub record: ConsentRecord,
    /// What the terms are called, as in [`Decided`].
    pub name: Option<String>,
    pub document: TermsDocument,
}

/// A document that this guest accepted or declined, and nobody else's.
pub async fn document(porter: &Porter, tenant: &Tenant, resident: &Resident, hash: &str, locale: Locale) -> Result<Option<Kept>, Failure> {
    let guest = resident.file.guest.id;
    let history = guests::history(&porter.directory, tenant, guest, locale, porter.clock.now()).await?;
    let Some(Decided { record, name, .. }) = history.into_iter().find(|decided| decided.record.document.0 == hash) else { return Ok(None) };
    let document = guests::document(&porter.directory, tenant, guest, &record.document).await?;
    Ok(document.map(|document| Kept { record, name, document }))
}

/// Ends one session of this guest. One that is another's, or over, is nobody's to end and no error.
pub async fn end(porter: &Porter, tenant: &Tenant, resident: &Resident, session: SessionId) -> Result<(), Failure> {
    guest_sessions::end(porter, tenant, resident.file.guest.id, Which::One(session)).await
}

/// Signs out everywhere: what began until now is over, listed or not.
pub async fn end_all(porter: &Porter, tenant: &Tenant, resident: &Resident) -> Result<(), Failure> {
    let (guest, now) = (resident.file.guest.id, porter.clock.now());
    let event = AuditEvent::without_sign_in(now, "guest.signed_out_everywhere", guest, json!({}));
    porter.directory.end_sessions(&tenant.id, guest, &event).await?;
    // What is listed need not wait in the store.
    guest_sessions::end(porter, tenant, guest, Which::All).await
}
