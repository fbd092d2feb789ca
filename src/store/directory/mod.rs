//! The directory: guests, their identities and addresses, consents, signing keys, credentials, audit. One struct over SQL.
//!
//! Every statement is one text for SQLite and PostgreSQL ($1, `ON CONFLICT`, BIGINT seconds, BOOLEAN); what is uniquely whose is
//! the schema's to say (`migrations/`), so two nodes can't both be right. Reading a guest is one statement. No policy here.

mod account;
mod agreements;
mod apps;
mod audit;
mod audit_pages;
mod bulk;
mod consents;
mod credentials;
mod desks;
mod documents;
mod entries;
mod guest_row;
mod guests;
mod idempotency;
mod invitations;
mod keys;
mod lives;
mod outbox;
mod pool;
mod sign_ins;
mod standing;
mod terms_notices;

pub use account::Membership;
pub use agreements::{Agreements, RecordedAgreement, Tally};
pub use apps::AssignedApp;
pub use audit_pages::{EventId, LoggedEvent};
pub use bulk::{BulkLine, BulkOutcome, BulkProgress, NewBulk};
pub use consents::{Standing, Stands};
pub use credentials::StoredCredential;
pub use entries::{Count, Filter, StateName, Whom};
pub use idempotency::{Begun, KeyedRequest};
pub use invitations::{AddedInvitation, InvitationFile, InvitationFilter, Invitee, Listed, NewInvitation, Redeemed};
pub use lives::{Changed, Obstacle, Update};
pub use outbox::{Began, KeptMail, Lease, LeasedMail, MailKind, MailState, Outcome, Pending, QueuedMail, Retried};
pub use standing::Completed;
pub use terms_notices::News;

use crate::{
    domain::{
        consent::ConsentRecord,
        guest::Guest,
        id::{GuestId, InvitationId},
        secret::Secret,
        timestamp::Timestamp,
        token_policy::SigningAlgorithm,
    },
    random,
};

/// Guests and all that stays. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Directory {
    pools: pool::Pools,
    sign_ins: sign_ins::SignIns,
}

/// Why the directory could not answer; the text is for the operator's log and names no person.
#[derive(Debug, thiserror::Error)]
#[error("the directory can't be reached: {0}")]
pub struct DirectoryError(pub String);

/// A guest with every acceptance of this redemption on record: what the consent gate needs, in one query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuestFile {
    pub guest: Guest,
    /// Oldest first.
    pub consents: Vec<ConsentRecord>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddedGuest {
    Added,
    /// A guest of this tenant already has this address or this identity. Nothing was written.
    Taken,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoundGuest {
    Bound,
    /// The guest already has another identity, or the identity another guest. Nothing was written.
    Taken,
}

/// A signing key as stored: the private part is sealed by the house's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredKey {
    pub kid: String,
    pub algorithm: SigningAlgorithm,
    pub sealed_private: Vec<u8>,
    /// JWK of the public part, as JSON text.
    pub public_jwk: String,
    pub created_at: Timestamp,
    /// From when it may sign; published from `created_at`.
    pub signs_from: Timestamp,
    /// Until when it stays published.
    pub published_until: Timestamp,
}

/// Something that happened, for the operator. Details are JSON and hold no secret.
#[derive(Debug, Clone)]
pub struct AuditEvent {
    pub at: Timestamp,
    pub action: &'static str,
    pub guest: Option<GuestId>,
    pub client: Option<String>,
    /// Its events are the timeline of an invitation.
    pub invitation: Option<InvitationId>,
    /// The reference number people see.
    pub reference: String,
    pub details: serde_json::Value,
}

impl AuditEvent {
    /// Of a guest, outside of any sign-in: with a reference of its own.
    pub fn without_sign_in(at: Timestamp, action: &'static str, guest: GuestId, details: serde_json::Value) -> Self {
        let drawn = random::ordered_uuid(at).simple().to_string();
        let reference = drawn[drawn.len() - 12..].to_owned();
        Self { at, action, guest: Some(guest), client: None, invitation: None, reference, details }
    }

    /// The same, in the timeline of an invitation.
    #[must_use]
    pub fn of_invitation(self, invitation: InvitationId) -> Self {
        Self { invitation: Some(invitation), ..self }
    }
}

/// An [`AuditEvent`] as read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedEvent {
    pub at: Timestamp,
    pub action: String,
    pub guest: Option<GuestId>,
    pub client: Option<String>,
    pub invitation: Option<InvitationId>,
    pub reference: String,
    pub details: serde_json::Value,
}

impl Directory {
    /// Opens `sqlite::memory:`, `sqlite:path` or `postgres://…`, and brings the schema up to date.
    pub async fn open(url: &Secret<String>) -> Result<Self, DirectoryError> {
        Ok(Self { pools: pool::Pools::open(url).await?, sign_ins: Default::default() })
    }

    /// Opens it to read what is there and nothing else: no file is made or changed, no schema brought up to date. Where no file
    /// has been made yet, an empty directory takes its place.
    pub async fn look(url: &Secret<String>) -> Result<Self, DirectoryError> {
        Ok(Self { pools: pool::Pools::look(url).await?, sign_ins: Default::default() })
    }

    /// Waits for what is under way and closes every connection; clones are closed, too.
    pub async fn close(&self) {
        self.pools.close().await;
    }

    /// Whether the database answers at all, for `/health/ready`.
    pub async fn is_ready(&self) -> bool {
        pool::reading!(&self.pools, |connection| async { sqlx::query("SELECT 1").execute(connection).await.map(|_| ()) }).is_ok()
    }
}

/// A stored value that no version of this program wrote.
fn unreadable(column: &str) -> DirectoryError {
    DirectoryError(format!("column {column} holds what can't be read"))
}
