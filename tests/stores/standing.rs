//! How a guest becomes Accepted, on every directory, while another session of theirs, a reset or a deletion comes in between.

use std::time::Duration;

use gatehouse::{
    domain::{
        consent::{self, Completion, ConsentRecord, Matter},
        guest::{BoundIdentity, Guest, State},
        id::TermsId,
        identity::VerifiedIdentity,
        secret::Secret,
    },
    store::directory::{BoundGuest, Changed, Completed, Directory, Standing},
};
use tokio::task::JoinSet;

use crate::{
    directory::{acceptance, add, address, at, completing, contract, identity, open, pending, sign_in},
    services::postgres::Postgres,
    stage::tenant,
};

contract! {
    what_was_owed_before_a_reset_accepts_nobody_after_it
    whoever_is_asked_anew_in_the_same_sign_in_decides_anew
    of_sessions_that_end_at_once_one_makes_the_guest_accepted
    an_acceptance_and_a_reset_at_once_leave_a_guest_who_agreed_to_nothing
    an_acceptance_and_a_deletion_at_once_leave_both_or_neither
    a_guest_who_owes_nothing_becomes_accepted_once_and_in_this_redemption_alone
}

fn ana() -> BoundIdentity {
    identity("idp", "ana")
}

/// Somebody who has proven who they are, and agreed to nothing.
async fn proven(directory: &Directory, mail: &str, who: &BoundIdentity) -> Guest {
    let guest = pending(mail);
    add(directory, &guest).await;
    assert_eq!(directory.bind_identity(&tenant(), guest.id, who, None).await.unwrap(), BoundGuest::Bound);
    stored(directory, &guest).await
}

async fn stored(directory: &Directory, guest: &Guest) -> Guest {
    directory.guest(&tenant(), guest.id).await.unwrap().unwrap().guest
}

fn is_accepted(guest: &Guest) -> bool {
    matches!(guest.state, State::Accepted(_))
}

fn of_terms(guest: &Guest, seconds: i64) -> ConsentRecord {
    let matter = Matter::Terms(TermsId::parse("visitors").unwrap());
    ConsentRecord { matter, version: Some("1".into()), ..acceptance(guest.id, "terms", at(seconds)) }
}

/// What the gate makes of a guest who owes nothing.
fn owing_nothing(guest: &Guest, who: &BoundIdentity, seconds: i64) -> Completion {
    let identity = VerifiedIdentity {
        voucher: who.voucher.clone(),
        subject: who.subject.clone(),
        address: None,
        name: None,
        authenticated_at: at(0),
        amr: Vec::new(),
        acr: None,
        partner_session: None,
    };
    let duties = consent::Duties { is_privacy_asked: false, terms: Vec::new(), now: at(seconds) };
    consent::gate(guest, identity, &[], &duties, &[]).unwrap().completion().unwrap().clone()
}

/// One browser is asked for the last thing; redemption is reset; in another the same person comes again and is asked for the first.
async fn what_was_owed_before_a_reset_accepts_nobody_after_it(directory: &Directory) {
    let guest = proven(directory, "ana@p.example", &ana()).await;
    let last = acceptance(guest.id, "privacy", at(10));
    let standing = completing(&guest, &ana(), &last);
    assert!(matches!(standing, Standing::Accepted(_)));
    assert_eq!(directory.reset_redemption(&tenant(), guest.id, at(20)).await.unwrap(), Changed::Done);
    assert_eq!(directory.bind_identity(&tenant(), guest.id, &ana(), None).await.unwrap(), BoundGuest::Bound);
    let stands = directory.record_consent(&tenant(), sign_in(), &ana(), &last, standing).await.unwrap();
    assert!(stands.unwrap().is_new, "they did agree to it");
    let now = stored(directory, &guest).await;
    assert!(!is_accepted(&now) && now.round == 2, "what is owed since the reset was never asked");
    let again = completing(&now, &ana(), &last);
    directory.record_consent(&tenant(), sign_in(), &ana(), &last, again).await.unwrap();
    assert!(is_accepted(&stored(directory, &guest).await));
}

async fn whoever_is_asked_anew_in_the_same_sign_in_decides_anew(directory: &Directory) {
    for (first, second) in [(true, true), (true, false), (false, true)] {
        let (who, mail) = (identity("idp", &format!("{first}{second}")), format!("{first}.{second}@p.example"));
        let (guest, flow) = (proven(directory, &mail, &who).await, sign_in());
        let said = |is_accepted: bool| ConsentRecord { is_accepted, ..acceptance(guest.id, "privacy", at(10)) };
        directory.record_consent(&tenant(), flow, &who, &said(first), Standing::AsBefore).await.unwrap().unwrap();
        directory.reset_redemption(&tenant(), guest.id, at(20)).await.unwrap();
        // Nobody is known by this identity now: nothing of the sign-in stands.
        assert_eq!(directory.record_consent(&tenant(), flow, &who, &of_terms(&guest, 21), Standing::AsBefore).await.unwrap(), None);
        directory.bind_identity(&tenant(), guest.id, &who, None).await.unwrap();
        let stands = directory.record_consent(&tenant(), flow, &who, &said(second), Standing::AsBefore).await.unwrap().unwrap();
        assert_eq!((stands.is_accepted, stands.is_new), (second, true));
        let twice = directory.record_consent(&tenant(), flow, &who, &said(first), Standing::AsBefore).await.unwrap().unwrap();
        assert_eq!((twice.is_accepted, twice.is_new), (second, false), "and the first decision of this redemption stands");
        let consents = directory.guest(&tenant(), guest.id).await.unwrap().unwrap().consents;
        assert_eq!(consents.iter().map(|record| record.is_accepted).collect::<Vec<_>>(), [second]);
        assert_eq!(directory.consents_of(&tenant(), guest.id).await.unwrap().len(), 2);
    }
}

async fn of_sessions_that_end_at_once_one_makes_the_guest_accepted(directory: &Directory) {
    let guest = proven(directory, "ana@p.example", &ana()).await;
    let mut sessions = JoinSet::new();
    for second in 10..20 {
        let (directory, guest) = (directory.clone(), guest.clone());
        sessions.spawn(async move {
            let last = acceptance(guest.id, "privacy", at(second));
            let standing = completing(&guest, &ana(), &last);
            directory.record_consent(&tenant(), sign_in(), &ana(), &last, standing).await.unwrap().unwrap()
        });
    }
    assert!(sessions.join_all().await.iter().all(|stands| stands.is_new && stands.is_accepted));
    let since = stored(directory, &guest).await.state.since();
    assert!(is_accepted(&stored(directory, &guest).await) && (at(10)..at(20)).contains(&since));
    let late = acceptance(guest.id, "privacy", at(99));
    let standing = completing(&guest, &ana(), &late);
    directory.record_consent(&tenant(), sign_in(), &ana(), &late, standing).await.unwrap();
    assert_eq!(stored(directory, &guest).await.state.since(), since, "accepted is accepted since the first time");
}

async fn an_acceptance_and_a_reset_at_once_leave_a_guest_who_agreed_to_nothing(directory: &Directory) {
    for number in 0..20 {
        let who = identity("idp", &format!("s{number}"));
        let guest = proven(directory, &format!("s{number}@p.example"), &who).await;
        let last = acceptance(guest.id, "privacy", at(10));
        let standing = completing(&guest, &who, &last);
        let (tenant, flow) = (tenant(), sign_in());
        let accepts = async {
            tokio::time::sleep(Duration::from_micros(number * 50)).await;
            directory.record_consent(&tenant, flow, &who, &last, standing).await.unwrap()
        };
        let (stands, reset) = tokio::join!(accepts, directory.reset_redemption(&tenant, guest.id, at(20)));
        assert_eq!(reset.unwrap(), Changed::Done);
        let file = directory.guest(&tenant, guest.id).await.unwrap().unwrap();
        assert!(!is_accepted(&file.guest) && file.guest.identity().is_none() && file.consents.is_empty());
        assert_eq!(directory.consents_of(&tenant, guest.id).await.unwrap().len(), usize::from(stands.is_some()));
    }
}

async fn an_acceptance_and_a_deletion_at_once_leave_both_or_neither(directory: &Directory) {
    for number in 0..20 {
        let who = identity("idp", &format!("s{number}"));
        let guest = proven(directory, &format!("s{number}@p.example"), &who).await;
        let last = acceptance(guest.id, "privacy", at(10));
        let standing = completing(&guest, &who, &last);
        let (tenant, flow) = (tenant(), sign_in());
        let deletes = async {
            tokio::time::sleep(Duration::from_micros(number * 50)).await;
            directory.delete_guest(&tenant, guest.id, at(20)).await.unwrap()
        };
        let (stands, deleted) = tokio::join!(directory.record_consent(&tenant, flow, &who, &last, standing), deletes);
        assert_eq!(deleted, Changed::Done);
        let is_recorded = stands.unwrap().is_some();
        let now = stored(directory, &guest).await;
        assert_eq!((now.is_deleted(), is_accepted(&now)), (true, is_recorded));
        assert_eq!(directory.consents_of(&tenant, guest.id).await.unwrap().len(), usize::from(is_recorded));
        // Restored, they are what they were.
        directory.restore_guest(&tenant, guest.id, at(30)).await.unwrap();
        assert_eq!(is_accepted(&stored(directory, &guest).await), is_recorded);
    }
}

async fn a_guest_who_owes_nothing_becomes_accepted_once_and_in_this_redemption_alone(directory: &Directory) {
    let guest = proven(directory, "ana@p.example", &ana()).await;
    let completion = owing_nothing(&guest, &ana(), 10);
    let eve = owing_nothing(&guest, &identity("idp", "eve"), 10);
    assert_eq!(directory.complete(&tenant(), &eve, None).await.unwrap(), Completed::Nobody);
    let mut visits = JoinSet::new();
    for _ in 0..8 {
        let (directory, completion) = (directory.clone(), completion.clone());
        visits.spawn(async move { directory.complete(&tenant(), &completion, None).await.unwrap() });
    }
    let ended = visits.join_all().await;
    assert_eq!(ended.iter().filter(|completed| **completed == Completed::Now).count(), 1);
    assert_eq!(ended.iter().filter(|completed| **completed == Completed::Before).count(), 7);
    directory.reset_redemption(&tenant(), guest.id, at(20)).await.unwrap();
    assert_eq!(directory.complete(&tenant(), &completion, None).await.unwrap(), Completed::Nobody);
    directory.bind_identity(&tenant(), guest.id, &ana(), None).await.unwrap();
    assert_eq!(directory.complete(&tenant(), &completion, None).await.unwrap(), Completed::Nobody, "of the redemption before");
    let now = stored(directory, &guest).await;
    assert!(!is_accepted(&now));
    directory.delete_guest(&tenant(), guest.id, at(30)).await.unwrap();
    let anew = owing_nothing(&now, &ana(), 40);
    assert_eq!(directory.complete(&tenant(), &anew, None).await.unwrap(), Completed::Nobody, "deleted");
    directory.restore_guest(&tenant(), guest.id, at(50)).await.unwrap();
    assert_eq!(directory.complete(&tenant(), &anew, None).await.unwrap(), Completed::Now);
    assert_eq!(stored(directory, &guest).await.mail, address("ana@p.example"));
}
