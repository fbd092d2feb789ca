//! Mail that is due, as queued with what it is about. What becomes of it afterwards: [`posted`], for senders, and [`kept`], for
//! operators. Never opens what is sealed.

mod kept;
mod posted;

use super::{Directory, DirectoryError, pool::writing};
use crate::domain::{
    address::EmailAddress,
    id::{GuestId, InvitationId, MailId, TenantId},
    timestamp::Timestamp,
};

pub use kept::{KeptMail, MailState, Retried};
pub use posted::{Began, Lease, LeasedMail, Outcome, Pending};

/// One mail to be queued, its content sealed ([`crate::mail::Outbox::sealed`]).
#[derive(Debug, Clone)]
pub struct QueuedMail {
    pub id: MailId,
    pub tenant: TenantId,
    pub kind: MailKind,
    pub to: EmailAddress,
    pub sealed: Vec<u8>,
    pub guest: Option<GuestId>,
    pub invitation: Option<InvitationId>,
    pub due_at: Timestamp,
    /// After this it is worth nothing, as a passcode that is dead.
    pub expires_at: Option<Timestamp>,
}

/// What a mail is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MailKind {
    Passcode,
    Invitation,
    /// Automatic redemption: nothing to be done.
    Notice,
    TermsChanged,
}

impl MailKind {
    pub const ALL: [Self; 4] = [Self::Passcode, Self::Invitation, Self::Notice, Self::TermsChanged];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Passcode => "passcode",
            Self::Invitation => "invitation",
            Self::Notice => "notice",
            Self::TermsChanged => "terms_changed",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// What goes first: somebody waits for a passcode.
    pub(super) const fn rank(self) -> i64 {
        match self {
            Self::Passcode => 0,
            Self::Invitation | Self::Notice | Self::TermsChanged => 1,
        }
    }
}

/// Queues one mail, in whatever transaction: [`bind_queued!`] binds it.
pub(super) const ENQUEUE: &str =
    "INSERT INTO outbox (id, tenant, kind, state, rank, recipient, sealed, guest, invitation, created_at, due_at, expires_at, attempts)
    VALUES ($1, $2, $3, 'queued', $4, $5, $6, $7, $8, $9, $9, $10, 0)";

/// Binds a [`QueuedMail`] to [`ENQUEUE`]; a macro because the query's type differs between the databases.
macro_rules! bind_queued {
    ($mail:expr) => {{
        use base64::Engine as _;
        sqlx::query(super::outbox::ENQUEUE)
            .bind($mail.id.to_string())
            .bind($mail.tenant.as_str().to_owned())
            .bind($mail.kind.as_str())
            .bind($mail.kind.rank())
            .bind($mail.to.to_string())
            .bind(base64::engine::general_purpose::STANDARD.encode(&$mail.sealed))
            .bind($mail.guest.map(|guest| guest.to_string()))
            .bind($mail.invitation.map(|invitation| invitation.to_string()))
            .bind($mail.due_at.unix())
            .bind($mail.expires_at.map(|at| at.unix()))
    }};
}
pub(super) use bind_queued;

impl Directory {
    /// Queues one mail by itself.
    pub async fn queue_mail(&self, mail: &QueuedMail) -> Result<(), DirectoryError> {
        writing!(&self.pools, |connection| async { super::outbox::bind_queued!(mail).execute(connection).await.map(|_| ()) })
    }
}
