//! What a rule said and why, in words an operator can act on.

use std::fmt;

use serde::Serialize;

use crate::domain::{id::IdpId, identity::Voucher};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    Sticky,
    Hint,
    Address,
    /// Edition 2021 refuses federation of a verified domain.
    Configuration,
    HomeDirectory,
    ExternalFederation,
    Google,
    MicrosoftAccount,
    Passcode,
    SelfServiceAccount,
    CreateMicrosoftAccount,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// This rule decided.
    Hit,
    /// It applies, and says no.
    Miss,
    /// Switched off or not for this case.
    Skipped,
    /// It could not be answered; the next rule is tried.
    Unanswered,
}

/// Why a rule said what it said; its `Display` is for operators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    NoStoredIdentity,
    DirectoryUnheard(String),
    StoredIdentity(Voucher),
    StoredIdentityGone(Voucher),
    NoHint,
    HintNames(IdpId),
    HintIgnored,
    NoAddress,
    NotInOrder,
    NoneConfigured,
    NotTheirDomain,
    AccountExists(IdpId),
    AccountInSeveral(Vec<IdpId>),
    ChosenBefore(IdpId),
    DomainVerified(IdpId),
    UnmanagedNotCounted(IdpId),
    NoAccount(IdpId),
    CouldNotAsk(IdpId, String),
    DomainMatches(IdpId),
    DomainAlsoVerified { federation: IdpId, directory: IdpId },
    OnlyForDirectLinks,
    OnlyForInvitationLinks,
    FallbackExcludes,
    PasscodeOn,
    PasscodeOff,
    PasscodeIsFallback,
    ConsumerDomain,
    DomainFederated(IdpId),
    EmailVerifiedUsersDisallowed(IdpId),
    MicrosoftAccountCanBeMade,
    DomainVerifiedSoNoMicrosoftAccount(IdpId),
    NotThisEdition,
    SelfServiceAllowed,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoStoredIdentity => write!(f, "no accepted guest has this address"),
            Self::DirectoryUnheard(why) => write!(f, "{why}; a sign-in would stop here, what follows is for somebody it does not know"),
            Self::StoredIdentity(v) => {
                write!(f, "an accepted guest has this address; the stored identity ({}) decides until reset", v.as_str())
            }
            Self::StoredIdentityGone(v) => {
                write!(f, "the stored identity ({}) can no longer be used: its road is not configured; reset the redemption", v.as_str())
            }
            Self::NoHint => write!(f, "no hint was given"),
            Self::HintNames(id) => write!(f, "the hint names provider {id}"),
            Self::HintIgnored => write!(f, "the hint names no provider of this tenant, so it is ignored"),
            Self::NoAddress => write!(f, "no address is known yet"),
            Self::NotInOrder => write!(f, "switched off: left out of the redemption order"),
            Self::NoneConfigured => write!(f, "no such provider is configured for this address"),
            Self::NotTheirDomain => write!(f, "the domain is not among the configured ones"),
            Self::AccountExists(id) => write!(f, "{id} has this account"),
            Self::AccountInSeveral(ids) => {
                write!(f, "several homes have this name:")?;
                ids.iter().try_for_each(|id| write!(f, " {id}"))
            }
            Self::ChosenBefore(id) => write!(f, "several homes have this name, and {id} was chosen before"),
            Self::DomainVerified(id) => write!(f, "{id} has verified this domain and can't be asked about single accounts"),
            Self::UnmanagedNotCounted(id) => write!(f, "{id} has an unmanaged account, which this edition does not count"),
            Self::NoAccount(id) => write!(f, "{id} has no such account"),
            Self::CouldNotAsk(id, why) => write!(f, "{id} could not be asked: {why}"),
            Self::DomainMatches(id) => write!(f, "the domain belongs to {id}"),
            Self::DomainAlsoVerified { federation, directory } => write!(
                f,
                "the domain of federation {federation} is verified in {directory}, which edition 2021 refuses; use edition 2024 or take the domain out"
            ),
            Self::OnlyForDirectLinks => write!(f, "edition 2021 looks for a Microsoft account at direct links only"),
            Self::OnlyForInvitationLinks => write!(f, "edition 2021 offers new accounts to invitation links only"),
            Self::FallbackExcludes => write!(f, "the configured fallback excludes it"),
            Self::PasscodeOn => write!(f, "no home was found and passcodes are on"),
            Self::PasscodeOff => write!(f, "passcodes are off"),
            Self::PasscodeIsFallback => write!(f, "passcode is the configured fallback"),
            Self::ConsumerDomain => write!(f, "a consumer mail domain: a Microsoft account is proposed instead"),
            Self::DomainFederated(id) => {
                write!(f, "{id} has this domain as federated, so no account can be made (AADB2B_0001); turn passcodes on")
            }
            Self::EmailVerifiedUsersDisallowed(id) => write!(f, "the directory in {id} does not allow email-verified users"),
            Self::MicrosoftAccountCanBeMade => write!(f, "a Microsoft account can be made with this address"),
            Self::DomainVerifiedSoNoMicrosoftAccount(id) => {
                write!(f, "{id} has verified this domain, so no Microsoft account can be made with it; turn passcodes on")
            }
            Self::NotThisEdition => write!(f, "edition 2024 has no self-service accounts"),
            Self::SelfServiceAllowed => write!(f, "a code by mail makes an email-verified account"),
        }
    }
}
