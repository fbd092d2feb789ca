//! Why something a partner sent or published was not believed.

use super::{error_code::ErrorCode, verdict::Verdicts};

/// `detail` is for the operator and holds no secret, token or address; `verdicts` are the checks made before it was refused, and the
/// one that refused it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {detail}", code.code())]
pub struct Rejected {
    pub code: ErrorCode,
    pub detail: String,
    pub verdicts: Verdicts,
}

impl Rejected {
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), verdicts: Verdicts::default() }
    }

    #[must_use]
    pub fn after(self, verdicts: Verdicts) -> Self {
        Self { verdicts, ..self }
    }
}
