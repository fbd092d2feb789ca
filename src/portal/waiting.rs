//! Terms of use whose acceptance has ended and whose grace has not: announced before they are asked about (`behaviour.md` §12.6).

use super::Resident;
use crate::domain::{
    consent::ConsentRecord,
    id::TermsId,
    locale::Locale,
    tenant::Tenant,
    terms::{Shown, Terms},
    timestamp::Timestamp,
};

/// Every one that waits for `resident`, whichever app asks for it, and until when they may go on without.
pub fn terms<'t>(tenant: &'t Tenant, resident: &Resident, now: Timestamp) -> Vec<(&'t Terms, Timestamp)> {
    let records: Vec<&ConsentRecord> = resident.file.consents.iter().collect();
    tenant.terms.values().filter_map(|terms| Some((terms, terms.grace_ends_at(&records, now)?))).collect()
}

/// One of them, to be read: in the language `wanted` if there is one.
pub fn read<'t>(tenant: &'t Tenant, resident: &Resident, id: &str, wanted: Locale, now: Timestamp) -> Option<Shown<'t>> {
    let id = TermsId::parse(id).ok()?;
    let (terms, _) = terms(tenant, resident, now).into_iter().find(|(terms, _)| terms.id == id)?;
    terms.shown(wanted, now)
}
