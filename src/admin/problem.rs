//! Why a request was refused, in two tongues at once: problem details (RFC 9457) and Microsoft Graph's `error`.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{error_code::ErrorCode, id::GuestId, locale::Locale, timestamp::Timestamp},
    guests::{self, Refusal},
    i18n::Texts,
    store::{directory::DirectoryError, sessions::SessionsError},
};

/// A refusal. `detail` is for the caller, who may read there what they sent; the log gets the code alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub code: ErrorCode,
    pub detail: String,
    /// Who stands in the way.
    pub guest: Option<GuestId>,
    /// Seconds.
    pub retry_after: Option<u64>,
}

impl Problem {
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), guest: None, retry_after: None }
    }

    /// What the caller wrote can't be read.
    pub fn unreadable(detail: impl Into<String>) -> Self {
        Self::new(ErrorCode::ApiBadRequest, detail)
    }

    pub fn nobody(what: &str) -> Self {
        Self::new(ErrorCode::ApiNotFound, format!("there is no such {what} in this tenant"))
    }

    pub fn internal() -> Self {
        Self::new(ErrorCode::Internal, "")
    }
}

impl From<DirectoryError> for Problem {
    fn from(error: DirectoryError) -> Self {
        tracing::error!(error = %error, "the directory failed the management API");
        Self { retry_after: Some(5), ..Self::new(ErrorCode::DirectoryUnavailable, "") }
    }
}

impl From<SessionsError> for Problem {
    fn from(error: SessionsError) -> Self {
        tracing::error!(error = %error, "the session store failed the management API");
        let code = match error {
            SessionsError::Full => ErrorCode::SessionsFull,
            SessionsError::Unreachable(_) => ErrorCode::SessionsUnavailable,
        };
        Self { retry_after: Some(5), ..Self::new(code, "") }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::ByRule { code, detail, guest } => Self { code, detail, guest, retry_after: None },
            Refusal::Directory(error) => error.into(),
        }
    }
}

/// As it is sent, `application/problem+json`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(title = "Problem")]
pub struct ProblemDetails {
    /// `urn:gatehouse:error:` and the code.
    #[serde(rename = "type")]
    #[schema(example = "urn:gatehouse:error:GH5009")]
    pub kind: String,
    /// What the code means, in English.
    pub title: String,
    /// The HTTP status.
    #[schema(example = 409)]
    pub status: u16,
    /// What is in the way this time, and the cure.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// Stable; the runbook has a line for each.
    #[schema(example = "GH5009")]
    pub code: &'static str,
    /// Quote it to the operator: the log has it.
    pub reference: String,
    /// The guest who stands in the way.
    #[serde(rename = "invitedUser", skip_serializing_if = "Option::is_none")]
    pub guest: Option<Reference>,
    pub error: GraphError,
}

/// Somebody, by id.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Reference {
    pub id: String,
}

/// The shape that scripts for Graph read.
#[derive(Debug, Serialize, ToSchema)]
pub struct GraphError {
    #[schema(example = "Conflict")]
    pub code: &'static str,
    pub message: String,
    #[serde(rename = "innerError")]
    pub inner: InnerError,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct InnerError {
    pub date: String,
    #[serde(rename = "request-id")]
    pub request_id: String,
}

impl ProblemDetails {
    pub fn of(problem: &Problem, reference: &str, now: Timestamp) -> Self {
        let title = Texts::new(Locale::En).text(&format!("{}-title", problem.code.text_key())).to_string();
        let said = if problem.detail.is_empty() { &title } else { &problem.detail };
        Self {
            kind: format!("urn:gatehouse:error:{}", problem.code.code()),
            status: problem.code.status(),
            detail: problem.detail.clone(),
            code: problem.code.code(),
            reference: reference.to_owned(),
            guest: problem.guest.map(|guest| Reference { id: guest.to_string() }),
            error: GraphError {
                code: graph_code(problem.code.status()),
                message: format!("{}: {said}", problem.code.code()),
                inner: InnerError { date: guests::moment(now), request_id: reference.to_owned() },
            },
            title,
        }
    }
}

/// What Graph calls a refusal of this status.
const fn graph_code(status: u16) -> &'static str {
    match status {
        400 => "BadRequest",
        401 => "InvalidAuthenticationToken",
        403 => "Authorization_RequestDenied",
        404 => "Request_ResourceNotFound",
        405 => "MethodNotAllowed",
        409 => "Conflict",
        413 => "RequestEntityTooLarge",
        429 => "TooManyRequests",
        502 | 503 => "ServiceUnavailable",
        _ => "InternalServerError",
    }
}
