//! Writing down what a guest agreed to or declined: which words (by hash), in which language, when, for which client, proven how.

use crate::{
    clock::Clock,
    domain::{
        consent::{ConsentRecord, DocumentHash, Owed},
        id::{ClientId, GuestId},
        identity::VerifiedIdentity,
        locale::Locale,
        tenant::Tenant,
    },
    store::directory::{Directory, DirectoryError, Standing},
};

/// What a person said to the first matter owed.
#[derive(Debug)]
pub struct Agreement<'a> {
    pub guest: GuestId,
    pub owed: &'a Owed,
    pub identity: &'a VerifiedIdentity,
    pub client: &'a ClientId,
    pub document: DocumentHash,
    pub locale: Locale,
    pub decision: Decision,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    Accept,
    Decline,
}

/// Records it. Accepting the last thing owed makes the guest Accepted, in the same transaction.
pub async fn agree(directory: &Directory, clock: &Clock, tenant: &Tenant, agreement: Agreement<'_>) -> Result<(), DirectoryError> {
    let is_accepted = agreement.decision == Decision::Accept;
    let record = ConsentRecord {
        guest: agreement.guest,
        matter: agreement.owed.first(),
        document: agreement.document,
        locale: agreement.locale,
        is_accepted,
        client: agreement.client.to_string(),
        voucher: agreement.identity.voucher.as_str().to_owned(),
        at: clock.now(),
    };
    let standing = if is_accepted && agreement.owed.is_last() { Standing::Accepted } else { Standing::AsBefore };
    directory.record_consent(&tenant.id, &record, standing).await
}
