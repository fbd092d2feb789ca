//! The directory's rules at work: who is let in as which guest, and what they agreed to. Asks nobody and shows nothing.

mod admit;
mod agree;
pub mod bulk;
mod graph;
mod history;
mod invite;
mod locked_out;
mod redeem;
mod terms_notices;
mod upkeep;

pub use admit::{Admitted, News, Recalled, admit, readmit, recall};
pub use agree::{Agreed, Agreement, Decision, agree};
pub use graph::{GraphUser, moment};
pub use history::{Decided, document, history};
pub use invite::{
    By, Delivery, Effect, Invite, Invited, Inviter, Opened, Preview, Rank, Refusal, Remark, Target, block_further, invite, open, opened,
    preview, reissue, resend, revoke,
};
pub use locked_out::locked_out;
pub use redeem::redeem;
pub use terms_notices::tell_of_new_terms;
pub use upkeep::upkeep;

use crate::{domain::error_code::ErrorCode, store::directory::DirectoryError};

/// Why a guest could not be admitted.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// A rule says no; the person is told.
    #[error("{0:?}")]
    ByRule(ErrorCode),
    #[error(transparent)]
    Directory(#[from] DirectoryError),
}
