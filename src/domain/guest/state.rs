//! `externalUserState`: pending and accepted are different things, and every way from one to the other is here.

use super::BoundIdentity;
use crate::domain::{consent::Completion, timestamp::Timestamp};

/// `externalUserState`, with the moment it last changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    PendingAcceptance(Pending),
    Accepted(Accepted),
}

/// Expected, and has not yet accepted. An identity may be bound: it is theirs, and opens nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    since: Timestamp,
    identity: Option<BoundIdentity>,
}

/// Has accepted, as somebody: there is no accepted guest without an identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    since: Timestamp,
    identity: BoundIdentity,
}

impl Pending {
    pub const fn begun(since: Timestamp) -> Self {
        Self { since, identity: None }
    }

    /// Takes the first identity. `Err`: another is there already, and it stays.
    pub fn bound(self, identity: BoundIdentity) -> Result<Self, Self> {
        match &self.identity {
            Some(other) if *other != identity => Err(self),
            Some(_) | None => Ok(Self { since: self.since, identity: Some(identity) }),
        }
    }

    /// The only way to [`Accepted`]: the last thing owed was agreed to, by the identity bound. `Err`: somebody else agreed.
    pub fn accepted(self, completion: &Completion) -> Result<Accepted, Self> {
        match self.identity {
            Some(identity) if identity == *completion.identity() => Ok(Accepted { since: completion.at(), identity }),
            identity => Err(Self { since: self.since, identity }),
        }
    }
}

impl State {
    /// Reads what [`State::as_str`], [`State::since`] and [`State::identity`] wrote. `None`: an acceptance by nobody.
    pub fn stored(word: &str, since: Timestamp, identity: Option<BoundIdentity>) -> Option<Self> {
        match (word, identity) {
            ("PendingAcceptance", identity) => Some(Self::PendingAcceptance(Pending { since, identity })),
            ("Accepted", Some(identity)) => Some(Self::Accepted(Accepted { since, identity })),
            _ => None,
        }
    }

    /// Microsoft Graph's spelling.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::PendingAcceptance(_) => "PendingAcceptance",
            Self::Accepted(_) => "Accepted",
        }
    }

    pub const fn since(&self) -> Timestamp {
        match self {
            Self::PendingAcceptance(Pending { since, .. }) | Self::Accepted(Accepted { since, .. }) => *since,
        }
    }

    pub const fn identity(&self) -> Option<&BoundIdentity> {
        match self {
            Self::PendingAcceptance(pending) => pending.identity.as_ref(),
            Self::Accepted(accepted) => Some(&accepted.identity),
        }
    }

    /// Redemption begins anew, for whoever proves an address on record next (`behaviour.md` §10.3).
    pub const fn reset(at: Timestamp) -> Self {
        Self::PendingAcceptance(Pending::begun(at))
    }
}

impl From<Pending> for State {
    fn from(pending: Pending) -> Self {
        Self::PendingAcceptance(pending)
    }
}

impl From<Accepted> for State {
    fn from(accepted: Accepted) -> Self {
        Self::Accepted(accepted)
    }
}
