//! How far a sign-in can have come, each stage with its own facts. What comes after which is [`super::Flow`]'s to say.

use serde::{Deserialize, Serialize};

use crate::domain::{
    address::EmailAddress,
    client::RedirectUri,
    consent::{DocumentHash, Matter, Owed},
    correlation::Correlation,
    errand::Destination,
    error_code::ErrorCode,
    id::{GuestId, IdpId},
    identity::{VerifiedIdentity, Voucher},
    passcode::Challenge,
    secret::Secret,
    session::{BrowserSession, SessionCookie},
    timestamp::Timestamp,
};

/// How far a sign-in has come. Never matched with `_`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Who are you? Prefilled by a hint or by what was typed before.
    Address { prefill: Option<String>, notice: Option<ErrorCode>, approach: Approach },
    /// The same name lives in several homes.
    Account { address: EmailAddress, homes: Vec<IdpId> },
    /// No home: offer to make a Microsoft account at `provider`.
    NewAccount { address: EmailAddress, provider: IdpId },
    /// A road is chosen and not yet taken.
    Routed { address: Option<EmailAddress>, road: Road },
    /// At an identity provider.
    Away { address: Option<EmailAddress>, approach: Approach, correlation: Correlation },
    /// A code was mailed to `address`, the very address that was routed. `proves` is whom the right code makes its reader.
    Passcode { address: EmailAddress, proves: Voucher, challenge: Challenge, notice: Option<PasscodeNotice> },
    /// The provider of `provider` shows no page in an embedded browser: the sign-in goes on where `code` is typed, in another one.
    /// `until` is when the code grows too old, and `proven` who signed in there.
    Elsewhere {
        address: Option<EmailAddress>,
        provider: IdpId,
        approach: Approach,
        code: Secret<String>,
        until: Timestamp,
        proven: Option<Box<VerifiedIdentity>>,
    },
    /// This way ends here; another may be tried.
    Blocked { address: Option<EmailAddress>, code: ErrorCode },
    /// The browser was recognised by its session.
    Recognised { session: BrowserSession, consented: Vec<Matter> },
    /// Proven just now. `consented` are the matters agreed to within this very sign-in.
    Proven { identity: VerifiedIdentity, consented: Vec<Matter>, alias: Alias },
    /// Proven to be somebody else than the one invited: the person says which of the two it is to be.
    Mismatch { invited: EmailAddress, identity: VerifiedIdentity, remedy: Remedy },
    /// In the directory, and something is owed. `origin` is what to return to; `opened` are the documents opened so far.
    /// `is_reminded`: one was accepted that must be opened first.
    Consent {
        guest: GuestId,
        owed: Owed,
        origin: Box<Origin>,
        opened: Vec<DocumentHash>,
        #[serde(default)]
        is_reminded: bool,
    },
    /// Over: this is the answer, kept for a moment so that a double click gets it too.
    Answered { answer: Answer, session: Option<SessionCookie> },
}

/// How the person was known before consent was asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    Recognised { session: BrowserSession, consented: Vec<Matter> },
    Proven { identity: VerifiedIdentity, consented: Vec<Matter>, alias: Alias },
}

/// Whether somebody invited under one address and proven under another has said that both are theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alias {
    #[default]
    Unsaid,
    Confirmed,
}

/// What somebody can do about an account that is not the one invited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// Sign in with the account invited, or say that this is another address of theirs (`behaviour.md` §3.6).
    SwitchOrConfirm,
    /// Sign in with the account invited: this one came by another road, or may not stand in for it.
    Switch,
    /// The same, because this account is another guest's.
    AnotherGuests,
}

impl Origin {
    pub fn identity(&self) -> &VerifiedIdentity {
        match self {
            Self::Recognised { session, .. } => &session.identity,
            Self::Proven { identity, .. } => identity,
        }
    }

    /// What was agreed to within this very sign-in.
    pub fn consented(&self) -> &[Matter] {
        match self {
            Self::Recognised { consented, .. } | Self::Proven { consented, .. } => consented,
        }
    }

    /// The stage to go back to, with one more matter agreed to or none.
    pub(super) fn having_agreed_to(&self, matter: Option<Matter>) -> Stage {
        let consented = self.consented().iter().cloned().chain(matter).collect();
        match self.clone() {
            Self::Recognised { session, .. } => Stage::Recognised { session, consented },
            Self::Proven { identity, alias, .. } => Stage::Proven { identity, consented, alias },
        }
    }
}

/// A way to prove who one is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Road {
    Provider {
        id: IdpId,
        approach: Approach,
    },
    Passcode,
    /// The same, for the account of edition 2021 that it makes.
    EmailVerified,
}

/// How firmly the provider is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Approach {
    /// Its own session will do.
    #[default]
    AsNeeded,
    /// Authenticate again.
    Login,
    /// Let the person choose the account there.
    SelectAccount,
    /// Make a new account.
    Create,
}

/// A line above the passcode field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PasscodeNotice {
    Wrong {
        tries_left: u8,
    },
    /// The code is used up or too old.
    Dead,
    /// Asked again too soon.
    TooSoon,
    Resent,
}

/// What the app is told, at its registered redirect URI.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    Code {
        redirect_uri: RedirectUri,
        code: Secret<String>,
    },
    Refused {
        redirect_uri: RedirectUri,
        code: ErrorCode,
    },
    /// No app asked: a session for the browser, and on to where the person was going.
    Arrived {
        destination: Destination,
    },
}
