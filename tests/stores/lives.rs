//! Random lives of guests, on every directory, against the rules of `domain::guest`: whatever happens in whatever order, the
//! directory answers and keeps what the rules say.

use std::{collections::BTreeMap, time::Duration};

use gatehouse::{
    domain::{
        address::EmailAddress,
        consent::Acceptance,
        guest::{Addresses, BoundIdentity, Creation, Entry, Guest, PrincipalName, RESTORABLE, State},
        id::{GuestId, TenantId},
        secret::Secret,
        timestamp::Timestamp,
    },
    random,
    store::directory::{AddedGuest, BoundGuest, Changed, Directory, Obstacle, Standing, Update, Whom},
};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, TestRunner},
};

use crate::{
    directory::{acceptance, address, at, completing, contract, identity, open, sign_in},
    services::postgres::Postgres,
};

contract! {
    the_directory_keeps_to_the_rules_whatever_happens
}

/// What can happen. Numbers choose among few addresses, identities and guests, so that they meet.
#[derive(Debug, Clone)]
enum Event {
    Create { address: usize },
    Bind { guest: usize, identity: usize },
    Accept { guest: usize, identity: usize },
    Block { guest: usize, is_enabled: bool },
    Move { guest: usize, address: usize },
    Reset { guest: usize },
    Delete { guest: usize },
    Restore { guest: usize },
    Purge { guest: usize },
    Wait { days: u64 },
    PurgeOverdue,
}

fn event() -> impl Strategy<Value = Event> {
    let (guest, few) = (0..8_usize, 0..3_usize);
    prop_oneof![
        4 => few.clone().prop_map(|address| Event::Create { address }),
        4 => (guest.clone(), few.clone()).prop_map(|(guest, identity)| Event::Bind { guest, identity }),
        4 => (guest.clone(), few.clone()).prop_map(|(guest, identity)| Event::Accept { guest, identity }),
        1 => (guest.clone(), any::<bool>()).prop_map(|(guest, is_enabled)| Event::Block { guest, is_enabled }),
        2 => (guest.clone(), few).prop_map(|(guest, address)| Event::Move { guest, address }),
        2 => guest.clone().prop_map(|guest| Event::Reset { guest }),
        3 => guest.clone().prop_map(|guest| Event::Delete { guest }),
        3 => guest.clone().prop_map(|guest| Event::Restore { guest }),
        1 => guest.prop_map(|guest| Event::Purge { guest }),
        1 => (1..20_u64).prop_map(|days| Event::Wait { days }),
        1 => Just(Event::PurgeOverdue),
    ]
}

/// What the directory should hold.
struct Model {
    tenant: TenantId,
    now: Timestamp,
    /// In the order they were made, which is the order of their ids; with the consents of this redemption.
    guests: BTreeMap<GuestId, (Entry, usize)>,
    /// Everybody there ever was.
    ever: Vec<GuestId>,
}

fn mail(number: usize) -> EmailAddress {
    address(["ana@p.example", "ben@p.example", "cleo@p.example"][number])
}

fn who(number: usize) -> BoundIdentity {
    identity("idp", ["s-0", "s-1", "s-2"][number])
}

impl Model {
    fn there(&self) -> impl Iterator<Item = &Entry> {
        self.guests.values().map(|(entry, _)| entry).filter(|entry| !entry.guest.is_deleted())
    }

    fn holder(&self, address: &EmailAddress, but: Option<GuestId>) -> Option<GuestId> {
        self.there().find(|entry| Some(entry.guest.id) != but && entry.guest.mail == *address).map(|entry| entry.guest.id)
    }

    fn known_as(&self, identity: &BoundIdentity, but: Option<GuestId>) -> Option<GuestId> {
        self.there().find(|entry| Some(entry.guest.id) != but && entry.guest.identity() == Some(identity)).map(|entry| entry.guest.id)
    }

    /// The guest of a number, who is there or `is_deleted`.
    fn chosen(&mut self, number: usize, is_deleted: bool) -> (GuestId, Option<&mut (Entry, usize)>) {
        let nobody = GuestId::from_drawn(random::ordered_uuid(self.now));
        let id = self.ever.get(number).copied().unwrap_or(nobody);
        (id, self.guests.get_mut(&id).filter(|(entry, _)| entry.guest.is_deleted() == is_deleted))
    }

    async fn happens(&mut self, directory: &Directory, event: &Event) {
        let (tenant, now) = (self.tenant.clone(), self.now);
        match *event {
            Event::Create { address } => self.create(directory, &mail(address)).await,
            Event::Bind { guest, identity } => {
                let identity = who(identity);
                let rival = self.known_as(&identity, None);
                let (id, chosen) = self.chosen(guest, false);
                let answer = directory.bind_identity(&tenant, id, &identity, None).await.unwrap();
                let bound = chosen.filter(|_| rival.is_none_or(|rival| rival == id)).and_then(|(entry, _)| match &entry.guest.state {
                    State::PendingAcceptance(pending) => {
                        pending.clone().bound(identity).ok().map(|pending| entry.guest.state = pending.into())
                    }
                    State::Accepted(_) => (entry.guest.identity() == Some(&identity)).then_some(()),
                });
                assert_eq!(answer, if bound.is_some() { BoundGuest::Bound } else { BoundGuest::Taken });
            }
            Event::Accept { guest, identity } => {
                let identity = who(identity);
                let (id, chosen) = self.chosen(guest, false);
                let record = acceptance(id, "one", now);
                let round = chosen.as_ref().map_or(1, |(entry, _)| entry.guest.round);
                let anyone = Guest::pending(id, PrincipalName::of(&mail(0), "c.example"), mail(0), Creation::Invitation, now);
                let anyone = Guest { round, ..anyone };
                let standing = completing(&anyone, &identity, &record);
                let Standing::Accepted(completion) = standing.clone() else { panic!("{standing:?}") };
                let stands = directory.record_consent(&tenant, sign_in(), &identity, &record, standing).await.unwrap();
                let theirs = chosen.filter(|(entry, _)| entry.guest.identity() == Some(&identity));
                assert_eq!(stands.map(|stands| stands.is_new), theirs.is_some().then_some(true));
                let Some((entry, consents)) = theirs else { return };
                *consents += 1;
                if let State::PendingAcceptance(pending) = &entry.guest.state {
                    entry.guest.state = pending.clone().accepted(&completion).unwrap().into();
                    entry.guest.last_sign_in_at = Some(now);
                    entry.guest.acceptance = Some(Acceptance::ByGuest);
                }
            }
            Event::Block { guest, is_enabled } => {
                let (id, chosen) = self.chosen(guest, false);
                let update = Update { is_enabled: Some(is_enabled), ..Update::default() };
                let changed = directory.update_guest(&tenant, id, &update).await.unwrap();
                assert_eq!(changed, outcome(chosen.map(|(entry, _)| entry.guest.is_enabled = is_enabled)));
            }
            Event::Move { guest, address } => {
                let (id, address) = (self.chosen(guest, false).0, mail(address));
                let rival = self.holder(&address, Some(id));
                let addresses = Addresses::only(address.clone());
                let update = Update { addresses: Some(addresses.clone()), ..Update::default() };
                let changed = directory.update_guest(&tenant, id, &update).await.unwrap();
                match (self.chosen(guest, false).1, rival) {
                    (None, _) => assert_eq!(changed, Changed::Nobody),
                    (_, Some(of)) => assert_eq!(changed, Changed::Obstructed(vec![Obstacle::Address { address, of }])),
                    (Some((entry, _)), None) => {
                        assert_eq!(changed, Changed::Done);
                        (entry.guest.mail, entry.addresses) = (address, addresses);
                    }
                }
            }
            Event::Reset { guest } => {
                let (id, chosen) = self.chosen(guest, false);
                let changed = directory.reset_redemption(&tenant, id, now).await.unwrap();
                let reset = chosen.map(|(entry, consents)| {
                    let round = entry.guest.round + 1;
                    let (state, sessions_valid_from) = (State::reset(now), Some(now));
                    entry.guest = Guest { state, round, acceptance: None, sessions_valid_from, ..entry.guest.clone() };
                    *consents = 0;
                });
                assert_eq!(changed, outcome(reset));
            }
            Event::Delete { guest } => {
                let (id, chosen) = self.chosen(guest, false);
                let changed = directory.delete_guest(&tenant, id, now).await.unwrap();
                assert_eq!(changed, outcome(chosen.map(|(entry, _)| entry.guest.deleted_at = Some(now))));
            }
            Event::Restore { guest } => self.restore(directory, guest).await,
            Event::Purge { guest } => {
                let (id, chosen) = self.chosen(guest, true);
                assert_eq!(directory.purge_guest(&tenant, id).await.unwrap(), outcome(chosen.map(|_| ())));
                if self.guests.get(&id).is_some_and(|(entry, _)| entry.guest.is_deleted()) {
                    self.guests.remove(&id);
                }
            }
            Event::Wait { days } => self.now = now + Duration::from_secs(days * 86_400),
            Event::PurgeOverdue => {
                let purged = directory.purge_overdue(now).await.unwrap().into_iter().filter(|(of, _)| *of == tenant);
                let mut purged: Vec<GuestId> = purged.map(|(_, guest)| guest).collect();
                purged.sort();
                let overdue = self.guests.values().filter(|(entry, _)| entry.guest.restorable_until().is_some_and(|until| until <= now));
                let overdue: Vec<GuestId> = overdue.map(|(entry, _)| entry.guest.id).collect();
                assert_eq!(purged, overdue);
                self.guests.retain(|id, _| !purged.contains(id));
            }
        }
    }

    async fn create(&mut self, directory: &Directory, mail: &EmailAddress) {
        let (id, name) = (GuestId::from_drawn(random::ordered_uuid(self.now)), PrincipalName::of(mail, "contoso.example"));
        let guest = Guest::pending(id, name.clone(), mail.clone(), Creation::Invitation, self.now);
        let added = directory.add_guest(&self.tenant, &guest).await.unwrap();
        if self.holder(mail, None).is_some() {
            assert_eq!(added, AddedGuest::Taken);
            return;
        }
        assert_eq!(added, AddedGuest::Added);
        let is_used = self.guests.values().any(|(entry, _)| entry.guest.principal_name == name);
        let principal_name = if is_used { name.told_apart(id) } else { name };
        self.guests.insert(id, (Entry::from(Guest { principal_name, ..guest }), 0));
        self.ever.push(id);
    }

    async fn restore(&mut self, directory: &Directory, number: usize) {
        let now = self.now;
        let (id, chosen) = self.chosen(number, true);
        let chosen = chosen.map(|(entry, _)| entry.clone());
        let changed = directory.restore_guest(&self.tenant, id, now).await.unwrap();
        let Some(entry) = chosen.filter(|entry| entry.guest.restorable_until().is_some_and(|until| now < until)) else {
            assert_eq!(changed, Changed::Nobody);
            return;
        };
        let mail = &entry.guest.mail;
        let on_mail = self.holder(mail, Some(id)).map(|of| Obstacle::Address { address: mail.clone(), of });
        let rival = entry.guest.identity().and_then(|identity| self.known_as(identity, Some(id)));
        let obstacles: Vec<Obstacle> = on_mail.into_iter().chain(rival.map(|of| Obstacle::Identity { of })).collect();
        if !obstacles.is_empty() {
            assert_eq!(changed, Changed::Obstructed(obstacles));
            return;
        }
        assert_eq!(changed, Changed::Done);
        if let Some((entry, _)) = self.guests.get_mut(&id) {
            entry.guest.deleted_at = None;
        }
    }

    /// Whatever can be asked answers as the model would.
    async fn compare(&self, directory: &Directory) {
        let everyone =
            |is_deleted| self.guests.values().map(|(entry, _)| entry).filter(move |entry| entry.guest.is_deleted() == is_deleted);
        for is_deleted in [false, true] {
            let filter = gatehouse::store::directory::Filter { is_deleted, ..Default::default() };
            let entries = directory.entries(&self.tenant, &filter, None, 999).await.unwrap();
            assert!(entries.iter().eq(everyone(is_deleted)), "{entries:#?}");
        }
        for number in 0..3 {
            let (address, identity) = (mail(number), who(number));
            let found = directory.guest_by_address(&self.tenant, &address).await.unwrap();
            let deleted = everyone(true).find(|entry| entry.guest.mail == address).map(|entry| entry.guest.id);
            assert_eq!(found.map(|file| file.guest.id), self.holder(&address, None).or(deleted));
            let found = directory.guest_by_identity(&self.tenant, &identity).await.unwrap();
            let deleted = everyone(true).find(|entry| entry.guest.identity() == Some(&identity)).map(|entry| entry.guest.id);
            let expected = self.known_as(&identity, None).or(deleted);
            assert_eq!(found.as_ref().map(|file| file.guest.id), expected);
            if let Some(file) = found {
                assert_eq!(file.consents.len(), self.guests[&file.guest.id].1);
            }
        }
        let mut counted = [0, 0];
        for count in directory.count_guests(&self.tenant).await.unwrap() {
            counted = [counted[0] + count.pending, counted[1] + count.accepted];
        }
        let accepted = self.there().filter(|entry| matches!(entry.guest.state, State::Accepted(_))).count() as u64;
        assert_eq!(counted, [self.there().count() as u64 - accepted, accepted]);
    }
}

fn outcome(done: Option<()>) -> Changed {
    done.map_or(Changed::Nobody, |()| Changed::Done)
}

async fn the_directory_keeps_to_the_rules_whatever_happens(directory: &Directory) {
    let mut runner = TestRunner::new(Config::default());
    for number in 0..30 {
        let events = proptest::collection::vec(event(), 40).new_tree(&mut runner).unwrap().current();
        let tenant = TenantId::parse(&format!("life-{number}")).unwrap();
        let mut model = Model { tenant, now: at(0), guests: BTreeMap::new(), ever: Vec::new() };
        for (step, event) in events.iter().enumerate() {
            println!("{number}.{step}: {event:?}");
            model.now = model.now + Duration::from_secs(1);
            model.happens(directory, event).await;
            model.compare(directory).await;
        }
        for id in &model.ever {
            let entry = directory.entry(&model.tenant, &Whom::Id(*id)).await.unwrap();
            assert_eq!(entry.as_ref(), model.guests.get(id).map(|(entry, _)| entry));
        }
    }
    assert_eq!(RESTORABLE.as_secs(), 30 * 86_400);
}
