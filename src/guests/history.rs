//! What a guest agreed to, for them to see and read again: in every redemption, and nobody else's.

use crate::{
    domain::{
        consent::{ConsentRecord, DocumentHash, Matter},
        id::GuestId,
        locale::Locale,
        tenant::Tenant,
        terms::TermsDocument,
        timestamp::Timestamp,
    },
    store::directory::{Directory, DirectoryError},
};

/// One decision of a guest, with what is known of it today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    pub record: ConsentRecord,
    /// What the terms are called; `None`: Review permissions, or terms that the operator has taken out since.
    pub name: Option<String>,
    /// From when an acceptance of terms counts, or counted, no more.
    pub ends_at: Option<Timestamp>,
    /// Whether the words can be read again. Those of early versions of Gatehouse are on record by their hash alone.
    pub is_kept: bool,
}

/// All that `guest` ever accepted or declined at this tenant, newest first; names for a reader of `locale`.
pub async fn history(
    directory: &Directory,
    tenant: &Tenant,
    guest: GuestId,
    locale: Locale,
    now: Timestamp,
) -> Result<Vec<Decided>, DirectoryError> {
    let records = directory.consents_of(&tenant.id, guest).await?;
    let kept = directory.kept_documents(&tenant.id, guest).await?;
    let decided = |record: ConsentRecord| decided(tenant, kept.contains(&record.document), record, locale, now);
    Ok(records.into_iter().rev().map(decided).collect())
}

fn decided(tenant: &Tenant, is_kept: bool, record: ConsentRecord, locale: Locale, now: Timestamp) -> Decided {
    let terms = match &record.matter {
        Matter::Privacy => None,
        Matter::Terms(id) => tenant.terms.get(id),
    };
    let ends_at = terms.filter(|_| record.is_accepted).and_then(|terms| terms.ends_at(&record, now));
    Decided { name: terms.map(|terms| terms.name(locale).to_owned()), ends_at, is_kept, record }
}

/// The words behind one of these decisions. `None`: this guest was never asked about them.
pub async fn document(
    directory: &Directory,
    tenant: &Tenant,
    guest: GuestId,
    hash: &DocumentHash,
) -> Result<Option<TermsDocument>, DirectoryError> {
    directory.document_of(&tenant.id, guest, hash).await
}
