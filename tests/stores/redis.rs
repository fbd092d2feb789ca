//! What only Redis does: go away and come back, fail over, forget scripts, fill up; and what each call costs.

use std::time::{Duration, Instant};

use gatehouse::{
    domain::secret::Secret,
    store::{
        redis::{RedisConfig, RedisSessions},
        sessions::{Commit, Created, Key, Revision, Sessions, SessionsError, Shelf, Spent},
    },
};

use crate::{
    services::{
        certificates::Certificates,
        ports::free_ports,
        redis::{ClusterRedis, Redis, SentinelRedis, TLS_PASSWORD, TlsRedis},
    },
    stage::{LONG, code, counter, slot},
};

async fn connect(url: &Secret<String>) -> RedisSessions {
    RedisSessions::connect(RedisConfig::parse(url).unwrap()).await.unwrap()
}

async fn refusal(config: RedisConfig) -> String {
    RedisSessions::connect(config).await.map(|_| ()).unwrap_err().to_string()
}

/// Tries until the store answers again; returns how long that took.
async fn recovered(sessions: &RedisSessions) -> Duration {
    let begun = Instant::now();
    while sessions.create(&slot().key(&Shelf::Flow), b"again", LONG).await.is_err() {
        assert!(begun.elapsed() < Duration::from_secs(20), "it never came back");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    begun.elapsed()
}

#[tokio::test]
async fn every_call_is_exactly_one_round_trip() {
    let redis = Redis::start().await;
    let sessions = connect(&redis.url()).await;
    let (slot, code, counter) = (slot(), code(), counter());
    let flow = slot.key(&Shelf::Flow);
    let commit = |expected| Commit {
        slot: slot.clone(),
        shelf: Shelf::Flow,
        expected: Revision(expected),
        value: vec![1; 600],
        ttl: LONG,
        alongside: vec![(code.clone(), vec![2; 100], LONG)],
    };
    let values = [(Shelf::Session { digest: "a".into() }, vec![], LONG), (Shelf::Session { digest: "b".into() }, vec![], LONG)];
    macro_rules! costs_one {
        ($($call:expr),+ $(,)?) => {$(
            let before = sessions.round_trips();
            $call.await.unwrap();
            assert_eq!(sessions.round_trips() - before, 1, stringify!($call));
        )+};
    }
    costs_one!(
        sessions.create(&flow, b"one", LONG),
        sessions.create(&flow, b"one", LONG),
        sessions.read(&flow),
        sessions.commit(commit(1)),
        sessions.commit(commit(1)),
        sessions.put(&slot, &values),
        sessions.put(&slot, &values[..1]),
        sessions.spend(&slot.key(&code), b"", LONG),
        sessions.spend(&slot.key(&code), b"", LONG),
        sessions.remove(&flow),
        sessions.count(&counter, LONG),
        sessions.counted(&counter),
    );
    let (sent, received) = sessions.bytes();
    assert!((1400..3500).contains(&sent) && (100..300).contains(&received), "{sent} sent, {received} received");
}

#[tokio::test]
async fn a_server_that_forgot_the_scripts_is_told_once_more() {
    let redis = Redis::start().await;
    let sessions = connect(&redis.url()).await;
    redis.cli(&["script", "flush"]);
    let before = sessions.round_trips();
    for times in 1..4 {
        assert_eq!(sessions.count(&Key::counter(&crate::stage::tenant(), "mails", "x"), LONG).await.unwrap(), times);
    }
    assert_eq!(sessions.round_trips() - before, 4);
}

#[tokio::test]
async fn a_redis_that_dies_is_an_error_and_one_that_returns_is_found() {
    let mut redis = Redis::start().await;
    let sessions = connect(&redis.url()).await;
    let key = slot().key(&code());
    sessions.create(&key, b"grant", LONG).await.unwrap();
    redis.kill();
    for _ in 0..3 {
        let begun = Instant::now();
        assert!(matches!(sessions.read(&key).await, Err(SessionsError::Unreachable(_))));
        assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    }
    assert!(!sessions.is_ready().await);
    redis.restart().await;
    assert!(recovered(&sessions).await < Duration::from_secs(2));
    // It came back empty, and without scripts.
    assert_eq!(sessions.spend(&key, b"", LONG).await.unwrap(), Spent::Never);
    assert!(sessions.is_ready().await);
}

#[tokio::test]
async fn a_restart_between_two_sign_ins_goes_unnoticed() {
    let mut redis = Redis::start().await;
    let sessions = connect(&redis.url()).await;
    redis.kill();
    redis.restart().await;
    assert_eq!(sessions.create(&slot().key(&Shelf::Flow), b"one", LONG).await.unwrap(), Created::New);
}

#[tokio::test]
async fn a_redis_that_hangs_is_given_up_on_within_the_timeout() {
    let mut redis = Redis::start().await;
    let sessions = connect(&redis.url()).await;
    redis.signal("STOP");
    let begun = Instant::now();
    assert!(matches!(sessions.read(&slot().key(&Shelf::Flow)).await, Err(SessionsError::Unreachable(_))));
    assert!((1500..4000).contains(&begun.elapsed().as_millis()), "{:?}", begun.elapsed());
    redis.signal("CONT");
    recovered(&sessions).await;
}

#[tokio::test]
async fn a_full_redis_refuses_like_full_memory() {
    let redis = Redis::start().await;
    let sessions = connect(&redis.url()).await;
    let (slot, code) = (slot(), code());
    sessions.create(&slot.key(&Shelf::Flow), b"one", LONG).await.unwrap();
    redis.cli(&["config", "set", "maxmemory", "1"]);
    assert!(matches!(sessions.create(&slot.key(&code), b"grant", LONG).await, Err(SessionsError::Full)));
    let commit = Commit {
        slot: slot.clone(),
        shelf: Shelf::Flow,
        expected: Revision(1),
        value: b"two".to_vec(),
        ttl: LONG,
        alongside: vec![(code, vec![], LONG)],
    };
    assert!(matches!(sessions.commit(commit).await, Err(SessionsError::Full)));
    assert_eq!(sessions.read(&slot.key(&Shelf::Flow)).await.unwrap().unwrap().value, b"one");
}

#[tokio::test]
async fn without_redis_there_is_no_start_and_the_reason_names_no_password() {
    let [port] = free_ports();
    for shape in ["redis", "redis+cluster"] {
        let config = RedisConfig::parse(&Secret::new(format!("{shape}://porter:hunter2@127.0.0.1:{port}"))).unwrap();
        let said = refusal(config).await;
        assert!(said.contains("can't be reached") && !said.contains("hunter2"), "{said}");
    }
    let config = RedisConfig::parse(&Secret::new(format!("redis+sentinel://:hunter2@127.0.0.1:{port}/mymaster"))).unwrap();
    let said = refusal(config).await;
    assert!(said.contains("can't be reached") && !said.contains("hunter2"), "{said}");
}

#[tokio::test]
async fn tls_wants_the_right_authority_and_the_right_password() {
    let redis = TlsRedis::start().await;
    let parsed = |url: String| RedisConfig::parse(&Secret::new(url)).unwrap();
    let stranger = Certificates::issue();
    let said = refusal(parsed(redis.url().reveal().clone()).with_ca(stranger.ca_pem()).unwrap()).await;
    assert!(said.contains("certificate"), "{said}");
    let wrong = format!("rediss://porter:hunter2@localhost:{}", redis.server.port);
    let said = refusal(parsed(wrong).with_ca(redis.certificates.ca_pem()).unwrap()).await;
    assert!(!said.contains("hunter2") && !said.contains(TLS_PASSWORD), "{said}");
    // Without TLS nobody speaks to it, and an address for another host does not fit its certificate.
    assert!(RedisSessions::connect(parsed(format!("redis://127.0.0.1:{}", redis.server.port))).await.is_err());
    let elsewhere = redis.url().reveal().replace("localhost", "127.0.0.2");
    assert!(RedisSessions::connect(parsed(elsewhere).with_ca(redis.certificates.ca_pem()).unwrap()).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_sentinels_elect_another_master_the_sessions_follow() {
    let mut redis = SentinelRedis::start().await;
    let sessions = connect(&redis.url()).await;
    let key = slot().key(&Shelf::Flow);
    sessions.create(&key, b"one", LONG).await.unwrap();
    crate::services::process::until("the replica has it", || redis.replica.cli(&["dbsize"]).trim() == "1").await;
    redis.primary.kill();
    println!("followed after {:?}", recovered(&sessions).await);
    assert_eq!(sessions.read(&key).await.unwrap().unwrap().value, b"one");
    assert!(redis.replica.cli(&["role"]).starts_with("master"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_node_that_returns_is_found() {
    let mut cluster = ClusterRedis::start().await;
    let sessions = connect(&cluster.url()).await;
    cluster.nodes[0].kill();
    let mut failures = 0;
    for _ in 0..8 {
        let begun = Instant::now();
        failures += u32::from(sessions.create(&slot().key(&Shelf::Flow), b"one", LONG).await.is_err());
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    }
    println!("{failures} of 8 failed");
    cluster.nodes[0].restart().await;
    cluster.settled().await;
    recovered(&sessions).await;
    for _ in 0..32 {
        let key = slot().key(&code());
        assert_eq!(sessions.create(&key, b"grant", LONG).await.unwrap(), Created::New);
        assert_eq!(sessions.spend(&key, b"", LONG).await.unwrap(), Spent::First(b"grant".to_vec()));
    }
}
