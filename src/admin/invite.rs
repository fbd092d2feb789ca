//! `POST /invitations`: Graph's body to an [`Invite`], and the answer in Graph's words (`behaviour.md` §11.2).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    desk::{Answer, Desk},
    invitations,
    problem::{Problem, Reference},
    sponsors::SponsorReference,
    words,
};
use crate::{
    domain::{
        address::EmailAddress,
        errand::Destination,
        error_code::ErrorCode,
        guest::{Principal, Sponsors, UserType},
        id::GuestId,
        invitation::PersonalMessage,
        locale::Locale,
    },
    guests::{self, By, Invite, Invited, Rank, Target},
};

/// Graph's `invitation`, as it is sent. Other properties are ignored.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct NewInvitation {
    #[schema(required, example = "ana@fabrikam.example")]
    pub invited_user_email_address: Option<String>,
    /// Where the guest lands: a page of an app of this tenant, My Apps, or an origin the operator listed.
    #[schema(required, example = "https://portal.contoso.example/")]
    pub invite_redirect_url: Option<String>,
    pub invited_user_display_name: Option<String>,
    /// `Guest` or `Member`; the latter takes User.ReadWrite.All.
    #[schema(example = "Guest")]
    pub invited_user_type: Option<String>,
    /// True: the link goes by mail alone. False, or absent: the answer has it, once.
    pub send_invitation_message: Option<bool>,
    pub invited_user_message_info: Option<MessageInfo>,
    /// True: the guest `invitedUser` redeems anew, by the address given. Takes User.ReadWrite.All.
    pub reset_redemption: Option<bool>,
    /// Whom to reset; without `resetRedemption`, the internal member to convert.
    pub invited_user: Option<InvitedUser>,
    /// Who answers for them, besides the inviter.
    pub invited_user_sponsors: Option<Vec<SponsorReference>>,
}

#[derive(Debug, Default, Clone, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
#[schema(title = "invitedUserMessageInfo")]
pub struct MessageInfo {
    /// Plain text, at most 2,000 characters.
    pub customized_message_body: Option<String>,
    /// `en`, `de`, `fr`, with or without a region.
    pub message_language: Option<String>,
    /// At most one.
    pub cc_recipients: Option<Vec<Recipient>>,
}

#[derive(Debug, Default, Clone, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Recipient {
    pub email_address: Option<RecipientAddress>,
}

#[derive(Debug, Default, Clone, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct RecipientAddress {
    pub name: Option<String>,
    pub address: Option<String>,
}

#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct InvitedUser {
    pub id: Option<String>,
}

/// Graph's `invitation`, as it is answered. What Graph lacks comes last.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GraphInvitation {
    pub id: String,
    /// A secret, answered once, and only where no mail was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invite_redeem_url: Option<String>,
    pub invited_user_display_name: Option<String>,
    pub invited_user_type: &'static str,
    pub invited_user_email_address: String,
    pub send_invitation_message: bool,
    pub reset_redemption: bool,
    pub invite_redirect_url: String,
    /// PendingAcceptance, InProgress, Completed, or Error where it was revoked or ran out.
    pub status: &'static str,
    pub invited_user_message_info: MessageInfo,
    pub invited_user: Reference,
    /// As `status`, with Revoked and Expired by name.
    pub detailed_status: &'static str,
    pub created_date_time: String,
    pub expiration_date_time: Option<String>,
    pub revoked_date_time: Option<String>,
    pub invited_by: Option<String>,
    /// What is worth knowing: alreadyPending, contact, messageDropped, automaticRedemption, addressAdded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remarks: Option<Vec<&'static str>>,
}

pub(super) async fn invite(desk: &Desk<'_>) -> Result<Answer, Problem> {
    let asked: NewInvitation = desk.body()?;
    let invited = guests::invite(&desk.house.inviter, desk.tenant(), &by(desk), read(desk, asked)?).await?;
    answered(desk, invited)
}

/// 201 with where it is, for a new invitation however it came to be.
pub(super) fn answered(desk: &Desk<'_>, invited: Invited) -> Result<Answer, Problem> {
    let mut shown = invitations::shown(desk, &invited.invitation, &invited.entry.guest);
    shown.invite_redeem_url = invited.link.map(|link| link.reveal().clone());
    shown.remarks = Some(invited.remarks.iter().map(|remark| remark_word(*remark)).collect());
    let location = desk.tenant().issuer.at(&format!("/admin/v1{}/{}", invitations::PATH, invited.invitation.id));
    let value: Value = serde_json::to_value(shown).map_err(|_| Problem::internal())?;
    Ok(Answer::created(desk.query.one(desk.tenant(), invitations::PATH, value), location))
}

const fn remark_word(remark: guests::Remark) -> &'static str {
    match remark {
        guests::Remark::AlreadyPending => "alreadyPending",
        guests::Remark::Contact => "contact",
        guests::Remark::MessageDropped => "messageDropped",
        guests::Remark::Automatic => "automaticRedemption",
        guests::Remark::AddressAdded => "addressAdded",
    }
}

/// The calling app. An answer to it would reach nobody, so it goes to the tenant's contact, where there is one.
pub(super) fn by(desk: &Desk<'_>) -> By {
    By {
        principal: desk.principal(),
        name: Some(desk.client.name.clone()),
        reply_to: desk.tenant().privacy.contact.clone(),
        rank: if desk.is_administrator() { Rank::Administrator } else { Rank::GuestInviter },
    }
}

fn read(desk: &Desk<'_>, asked: NewInvitation) -> Result<Invite, Problem> {
    let missing = |name: &str| Problem::unreadable(format!("{name} is missing"));
    let address = asked.invited_user_email_address.ok_or_else(|| missing("invitedUserEmailAddress"))?;
    let url = asked.invite_redirect_url.ok_or_else(|| missing("inviteRedirectUrl"))?;
    let target = target(desk, asked.reset_redemption == Some(true), asked.invited_user.and_then(|user| user.id))?;
    let info = asked.invited_user_message_info.unwrap_or_default();
    let user_type = asked.invited_user_type.as_deref().map(|text| UserType::parse(text).ok_or(text)).transpose();
    Ok(Invite {
        address: words::address("invitedUserEmailAddress", &address)?,
        target,
        display_name: asked.invited_user_display_name.as_deref().filter(|name| !name.trim().is_empty()).map(words::name).transpose()?,
        destination: Destination::of(desk.tenant(), &url).ok_or_else(|| redirect_refused(&url))?,
        user_type: user_type.map_err(|_| Problem::unreadable("invitedUserType: write Guest or Member"))?.unwrap_or(UserType::Guest),
        message: message(info.customized_message_body.as_deref())?,
        cc: copy(info.cc_recipients.as_deref().unwrap_or_default())?,
        language: info.message_language.as_deref().and_then(Locale::from_tag),
        sponsors: asked.invited_user_sponsors.as_deref().map(sponsors).transpose()?,
        is_mailed: asked.send_invitation_message == Some(true),
    })
}

fn redirect_refused(url: &str) -> Problem {
    let detail =
        format!("inviteRedirectUrl: {url:?} leads to no app of this tenant; register it, or list its origin under redirect_origins");
    Problem::new(ErrorCode::RedirectNotAllowed, detail)
}

/// Who redeems. What changes a guest who is there takes more than leave to invite.
fn target(desk: &Desk<'_>, is_reset: bool, id: Option<String>) -> Result<Target, Problem> {
    let Some(id) = id else {
        return if is_reset {
            Err(Problem::unreadable("invitedUser.id is missing: whose redemption is to be reset?"))
        } else {
            Ok(Target::Address)
        };
    };
    if !desk.is_administrator() {
        return Err(Problem::new(ErrorCode::ApiForbidden, "resetting or converting a user takes User.ReadWrite.All"));
    }
    let id = GuestId::parse(&id).ok_or_else(|| Problem::nobody("user"))?;
    Ok(if is_reset { Target::Reset(id) } else { Target::Convert(id) })
}

fn message(text: Option<&str>) -> Result<Option<PersonalMessage>, Problem> {
    let too_long = || {
        let most = PersonalMessage::MOST;
        Problem::new(ErrorCode::MessageTooLong, format!("invitedUserMessageInfo.customizedMessageBody has more than {most} characters"))
    };
    text.map_or(Ok(None), |text| PersonalMessage::new(text).ok_or_else(too_long))
}

/// Scripts send the property with a null address where they want no copy.
fn copy(recipients: &[Recipient]) -> Result<Option<EmailAddress>, Problem> {
    let named: Vec<&str> = recipients
        .iter()
        .filter_map(|one| one.email_address.as_ref()?.address.as_deref())
        .filter(|address| !address.trim().is_empty())
        .collect();
    match named.as_slice() {
        [] => Ok(None),
        [one] => words::address("ccRecipients", one).map(Some),
        more => {
            let detail = format!("invitedUserMessageInfo.ccRecipients has {} recipients; one gets a copy", more.len());
            Err(Problem::new(ErrorCode::TooManyCopies, detail))
        }
    }
}

fn sponsors(asked: &[SponsorReference]) -> Result<Sponsors, Problem> {
    let all: Vec<Principal> = asked.iter().map(SponsorReference::principal).collect::<Result<_, _>>()?;
    Sponsors::new(all).map_err(|most| Problem::unreadable(format!("invitedUserSponsors: {most}")))
}
