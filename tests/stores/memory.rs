//! What only bounded memory does: refuse, all or nothing, and never evict.

use std::time::Duration;

use gatehouse::{
    clock::Clock,
    domain::timestamp::Timestamp,
    store::{
        memory::MemorySessions,
        sessions::{Commit, Created, Revision, Sessions, SessionsError, Shelf, Swap},
    },
};

use crate::stage::{LONG, code, counter, slot};

fn full_after(capacity: usize) -> (MemorySessions, Clock) {
    let clock = Clock::movable(Timestamp::from_unix(1_700_000_000));
    (MemorySessions::new(clock.clone(), capacity), clock)
}

#[tokio::test]
async fn a_full_memory_refuses_what_is_new_and_keeps_what_it_has() {
    let (sessions, clock) = full_after(2);
    let (one, two, three) = (slot(), slot(), slot());
    sessions.create(&one.key(&Shelf::Flow), b"one", LONG).await.unwrap();
    sessions.create(&two.key(&Shelf::Flow), b"two", Duration::from_secs(5)).await.unwrap();
    assert!(matches!(sessions.create(&three.key(&Shelf::Flow), b"three", LONG).await, Err(SessionsError::Full)));
    assert!(matches!(sessions.count(&counter(), LONG).await, Err(SessionsError::Full)));
    for kept in [&one, &two] {
        assert!(sessions.read(&kept.key(&Shelf::Flow)).await.unwrap().is_some());
    }
    clock.advance(Duration::from_secs(5));
    assert_eq!(sessions.create(&three.key(&Shelf::Flow), b"three", LONG).await.unwrap(), Created::New);
}

#[tokio::test]
async fn a_sign_in_that_began_goes_on_in_a_full_memory() {
    let (sessions, _) = full_after(1);
    let slot = slot();
    sessions.create(&slot.key(&Shelf::Flow), b"one", LONG).await.unwrap();
    let commit =
        |alongside| Commit { slot: slot.clone(), shelf: Shelf::Flow, expected: Revision(1), value: b"two".to_vec(), ttl: LONG, alongside };
    assert!(matches!(sessions.commit(commit(vec![(code(), vec![], LONG)])).await, Err(SessionsError::Full)));
    assert_eq!(sessions.read(&slot.key(&Shelf::Flow)).await.unwrap().unwrap().value, b"one");
    assert_eq!(sessions.commit(commit(vec![])).await.unwrap(), Swap::Won(Revision(2)));
    sessions.put(&slot, &[(Shelf::Flow, b"anew".to_vec(), LONG)]).await.unwrap();
    sessions.spend(&slot.key(&Shelf::Flow), b"", LONG).await.unwrap();
    assert_eq!(sessions.held(), 1);
}

#[tokio::test]
async fn put_writes_everything_or_nothing() {
    let (sessions, _) = full_after(2);
    let (slot, codes) = (slot(), [code(), code(), code()]);
    let values = codes.clone().map(|code| (code, b"grant".to_vec(), LONG));
    assert!(matches!(sessions.put(&slot, &values).await, Err(SessionsError::Full)));
    assert_eq!(sessions.held(), 0);
    sessions.put(&slot, &values[..2]).await.unwrap();
    sessions.put(&slot, &values[..2]).await.unwrap();
    assert_eq!(sessions.held(), 2);
    assert!(sessions.read(&slot.key(&codes[2])).await.unwrap().is_none());
}

#[tokio::test]
async fn what_is_removed_makes_room() {
    let (sessions, _) = full_after(1);
    for _ in 0..3 {
        let key = slot().key(&Shelf::Flow);
        sessions.create(&key, b"one", LONG).await.unwrap();
        sessions.remove(&key).await.unwrap();
        sessions.remove(&key).await.unwrap();
    }
    assert_eq!(sessions.held(), 0);
}
