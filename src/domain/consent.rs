//! The consent gate: what a guest must have agreed to before anything is issued (`behaviour.md` §12).
//!
//! [`gate`] is the only maker of [`Passed`], and [`super::grant::Grant`] can't be made without one.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{
    guest::{BoundIdentity, Guest, State},
    id::{ClientId, GuestId, TermsId},
    identity::{AssertedAddress, VerifiedIdentity},
    locale::Locale,
    tenant::Tenant,
    terms::Terms,
    timestamp::Timestamp,
};

/// SHA-256 of the exact words shown, in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DocumentHash(pub String);

/// What an acceptance was about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matter {
    /// Review permissions: who asks, what is shared, the privacy statement or the notice that none was given.
    Privacy,
    /// Terms of use.
    Terms(TermsId),
}

impl Matter {
    /// As the directory spells it: `privacy`, or `terms:` and the id.
    pub fn as_text(&self) -> Cow<'static, str> {
        match self {
            Self::Privacy => "privacy".into(),
            Self::Terms(id) => format!("terms:{id}").into(),
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once(':') {
            None => (text == "privacy").then_some(Self::Privacy),
            Some(("terms", id)) => TermsId::parse(id).ok().map(Self::Terms),
            Some(_) => None,
        }
    }
}

/// One acceptance or refusal, as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentRecord {
    pub guest: GuestId,
    pub matter: Matter,
    /// The operator's word for the version of the terms.
    pub version: Option<String>,
    /// Of what was shown.
    pub document: DocumentHash,
    pub locale: Locale,
    pub is_accepted: bool,
    pub client: String,
    /// How the person had proven themselves: [`super::identity::Voucher::as_str`].
    pub voucher: String,
    pub at: Timestamp,
}

/// Who decided that a guest is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Acceptance {
    /// The guest, who was asked.
    #[default]
    ByGuest,
    /// Both organisations, or the app's administrator: Review permissions was not shown.
    ByPolicy,
}

impl Acceptance {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ByGuest => "guest",
            Self::ByPolicy => "policy",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::ByGuest, Self::ByPolicy].into_iter().find(|acceptance| acceptance.as_str() == text)
    }
}

/// What has to be agreed to before an answer.
#[derive(Debug, Clone)]
pub struct Duties<'a> {
    /// Whether Review permissions is to be shown to those who have not accepted it. False: automatic redemption, or consented for all.
    pub is_privacy_asked: bool,
    /// The terms of use that apply.
    pub terms: Vec<&'a Terms>,
    pub now: Timestamp,
}

impl<'a> Duties<'a> {
    /// Of `guest`, proven as `identity`, on the way to `client` or to our own pages.
    pub fn of(tenant: &'a Tenant, client: Option<&ClientId>, guest: &Guest, identity: &VerifiedIdentity, now: Timestamp) -> Self {
        let is_consented = client.and_then(|id| tenant.clients.get(id)).is_some_and(|client| client.is_consented);
        // What both organisations agreed is about the partner's people: somebody proven as another's, who said that the address invited
        // is theirs, too, is asked like anybody.
        let is_of_home = |asserted: &AssertedAddress| asserted.is_owner_verified && asserted.address.domain() == guest.mail.domain();
        let is_automatic = tenant.invitations.redeems_automatically(&guest.mail) && identity.address.as_ref().is_some_and(is_of_home);
        let is_privacy_asked = !is_consented && !is_automatic;
        let applies = |terms: &&Terms| match (&terms.clients, client) {
            (None, _) => true,
            (Some(clients), Some(client)) => clients.contains(client),
            (Some(_), None) => false,
        };
        Self { is_privacy_asked, terms: tenant.terms.values().filter(applies).collect(), now }
    }
}

/// What is still owed; never empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owed {
    matters: Vec<Matter>,
    acceptance: Acceptance,
    /// When it was found owed: which versions of terms are meant.
    #[serde(default)]
    since: Timestamp,
    /// In which redemption of theirs: what is owed then says nothing about the next.
    #[serde(default)]
    round: u32,
}

impl Owed {
    /// When it was found owed. The terms in force then are the ones to show.
    pub fn since(&self) -> Timestamp {
        self.since
    }

    /// How many terms of use are owed, this one included.
    pub fn terms(&self) -> usize {
        self.matters.iter().filter(|matter| matches!(matter, Matter::Terms(_))).count()
    }

    /// The one to show now: matters are shown one at a time, privacy first.
    pub fn first(&self) -> &Matter {
        &self.matters[0]
    }

    /// Whether agreeing to [`Owed::first`] leaves nothing.
    pub fn is_last(&self) -> bool {
        self.matters.len() == 1
    }

    /// How many are owed, this one included.
    pub fn count(&self) -> usize {
        self.matters.len()
    }

    /// What accepts the guest for good: `record` agrees to the last matter owed, and `identity` is who agreed.
    pub fn completed_by(&self, record: &ConsentRecord, identity: &VerifiedIdentity) -> Option<Completion> {
        let completes = record.is_accepted && self.is_last() && record.matter == *self.first();
        let (identity, round, at) = (identity.into(), self.round, record.at);
        completes.then_some(Completion { guest: record.guest, round, identity, at, acceptance: self.acceptance })
    }
}

/// Proof that a guest agreed to the last thing owed, and as whom. [`Owed::completed_by`] is its only maker, and
/// [`super::guest::Pending::accepted`] takes nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    guest: GuestId,
    round: u32,
    identity: BoundIdentity,
    at: Timestamp,
    acceptance: Acceptance,
}

impl Completion {
    pub const fn acceptance(&self) -> Acceptance {
        self.acceptance
    }

    pub const fn guest(&self) -> GuestId {
        self.guest
    }

    /// Which redemption of theirs it completes; a later one is begun anew.
    pub const fn round(&self) -> u32 {
        self.round
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
    completion: Option<Completion>,
}

impl Passed {
    pub fn guest(&self) -> GuestId {
        self.guest
    }

    /// What accepts a guest who was never asked: nothing was owed, by policy, and they are pending yet.
    pub fn completion(&self) -> Option<&Completion> {
        self.completion.as_ref()
    }

    /// Spends the proof.
    pub fn into_parts(self) -> (GuestId, VerifiedIdentity) {
        (self.guest, self.identity)
    }
}

/// Asks whether `guest`, proven as `identity`, may pass, given every acceptance on record. `asked_again` are matters the app wants
/// shown whatever the record says (`prompt=consent`) and that this very sign-in has not yet agreed to.
pub fn gate(
    guest: &Guest,
    identity: VerifiedIdentity,
    records: &[ConsentRecord],
    duties: &Duties<'_>,
    asked_again: &[Matter],
) -> Result<Passed, Owed> {
    // Once accepted, never shown again: a later edit of the statement does not ask anew (§12.4).
    let has_accepted = |matter: &Matter| records.iter().any(|r| r.guest == guest.id && r.matter == *matter && r.is_accepted);
    let is_privacy_owed = (duties.is_privacy_asked && !has_accepted(&Matter::Privacy)) || asked_again.contains(&Matter::Privacy);
    let mut matters: Vec<Matter> = is_privacy_owed.then_some(Matter::Privacy).into_iter().collect();
    let theirs: Vec<&ConsentRecord> = records.iter().filter(|record| record.guest == guest.id).collect();
    matters.extend(duties.terms.iter().filter(|terms| terms.is_owed(&theirs, duties.now)).map(|terms| Matter::Terms(terms.id.clone())));
    let acceptance = if is_privacy_owed || has_accepted(&Matter::Privacy) { Acceptance::ByGuest } else { Acceptance::ByPolicy };
    if !matters.is_empty() {
        return Err(Owed { matters, acceptance, since: duties.now, round: guest.round });
    }
    let is_pending = matches!(guest.state, State::PendingAcceptance(_));
    let (id, round, at) = (guest.id, guest.round, duties.now);
    let completion = is_pending.then(|| Completion { guest: id, round, identity: (&identity).into(), at, acceptance });
    Ok(Passed { guest: id, identity, completion })
}
