//! Invitations (`behaviour.md` §11): who was asked in, by whom, to where, until when, and what became of it.
//!
//! An invitation is bound to one guest and one redemption of theirs. What became of it is read from the guest, never written beside
//! it, so that the two can't disagree: it is redeemed exactly when that redemption is Accepted.

use serde::{Deserialize, Serialize};

use super::{
    address::EmailAddress,
    errand::Destination,
    guest::{Guest, Principal, State},
    id::{GuestId, InvitationId},
    locale::Locale,
    timestamp::Timestamp,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    pub id: InvitationId,
    pub guest: GuestId,
    /// Which redemption of the guest it is for.
    pub round: u32,
    pub invited: EmailAddress,
    pub destination: Destination,
    pub inviter: Option<Principal>,
    /// What the inviter wrote, plain text.
    pub message: Option<PersonalMessage>,
    pub cc: Option<EmailAddress>,
    /// The language of the mail.
    pub language: Locale,
    /// Whether a mail was, or is to be, sent.
    pub is_mailed: bool,
    pub created_at: Timestamp,
    /// `None`: never.
    pub expires_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}

/// Plain text of an inviter, at most [`PersonalMessage::MOST`] characters; line ends stay, other control characters are dropped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonalMessage(String);

impl PersonalMessage {
    pub const MOST: usize = 2000;

    /// `None` when too long. Nothing but white space is no message, and `Some(None)`.
    pub fn new(text: &str) -> Option<Option<Self>> {
        let text: String = text.replace("\r\n", "\n").chars().filter(|c| *c == '\n' || !c.is_control()).collect();
        let text = text.trim();
        (text.chars().count() <= Self::MOST).then(|| (!text.is_empty()).then(|| Self(text.to_owned())))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What became of an invitation. The first four are Graph's words ([`Status::as_graph`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    PendingAcceptance,
    /// Signed in by it, and something is still owed.
    InProgress,
    Completed,
    /// Revoked by an operator, or its guest was deleted or reset since.
    Revoked,
    Expired,
}

impl Status {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PendingAcceptance => "PendingAcceptance",
            Self::InProgress => "InProgress",
            Self::Completed => "Completed",
            Self::Revoked => "Revoked",
            Self::Expired => "Expired",
        }
    }

    /// Graph knows `PendingAcceptance`, `InProgress`, `Completed` and `Error`.
    pub const fn as_graph(self) -> &'static str {
        match self {
            Self::PendingAcceptance | Self::InProgress | Self::Completed => self.as_str(),
            Self::Revoked | Self::Expired => "Error",
        }
    }
}

impl Invitation {
    pub fn status(&self, guest: &Guest, now: Timestamp) -> Status {
        if guest.id != self.guest || guest.is_deleted() || guest.round != self.round {
            return Status::Revoked;
        }
        match &guest.state {
            State::Accepted(_) => Status::Completed,
            State::PendingAcceptance(_) if self.revoked_at.is_some() => Status::Revoked,
            State::PendingAcceptance(_) if self.expires_at.is_some_and(|at| at <= now) => Status::Expired,
            State::PendingAcceptance(_) if guest.identity().is_some() => Status::InProgress,
            State::PendingAcceptance(_) => Status::PendingAcceptance,
        }
    }
}
