//! Writing down what a guest agreed to or declined: which words (kept, by their hash), in which language, when, for which client, proven how.

use crate::{
    clock::Clock,
    domain::{
        consent::{ConsentRecord, Owed},
        errand::Redemption,
        id::{ClientId, FlowId, GuestId},
        identity::VerifiedIdentity,
        locale::Locale,
        tenant::Tenant,
        terms::TermsDocument,
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
    /// The app on the way to which it was asked; none for our own pages.
    pub client: Option<&'a ClientId>,
    /// The invitation that is being accepted; none at a direct link.
    pub redemption: Option<&'a Redemption>,
    /// The very words, which are kept.
    pub words: TermsDocument,
    /// Of terms of use.
    pub version: Option<String>,
    /// The language of the words.
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

/// Records it, and answers what stands, which is the first decision of this sign-in, and whether it is news. Accepting the last thing
/// owed makes the guest Accepted, in the same transaction. `None`: they are no longer a guest by this identity, or their invitation holds no more, and nothing was recorded.
pub async fn agree(
    directory: &Directory,
    clock: &Clock,
    tenant: &Tenant,
    agreement: Agreement<'_>,
) -> Result<Option<Agreed>, DirectoryError> {
    let Agreement { flow, guest, owed, identity, .. } = agreement;
    let record = ConsentRecord {
        guest,
        matter: owed.first().clone(),
        version: agreement.version,
        document: agreement.words.hash.clone(),
        locale: agreement.locale,
        is_accepted: agreement.decision == Decision::Accept,
        client: agreement.client.map(ToString::to_string).unwrap_or_default(),
        voucher: identity.voucher.as_str().to_owned(),
        at: clock.now(),
    };
    let standing = match (owed.completed_by(&record, identity), agreement.redemption) {
        (None, _) => Standing::AsBefore,
        (Some(completion), None) => Standing::Accepted(completion),
        (Some(completion), Some(by)) => Standing::Redeemed { completion, invitation: by.invitation, round: by.round },
    };
    let stands = directory.record_agreement(&tenant.id, flow, &identity.into(), &record, Some(&agreement.words), standing).await?;
    Ok(stands
        .map(|stands| Agreed { decision: if stands.is_accepted { Decision::Accept } else { Decision::Decline }, is_new: stands.is_new }))
}
