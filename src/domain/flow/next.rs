//! What may come next in a sign-in, each with what it needs. Which it is, is [`super::Flow::next`]'s to say.

use super::{Alias, Answer, Approach, PasscodeNotice, Remedy};
use crate::domain::{
    address::EmailAddress,
    consent::{DocumentHash, Matter, Owed},
    error_code::ErrorCode,
    id::IdpId,
    identity::{VerifiedIdentity, Voucher},
    passcode::Challenge,
    secret::Secret,
    session::{BrowserSession, SessionCookie},
    timestamp::Timestamp,
};

/// What happens now. [`super::Flow::next`] is the only place that says so.
#[derive(Debug)]
pub enum Next<'a> {
    AskAddress {
        prefill: Option<&'a str>,
        notice: Option<ErrorCode>,
    },
    ChooseAccount {
        address: &'a EmailAddress,
        homes: &'a [IdpId],
    },
    OfferNewAccount {
        address: &'a EmailAddress,
        provider: &'a IdpId,
    },
    /// Go to the provider, or go on there.
    Leave {
        provider: &'a IdpId,
        approach: Approach,
        address: Option<&'a EmailAddress>,
    },
    MailPasscode {
        address: &'a EmailAddress,
        proves: Voucher,
    },
    AskPasscode {
        address: &'a EmailAddress,
        proves: &'a Voucher,
        challenge: &'a Challenge,
        notice: Option<PasscodeNotice>,
    },
    /// Show the code to be typed in a browser that is none of an app's.
    GoElsewhere {
        provider: &'a IdpId,
        address: Option<&'a EmailAddress>,
        code: &'a Secret<String>,
        until: Timestamp,
        is_proven: bool,
    },
    /// Find or make the guest, then the consent gate.
    Admit(Known<'a>),
    /// Ask whether the one invited and the one proven are one person.
    ConfirmAccount {
        invited: &'a EmailAddress,
        identity: &'a VerifiedIdentity,
        remedy: Remedy,
    },
    AskConsent {
        owed: &'a Owed,
        identity: &'a VerifiedIdentity,
        opened: &'a [DocumentHash],
        /// Accepted before it was opened.
        is_reminded: bool,
    },
    Stop {
        code: ErrorCode,
        address: Option<&'a EmailAddress>,
    },
    Answer {
        answer: &'a Answer,
        session: Option<&'a SessionCookie>,
    },
}

/// How the person is known at the consent gate.
#[derive(Debug, Clone, Copy)]
pub enum Known<'a> {
    BySession(&'a BrowserSession, &'a [Matter]),
    ByProof(&'a VerifiedIdentity, &'a [Matter], Alias),
}
