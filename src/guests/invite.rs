//! Inviting: who may, whom, and what stands in the way, with its cure. One invitation is one transaction: guest, invitation, handle
//! and mail, or nothing.

use crate::{
    clock::Clock,
    domain::{
        address::EmailAddress,
        errand::Destination,
        error_code::ErrorCode,
        guest::{Entry, Principal, Sponsors, UserType},
        id::GuestId,
        invitation::{Invitation, PersonalMessage},
        locale::Locale,
        secret::Secret,
        tenant::Tenant,
    },
    mail::Outbox,
    store::directory::{Directory, DirectoryError},
};

/// What inviting works with.
#[derive(Debug, Clone)]
pub struct Inviter {
    pub directory: Directory,
    /// `None`: no mail server is configured.
    pub outbox: Option<Outbox>,
    pub clock: Clock,
}

/// Who invites.
#[derive(Debug, Clone)]
pub struct By {
    /// As the directory names them: an address, an app's `client_id`.
    pub principal: Principal,
    /// As the mail names them.
    pub name: Option<String>,
    /// Where the guest's answer goes. Without one a personal message is dropped, as Entra does for services.
    pub reply_to: Option<EmailAddress>,
    pub rank: Rank,
}

/// What an inviter is to the organisation (`behaviour.md` §11.3), the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    Guest,
    Member,
    GuestInviter,
    Administrator,
}

/// Whom to invite, and how.
#[derive(Debug, Clone)]
pub struct Invite {
    pub address: EmailAddress,
    pub target: Target,
    pub display_name: Option<String>,
    pub destination: Destination,
    pub user_type: UserType,
    pub message: Option<PersonalMessage>,
    pub cc: Option<EmailAddress>,
    /// `messageLanguage`; else the guest's, else the tenant's.
    pub language: Option<Locale>,
    /// Besides the inviter.
    pub sponsors: Option<Sponsors>,
    pub is_mailed: bool,
}

/// Who is to redeem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Whoever has the address, or somebody new.
    Address,
    /// This guest, anew: the address is added, redemption begins again (`behaviour.md` §10.3).
    Reset(GuestId),
    /// This internal member, who keeps everything and signs in from outside from now on (`behaviour.md` §10.4).
    Convert(GuestId),
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Invited {
    pub entry: Entry,
    pub invitation: Invitation,
    /// The link, where the caller asked for no mail; otherwise it goes by mail alone.
    pub link: Option<Secret<String>>,
    /// What is worth knowing and stood not in the way.
    pub remarks: Vec<Remark>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remark {
    /// They had been invited before and not come yet: the older links stay good.
    AlreadyPending,
    /// An imported contact has the address: the guest has no proxy address (`behaviour.md` §10.6).
    Contact,
    /// The personal message was dropped: nobody would get the answer.
    MessageDropped,
    /// Automatic redemption: the mail is a notice, and asks for nothing.
    Automatic,
    /// The address was added to a guest who is known by others.
    AddressAdded,
}

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// A rule says no. `detail` is for the caller: what is in the way, and the cure.
    #[error("{}: {detail}", code.code())]
    ByRule { code: ErrorCode, detail: String, guest: Option<GuestId> },
    #[error(transparent)]
    Directory(#[from] DirectoryError),
}

/// Invites one person.
pub async fn invite(_inviter: &Inviter, _tenant: &Tenant, _by: &By, invite: Invite) -> Result<Invited, Refusal> {
    Err(Refusal::ByRule { code: ErrorCode::Internal, detail: format!("not built for {}", invite.address.domain()), guest: None })
}
