//! How a check says no: which check, what it saw, what it wanted. The words are for the operator and hold nothing personal.

use crate::domain::{
    error_code::ErrorCode,
    rejection::Rejected,
    verdict::{Outcome, Value, Verdicts},
};

/// What was refused by which check.
pub(super) struct Refusal {
    pub(super) check: &'static str,
    pub(super) code: ErrorCode,
    pub(super) why: String,
    got: Option<String>,
    want: Option<String>,
}

pub(super) type Checked<T> = Result<T, Refusal>;

pub(super) fn refuse(check: &'static str, code: ErrorCode, why: impl Into<String>) -> Refusal {
    Refusal { check, code, why: why.into(), got: None, want: None }
}

impl Refusal {
    pub(super) fn got(self, got: &str) -> Self {
        Self { got: Some(clipped(got)), ..self }
    }

    pub(super) fn want(self, want: impl Into<String>) -> Self {
        Self { want: Some(want.into()), ..self }
    }

    /// The end of a check: the last verdict, and the rejection that carries them all.
    pub(super) fn after(self, verdicts: &mut Verdicts) -> Rejected {
        let got = Value::Plain(self.got.unwrap_or_else(|| self.why.clone()));
        verdicts.push(self.check, Outcome::Refused(self.code), got, self.want);
        Rejected::new(self.code, format!("{}: {}", self.check, self.why)).after(verdicts.clone())
    }
}

/// Room for an algorithm's name, not for a document.
pub(super) fn clipped(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(160).collect()
}

/// What the reader of XML refused.
pub(super) fn unread(rejected: Rejected) -> Refusal {
    refuse("document", rejected.code, rejected.detail)
}
