//! Guests: one record per person and tenant, keyed by (voucher, immutable subject), never by email (`behaviour.md` §10).

use serde::{Deserialize, Serialize};

use super::{
    address::EmailAddress,
    id::GuestId,
    identity::{Subject, VerifiedIdentity, Voucher},
    timestamp::Timestamp,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guest {
    pub id: GuestId,
    pub state: State,
    pub display_name: Option<String>,
    /// The address invited, or proven when no invitation came first.
    pub mail: EmailAddress,
    /// False: blocked by the operator (AADSTS500571).
    pub is_enabled: bool,
    /// The stored identity, which decides until redemption is reset. `None` before the first sign-in.
    pub identity: Option<BoundIdentity>,
    pub created_at: Timestamp,
}

/// The (voucher, subject) pair a guest is known by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BoundIdentity {
    pub voucher: Voucher,
    pub subject: Subject,
}

impl From<&VerifiedIdentity> for BoundIdentity {
    fn from(proven: &VerifiedIdentity) -> Self {
        Self { voucher: proven.voucher.clone(), subject: proven.subject.clone() }
    }
}

/// `externalUserState`, with the moment it last changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    PendingAcceptance { since: Timestamp },
    Accepted { since: Timestamp },
}

impl State {
    /// Microsoft Graph's spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PendingAcceptance { .. } => "PendingAcceptance",
            Self::Accepted { .. } => "Accepted",
        }
    }

    pub const fn since(self) -> Timestamp {
        match self {
            Self::PendingAcceptance { since } | Self::Accepted { since } => since,
        }
    }
}
