//! Many invitations in one file: `invitations/bulk`. The file is read and kept within the request; the server's workers do the rest, so
//! the answer is 202 with the place where progress is told.
//!
//! A client that may only invite sees its own files; the others are not there for it.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    desk::{Answer, Desk},
    invitations, invite,
    permit::Reach,
    problem::{Problem, Reference},
};
use crate::{
    domain::{error_code::ErrorCode, id::BulkId, locale::Locale},
    guests::{
        self,
        bulk::{self, Defaults, LineResult, NotAccepted, Outcome, Progress, Unreadable},
    },
    oidc::parameters::Parameters,
};

/// How far a file is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BulkProgress {
    pub id: String,
    /// `inProgress` or `completed`.
    #[schema(example = "inProgress")]
    pub status: &'static str,
    /// Lines of the file.
    pub total: u64,
    pub done: u64,
    /// Of those done, how many were refused; `lines` says why.
    pub failed: u64,
    /// Lines in a second, on average since the file came.
    pub per_second: f64,
    pub created_date_time: String,
    pub completed_date_time: Option<String>,
    pub invited_by: Option<String>,
}

/// One line of the file, and what became of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BulkLine {
    /// Where it stands in the file; the first is 1.
    pub line: u64,
    /// As it was written.
    pub invited_user_email_address: String,
    /// `open`, `invited`, `duplicate`, `example` or `failed`.
    #[schema(example = "invited")]
    pub status: &'static str,
    /// Of a line that failed.
    pub code: Option<&'static str>,
    /// What is in the way, and the cure; or what is worth knowing.
    pub detail: String,
    pub invitation: Option<Reference>,
}

fn path(id: BulkId) -> String {
    format!("{}/bulk/{id}", invitations::PATH)
}

/// The file again, with the same parameters, by the same client: what is done stays done, and what was refused is tried again.
pub(super) async fn accept(desk: &Desk<'_>) -> Result<Answer, Problem> {
    let kind = desk.ask.content_type.as_deref().and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("text/csv") {
        return Err(Problem::unreadable("a bulk invitation is sent as Content-Type: text/csv, in UTF-8"));
    }
    let defaults = defaults(&desk.ask.query)?;
    let taken = bulk::accept(&desk.house.inviter, desk.tenant(), &invite::by(desk), &defaults, &desk.ask.body).await;
    let id = taken.map_err(refused)?.id;
    let location = desk.tenant().issuer.at(&format!("/admin/v1{}", path(id)));
    Ok(Answer { status: 202, location: Some(location), ..answered(desk, found(desk, id).await?)? })
}

fn refused(refused: NotAccepted) -> Problem {
    match refused {
        NotAccepted::Unreadable(why) => Problem::new(Unreadable::CODE, why.to_string()),
        NotAccepted::Directory(error) => error.into(),
    }
}

/// What holds for every line that does not say otherwise; mails are sent.
fn defaults(query: &str) -> Result<Defaults, Problem> {
    let parameters = Parameters::parse(query.as_bytes()).map_err(|_| Problem::unreadable("the query can't be read"))?;
    let one = |name: &str| parameters.one(name).map_err(|_| Problem::unreadable(format!("{name} occurs twice")));
    let is_mailed = match one("sendInvitationMessage")? {
        None | Some("true") => true,
        Some("false") => false,
        Some(_) => return Err(Problem::unreadable("sendInvitationMessage: write true or false")),
    };
    Ok(Defaults {
        redirect: one("inviteRedirectUrl")?.map(str::to_owned),
        is_mailed,
        message: None,
        language: one("messageLanguage")?.and_then(Locale::from_tag),
    })
}

/// The file, where the client may reach it.
async fn found(desk: &Desk<'_>, id: BulkId) -> Result<Progress, Problem> {
    let file = bulk::progress(&desk.house.inviter, desk.tenant(), id).await?;
    let is_reached = |file: &Progress| desk.reach == Reach::Tenant || file.inviter.as_ref() == Some(&desk.principal());
    file.filter(is_reached).ok_or_else(|| Problem::nobody("bulk invitation"))
}

async fn named(desk: &Desk<'_>) -> Result<Progress, Problem> {
    let id = BulkId::parse(desk.part("id")).ok_or_else(|| Problem::nobody("bulk invitation"))?;
    found(desk, id).await
}

pub(super) async fn show(desk: &Desk<'_>) -> Result<Answer, Problem> {
    answered(desk, named(desk).await?)
}

fn answered(desk: &Desk<'_>, file: Progress) -> Result<Answer, Problem> {
    let per_second = file.per_second(desk.now());
    let shown = BulkProgress {
        id: file.id.to_string(),
        status: if file.done_at.is_some() { "completed" } else { "inProgress" },
        total: file.lines,
        done: file.done,
        failed: file.failed,
        per_second,
        created_date_time: guests::moment(file.created_at),
        completed_date_time: file.done_at.map(guests::moment),
        invited_by: file.inviter.map(|inviter| inviter.as_str().to_owned()),
    };
    Ok(Answer::ok(desk.query.one(desk.tenant(), &format!("{}/bulk", invitations::PATH), value(&shown)?)))
}

/// In the order of the file.
pub(super) async fn lines(desk: &Desk<'_>) -> Result<Answer, Problem> {
    let (tenant, limit) = (desk.tenant(), desk.query.limit());
    if desk.query.filter.is_some() {
        return Err(Problem::unreadable("$filter is not supported here"));
    }
    let id = named(desk).await?.id;
    let after = desk.query.after(|text| text.parse::<u64>().ok())?.unwrap_or(0);
    let results = bulk::results(&desk.house.inviter, tenant, id, after, limit).await?;
    let is_full = u32::try_from(results.len()).is_ok_and(|there| there == limit);
    let next = results.last().filter(|_| is_full).map(|last| last.line.to_string());
    let shown = results.into_iter().map(|result| value(&line(result))).collect::<Result<_, _>>()?;
    Ok(Answer::ok(desk.query.page(tenant, &format!("{}/lines", path(id)), shown, next)))
}

fn line(LineResult { line, address, outcome }: LineResult) -> BulkLine {
    let detail = outcome.detail();
    let (status, code, invitation) = match &outcome {
        Outcome::Open | Outcome::Duplicate { .. } | Outcome::Example => (outcome.word(), None, None),
        Outcome::Invited { invitation, .. } => (outcome.word(), None, invitation.map(|id| Reference { id: id.to_string() })),
        Outcome::Refused { code, .. } => ("failed", Some(ErrorCode::code(*code)), None),
    };
    BulkLine { line, invited_user_email_address: address, status, code, detail, invitation }
}

fn value<T: Serialize>(shown: &T) -> Result<Value, Problem> {
    serde_json::to_value(shown).map_err(|_| Problem::internal())
}
