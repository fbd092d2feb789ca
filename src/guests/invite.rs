//! Inviting: who may, whom, and what stands in the way, with its cure. One invitation is one transaction: guest, invitation, handle
//! and mail, or nothing.

mod again;
mod letter;
mod opened;
mod plan;
mod rules;
#[cfg(test)]
mod tests;

use serde_json::json;

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
    mail::{Invites, Outbox},
    random,
    store::directory::{AddedInvitation, AuditEvent, Directory, DirectoryError, NewInvitation, QueuedMail, Whom},
};

pub use again::{Delivery, reissue, resend, revoke};
pub use opened::{Opened, block_further, open, opened};

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

impl Refusal {
    fn by_rule(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self::ByRule { code, detail: detail.into(), guest: None }
    }

    fn about(code: ErrorCode, guest: GuestId, detail: impl Into<String>) -> Self {
        Self::ByRule { code, detail: detail.into(), guest: Some(guest) }
    }

    /// What is in the way, and the cure, for the caller.
    pub fn detail(&self) -> String {
        match self {
            Self::ByRule { detail, .. } => detail.clone(),
            Self::Directory(error) => error.to_string(),
        }
    }

    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::ByRule { code, .. } => *code,
            Self::Directory(_) => ErrorCode::DirectoryUnavailable,
        }
    }
}

/// What inviting would do, and has not done.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The guest as they would be after it.
    pub entry: Entry,
    pub effect: Effect,
    pub invitation: Invitation,
    /// What the mail would ask for; also where none is asked for.
    pub kind: Invites,
    pub remarks: Vec<Remark>,
}

/// What inviting does to the guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Somebody new is in the directory.
    Added,
    /// They were expected already, and stay as they are.
    Unchanged,
    /// Their redemption began anew.
    Reset,
}

/// How often somebody else may be faster before we give up.
const TRIES: usize = 3;

/// Invites one person.
pub async fn invite(inviter: &Inviter, tenant: &Tenant, by: &By, invite: Invite) -> Result<Invited, Refusal> {
    for _ in 0..TRIES {
        let plan = plan::plan(inviter, tenant, by, &invite).await?;
        let handle = random::token();
        let link = link(tenant, &handle);
        let mail = mail(inviter, tenant, by, &plan.invitation, &link, plan.kind);
        let event = event(by, &plan, &invite.target);
        let new = NewInvitation {
            invitation: &plan.invitation,
            invitee: plan.invitee(),
            digest: &digest(handle.reveal()),
            mail: mail.as_ref(),
            apps: &plan.apps,
            replaces: None,
            event: &event,
        };
        match inviter.directory.add_invitation(&tenant.id, new).await? {
            AddedInvitation::Added => return invited(inviter, tenant, plan, link, mail.is_some()).await,
            // Somebody was faster: who is in the way now?
            AddedInvitation::Taken => {}
        }
    }
    Err(Refusal::by_rule(ErrorCode::AddressOfAnother, "the guest with this address is being changed by others; try again"))
}

/// What [`invite`] would do as things are, or why it would not. Writes nothing.
pub async fn preview(inviter: &Inviter, tenant: &Tenant, by: &By, invite: &Invite) -> Result<Preview, Refusal> {
    let plan = plan::plan(inviter, tenant, by, invite).await?;
    Ok(Preview { entry: plan.entry, effect: plan.effect, invitation: plan.invitation, kind: plan.kind, remarks: plan.remarks })
}

async fn invited(inviter: &Inviter, tenant: &Tenant, plan: plan::Plan, link: Secret<String>, is_mailed: bool) -> Result<Invited, Refusal> {
    if let Some(outbox) = inviter.outbox.as_ref().filter(|_| is_mailed) {
        outbox.wake();
    }
    // As written: another guest may have had the principal name.
    let entry = inviter.directory.entry(&tenant.id, &Whom::Id(plan.entry.guest.id)).await?.unwrap_or(plan.entry);
    Ok(Invited { entry, invitation: plan.invitation, link: (!is_mailed).then_some(link), remarks: plan.remarks })
}

fn event(by: &By, plan: &plan::Plan, target: &Target) -> AuditEvent {
    let action = match target {
        Target::Address => "guest.invited",
        Target::Reset(_) => "guest.reset",
        Target::Convert(_) => "guest.converted",
    };
    let details = json!({ "by": by.principal.as_str(), "is_mailed": plan.invitation.is_mailed, "kind": letter::word(plan.kind) });
    let event = AuditEvent::without_sign_in(plan.invitation.created_at, action, plan.invitation.guest, details);
    let client = plan.apps.first().map(ToString::to_string);
    AuditEvent { client, ..event.of_invitation(plan.invitation.id) }
}

/// The sealed mail of an invitation, where one is asked for.
fn mail(inviter: &Inviter, tenant: &Tenant, by: &By, invitation: &Invitation, link: &Secret<String>, kind: Invites) -> Option<QueuedMail> {
    let outbox = inviter.outbox.as_ref().filter(|_| invitation.is_mailed)?;
    let post = letter::post(tenant, by, invitation, link, kind, inviter.clock.now());
    Some(outbox.sealed(&tenant.id, &post))
}

fn link(tenant: &Tenant, handle: &Secret<String>) -> Secret<String> {
    Secret::new(tenant.issuer.at(&format!("/redeem?ticket={}", handle.reveal())))
}

/// What the directory keeps of a handle: enough to know it again.
fn digest(handle: &str) -> String {
    random::sha256_base64url(handle.as_bytes())
}
