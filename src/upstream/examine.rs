//! A captured answer, put through the live path for the operator: every check, though nobody is signed in by it.

use crate::domain::{identity::VerifiedIdentity, rejection::Rejected, timestamp::Timestamp, verdict::Verdicts};

/// What somebody captured, and what is known about when.
#[derive(Debug, Clone)]
pub struct Captured {
    /// The message as XML, as base64, or as the form it came in.
    pub text: String,
    /// The id of the request it should answer. `None`: whatever it names is taken for right.
    pub request: Option<String>,
    /// The moment to judge it at. `None`: now.
    pub at: Option<Timestamp>,
}

/// What the checks found.
#[derive(Debug)]
pub struct Examination {
    /// Also of a refused one: the last is what refused it.
    pub verdicts: Verdicts,
    pub outcome: Result<VerifiedIdentity, Rejected>,
}

impl From<Rejected> for Examination {
    fn from(rejected: Rejected) -> Self {
        Self { verdicts: rejected.verdicts.clone(), outcome: Err(rejected) }
    }
}
