//! An invitation sent again, issued anew, or taken back. A link sent again stands beside the older ones; a re-issued one in their place.

use serde_json::json;

use super::{By, Invited, Inviter, Refusal, digest, letter, link, mail, plan, rules};
use crate::{
    domain::{
        error_code::ErrorCode,
        guest::State,
        id::InvitationId,
        invitation::{Invitation, Status},
        tenant::Tenant,
    },
    mail::Invites,
    random,
    store::directory::{AddedInvitation, AuditEvent, InvitationFile, Invitee, NewInvitation},
};

/// How the link travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    Mail,
    /// To the caller, who passes it on.
    Link,
}

/// One more link for an invitation that still waits; the older ones stay good.
pub async fn resend(inviter: &Inviter, tenant: &Tenant, by: &By, id: InvitationId, delivery: Delivery) -> Result<Invited, Refusal> {
    let InvitationFile { invitation, entry } = found(inviter, tenant, id).await?;
    let now = inviter.clock.now();
    match invitation.status(&entry.guest, now) {
        Status::PendingAcceptance | Status::InProgress => {}
        over => return Err(closed(&invitation, over)),
    }
    may_go_out(inviter, tenant, by, &invitation, delivery).await?;
    let kind = kind(tenant, &invitation);
    let handle = random::token();
    let link = link(tenant, &handle);
    let letter = Invitation { is_mailed: delivery == Delivery::Mail, ..invitation.clone() };
    let mail = mail(inviter, tenant, by, &letter, &link, kind);
    let details = json!({ "by": by.principal.as_str(), "is_mailed": mail.is_some(), "kind": letter::word(kind) });
    let event = AuditEvent::without_sign_in(now, "invitation.resent", invitation.guest, details).of_invitation(id);
    if !inviter.directory.add_handle(&tenant.id, &invitation, &digest(handle.reveal()), mail.as_ref(), &event).await? {
        return Err(Refusal::about(ErrorCode::InvitationClosed, invitation.guest, "the invitation was closed a moment ago"));
    }
    wake(inviter, mail.is_some());
    Ok(Invited { entry, invitation, link: mail.is_none().then_some(link), remarks: Vec::new() })
}

/// A new invitation in place of one that was not redeemed; the links of the old one end.
pub async fn reissue(inviter: &Inviter, tenant: &Tenant, by: &By, id: InvitationId, delivery: Delivery) -> Result<Invited, Refusal> {
    let InvitationFile { invitation: old, entry } = found(inviter, tenant, id).await?;
    let (now, guest) = (inviter.clock.now(), &entry.guest);
    let is_waited_for = matches!(guest.state, State::PendingAcceptance(_)) && !guest.is_deleted() && guest.round == old.round;
    if !is_waited_for {
        return Err(closed(&old, old.status(guest, now)));
    }
    if !guest.is_enabled {
        let detail = format!("guest {} is blocked: unblock them first", guest.id);
        return Err(Refusal::about(ErrorCode::GuestIsBlocked, guest.id, detail));
    }
    may_go_out(inviter, tenant, by, &old, delivery).await?;
    let invitation = Invitation {
        id: InvitationId::from_drawn(random::ordered_uuid(now)),
        inviter: Some(by.principal.clone()),
        is_mailed: delivery == Delivery::Mail,
        created_at: now,
        expires_at: tenant.invitations.expires_after.map(|after| now + after),
        revoked_at: None,
        ..old.clone()
    };
    let kind = kind(tenant, &invitation);
    let handle = random::token();
    let link = link(tenant, &handle);
    let mail = mail(inviter, tenant, by, &invitation, &link, kind);
    let details = json!({ "by": by.principal.as_str(), "replaces": id.to_string(), "kind": letter::word(kind) });
    let event = AuditEvent::without_sign_in(now, "invitation.reissued", invitation.guest, details).of_invitation(invitation.id);
    let new = NewInvitation {
        invitation: &invitation,
        invitee: Invitee::Waiting,
        digest: &digest(handle.reveal()),
        mail: mail.as_ref(),
        apps: &rules::apps(tenant, &invitation.destination),
        replaces: Some(id),
        event: &event,
    };
    match inviter.directory.add_invitation(&tenant.id, new).await? {
        AddedInvitation::Added => {}
        AddedInvitation::Taken => {
            return Err(Refusal::about(ErrorCode::InvitationClosed, invitation.guest, "the guest accepted or was changed a moment ago"));
        }
    }
    wake(inviter, mail.is_some());
    Ok(Invited { entry, invitation, link: mail.is_none().then_some(link), remarks: Vec::new() })
}

/// Its links end. The guest stays expected: whoever proves their address still comes in at a direct link; deleting the guest ends that.
pub async fn revoke(inviter: &Inviter, tenant: &Tenant, by: &By, id: InvitationId) -> Result<InvitationFile, Refusal> {
    let InvitationFile { invitation, entry } = found(inviter, tenant, id).await?;
    let now = inviter.clock.now();
    let status = invitation.status(&entry.guest, now);
    if matches!(status, Status::Completed | Status::Revoked) {
        return Err(closed(&invitation, status));
    }
    let details = json!({ "by": by.principal.as_str() });
    let event = AuditEvent::without_sign_in(now, "invitation.revoked", invitation.guest, details).of_invitation(id);
    if !inviter.directory.revoke_invitation(&tenant.id, &invitation, &event).await? {
        return Err(Refusal::about(ErrorCode::InvitationClosed, invitation.guest, "the invitation was closed a moment ago"));
    }
    Ok(InvitationFile { invitation: Invitation { revoked_at: Some(now), ..invitation }, entry })
}

async fn found(inviter: &Inviter, tenant: &Tenant, id: InvitationId) -> Result<InvitationFile, Refusal> {
    let nothing = || Refusal::by_rule(ErrorCode::ApiNotFound, format!("tenant {} has no invitation {id}", tenant.id));
    inviter.directory.invitation(&tenant.id, id).await?.ok_or_else(nothing)
}

/// What is asked of every invitation is asked again: rules may have changed since.
async fn may_go_out(inviter: &Inviter, tenant: &Tenant, by: &By, invitation: &Invitation, delivery: Delivery) -> Result<(), Refusal> {
    rules::may_invite(tenant, by)?;
    rules::domain_is_welcome(tenant, &invitation.invited)?;
    rules::can_be_mailed(inviter, delivery == Delivery::Mail)?;
    plan::wants_mail(inviter, tenant, &invitation.invited).await?;
    if delivery == Delivery::Mail {
        plan::has_mails_left(inviter, tenant, by).await?;
    }
    Ok(())
}

fn kind(tenant: &Tenant, invitation: &Invitation) -> Invites {
    if tenant.invitations.redeems_automatically(&invitation.invited) { Invites::ForInformation } else { Invites::ToAccept }
}

/// What became of it, and the cure.
fn closed(invitation: &Invitation, status: Status) -> Refusal {
    let id = invitation.id;
    let detail = match status {
        Status::Completed => format!("invitation {id} is redeemed; to begin anew: reset the guest's redemption"),
        Status::Expired => format!("invitation {id} has expired: re-issue it"),
        Status::Revoked if invitation.revoked_at.is_some() => format!("invitation {id} is revoked: re-issue it"),
        Status::Revoked => format!("the guest of invitation {id} was deleted or reset since; invite the address again"),
        Status::PendingAcceptance | Status::InProgress => format!("invitation {id} still waits"),
    };
    Refusal::about(ErrorCode::InvitationClosed, invitation.guest, detail)
}

fn wake(inviter: &Inviter, is_mailed: bool) {
    if let Some(outbox) = inviter.outbox.as_ref().filter(|_| is_mailed) {
        outbox.wake();
    }
}
