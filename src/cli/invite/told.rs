//! What `gatehouse invite` prints: what was done, what stood in the way, and the cure.

use serde_json::{Value, json};

use super::super::moment;
use crate::{
    domain::{
        errand::Destination,
        error_code::ErrorCode,
        guest::Guest,
        invitation::{Invitation, Status},
        tenant::Tenant,
        timestamp::Timestamp,
    },
    guests::{Effect, GraphUser, Invited, Preview, Remark},
    mail::Invites,
    store::directory::{InvitationFile, Listed, RecordedEvent},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Form {
    Text,
    Json,
}

/// What came of one address.
pub(in crate::cli) enum Result {
    Invited(Box<Invited>),
    Would(Box<Preview>),
    Refused(ErrorCode, String),
}

pub(in crate::cli) fn results(form: Form, tenant: &Tenant, results: &[(String, Result)], now: Timestamp) -> String {
    match form {
        Form::Json => {
            let value: Vec<Value> = results.iter().map(|(address, result)| as_json(tenant, address, result, now)).collect();
            json!({ "value": value }).to_string()
        }
        Form::Text => {
            let blocks: Vec<String> = results.iter().map(|(address, result)| as_text(tenant, address, result)).collect();
            blocks.join("\n\n")
        }
    }
}

fn as_json(tenant: &Tenant, address: &str, result: &Result, now: Timestamp) -> Value {
    match result {
        Result::Invited(invited) => {
            let mut value = invitation(tenant, &invited.invitation, &invited.entry.guest, now);
            value["inviteRedeemUrl"] = json!(invited.link.as_ref().map(|link| link.reveal().clone()));
            value["invitedUser"] = json!(GraphUser::of(&invited.entry, tenant));
            value["remarks"] = invited.remarks.iter().map(|remark| remark_words(*remark)).collect();
            value
        }
        Result::Would(preview) => {
            let effect = match preview.effect {
                Effect::Added => "added",
                Effect::Unchanged => "unchanged",
                Effect::Reset => "reset",
            };
            let remarks: Vec<&str> = preview.remarks.iter().map(|remark| remark_words(*remark)).collect();
            json!({ "invitedUserEmailAddress": address, "dryRun": true, "effect": effect, "remarks": remarks,
                "messageLanguage": preview.invitation.language.tag() })
        }
        Result::Refused(code, detail) => {
            json!({ "invitedUserEmailAddress": address, "error": { "code": code.code(), "message": detail } })
        }
    }
}

fn as_text(tenant: &Tenant, address: &str, result: &Result) -> String {
    let mut lines = Vec::new();
    let mut line = |name: &str, text: &str| lines.push(format!("  {name:11} {text}"));
    let title = match result {
        Result::Invited(invited) => {
            let Invited { entry, invitation, link, remarks } = invited.as_ref();
            line("guest", &entry.guest.id.to_string());
            line("invitation", &format!("{}, {}", invitation.id, until(invitation)));
            line("leads to", &destination(tenant, &invitation.destination));
            match link {
                Some(link) => line("link", link.reveal()),
                None => line("mail", &format!("queued in {}; a serving Gatehouse sends it", invitation.language.own_name())),
            }
            remarks.iter().for_each(|remark| line("note", remark_words(*remark)));
            format!("{address} is invited")
        }
        Result::Would(preview) => {
            line(
                "guest",
                match preview.effect {
                    Effect::Added => "would be added",
                    Effect::Unchanged => "is there, and would stay as they are",
                    Effect::Reset => "is there, and their redemption would begin anew",
                },
            );
            line("leads to", &destination(tenant, &preview.invitation.destination));
            line(
                "mail",
                &match (preview.invitation.is_mailed, preview.kind) {
                    (false, _) => "none; the link would be printed".to_owned(),
                    (true, Invites::ToAccept) => format!("in {}", preview.invitation.language.own_name()),
                    (true, Invites::ForInformation) => format!("a notice in {}", preview.invitation.language.own_name()),
                },
            );
            preview.remarks.iter().for_each(|remark| line("note", remark_words(*remark)));
            format!("{address} would be invited")
        }
        Result::Refused(code, detail) => {
            line(code.code(), detail);
            format!("{address} is not invited")
        }
    };
    lines.insert(0, title);
    lines.join("\n")
}

const fn remark_words(remark: Remark) -> &'static str {
    match remark {
        Remark::AlreadyPending => "they were expected already: the same guest, and older links stay good",
        Remark::Contact => "an imported contact has this address: the guest has it as other mail, and no proxy address",
        Remark::MessageDropped => "the message was dropped, because answers would reach nobody: --reply-to",
        Remark::Automatic => "both organisations redeem automatically: the mail is a notice and asks for nothing",
        Remark::AddressAdded => "the address was added to those they had",
    }
}

fn until(invitation: &Invitation) -> String {
    invitation.expires_at.map_or_else(|| "never expires".to_owned(), |at| format!("expires {}", moment::written(at)))
}

fn destination(tenant: &Tenant, destination: &Destination) -> String {
    match destination {
        Destination::Apps => "My Apps".into(),
        Destination::Account => "My account".into(),
        Destination::Client(client) => {
            tenant.clients.get(client).map_or_else(|| client.to_string(), |it| format!("{} ({client})", it.name))
        }
        Destination::Page(url) => url.to_string(),
    }
}

/// With Microsoft Graph's names, and a few of ours.
fn invitation(tenant: &Tenant, invitation: &Invitation, guest: &Guest, now: Timestamp) -> Value {
    let url = match &invitation.destination {
        Destination::Apps => tenant.issuer.at("/apps"),
        Destination::Account => tenant.issuer.at("/account"),
        Destination::Client(client) => tenant.issuer.at(&format!("/signin/{client}")),
        Destination::Page(url) => url.to_string(),
    };
    let status = invitation.status(guest, now);
    json!({
        "id": invitation.id.to_string(),
        "invitedUserEmailAddress": invitation.invited.to_string(),
        "inviteRedirectUrl": url,
        "sendInvitationMessage": invitation.is_mailed,
        "invitedUserType": guest.user_type.as_str(),
        "status": status.as_graph(),
        "statusDetail": status.as_str(),
        "invitedUser": { "id": guest.id.to_string() },
        "invitedBy": invitation.inviter.as_ref().map(|by| by.as_str().to_owned()),
        "messageLanguage": invitation.language.tag(),
        "createdDateTime": moment::written(invitation.created_at),
        "expirationDateTime": invitation.expires_at.map(moment::written),
        "revokedDateTime": invitation.revoked_at.map(moment::written),
    })
}

/// `has_more`: there may be others after these.
pub(super) fn page(form: Form, tenant: &Tenant, listed: &[Listed], now: Timestamp, has_more: bool) -> String {
    let last = listed.last().filter(|_| has_more).map(|last| last.invitation.id.to_string());
    match form {
        Form::Json => {
            let value: Vec<Value> = listed.iter().map(|one| invitation(tenant, &one.invitation, &one.guest, now)).collect();
            json!({ "value": value, "before": last }).to_string()
        }
        Form::Text => {
            let line = |one: &Listed| {
                let (status, Invitation { id, invited, created_at, .. }) = (one.invitation.status(&one.guest, now), &one.invitation);
                format!("{id}  {:17}  {}  {invited}", status.as_str(), moment::written(*created_at))
            };
            let mut lines: Vec<String> = listed.iter().map(line).collect();
            if lines.is_empty() {
                lines.push("none".into());
            }
            lines.extend(last.map(|last| format!("there may be more: --before {last}")));
            lines.join("\n")
        }
    }
}

pub(super) fn file(form: Form, tenant: &Tenant, file: &InvitationFile, now: Timestamp, events: Option<&[RecordedEvent]>) -> String {
    let InvitationFile { invitation: of, entry } = file;
    let status = of.status(&entry.guest, now);
    match form {
        Form::Json => {
            let mut value = invitation(tenant, of, &entry.guest, now);
            value["timeline"] = events.unwrap_or_default().iter().map(event_as_json).collect();
            value.to_string()
        }
        Form::Text => {
            let mut lines = vec![format!("{} at {}: {}", of.invited, tenant.id, status.as_str())];
            let mut line = |name: &str, text: &str| lines.push(format!("  {name:11} {text}"));
            line("guest", &format!("{}, redemption {}", of.guest, of.round));
            line("leads to", &destination(tenant, &of.destination));
            line("invited by", of.inviter.as_ref().map_or("nobody on record", |by| by.as_str()));
            line("until", &until(of));
            if let Some(cure) = cure(of, status) {
                line("cure", &cure);
            }
            if let Some(events) = events {
                lines.push("  what happened".into());
                lines.extend(events.iter().map(event_as_text));
            }
            lines.join("\n")
        }
    }
}

fn cure(invitation: &Invitation, status: Status) -> Option<String> {
    match status {
        Status::PendingAcceptance => Some(format!("not come yet? gatehouse invite resend {}", invitation.id)),
        Status::Expired => Some(format!("gatehouse invite reissue {}", invitation.id)),
        Status::Revoked if invitation.revoked_at.is_some() => Some(format!("gatehouse invite reissue {}", invitation.id)),
        Status::Revoked => Some("its guest was deleted or reset since: invite again".into()),
        Status::InProgress => Some("signed in, and has not agreed to all that is asked: the same link goes on".into()),
        Status::Completed => None,
    }
}

fn event_as_json(event: &RecordedEvent) -> Value {
    let reference = Some(&event.reference).filter(|reference| !reference.is_empty());
    json!({ "at": moment::written(event.at), "action": event.action, "client": event.client, "reference": reference,
        "details": event.details })
}

fn event_as_text(event: &RecordedEvent) -> String {
    let details = match event.details.as_object() {
        Some(fields) => fields.iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| match value.as_str() {
            Some(text) => format!("{name} {text}"),
            None => format!("{name} {value}"),
        }),
        None => return format!("    {}  {}", moment::written(event.at), event.action),
    };
    let details: Vec<String> = details.collect();
    let line = format!("    {}  {:22} {}", moment::written(event.at), event.action, details.join(", "));
    line.trim_end().to_owned()
}

pub(super) fn revoked(form: Form, tenant: &Tenant, file: &InvitationFile, now: Timestamp) -> String {
    if form == Form::Json {
        return invitation(tenant, &file.invitation, &file.entry.guest, now).to_string();
    }
    format!(
        "{} can't accept by this invitation any more\n  {:11} the guest is still expected at a direct link; to end that, too: gatehouse guests delete {}",
        file.invitation.invited, "note", file.invitation.guest
    )
}
