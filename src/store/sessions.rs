//! Session state: one trait, two cupboards (memory, Redis), one contract (`tests/stores/`).
//!
//! Everything one sign-in remembers lives in one [`Slot`], so on a Redis Cluster it hashes to one node and changes together.
//! Tenant is part of every key by type. One-shot things are taken, never read and then deleted.

use std::{fmt, time::Duration};

use async_trait::async_trait;

use crate::domain::id::{FlowId, GuestId, IdpId, SessionId, TenantId};

/// The place of one flow and of all that it leaves behind, of one person's name at a partner, or of one guest.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Slot {
    tenant: TenantId,
    place: Place,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Place {
    Flow(FlowId),
    Partner(IdpId, String),
    Guest(GuestId),
}

impl Slot {
    pub fn of_flow(tenant: &TenantId, flow: FlowId) -> Self {
        Self { tenant: tenant.clone(), place: Place::Flow(flow) }
    }

    /// A session stays in the slot of the flow it was born of.
    pub fn of_session(tenant: &TenantId, session: SessionId) -> Self {
        Self { tenant: tenant.clone(), place: Place::Flow(FlowId::from_drawn(session.as_uuid())) }
    }

    /// What is kept about the person whom `provider` calls by a name with this digest.
    pub fn of_partner_name(tenant: &TenantId, provider: &IdpId, digest: &str) -> Self {
        Self { tenant: tenant.clone(), place: Place::Partner(provider.clone(), digest.to_owned()) }
    }

    /// What is kept about one guest.
    pub fn of_guest(tenant: &TenantId, guest: GuestId) -> Self {
        Self { tenant: tenant.clone(), place: Place::Guest(guest) }
    }

    pub fn key(&self, shelf: &Shelf) -> Key {
        // Braces make the Cluster hash tag.
        Key(match &self.place {
            Place::Flow(flow) => format!("gh:{{{}:{flow}}}:{shelf}", self.tenant),
            Place::Partner(provider, name) => format!("gh:{{{}:{provider}:{name}}}:{shelf}", self.tenant),
            Place::Guest(guest) => format!("gh:{{{}:guest:{guest}}}:{shelf}", self.tenant),
        })
    }
}

/// What kinds of things a slot holds. Digests are base64url SHA-256 of a secret, never the secret.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Shelf {
    Flow,
    Code {
        digest: String,
    },
    Session {
        digest: String,
    },
    /// Present: what the access token with this `jti` allowed is withdrawn.
    Revoked {
        jti: String,
    },
    /// The sessions that a partner can end by a name.
    PartnerSessions,
    /// The sessions that a guest can look at and end.
    GuestSessions,
}

impl fmt::Display for Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flow => f.write_str("flow"),
            Self::Code { digest } => write!(f, "code:{digest}"),
            Self::Session { digest } => write!(f, "session:{digest}"),
            Self::Revoked { jti } => write!(f, "revoked:{jti}"),
            Self::PartnerSessions => f.write_str("partner-sessions"),
            Self::GuestSessions => f.write_str("guest-sessions"),
        }
    }
}

/// The name of one value. Made only by [`Slot::key`] and the constructors here, so it always carries its tenant.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key(String);

impl Key {
    /// A counter of `what` for `whom` (a digest of an address or of a network), outside any slot.
    pub fn counter(tenant: &TenantId, what: &'static str, whom: &str) -> Self {
        Self(format!("gh:{{{tenant}:{what}:{whom}}}"))
    }

    /// Present: the assertion of `provider` with this digest was used.
    pub fn used_assertion(tenant: &TenantId, provider: &IdpId, digest: &str) -> Self {
        Self(format!("gh:{{{tenant}:used:{provider}:{digest}}}"))
    }

    /// One-shot: a browser was sent to end its session at `provider`, with the secret that has this digest.
    pub fn signing_out(tenant: &TenantId, provider: &IdpId, digest: &str) -> Self {
        Self(format!("gh:{{{tenant}:signing-out:{provider}:{digest}}}"))
    }

    /// One-shot: the sign-in in an app's window that waits for the code with this digest.
    pub fn handoff(tenant: &TenantId, digest: &str) -> Self {
        Self(format!("gh:{{{tenant}:handoff:{digest}}}"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How often a value has been written; the first time is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revision(pub u64);

/// A value and the revision to swap it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versioned {
    pub revision: Revision,
    pub value: Vec<u8>,
}

/// A compare-and-swap on one value of a slot, with others of the same slot written beside it, all or nothing.
#[derive(Debug, Clone)]
pub struct Commit {
    pub slot: Slot,
    pub shelf: Shelf,
    /// Must still be the revision of the stored value.
    pub expected: Revision,
    pub value: Vec<u8>,
    pub ttl: Duration,
    /// Written if the swap is won, whatever they held before.
    pub alongside: Vec<(Shelf, Vec<u8>, Duration)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Swap {
    Won(Revision),
    /// Somebody else was faster, or the value is gone. Nothing was written.
    Lost,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Created {
    New,
    /// The key is taken. Nothing was written.
    Occupied,
}

/// What was behind a one-shot key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spent {
    /// Taken now, and by nobody before. The tombstone stands in its place.
    First(Vec<u8>),
    /// Taken before: the tombstone left then.
    Again(Vec<u8>),
    Never,
}

/// Why nothing could be remembered or recalled.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SessionsError {
    /// Bounded memory is full: a new value is refused, a live one is never evicted.
    #[error("the session store is full")]
    Full,
    /// The text is for the operator's log: it names no key and no value.
    #[error("the session store can't be reached: {0}")]
    Unreachable(String),
}

/// Remembers values for a while. Every method is one round trip.
#[async_trait]
pub trait Sessions: fmt::Debug + Send + Sync + 'static {
    /// Writes a value whose key must be free; its revision is 1.
    async fn create(&self, key: &Key, value: &[u8], ttl: Duration) -> Result<Created, SessionsError>;

    /// Writes values of one slot, whatever was there, each at revision 1; all or nothing.
    async fn put(&self, slot: &Slot, values: &[(Shelf, Vec<u8>, Duration)]) -> Result<(), SessionsError>;

    async fn read(&self, key: &Key) -> Result<Option<Versioned>, SessionsError>;

    async fn commit(&self, commit: Commit) -> Result<Swap, SessionsError>;

    /// Takes a one-shot value and leaves `tombstone` for `ttl`; exactly one caller ever gets [`Spent::First`].
    async fn spend(&self, key: &Key, tombstone: &[u8], ttl: Duration) -> Result<Spent, SessionsError>;

    /// Removes a value; nothing there is fine.
    async fn remove(&self, key: &Key) -> Result<(), SessionsError>;

    /// Counts one more in the window that the first count opened; returns how many so far.
    async fn count(&self, key: &Key, window: Duration) -> Result<u64, SessionsError>;

    /// Takes one count back, if the window is still open; never below none.
    async fn uncount(&self, key: &Key) -> Result<(), SessionsError>;

    /// How many so far, without counting.
    async fn counted(&self, key: &Key) -> Result<u64, SessionsError>;

    /// Adds a line to the list at `key`, or renews one that is there. Each ends by itself after its own `ttl`; beyond `most` the ones
    /// go that end first.
    async fn enlist(&self, key: &Key, line: &[u8], ttl: Duration, most: usize) -> Result<(), SessionsError>;

    /// The lines of a list, the ones that end last first.
    async fn lines(&self, key: &Key) -> Result<Vec<Vec<u8>>, SessionsError>;

    /// Whether the store answers at all, for `/health/ready`.
    async fn is_ready(&self) -> bool;
}
