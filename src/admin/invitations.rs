//! Invitations, read back: listed, shown, with their timeline; and sent again, revoked, made anew.
//!
//! A client that may only invite sees its own; the others are not there for it.

use serde_json::Value;

use super::{
    audit,
    desk::{Answer, Desk},
    invite::{GraphInvitation, MessageInfo, Recipient, RecipientAddress},
    permit::Reach,
    problem::{Problem, Reference},
    words,
};
use crate::{
    domain::{
        address::EmailAddress,
        guest::Guest,
        id::InvitationId,
        invitation::{Invitation, PersonalMessage, Status},
    },
    guests,
    store::directory::{InvitationFile, InvitationFilter, Listed},
};

pub(super) const PATH: &str = "/invitations";

pub(super) fn shown(desk: &Desk<'_>, invitation: &Invitation, guest: &Guest) -> GraphInvitation {
    let status = invitation.status(guest, desk.now());
    let copy =
        |address: &EmailAddress| Recipient { email_address: Some(RecipientAddress { name: None, address: Some(address.to_string()) }) };
    GraphInvitation {
        id: invitation.id.to_string(),
        invite_redeem_url: None,
        invited_user_display_name: guest.display_name.clone(),
        invited_user_type: guest.user_type.as_str(),
        invited_user_email_address: invitation.invited.to_string(),
        send_invitation_message: invitation.is_mailed,
        reset_redemption: invitation.round > 1,
        invite_redirect_url: words::redirect_url(desk.tenant(), &invitation.destination),
        status: status.as_graph(),
        invited_user_message_info: MessageInfo {
            customized_message_body: invitation.message.as_ref().map(|message| PersonalMessage::as_str(message).to_owned()),
            message_language: Some(invitation.language.tag().to_owned()),
            cc_recipients: Some(invitation.cc.iter().map(copy).collect()),
        },
        invited_user: Reference { id: guest.id.to_string() },
        detailed_status: status.as_str(),
        created_date_time: guests::moment(invitation.created_at),
        expiration_date_time: invitation.expires_at.map(guests::moment),
        revoked_date_time: invitation.revoked_at.map(guests::moment),
        invited_by: invitation.inviter.as_ref().map(|inviter| inviter.as_str().to_owned()),
        remarks: None,
    }
}

fn value(shown: &GraphInvitation) -> Result<Value, Problem> {
    serde_json::to_value(shown).map_err(|_| Problem::internal())
}

pub(super) async fn list(desk: &Desk<'_>) -> Result<Answer, Problem> {
    let (tenant, limit) = (desk.tenant(), desk.query.limit());
    let before = desk.query.after(InvitationId::parse)?;
    let Some(filter) = filter(desk)? else { return Ok(Answer::ok(desk.query.page(tenant, PATH, Vec::new(), None))) };
    let listed = desk.directory().invitations(&tenant.id, &filter, desk.now(), before, limit).await?;
    let is_full = u32::try_from(listed.len()).is_ok_and(|there| there == limit);
    let next = listed.last().filter(|_| is_full).map(|last| last.invitation.id.to_string());
    let values = listed.iter().map(|Listed { invitation, guest }| value(&shown(desk, invitation, guest))).collect::<Result<_, _>>()?;
    Ok(Answer::ok(desk.query.page(tenant, PATH, values, next)))
}

pub(super) async fn count(desk: &Desk<'_>) -> Result<Answer, Problem> {
    let Some(filter) = filter(desk)? else { return Ok(Answer::text(0)) };
    let count = desk.directory().count_invitations(&desk.tenant().id, &filter, desk.now()).await?;
    Ok(Answer::text(count))
}

/// `$filter`, and whose invitations there are for this client. `None`: nobody can pass.
fn filter(desk: &Desk<'_>) -> Result<Option<InvitationFilter>, Problem> {
    let inviter = (desk.reach == Reach::Own).then(|| desk.principal());
    let mut filter = InvitationFilter { inviter, ..InvitationFilter::default() };
    let Some(text) = desk.query.filter.as_deref() else { return Ok(Some(filter)) };
    for term in text.split(" and ").map(str::trim) {
        match read_term(term) {
            Some(Term::Address(address)) => match EmailAddress::parse(&address) {
                Ok(address) => filter.address = Some(address),
                Err(_) => return Ok(None),
            },
            Some(Term::Status(status)) => filter.status = Some(status),
            None => {
                let forms = "invitedUserEmailAddress eq '…', status eq 'PendingAcceptance' (or InProgress, Completed, Revoked, Expired), joined by `and`";
                return Err(Problem::unreadable(format!("$filter: {term:?} can't be read or is not supported; supported are: {forms}")));
            }
        }
    }
    Ok(Some(filter))
}

enum Term {
    Address(String),
    Status(Status),
}

fn read_term(term: &str) -> Option<Term> {
    let (name, quoted) = term.split_once(" eq ")?;
    let value = quoted.trim().strip_prefix('\'')?.strip_suffix('\'')?.replace("''", "'");
    let every = [Status::PendingAcceptance, Status::InProgress, Status::Completed, Status::Revoked, Status::Expired];
    match name.trim() {
        "invitedUserEmailAddress" => Some(Term::Address(value)),
        "status" => every.into_iter().find(|status| status.as_str() == value).map(Term::Status),
        _ => None,
    }
}

/// The invitation of the address, where the client may reach it.
pub(super) async fn found(desk: &Desk<'_>) -> Result<InvitationFile, Problem> {
    let file = desk.directory().invitation(&desk.tenant().id, desk.invitation_id()?).await?;
    let is_reached = |file: &InvitationFile| desk.reach == Reach::Tenant || file.invitation.inviter.as_ref() == Some(&desk.principal());
    file.filter(is_reached).ok_or_else(|| Problem::nobody("invitation"))
}

pub(super) async fn show(desk: &Desk<'_>) -> Result<Answer, Problem> {
    answered(desk, &found(desk).await?)
}

pub(super) fn answered(desk: &Desk<'_>, InvitationFile { invitation, entry }: &InvitationFile) -> Result<Answer, Problem> {
    Ok(Answer::ok(desk.query.one(desk.tenant(), PATH, value(&shown(desk, invitation, &entry.guest))?)))
}

pub(super) async fn timeline(desk: &Desk<'_>) -> Result<Answer, Problem> {
    let id = found(desk).await?.invitation.id;
    let events = desk.directory().timeline(&desk.tenant().id, id).await?;
    let values = events.iter().enumerate().map(|(place, event)| audit::shown(&(place + 1).to_string(), event)).collect();
    Ok(Answer::ok(desk.query.page(desk.tenant(), &format!("{PATH}/{id}/timeline"), values, None)))
}
