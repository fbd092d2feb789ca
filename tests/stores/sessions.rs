//! The contract of [`Sessions`], one sentence a case, and the stores that keep it.

use std::{collections::HashSet, sync::Arc, time::Duration};

use gatehouse::store::sessions::{Commit, Created, Revision, Shelf, Slot, Spent, Swap, Versioned};
use tokio::{sync::OnceCell, task::JoinSet};

use crate::{
    services::redis::{ClusterRedis, Redis, SentinelRedis, TlsRedis},
    stage::{LONG, Stage, code, counter, flow, slot},
};

/// Each case as a test on memory and on a single Redis; all of them, one after another, for the other shapes.
macro_rules! contract {
    ($($case:ident)+) => {
        mod on_memory {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() { super::$case(&super::Stage::memory()).await; })+
        }
        mod on_redis {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() { super::$case(&super::Stage::redis(&super::single().await.url()).await).await; })+
        }
        async fn keeps_the_contract(stage: &Stage) {
            $(println!("{}", stringify!($case)); $case(stage).await;)+
        }
    };
}

contract! {
    a_created_value_is_read_back_at_revision_one
    a_taken_key_is_occupied_and_stays_as_it_is
    a_commit_at_the_stored_revision_wins
    a_commit_at_another_revision_loses_and_writes_nothing
    a_commit_to_nothing_loses
    of_many_commits_at_once_one_wins
    a_commit_overwrites_what_stands_alongside
    a_one_shot_value_is_taken_once
    of_many_takers_at_once_one_is_first
    a_spent_value_can_be_neither_committed_nor_created_but_put
    a_value_expires
    a_tombstone_expires
    a_commit_renews_the_lifetime_of_what_it_writes
    put_overwrites_everything_at_revision_one
    put_of_nothing_is_fine
    what_is_removed_is_gone_and_removing_nothing_is_fine
    a_counter_counts_in_the_window_that_the_first_count_opened
    counts_at_once_are_all_counted
    a_list_keeps_each_line_once_and_for_its_own_time
    of_too_many_lines_those_go_that_end_first
    lines_at_once_are_all_kept
    tenants_and_flows_do_not_meet
    any_octets_can_be_stored
    a_store_that_answers_is_ready
}

static SINGLE: OnceCell<Redis> = OnceCell::const_new();

async fn single() -> &'static Redis {
    SINGLE.get_or_init(Redis::start).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_over_tls_with_a_user_and_a_password_keeps_the_contract() {
    let redis = TlsRedis::start().await;
    let config = gatehouse::store::redis::RedisConfig::parse(&redis.url()).unwrap().with_ca(redis.certificates.ca_pem()).unwrap();
    keeps_the_contract(&Stage::connected(gatehouse::store::redis::RedisSessions::connect(config).await.unwrap())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_behind_sentinels_keeps_the_contract() {
    let redis = SentinelRedis::start().await;
    keeps_the_contract(&Stage::redis(&redis.url()).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_cluster_keeps_the_contract() {
    let redis = ClusterRedis::start().await;
    keeps_the_contract(&Stage::redis(&redis.url()).await).await;
}

fn versioned(revision: u64, value: &[u8]) -> Option<Versioned> {
    Some(Versioned { revision: Revision(revision), value: value.to_vec() })
}

fn commit(slot: &Slot, expected: u64, value: &[u8], alongside: Vec<(Shelf, Vec<u8>, Duration)>) -> Commit {
    Commit { slot: slot.clone(), shelf: Shelf::Flow, expected: Revision(expected), value: value.to_vec(), ttl: LONG, alongside }
}

async fn a_created_value_is_read_back_at_revision_one(stage: &Stage) {
    let key = slot().key(&Shelf::Flow);
    assert_eq!(stage.sessions.read(&key).await.unwrap(), None);
    assert_eq!(stage.sessions.create(&key, b"begun", LONG).await.unwrap(), Created::New);
    assert_eq!(stage.sessions.read(&key).await.unwrap(), versioned(1, b"begun"));
}

async fn a_taken_key_is_occupied_and_stays_as_it_is(stage: &Stage) {
    let key = slot().key(&Shelf::Flow);
    stage.sessions.create(&key, b"first", LONG).await.unwrap();
    assert_eq!(stage.sessions.create(&key, b"second", LONG).await.unwrap(), Created::Occupied);
    assert_eq!(stage.sessions.read(&key).await.unwrap(), versioned(1, b"first"));
}

async fn a_commit_at_the_stored_revision_wins(stage: &Stage) {
    let slot = slot();
    let key = slot.key(&Shelf::Flow);
    stage.sessions.create(&key, b"one", LONG).await.unwrap();
    assert_eq!(stage.sessions.commit(commit(&slot, 1, b"two", vec![])).await.unwrap(), Swap::Won(Revision(2)));
    assert_eq!(stage.sessions.commit(commit(&slot, 2, b"three", vec![])).await.unwrap(), Swap::Won(Revision(3)));
    assert_eq!(stage.sessions.read(&key).await.unwrap(), versioned(3, b"three"));
}

async fn a_commit_at_another_revision_loses_and_writes_nothing(stage: &Stage) {
    let (slot, code) = (slot(), code());
    stage.sessions.create(&slot.key(&Shelf::Flow), b"one", LONG).await.unwrap();
    for wrong in [0, 2, u64::MAX - 1] {
        let lost = commit(&slot, wrong, b"two", vec![(code.clone(), b"grant".to_vec(), LONG)]);
        assert_eq!(stage.sessions.commit(lost).await.unwrap(), Swap::Lost);
    }
    assert_eq!(stage.sessions.read(&slot.key(&Shelf::Flow)).await.unwrap(), versioned(1, b"one"));
    assert_eq!(stage.sessions.read(&slot.key(&code)).await.unwrap(), None);
}

async fn a_commit_to_nothing_loses(stage: &Stage) {
    let slot = slot();
    for expected in [0, 1] {
        assert_eq!(stage.sessions.commit(commit(&slot, expected, b"two", vec![])).await.unwrap(), Swap::Lost);
    }
    assert_eq!(stage.sessions.read(&slot.key(&Shelf::Flow)).await.unwrap(), None);
}

async fn of_many_commits_at_once_one_wins(stage: &Stage) {
    let slot = slot();
    stage.sessions.create(&slot.key(&Shelf::Flow), b"one", LONG).await.unwrap();
    let mut racers = JoinSet::new();
    for racer in 0..64_u8 {
        let (sessions, slot) = (Arc::clone(&stage.sessions), slot.clone());
        racers.spawn(async move {
            let alongside = vec![(Shelf::Revoked { jti: racer.to_string() }, vec![racer], LONG)];
            (racer, sessions.commit(commit(&slot, 1, &[racer], alongside)).await.unwrap())
        });
    }
    let winners: Vec<u8> = racers.join_all().await.into_iter().filter(|(_, swap)| *swap != Swap::Lost).map(|(racer, _)| racer).collect();
    let [winner] = winners[..] else { panic!("{winners:?}") };
    assert_eq!(stage.sessions.read(&slot.key(&Shelf::Flow)).await.unwrap(), versioned(2, &[winner]));
    for racer in 0..64_u8 {
        let left = stage.sessions.read(&slot.key(&Shelf::Revoked { jti: racer.to_string() })).await.unwrap();
        assert_eq!(left.is_some(), racer == winner);
    }
}

async fn a_commit_overwrites_what_stands_alongside(stage: &Stage) {
    let (slot, code) = (slot(), code());
    stage.sessions.create(&slot.key(&Shelf::Flow), b"one", LONG).await.unwrap();
    stage.sessions.create(&slot.key(&code), b"old", LONG).await.unwrap();
    let session = Shelf::Session { digest: "d".into() };
    let alongside = vec![(code.clone(), b"grant".to_vec(), LONG), (session.clone(), b"browser".to_vec(), LONG)];
    assert_eq!(stage.sessions.commit(commit(&slot, 1, b"two", alongside)).await.unwrap(), Swap::Won(Revision(2)));
    assert_eq!(stage.sessions.read(&slot.key(&code)).await.unwrap(), versioned(1, b"grant"));
    assert_eq!(stage.sessions.read(&slot.key(&session)).await.unwrap(), versioned(1, b"browser"));
}

async fn a_one_shot_value_is_taken_once(stage: &Stage) {
    let key = slot().key(&code());
    assert_eq!(stage.sessions.spend(&key, b"none", LONG).await.unwrap(), Spent::Never);
    stage.sessions.create(&key, b"grant", LONG).await.unwrap();
    assert_eq!(stage.sessions.spend(&key, b"spent at one", LONG).await.unwrap(), Spent::First(b"grant".to_vec()));
    for later in [b"spent at two".as_slice(), b""] {
        assert_eq!(stage.sessions.spend(&key, later, LONG).await.unwrap(), Spent::Again(b"spent at one".to_vec()));
    }
    assert_eq!(stage.sessions.read(&key).await.unwrap(), None);
}

async fn of_many_takers_at_once_one_is_first(stage: &Stage) {
    let key = slot().key(&code());
    stage.sessions.create(&key, b"grant", LONG).await.unwrap();
    let mut takers = JoinSet::new();
    for taker in 0..64_u8 {
        let (sessions, key) = (Arc::clone(&stage.sessions), key.clone());
        takers.spawn(async move { (taker, sessions.spend(&key, &[taker], LONG).await.unwrap()) });
    }
    let taken = takers.join_all().await;
    let first: Vec<u8> = taken.iter().filter(|(_, spent)| *spent == Spent::First(b"grant".to_vec())).map(|(taker, _)| *taker).collect();
    let [first] = first[..] else { panic!("{first:?}") };
    assert!(taken.iter().all(|(taker, spent)| *taker == first || *spent == Spent::Again(vec![first])));
}

async fn a_spent_value_can_be_neither_committed_nor_created_but_put(stage: &Stage) {
    let slot = slot();
    let key = slot.key(&Shelf::Flow);
    stage.sessions.create(&key, b"one", LONG).await.unwrap();
    stage.sessions.spend(&key, b"spent", LONG).await.unwrap();
    for expected in [0, 1] {
        assert_eq!(stage.sessions.commit(commit(&slot, expected, b"two", vec![])).await.unwrap(), Swap::Lost);
    }
    assert_eq!(stage.sessions.create(&key, b"again", LONG).await.unwrap(), Created::Occupied);
    stage.sessions.put(&slot, &[(Shelf::Flow, b"anew".to_vec(), LONG)]).await.unwrap();
    assert_eq!(stage.sessions.read(&key).await.unwrap(), versioned(1, b"anew"));
}

async fn a_value_expires(stage: &Stage) {
    let slot = slot();
    let (flow, code) = (slot.key(&Shelf::Flow), slot.key(&code()));
    stage.sessions.create(&flow, b"flow", stage.short).await.unwrap();
    stage.sessions.create(&code, b"code", stage.short).await.unwrap();
    assert!(stage.sessions.read(&flow).await.unwrap().is_some());
    stage.pass(110).await;
    assert_eq!(stage.sessions.read(&flow).await.unwrap(), None);
    assert_eq!(stage.sessions.commit(commit(&slot, 1, b"late", vec![])).await.unwrap(), Swap::Lost);
    assert_eq!(stage.sessions.spend(&code, b"late", LONG).await.unwrap(), Spent::Never);
    assert_eq!(stage.sessions.create(&flow, b"another", LONG).await.unwrap(), Created::New);
}

async fn a_tombstone_expires(stage: &Stage) {
    let key = slot().key(&code());
    stage.sessions.create(&key, b"grant", LONG).await.unwrap();
    stage.sessions.spend(&key, b"spent", stage.short).await.unwrap();
    assert_eq!(stage.sessions.spend(&key, b"", LONG).await.unwrap(), Spent::Again(b"spent".to_vec()));
    stage.pass(110).await;
    assert_eq!(stage.sessions.spend(&key, b"", LONG).await.unwrap(), Spent::Never);
}

async fn a_commit_renews_the_lifetime_of_what_it_writes(stage: &Stage) {
    let (slot, code) = (slot(), code());
    let key = slot.key(&Shelf::Flow);
    stage.sessions.create(&key, b"one", stage.short).await.unwrap();
    let alongside = vec![(code.clone(), b"grant".to_vec(), stage.short)];
    assert_eq!(stage.sessions.commit(commit(&slot, 1, b"two", alongside)).await.unwrap(), Swap::Won(Revision(2)));
    stage.pass(110).await;
    assert_eq!(stage.sessions.read(&key).await.unwrap(), versioned(2, b"two"));
    assert_eq!(stage.sessions.read(&slot.key(&code)).await.unwrap(), None);
}

async fn put_overwrites_everything_at_revision_one(stage: &Stage) {
    let (slot, code) = (slot(), code());
    let key = slot.key(&Shelf::Flow);
    stage.sessions.create(&key, b"one", LONG).await.unwrap();
    stage.sessions.commit(commit(&slot, 1, b"two", vec![])).await.unwrap();
    stage.sessions.put(&slot, &[(Shelf::Flow, b"anew".to_vec(), LONG), (code.clone(), b"grant".to_vec(), LONG)]).await.unwrap();
    assert_eq!(stage.sessions.read(&key).await.unwrap(), versioned(1, b"anew"));
    assert_eq!(stage.sessions.read(&slot.key(&code)).await.unwrap(), versioned(1, b"grant"));
    stage.sessions.put(&slot, &[(code.clone(), b"alone".to_vec(), LONG)]).await.unwrap();
    assert_eq!(stage.sessions.read(&slot.key(&code)).await.unwrap(), versioned(1, b"alone"));
}

async fn put_of_nothing_is_fine(stage: &Stage) {
    stage.sessions.put(&slot(), &[]).await.unwrap();
}

async fn what_is_removed_is_gone_and_removing_nothing_is_fine(stage: &Stage) {
    let key = slot().key(&Shelf::Flow);
    stage.sessions.remove(&key).await.unwrap();
    stage.sessions.create(&key, b"one", LONG).await.unwrap();
    stage.sessions.remove(&key).await.unwrap();
    assert_eq!(stage.sessions.read(&key).await.unwrap(), None);
    assert_eq!(stage.sessions.create(&key, b"two", LONG).await.unwrap(), Created::New);
}

async fn a_counter_counts_in_the_window_that_the_first_count_opened(stage: &Stage) {
    let (mails, others) = (counter(), counter());
    assert_eq!(stage.sessions.counted(&mails).await.unwrap(), 0);
    assert_eq!(stage.sessions.count(&mails, stage.short).await.unwrap(), 1);
    stage.pass(60).await;
    assert_eq!(stage.sessions.count(&mails, stage.short).await.unwrap(), 2);
    assert_eq!(stage.sessions.counted(&mails).await.unwrap(), 2);
    assert_eq!(stage.sessions.count(&others, stage.short).await.unwrap(), 1);
    stage.sessions.uncount(&mails).await.unwrap();
    assert_eq!(stage.sessions.counted(&mails).await.unwrap(), 1, "one was taken back");
    for _ in 0..2 {
        stage.sessions.uncount(&others).await.unwrap();
        assert_eq!(stage.sessions.counted(&others).await.unwrap(), 0, "never below none");
    }
    stage.pass(60).await;
    assert_eq!(stage.sessions.counted(&mails).await.unwrap(), 0);
    assert_eq!(stage.sessions.count(&mails, stage.short).await.unwrap(), 1);
}

async fn counts_at_once_are_all_counted(stage: &Stage) {
    let key = counter();
    let mut counting = JoinSet::new();
    for _ in 0..64 {
        let (sessions, key) = (Arc::clone(&stage.sessions), key.clone());
        counting.spawn(async move { sessions.count(&key, LONG).await.unwrap() });
    }
    assert_eq!(counting.join_all().await.into_iter().collect::<HashSet<u64>>(), (1..=64).collect());
    assert_eq!(stage.sessions.counted(&key).await.unwrap(), 64);
}

async fn a_list_keeps_each_line_once_and_for_its_own_time(stage: &Stage) {
    let key = slot().key(&Shelf::GuestSessions);
    assert!(stage.sessions.lines(&key).await.unwrap().is_empty());
    stage.sessions.enlist(&key, b"long", LONG, 9).await.unwrap();
    stage.sessions.enlist(&key, b"short", stage.short, 9).await.unwrap();
    stage.sessions.enlist(&key, b"long", LONG, 9).await.unwrap();
    assert_eq!(stage.sessions.lines(&key).await.unwrap(), [b"long".to_vec(), b"short".to_vec()]);
    stage.pass(110).await;
    assert_eq!(stage.sessions.lines(&key).await.unwrap(), [b"long".to_vec()]);
    stage.sessions.remove(&key).await.unwrap();
    assert!(stage.sessions.lines(&key).await.unwrap().is_empty());
    stage.sessions.enlist(&key, b"last", stage.short, 9).await.unwrap();
    stage.pass(110).await;
    assert!(stage.sessions.lines(&key).await.unwrap().is_empty());
}

async fn of_too_many_lines_those_go_that_end_first(stage: &Stage) {
    let key = slot().key(&Shelf::GuestSessions);
    for line in 1..=5_u8 {
        stage.sessions.enlist(&key, &[line, 0, 255], LONG + Duration::from_secs(u64::from(line)), 3).await.unwrap();
    }
    assert_eq!(stage.sessions.lines(&key).await.unwrap(), [5_u8, 4, 3].map(|line| vec![line, 0, 255]));
}

async fn lines_at_once_are_all_kept(stage: &Stage) {
    let (key, mut tasks) = (slot().key(&Shelf::GuestSessions), JoinSet::new());
    for line in 0..20_u8 {
        let (sessions, key) = (Arc::clone(&stage.sessions), key.clone());
        tasks.spawn(async move { sessions.enlist(&key, &[line], LONG, 99).await.unwrap() });
    }
    tasks.join_all().await;
    let lines: HashSet<Vec<u8>> = stage.sessions.lines(&key).await.unwrap().into_iter().collect();
    assert_eq!(lines.len(), 20);
}

async fn tenants_and_flows_do_not_meet(stage: &Stage) {
    let other_tenant = gatehouse::domain::id::TenantId::parse("fabrikam").unwrap();
    let (mine, another) = (flow(), flow());
    let here = Slot::of_flow(&crate::stage::tenant(), mine);
    stage.sessions.create(&here.key(&Shelf::Flow), b"mine", LONG).await.unwrap();
    for stranger in [Slot::of_flow(&other_tenant, mine), Slot::of_flow(&crate::stage::tenant(), another)] {
        assert_eq!(stage.sessions.read(&stranger.key(&Shelf::Flow)).await.unwrap(), None);
        assert_eq!(stage.sessions.create(&stranger.key(&Shelf::Flow), b"theirs", LONG).await.unwrap(), Created::New);
    }
    assert_eq!(stage.sessions.read(&here.key(&Shelf::Flow)).await.unwrap(), versioned(1, b"mine"));
}

async fn any_octets_can_be_stored(stage: &Stage) {
    for value in [vec![], vec![0; 8], (0..=255).collect(), vec![7; 1 << 20]] {
        let (slot, tombstone) = (slot(), vec![0; 9]);
        let key = slot.key(&Shelf::Flow);
        stage.sessions.create(&key, &value, LONG).await.unwrap();
        assert_eq!(stage.sessions.commit(commit(&slot, 1, &value, vec![])).await.unwrap(), Swap::Won(Revision(2)));
        assert_eq!(stage.sessions.spend(&key, &tombstone, LONG).await.unwrap(), Spent::First(value));
        assert_eq!(stage.sessions.spend(&key, b"", LONG).await.unwrap(), Spent::Again(tombstone));
    }
}

async fn a_store_that_answers_is_ready(stage: &Stage) {
    assert!(stage.sessions.is_ready().await);
}
