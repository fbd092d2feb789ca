//! The consent gate: what a guest must have agreed to before anything is issued (`behaviour.md` §12).
//!
//! [`gate`] is the only maker of [`Passed`], and [`super::grant::Grant`] can't be made without one.

use serde::{Deserialize, Serialize};

use super::{
    guest::{BoundIdentity, Guest},
    id::GuestId,
    identity::VerifiedIdentity,
    locale::Locale,
    timestamp::Timestamp,
};

/// SHA-256 of the exact words shown, in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DocumentHash(pub String);

/// What an acceptance was about. Terms of use will join privacy here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matter {
    /// Review permissions: who asks, what is shared, the privacy statement or the notice that none was given.
    Privacy,
}

impl Matter {
    /// In the order they are shown.
    pub const ALL: [Self; 1] = [Self::Privacy];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Privacy => "privacy",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        (text == Self::Privacy.as_str()).then_some(Self::Privacy)
    }
}

/// One acceptance or refusal, as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentRecord {
    pub guest: GuestId,
    pub matter: Matter,
    /// Of what was shown.
    pub document: DocumentHash,
    pub locale: Locale,
    pub is_accepted: bool,
    pub client: String,
    /// How the person had proven themselves: [`super::identity::Voucher::as_str`].
    pub voucher: String,
    pub at: Timestamp,
}

/// What is still owed; never empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owed(Vec<Matter>);

impl Owed {
    /// The one to show now: matters are shown one at a time, privacy first.
    pub fn first(&self) -> Matter {
        self.0[0]
    }

    /// Whether agreeing to [`Owed::first`] leaves nothing.
    pub fn is_last(&self) -> bool {
        self.0.len() == 1
    }

    /// What accepts the guest for good: `record` agrees to the last matter owed, and `identity` is who agreed.
    pub fn completed_by(&self, record: &ConsentRecord, identity: &VerifiedIdentity) -> Option<Completion> {
        let completes = record.is_accepted && self.is_last() && record.matter == self.first();
        completes.then(|| Completion { guest: record.guest, identity: identity.into(), at: record.at })
    }
}

/// Proof that a guest agreed to the last thing owed, and as whom. [`Owed::completed_by`] is its only maker, and
/// [`super::guest::Pending::accepted`] takes nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    guest: GuestId,
    identity: BoundIdentity,
    at: Timestamp,
}

impl Completion {
    pub const fn guest(&self) -> GuestId {
        self.guest
    }

    pub const fn identity(&self) -> &BoundIdentity {
        &self.identity
    }

    pub const fn at(&self) -> Timestamp {
        self.at
    }
}

/// Proof that a guest owes nothing. Not storable and not cloneable: it lives only inside the visit that checked it.
#[derive(Debug)]
pub struct Passed {
    guest: GuestId,
    identity: VerifiedIdentity,
}

impl Passed {
    pub fn guest(&self) -> GuestId {
        self.guest
    }

    /// Spends the proof.
    pub fn into_parts(self) -> (GuestId, VerifiedIdentity) {
        (self.guest, self.identity)
    }
}

/// Asks whether `guest`, proven as `identity`, may pass, given every acceptance on record. `asked_again` are matters the app wants
/// shown whatever the record says (`prompt=consent`) and that this very sign-in has not yet agreed to.
pub fn gate(guest: &Guest, identity: VerifiedIdentity, records: &[ConsentRecord], asked_again: &[Matter]) -> Result<Passed, Owed> {
    // Once accepted, never shown again: a later edit of the statement does not ask anew (§12.4).
    let has_accepted = |matter: Matter| records.iter().any(|r| r.guest == guest.id && r.matter == matter && r.is_accepted);
    let owed: Vec<Matter> = Matter::ALL.into_iter().filter(|m| !has_accepted(*m) || asked_again.contains(m)).collect();
    if owed.is_empty() { Ok(Passed { guest: guest.id, identity }) } else { Err(Owed(owed)) }
}
