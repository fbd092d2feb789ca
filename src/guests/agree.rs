//! Writing down what a guest agreed to or declined: which words (by hash), in which language, when, for which client, proven how.

use crate::{
    clock::Clock,
    domain::{
        consent::{ConsentRecord, DocumentHash, Owed},
        id::{ClientId, FlowId, GuestId},
        identity::VerifiedIdentity,
        locale::Locale,
        tenant::Tenant,
    },
    store::directory::{Directory, DirectoryError, Standing},
};

/// What a person said to the first matter owed.
#[derive(Debug)]
pub struct Agreement<'a> {
    pub flow: FlowId,
    pub guest: GuestId,
    pub owed: &'a Owed,
    pub identity: &'a VerifiedIdentity,
    pub client: &'a ClientId,
    pub document: DocumentHash,
    pub locale: Locale,
    pub decision: Decision,
}

/// What stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agreed {
    pub decision: Decision,
    pub is_new: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    Accept,
    Decline,
}

/// Records it, and answers what stands, which is the first decision of this sign-in, and whether it is news. Accepting the last thing owed makes the guest Accepted, in
/// the same transaction.
pub async fn agree(directory: &Directory, clock: &Clock, tenant: &Tenant, agreement: Agreement<'_>) -> Result<Agreed, DirectoryError> {
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
    let stands = directory.record_consent(&tenant.id, agreement.flow, &record, standing).await?;
    let decision = if stands.is_accepted { Decision::Accept } else { Decision::Decline };
    Ok(Agreed { decision, is_new: stands.is_new })
}
