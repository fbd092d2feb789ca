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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        consent::{self, ConsentRecord, DocumentHash, Matter},
        guest::{Creation, Guest, PrincipalName},
        id::{GuestId, IdpId},
        identity::{Subject, VerifiedIdentity, Voucher},
        locale::Locale,
    };

    const NOW: Timestamp = Timestamp::from_unix(1_800_000_000);
    const LATER: Timestamp = Timestamp::from_unix(1_800_000_060);

    fn identity(subject: &str) -> BoundIdentity {
        BoundIdentity { voucher: Voucher::Provider(IdpId::parse("idp").unwrap()), subject: Subject::new(subject).unwrap() }
    }

    /// What the gate makes of agreeing, or not, to all there is.
    fn completion(by: &BoundIdentity, is_accepted: bool) -> Option<Completion> {
        let mail = crate::domain::address::EmailAddress::parse("ana@p.example").unwrap();
        let id = GuestId::from_drawn(uuid::Uuid::from_u128(1));
        let guest = Guest::pending(id, PrincipalName::of(&mail, "c.example"), mail, Creation::Invitation, NOW);
        let proven = VerifiedIdentity {
            voucher: by.voucher.clone(),
            subject: by.subject.clone(),
            address: None,
            name: None,
            authenticated_at: NOW,
            amr: Vec::new(),
            acr: None,
            partner_session: None,
        };
        let record = ConsentRecord {
            guest: id,
            matter: Matter::Privacy,
            version: None,
            document: DocumentHash(String::new()),
            locale: Locale::En,
            is_accepted,
            client: "portal".into(),
            voucher: "idp".into(),
            at: LATER,
        };
        let duties = consent::Duties { is_privacy_asked: true, terms: Vec::new(), now: NOW };
        consent::gate(&guest, proven.clone(), &[], &duties, &[]).unwrap_err().completed_by(&record, &proven)
    }

    #[test]
    fn a_first_identity_stays_until_redemption_is_reset() {
        let (ana, eve) = (identity("ana"), identity("eve"));
        let bound = Pending::begun(NOW).bound(ana.clone()).unwrap();
        assert_eq!(bound.clone().bound(ana).unwrap(), bound);
        assert_eq!(bound.clone().bound(eve).unwrap_err(), bound);
        assert_eq!(State::reset(LATER).identity(), None);
    }

    #[test]
    fn only_the_identity_bound_accepts_and_only_by_agreeing() {
        let (ana, eve) = (identity("ana"), identity("eve"));
        assert_eq!(completion(&ana, false), None);
        let (hers, another_s) = (completion(&ana, true).unwrap(), completion(&eve, true).unwrap());
        let bound = Pending::begun(NOW).bound(ana.clone()).unwrap();
        assert_eq!(bound.clone().accepted(&another_s).unwrap_err(), bound);
        assert!(Pending::begun(NOW).accepted(&hers).is_err(), "nobody is bound");
        let accepted = State::from(bound.accepted(&hers).unwrap());
        assert_eq!((accepted.as_str(), accepted.since(), accepted.identity()), ("Accepted", LATER, Some(&ana)));
    }

    #[test]
    fn an_acceptance_by_nobody_can_not_be_read_back() {
        assert_eq!(State::stored("Accepted", NOW, None), None);
        assert_eq!(State::stored("accepted", NOW, Some(identity("ana"))), None);
        assert_eq!(State::stored("PendingAcceptance", NOW, None), Some(State::reset(NOW)));
    }
}
