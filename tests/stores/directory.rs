//! The contract of [`Directory`], one sentence a case, on SQLite (file and memory) and PostgreSQL.

use gatehouse::{
    domain::{
        address::EmailAddress,
        consent::{self, Acceptance, ConsentRecord, DocumentHash, Matter},
        guest::{BoundIdentity, Creation, Guest, PrincipalName, State},
        id::{FlowId, GuestId, IdpId, TenantId},
        identity::{Subject, VerifiedIdentity, Voucher},
        locale::Locale,
        secret::Secret,
        timestamp::Timestamp,
        token_policy::SigningAlgorithm,
    },
    random,
    store::directory::{AddedGuest, AuditEvent, BoundGuest, Directory, Standing, Stands, StoredKey},
};
use serde_json::json;
use tokio::task::JoinSet;

use crate::{services::postgres::Postgres, stage::tenant};

macro_rules! contract {
    ($($case:ident)+) => {
        mod on_sqlite_file {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                let folder = tempfile::tempdir().unwrap();
                let url = format!("sqlite:{}", folder.path().join("data/gatehouse.db").display());
                let directory = super::open(&super::Secret::new(url)).await;
                super::$case(&directory).await;
                directory.close().await;
            })+
        }
        mod on_sqlite_memory {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() { super::$case(&super::open(&super::Secret::new("sqlite::memory:".into())).await).await; })+
        }
        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                let directory = super::open(&super::Postgres::shared().await.database()).await;
                super::$case(&directory).await;
                directory.close().await;
            })+
        }
    };
}

pub(crate) use contract;

contract! {
    a_guest_is_found_by_id_by_address_and_by_identity
    an_address_is_compared_by_its_canonical_key
    nobody_is_found_at_another_tenant
    an_address_belongs_to_one_guest_of_a_tenant
    an_identity_belongs_to_one_guest_of_a_tenant
    of_many_guests_added_at_once_with_one_address_one_is_added
    a_first_identity_is_bound_once
    an_identity_of_another_guest_is_not_bound
    of_many_identities_bound_at_once_one_is_bound
    nobody_is_bound_where_nobody_is
    consents_come_with_the_guest_oldest_first
    a_completing_consent_accepts_the_guest_once
    of_two_decisions_in_one_sign_in_the_first_stands
    a_consent_of_nobody_or_by_another_identity_is_not_written
    keys_are_kept_until_they_are_no_longer_published
    of_keys_made_at_once_one_stays
    audit_events_come_back_newest_first
    a_directory_that_answers_is_ready
    it_serves_many_at_once
}

pub async fn open(url: &Secret<String>) -> Directory {
    Directory::open(url).await.unwrap()
}

/// A sign-in nobody has seen before.
pub fn sign_in() -> FlowId {
    FlowId::from_drawn(random::ordered_uuid(at(0)))
}

pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix(1_700_000_000 + seconds)
}

pub fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

pub fn identity(provider: &str, subject: &str) -> BoundIdentity {
    BoundIdentity { voucher: Voucher::Provider(IdpId::parse(provider).unwrap()), subject: Subject::new(subject).unwrap() }
}

pub fn pending(mail: &str) -> Guest {
    let (id, mail) = (GuestId::from_drawn(random::ordered_uuid(at(0))), address(mail));
    let name = PrincipalName::of(&mail, "contoso.example");
    Guest::pending(id, name, mail, Creation::Invitation, at(0))
}

/// Pending, and proven once.
fn bound(mail: &str, identity: BoundIdentity) -> Guest {
    Guest { state: State::stored("PendingAcceptance", at(0), Some(identity)).unwrap(), ..pending(mail) }
}

pub fn known(mail: &str, identity: BoundIdentity) -> Guest {
    Guest {
        state: State::stored("Accepted", at(5), Some(identity)).unwrap(),
        display_name: Some("Ana Ångström".into()),
        is_enabled: false,
        acceptance: Some(Acceptance::ByGuest),
        ..pending(mail)
    }
}

pub async fn add(directory: &Directory, guest: &Guest) {
    assert_eq!(directory.add_guest(&tenant(), guest).await.unwrap(), AddedGuest::Added);
}

async fn stored(directory: &Directory, id: GuestId) -> Guest {
    directory.guest(&tenant(), id).await.unwrap().unwrap().guest
}

pub fn acceptance(guest: GuestId, document: &str, when: Timestamp) -> ConsentRecord {
    ConsentRecord {
        guest,
        matter: Matter::Privacy,
        version: None,
        document: DocumentHash(document.into()),
        locale: Locale::De,
        is_accepted: true,
        client: "portal".into(),
        voucher: "idp".into(),
        at: when,
    }
}

/// What the gate makes of an acceptance of all that is owed.
pub fn completing(guest: &Guest, by: &BoundIdentity, record: &ConsentRecord) -> Standing {
    let identity = VerifiedIdentity {
        voucher: by.voucher.clone(),
        subject: by.subject.clone(),
        address: None,
        name: None,
        authenticated_at: record.at,
        amr: Vec::new(),
        acr: None,
        partner_session: None,
    };
    let duties = consent::Duties { is_privacy_asked: true, terms: Vec::new(), now: at(0) };
    let owed = consent::gate(guest, identity.clone(), &[], &duties, &[]).unwrap_err();
    owed.completed_by(record, &identity).map_or(Standing::AsBefore, Standing::Accepted)
}

async fn a_guest_is_found_by_id_by_address_and_by_identity(directory: &Directory) {
    let (ana, ben) = (known("Ana@Partner.example", identity("fabrikam", "s-1")), pending("ben@partner.example"));
    add(directory, &ana).await;
    add(directory, &ben).await;
    assert_eq!(directory.guest(&tenant(), ana.id).await.unwrap().unwrap().guest, ana);
    assert_eq!(directory.guest_by_address(&tenant(), &ana.mail).await.unwrap().unwrap().guest, ana);
    let found = directory.guest_by_identity(&tenant(), ana.identity().unwrap()).await.unwrap().unwrap();
    assert_eq!((&found.guest, found.consents.len()), (&ana, 0));
    assert_eq!(found.guest.mail.to_string(), "Ana@partner.example");
    assert_eq!(stored(directory, ben.id).await, ben);
    for stranger in [identity("fabrikam", "S-1"), identity("other", "s-1"), identity("fabrikam", "s-2")] {
        assert!(directory.guest_by_identity(&tenant(), &stranger).await.unwrap().is_none());
    }
    assert!(directory.guest(&tenant(), pending("a@b.example").id).await.unwrap().is_none());
}

async fn an_address_is_compared_by_its_canonical_key(directory: &Directory) {
    let ana = pending("Ana.Jürgens@BÜCHER.example");
    add(directory, &ana).await;
    for same in ["ana.jürgens@xn--bcher-kva.example", "ANA.JÜRGENS@bücher.EXAMPLE"] {
        assert_eq!(directory.guest_by_address(&tenant(), &address(same)).await.unwrap().unwrap().guest.id, ana.id);
    }
    assert!(directory.guest_by_address(&tenant(), &address("anajürgens@bücher.example")).await.unwrap().is_none());
}

async fn nobody_is_found_at_another_tenant(directory: &Directory) {
    let elsewhere = TenantId::parse("fabrikam").unwrap();
    let ana = known("ana@partner.example", identity("idp", "s-1"));
    add(directory, &ana).await;
    assert!(directory.guest(&elsewhere, ana.id).await.unwrap().is_none());
    assert!(directory.guest_by_address(&elsewhere, &ana.mail).await.unwrap().is_none());
    assert!(directory.guest_by_identity(&elsewhere, ana.identity().unwrap()).await.unwrap().is_none());
    assert_eq!(directory.bind_identity(&elsewhere, ana.id, &identity("idp", "s-1"), None).await.unwrap(), BoundGuest::Taken);
    let same = Guest { id: pending("x@y.example").id, ..ana.clone() };
    assert_eq!(directory.add_guest(&elsewhere, &same).await.unwrap(), AddedGuest::Added);
}

async fn an_address_belongs_to_one_guest_of_a_tenant(directory: &Directory) {
    let first = pending("ana@partner.example");
    add(directory, &first).await;
    let second = known("ANA@partner.example", identity("idp", "s-1"));
    assert_eq!(directory.add_guest(&tenant(), &second).await.unwrap(), AddedGuest::Taken);
    assert!(directory.guest(&tenant(), second.id).await.unwrap().is_none());
    assert_eq!(directory.add_guest(&tenant(), &first).await.unwrap(), AddedGuest::Taken);
}

async fn an_identity_belongs_to_one_guest_of_a_tenant(directory: &Directory) {
    add(directory, &known("ana@partner.example", identity("idp", "s-1"))).await;
    let second = known("ben@partner.example", identity("idp", "s-1"));
    assert_eq!(directory.add_guest(&tenant(), &second).await.unwrap(), AddedGuest::Taken);
    assert!(directory.guest_by_address(&tenant(), &second.mail).await.unwrap().is_none());
    add(directory, &known("ben@partner.example", identity("other", "s-1"))).await;
}

async fn of_many_guests_added_at_once_with_one_address_one_is_added(directory: &Directory) {
    let mut adding = JoinSet::new();
    for number in 0..16 {
        let directory = directory.clone();
        let guest = known("ana@partner.example", identity("idp", &format!("s-{number}")));
        adding.spawn(async move { directory.add_guest(&tenant(), &guest).await.unwrap() });
    }
    let added = adding.join_all().await;
    assert_eq!(added.iter().filter(|answer| **answer == AddedGuest::Added).count(), 1);
}

async fn a_first_identity_is_bound_once(directory: &Directory) {
    let ana = pending("ana@partner.example");
    add(directory, &ana).await;
    let proven = identity("idp", "s-1");
    for _ in 0..2 {
        assert_eq!(directory.bind_identity(&tenant(), ana.id, &proven, Some("Ana")).await.unwrap(), BoundGuest::Bound);
    }
    assert_eq!(directory.bind_identity(&tenant(), ana.id, &identity("idp", "s-2"), Some("Eve")).await.unwrap(), BoundGuest::Taken);
    assert_eq!(directory.bind_identity(&tenant(), ana.id, &proven, None).await.unwrap(), BoundGuest::Bound);
    let passcode = BoundIdentity { voucher: Voucher::Passcode, subject: Subject::new(ana.mail.key()).unwrap() };
    assert_eq!(directory.bind_identity(&tenant(), ana.id, &passcode, None).await.unwrap(), BoundGuest::Taken);
    let expected = Guest { display_name: Some("Ana".into()), ..Guest { id: ana.id, ..bound("ana@partner.example", proven) } };
    assert_eq!(stored(directory, expected.id).await, expected);
}

async fn an_identity_of_another_guest_is_not_bound(directory: &Directory) {
    let (ana, ben) = (known("ana@partner.example", identity("idp", "s-1")), pending("ben@partner.example"));
    add(directory, &ana).await;
    add(directory, &ben).await;
    assert_eq!(directory.bind_identity(&tenant(), ben.id, &identity("idp", "s-1"), Some("Ben")).await.unwrap(), BoundGuest::Taken);
    assert_eq!(stored(directory, ben.id).await, ben);
}

async fn of_many_identities_bound_at_once_one_is_bound(directory: &Directory) {
    let ana = pending("ana@partner.example");
    add(directory, &ana).await;
    let mut binding = JoinSet::new();
    for number in 0..16 {
        let (directory, proven) = (directory.clone(), identity("idp", &format!("s-{number}")));
        binding.spawn(async move { (directory.bind_identity(&tenant(), ana.id, &proven, None).await.unwrap(), proven) });
    }
    let bound = binding.join_all().await.into_iter().filter(|(answer, _)| *answer == BoundGuest::Bound);
    let bound: Vec<BoundIdentity> = bound.map(|(_, proven)| proven).collect();
    assert_eq!(bound.len(), 1);
    assert_eq!(stored(directory, ana.id).await.identity(), bound.first());
}

async fn nobody_is_bound_where_nobody_is(directory: &Directory) {
    let nobody = pending("nobody@partner.example").id;
    assert_eq!(directory.bind_identity(&tenant(), nobody, &identity("idp", "s-1"), None).await.unwrap(), BoundGuest::Taken);
}

async fn consents_come_with_the_guest_oldest_first(directory: &Directory) {
    let ana = known("ana@partner.example", identity("idp", "s-1"));
    add(directory, &ana).await;
    add(directory, &pending("ben@partner.example")).await;
    let refusal = ConsentRecord { is_accepted: false, locale: Locale::Fr, ..acceptance(ana.id, "one", at(10)) };
    let records = vec![refusal, acceptance(ana.id, "two", at(20)), acceptance(ana.id, "three", at(30))];
    for record in &records {
        directory.record_consent(&tenant(), sign_in(), &identity("idp", "s-1"), record, Standing::AsBefore).await.unwrap().unwrap();
    }
    let by_id = directory.guest(&tenant(), ana.id).await.unwrap().unwrap();
    let by_address = directory.guest_by_address(&tenant(), &ana.mail).await.unwrap().unwrap();
    let by_identity = directory.guest_by_identity(&tenant(), ana.identity().unwrap()).await.unwrap().unwrap();
    assert_eq!((&by_id.guest, &by_id.consents), (&ana, &records));
    assert_eq!((&by_address, &by_identity), (&by_id, &by_id));
    assert!(directory.guest_by_address(&tenant(), &address("ben@partner.example")).await.unwrap().unwrap().consents.is_empty());
}

async fn a_completing_consent_accepts_the_guest_once(directory: &Directory) {
    let who = identity("idp", "s-1");
    let ana = bound("ana@partner.example", who.clone());
    add(directory, &ana).await;
    let agree = async |record: ConsentRecord, standing| {
        directory.record_consent(&tenant(), sign_in(), &who, &record, standing).await.unwrap().unwrap()
    };
    agree(acceptance(ana.id, "one", at(10)), Standing::AsBefore).await;
    assert_eq!(stored(directory, ana.id).await, ana);
    for seconds in [20, 30] {
        let record = acceptance(ana.id, "two", at(seconds));
        let standing = completing(&ana, &who, &record);
        agree(record, standing).await;
        let state = stored(directory, ana.id).await.state;
        assert_eq!((state.as_str(), state.since(), state.identity()), ("Accepted", at(20), Some(&who)));
    }
}

async fn of_two_decisions_in_one_sign_in_the_first_stands(directory: &Directory) {
    let (who, one) = (identity("idp", "s-1"), sign_in());
    let ana = bound("ana@partner.example", who.clone());
    add(directory, &ana).await;
    let accept = acceptance(ana.id, "one", at(10));
    let decline = ConsentRecord { is_accepted: false, ..acceptance(ana.id, "one", at(11)) };
    let mut stands = Vec::new();
    for record in [&accept, &decline] {
        let standing = completing(&ana, &who, record);
        stands.push(directory.record_consent(&tenant(), one, &who, record, standing).await.unwrap().unwrap());
    }
    assert_eq!(stands, [(true, true), (true, false)].map(|(is_accepted, is_new)| Stands { is_accepted, is_new }));
    assert_eq!(directory.guest(&tenant(), ana.id).await.unwrap().unwrap().consents.len(), 1);
    let state = stored(directory, ana.id).await.state;
    assert_eq!((state.as_str(), state.since()), ("Accepted", at(10)));
    let later = directory.record_consent(&tenant(), sign_in(), &who, &decline, Standing::AsBefore).await.unwrap();
    assert_eq!(later, Some(Stands { is_accepted: false, is_new: true }));
}

async fn a_consent_of_nobody_or_by_another_identity_is_not_written(directory: &Directory) {
    let (who, another) = (identity("idp", "s-1"), identity("idp", "s-2"));
    let ana = bound("ana@partner.example", who.clone());
    let record = acceptance(ana.id, "one", at(10));
    let agree = async |by: &BoundIdentity| {
        directory.record_consent(&tenant(), sign_in(), by, &record, completing(&ana, by, &record)).await.unwrap()
    };
    assert_eq!(agree(&who).await, None, "nobody");
    add(directory, &ana).await;
    assert_eq!(agree(&another).await, None, "somebody else");
    directory.delete_guest(&tenant(), ana.id, at(5)).await.unwrap();
    assert_eq!(agree(&who).await, None, "deleted meanwhile");
    directory.restore_guest(&tenant(), ana.id, at(6)).await.unwrap();
    let file = directory.guest(&tenant(), ana.id).await.unwrap().unwrap();
    assert_eq!((file.guest, file.consents.len()), (ana.clone(), 0));
    assert!(agree(&who).await.unwrap().is_accepted);
}

fn key(kid: &str, algorithm: SigningAlgorithm, signs_from: i64, published_until: i64) -> StoredKey {
    StoredKey {
        kid: kid.into(),
        algorithm,
        sealed_private: (0..=255).collect(),
        public_jwk: r#"{"kty":"EC"}"#.into(),
        created_at: at(signs_from - 10),
        signs_from: at(signs_from),
        published_until: at(published_until),
    }
}

async fn keys_are_kept_until_they_are_no_longer_published(directory: &Directory) {
    let (old, new, rsa) =
        (key("a", SigningAlgorithm::Es256, 0, 100), key("b", SigningAlgorithm::Es256, 90, 200), key("c", SigningAlgorithm::Rs256, 0, 200));
    for key in [&new, &old, &rsa] {
        directory.add_key(&tenant(), key).await.unwrap();
    }
    assert_eq!(directory.keys(&tenant(), at(99)).await.unwrap(), [old, rsa.clone(), new.clone()]);
    assert_eq!(directory.keys(&tenant(), at(100)).await.unwrap(), [rsa, new]);
    assert!(directory.keys(&tenant(), at(200)).await.unwrap().is_empty());
    assert!(directory.keys(&TenantId::parse("fabrikam").unwrap(), at(0)).await.unwrap().is_empty());
}

async fn of_keys_made_at_once_one_stays(directory: &Directory) {
    let mut adding = JoinSet::new();
    for number in 0..8 {
        let (directory, key) = (directory.clone(), key(&format!("k{number}"), SigningAlgorithm::Es256, 0, 100));
        adding.spawn(async move { directory.add_key(&tenant(), &key).await.unwrap() });
    }
    adding.join_all().await;
    assert_eq!(directory.keys(&tenant(), at(0)).await.unwrap().len(), 1);
}

async fn audit_events_come_back_newest_first(directory: &Directory) {
    let guest = pending("ana@partner.example").id;
    for number in 0..5 {
        let event = AuditEvent {
            at: at(number),
            action: "guest.consented",
            guest: (number > 2).then_some(guest),
            client: (number > 3).then(|| "portal".into()),
            invitation: None,
            reference: format!("R{number}"),
            details: json!({ "number": number, "text": "ü \" '" }),
        };
        directory.record(&tenant(), &event).await.unwrap();
    }
    let events = directory.audit_events(&tenant(), 3).await.unwrap();
    assert_eq!(events.iter().map(|event| event.reference.as_str()).collect::<Vec<_>>(), ["R4", "R3", "R2"]);
    assert_eq!((events[0].guest, events[0].client.as_deref(), events[2].guest), (Some(guest), Some("portal"), None));
    assert_eq!((events[0].action.as_str(), &events[0].details), ("guest.consented", &json!({ "number": 4, "text": "ü \" '" })));
    assert!(directory.audit_events(&TenantId::parse("fabrikam").unwrap(), 3).await.unwrap().is_empty());
}

async fn a_directory_that_answers_is_ready(directory: &Directory) {
    assert!(directory.is_ready().await);
    directory.close().await;
    assert!(!directory.is_ready().await);
}

async fn it_serves_many_at_once(directory: &Directory) {
    let mut visits = JoinSet::new();
    for number in 0..40 {
        let directory = directory.clone();
        visits.spawn(async move {
            let guest = pending(&format!("guest{number}@partner.example"));
            add(&directory, &guest).await;
            let proven = identity("idp", &format!("s-{number}"));
            directory.bind_identity(&tenant(), guest.id, &proven, Some("Guest")).await.unwrap();
            let record = acceptance(guest.id, "one", at(1));
            let standing = completing(&guest, &proven, &record);
            directory.record_consent(&tenant(), sign_in(), &proven, &record, standing).await.unwrap().unwrap();
            let file = directory.guest_by_identity(&tenant(), &proven).await.unwrap().unwrap();
            assert_eq!((file.guest.id, file.consents.len()), (guest.id, 1));
        });
    }
    visits.join_all().await;
}
