//! The directory: guests, their identities and addresses, consents, signing keys, audit. One struct over SQL.

use crate::domain::{
    address::EmailAddress,
    consent::ConsentRecord,
    guest::{BoundIdentity, Guest},
    id::{GuestId, TenantId},
    secret::Secret,
    timestamp::Timestamp,
    token_policy::SigningAlgorithm,
};

/// Guests and all that stays. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Directory {}

/// Why the directory could not answer; the text is for the operator's log and names no person.
#[derive(Debug, thiserror::Error)]
#[error("the directory can't be reached: {0}")]
pub struct DirectoryError(pub String);

/// A guest with every acceptance on record: what the consent gate needs, in one query.
#[derive(Debug, Clone)]
pub struct GuestFile {
    pub guest: Guest,
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
#[derive(Debug, Clone)]
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
    /// The reference number people see.
    pub reference: String,
    pub details: serde_json::Value,
}

impl Directory {
    /// Opens `sqlite::memory:`, `sqlite:path` or `postgres://…`, and brings the schema up to date.
    pub async fn open(_url: &Secret<String>) -> Result<Self, DirectoryError> {
        todo!()
    }

    pub async fn guest_by_identity(&self, _tenant: &TenantId, _identity: &BoundIdentity) -> Result<Option<GuestFile>, DirectoryError> {
        todo!()
    }

    /// By any address on record, compared by its canonical key.
    pub async fn guest_by_address(&self, _tenant: &TenantId, _address: &EmailAddress) -> Result<Option<GuestFile>, DirectoryError> {
        todo!()
    }

    pub async fn guest(&self, _tenant: &TenantId, _id: GuestId) -> Result<Option<GuestFile>, DirectoryError> {
        todo!()
    }

    pub async fn add_guest(&self, _tenant: &TenantId, _guest: &Guest) -> Result<AddedGuest, DirectoryError> {
        todo!()
    }

    /// Writes the first identity of a guest that has none, and the name the provider gave; idempotent for the same pair.
    pub async fn bind_identity(
        &self,
        _tenant: &TenantId,
        _guest: GuestId,
        _identity: &BoundIdentity,
        _name: Option<&str>,
    ) -> Result<BoundGuest, DirectoryError> {
        todo!()
    }

    /// Records an acceptance or refusal. If `completes`, the guest becomes Accepted in the same transaction.
    pub async fn record_consent(&self, _tenant: &TenantId, _record: &ConsentRecord, _completes: bool) -> Result<(), DirectoryError> {
        todo!()
    }

    /// All keys of a tenant still published at `now`, oldest first.
    pub async fn keys(&self, _tenant: &TenantId, _now: Timestamp) -> Result<Vec<StoredKey>, DirectoryError> {
        todo!()
    }

    /// Adds a key unless one of the same tenant, algorithm and `signs_from` exists (two nodes may try at once);
    /// the caller reads [`Directory::keys`] again.
    pub async fn add_key(&self, _tenant: &TenantId, _key: &StoredKey) -> Result<(), DirectoryError> {
        todo!()
    }

    pub async fn record(&self, _tenant: &TenantId, _event: &AuditEvent) -> Result<(), DirectoryError> {
        todo!()
    }

    pub async fn is_ready(&self) -> bool {
        todo!()
    }
}
