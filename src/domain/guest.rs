//! Guests: one record per person and tenant, keyed by (voucher, immutable subject), never by email (`behaviour.md` §10).
//!
//! A guest's life: pending → (bound to an identity) → accepted, by consent alone → reset, which begins anew; beside it, blocked or
//! not, and there or deleted for at most [`RESTORABLE`]. The directory moves guests by the same rules, in SQL.

mod addresses;
mod labels;
mod principal_name;
mod state;

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use addresses::{Addresses, Kinds, TooMany};
pub use labels::{LabelledIdentity, Labels};
pub use principal_name::PrincipalName;
pub use state::{Accepted, Pending, State};

use super::{
    address::EmailAddress,
    consent::Acceptance,
    id::GuestId,
    identity::{Subject, VerifiedIdentity, Voucher},
    locale::Locale,
    timestamp::Timestamp,
};

/// How long a deleted guest can be restored (`behaviour.md` §10.5).
pub const RESTORABLE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guest {
    pub id: GuestId,
    pub state: State,
    pub user_type: UserType,
    pub creation: Creation,
    /// Given once; no reset and no change of address changes it.
    pub principal_name: PrincipalName,
    pub display_name: Option<String>,
    /// The address invited, or proven when no invitation came first.
    pub mail: EmailAddress,
    /// False: blocked by the operator (AADSTS500571).
    pub is_enabled: bool,
    pub invited_by: Option<Principal>,
    pub preferred_language: Option<Locale>,
    pub created_at: Timestamp,
    /// The last proof that led to an app, to a few minutes.
    pub last_sign_in_at: Option<Timestamp>,
    /// Since when they are deleted; restorable for [`RESTORABLE`].
    pub deleted_at: Option<Timestamp>,
    /// Which redemption this is: 1 at first, and one more with every reset.
    pub round: u32,
    /// Who decided that they are accepted; `None` while pending.
    pub acceptance: Option<Acceptance>,
    /// `signInSessionsValidFromDateTime`: sessions begun before are over.
    pub sessions_valid_from: Option<Timestamp>,
}

impl Guest {
    /// Somebody new: pending, known by no identity yet.
    pub fn pending(id: GuestId, principal_name: PrincipalName, mail: EmailAddress, creation: Creation, now: Timestamp) -> Self {
        Self {
            id,
            state: Pending::begun(now).into(),
            user_type: UserType::Guest,
            creation,
            principal_name,
            display_name: None,
            mail,
            is_enabled: true,
            invited_by: None,
            preferred_language: None,
            created_at: now,
            last_sign_in_at: None,
            deleted_at: None,
            round: 1,
            acceptance: None,
            sessions_valid_from: None,
        }
    }

    /// The stored identity, which decides until redemption is reset. `None` before the first sign-in.
    pub fn identity(&self) -> Option<&BoundIdentity> {
        self.state.identity()
    }

    pub const fn is_deleted(&self) -> bool {
        self.deleted_at.is_some()
    }

    /// Until when a deleted guest can be restored.
    pub fn restorable_until(&self) -> Option<Timestamp> {
        self.deleted_at.map(|at| at + RESTORABLE)
    }
}

/// A guest with what no sign-in needs: every address and the sponsors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub guest: Guest,
    pub addresses: Addresses,
    pub sponsors: Sponsors,
}

impl From<Guest> for Entry {
    /// The one address in all its places, and whoever invited them as the sponsor (`behaviour.md` §10.1).
    fn from(guest: Guest) -> Self {
        let addresses = Addresses::only(guest.mail.clone());
        let sponsors = Sponsors(guest.invited_by.iter().cloned().collect());
        Self { guest, addresses, sponsors }
    }
}

/// The (voucher, subject) pair a guest is known by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BoundIdentity {
    pub voucher: Voucher,
    pub subject: Subject,
}

impl From<&VerifiedIdentity> for BoundIdentity {
    fn from(proven: &VerifiedIdentity) -> Self {
        Self { voucher: proven.voucher.clone(), subject: proven.subject.clone() }
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$of])* $variant,)* }

        impl $name {
            /// Microsoft Graph's spelling.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            pub fn parse(text: &str) -> Option<Self> {
                match text { $($word => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

words! {
    /// `userType`: what they are to the organisation; how they sign in is another matter.
    UserType {
        Guest = "Guest",
        Member = "Member",
    }
}

words! {
    /// `creationType`: how they came into the directory. `LocalAccount` and null are accounts with a credential here, which we have not.
    Creation {
        /// The operator entered them, or somebody invited them.
        Invitation = "Invitation",
        /// By a self-service account whose address was verified (`behaviour.md` §9).
        EmailVerified = "EmailVerified",
        /// By themselves, at the link of an app that is open to all.
        SelfServiceSignUp = "SelfServiceSignUp",
    }
}

/// Somebody, or a group, of the tenant's own people, in the operator's words: an address, a name, an object id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Principal(String);

impl Principal {
    /// Whoever runs our commands and gives no name.
    pub const OPERATOR: &'static str = "operator";

    /// `None` when empty, over 256 characters, or not one line.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        let is_one_line = !text.is_empty() && text.chars().count() <= 256 && !text.chars().any(char::is_control);
        is_one_line.then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who answers for a guest: at most five, each once, without any power of their own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sponsors(Vec<Principal>);

impl Sponsors {
    pub const MOST: usize = 5;

    pub fn new(all: impl IntoIterator<Item = Principal>) -> Result<Self, TooMany> {
        let mut sponsors: Vec<Principal> = all.into_iter().collect();
        sponsors.sort();
        sponsors.dedup();
        if sponsors.len() > Self::MOST { Err(TooMany(Self::MOST)) } else { Ok(Self(sponsors)) }
    }

    /// In the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = &Principal> {
        self.0.iter()
    }
}
