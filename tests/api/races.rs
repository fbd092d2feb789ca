//! Two requests of one person at the same time: a double click, a second tab, a first click that was given up.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use gatehouse::{
    clock::Clock,
    demo::partner::{LogoutRequest, NameId, PERSISTENT, Parameter, Prefixes},
    store::{
        memory::MemorySessions,
        redis::{RedisConfig, RedisSessions},
        sessions::{Commit, Created, Key, Sessions, SessionsError, Shelf, Slot, Spent, Swap, Versioned},
    },
};

use crate::services::redis::Redis;
use crate::world::{ANA, PAM, SOL, Setup, WIN, World, person};

#[tokio::test]
async fn an_upstream_answer_that_comes_twice_at_once_signs_in() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    for _ in 0..6 {
        let mut browser = world.browser();
        let page = browser.open(&portal.asks(&[]).url).await;
        let leaving = browser.send(&page, "continue", &[("address", ANA)]).await;
        let back = browser.get(leaving.location.unwrap().as_str()).await.location.unwrap();
        let (mut one, mut two) = (browser.clone(), browser.clone());
        let (first, second) = tokio::join!(one.open(back.as_str()), two.open(back.as_str()));
        assert_eq!((first.shows(), second.shows()), ("consent", "consent"));
    }
}

#[tokio::test]
async fn an_address_sent_twice_at_once_is_mailed_one_code() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    for n in 0..4 {
        let (mut browser, address) = (world.browser(), format!("{n}{SOL}"));
        let page = browser.open(&portal.asks(&[]).url).await;
        let (mut one, mut two) = (browser.clone(), browser.clone());
        let typed = [("address", address.as_str())];
        let (first, second) = tokio::join!(one.press(&page, "continue", &typed), two.press(&page, "continue", &typed));
        assert_eq!((first.shows(), second.shows()), ("passcode", "passcode"));
        let code = world.next_mail(&address).await.code();
        assert_eq!(browser.press(&second, "continue", &[("code", &code)]).await.shows(), "consent");
        assert_eq!(world.mails_to(&address), 1);
    }
}

#[tokio::test]
async fn a_consent_accepted_twice_at_once_answers_the_app_twice_alike() {
    let world = World::open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    let ask = portal.asks(&[]);
    let page = browser.open(&ask.url).await;
    let page = browser.press(&page, "continue", &[("address", ANA)]).await;
    let (mut one, mut two) = (browser.clone(), browser.clone());
    let (first, second) = tokio::join!(one.send(&page, "accept", &[]), two.send(&page, "accept", &[]));
    assert_eq!(first.location, second.location);
    assert_eq!(portal.tokens(&ask, &second).await.claims["email"], ANA);
}

#[tokio::test]
async fn a_partners_answer_posted_twice_at_once_signs_in_once_and_answers_both_alike() {
    let world = Setup::new().partners().open().await;
    let portal = world.app("contoso", "portal").await;
    for address in [WIN, PAM, WIN, PAM, WIN, PAM] {
        let mut browser = world.browser();
        let ask = portal.asks(&[("login_hint", address)]);
        let away = browser.get(&ask.url).await;
        let (to, fields) = world.partners().answer(&away, &person(address));
        let (mut one, mut two) = (browser.clone(), browser.clone());
        let (first, second) = tokio::join!(one.carry(&to, &fields), two.carry(&to, &fields));
        let (first, second) = (one.follow(first).await, two.follow(second).await);
        assert_eq!(first.shows(), second.shows(), "{} {}", first.text(), second.text());
        // New the first time; later both requests end with the app, in one code.
        let answered = if first.shows() == "consent" {
            assert_eq!(two.cookies, one.cookies, "both halves hold the renewed secret");
            two.press(&second, "accept", &[]).await
        } else {
            assert_eq!(portal.code(&ask, &first), portal.code(&ask, &second));
            second
        };
        portal.tokens(&ask, &answered).await;
    }
}

/// What a browser leaves behind that gives its first click up for the second: the assertion is claimed, and the sign-in did not move.
#[tokio::test]
async fn an_answer_whose_first_post_went_down_half_way_signs_in_when_it_is_sent_again() {
    let store = Arc::new(Stumbling { memory: MemorySessions::new(Clock::system(), 1000), is_about_to: AtomicBool::new(false) });
    let world = Setup::new().partners().sessions(Arc::<Stumbling>::clone(&store)).open().await;
    let portal = world.app("contoso", "portal").await;
    for address in [WIN, PAM] {
        let (mut browser, ask) = (world.browser(), portal.asks(&[("login_hint", address)]));
        let away = browser.get(&ask.url).await;
        let (to, fields) = world.partners().answer(&away, &person(address));
        store.is_about_to.store(true, Ordering::SeqCst);
        assert_eq!(browser.carry(&to, &fields).await.error(), Some("GH9001"));
        let begun = std::time::Instant::now();
        let page = browser.carry(&to, &fields).await;
        let page = browser.follow(page).await;
        assert_eq!(page.shows(), "consent", "{} {}", page.url, page.text());
        assert!(begun.elapsed() < Duration::from_secs(4), "and nobody waits for the first: {:?}", begun.elapsed());
        let page = browser.press(&page, "accept", &[]).await;
        portal.tokens(&ask, &page).await;
    }
}

#[tokio::test]
async fn whoever_accepted_twice_at_once_is_signed_out_by_the_partner_like_anybody_else() {
    let redis = Redis::start().await;
    gatehouse::app::choose_cryptography();
    let store = Arc::new(RedisSessions::connect(RedisConfig::parse(&redis.url()).unwrap()).await.unwrap());
    let world = Setup::new().partners().sessions(store).open().await;
    let portal = world.app("contoso", "portal").await;
    for n in 0..8 {
        let address = format!("w{n}@wingtip.example");
        let (mut browser, ask) = (world.browser(), portal.asks(&[("login_hint", &address)]));
        let away = browser.get(&ask.url).await;
        let page = world.through_partner(&mut browser, &away, &address).await;
        let (mut one, mut two) = (browser.clone(), browser.clone());
        let (first, second) = tokio::join!(one.send(&page, "accept", &[]), two.send(&page, "accept", &[]));
        assert_eq!(first.location, second.location);
        assert_eq!(one.cookies, two.cookies, "one session");
        let to = format!("{}/contoso/callback/wingtip/logout", world.url);
        let name = NameId::new(PERSISTENT, &person(&address).subject);
        let request = LogoutRequest::new(&world.wingtip().entity_id(), &to, name, None, world.clock.now());
        let xml = request.to_xml(Prefixes::Short, None).unwrap();
        assert!(world.browser().get(&world.wingtip().farewell(Parameter::Request, &xml, &to, None)).await.location.is_some());
        let silent = portal.asks(&[("prompt", "none")]);
        let page = one.get(&silent.url).await;
        assert_eq!(portal.refusal(&silent, &page), "login_required", "{n}");
    }
}

/// A store that goes down once, at the next commit it is told to.
#[derive(Debug)]
struct Stumbling {
    memory: MemorySessions,
    is_about_to: AtomicBool,
}

#[async_trait::async_trait]
impl Sessions for Stumbling {
    async fn create(&self, key: &Key, value: &[u8], ttl: Duration) -> Result<Created, SessionsError> {
        self.memory.create(key, value, ttl).await
    }

    async fn put(&self, slot: &Slot, values: &[(Shelf, Vec<u8>, Duration)]) -> Result<(), SessionsError> {
        self.memory.put(slot, values).await
    }

    async fn read(&self, key: &Key) -> Result<Option<Versioned>, SessionsError> {
        self.memory.read(key).await
    }

    async fn commit(&self, commit: Commit) -> Result<Swap, SessionsError> {
        if self.is_about_to.swap(false, Ordering::SeqCst) {
            return Err(SessionsError::Unreachable("it stumbled".into()));
        }
        self.memory.commit(commit).await
    }

    async fn spend(&self, key: &Key, tombstone: &[u8], ttl: Duration) -> Result<Spent, SessionsError> {
        self.memory.spend(key, tombstone, ttl).await
    }

    async fn remove(&self, key: &Key) -> Result<(), SessionsError> {
        self.memory.remove(key).await
    }

    async fn count(&self, key: &Key, window: Duration) -> Result<u64, SessionsError> {
        self.memory.count(key, window).await
    }

    async fn uncount(&self, key: &Key) -> Result<(), SessionsError> {
        self.memory.uncount(key).await
    }

    async fn counted(&self, key: &Key) -> Result<u64, SessionsError> {
        self.memory.counted(key).await
    }

    async fn enlist(&self, key: &Key, line: &[u8], ttl: Duration, most: usize) -> Result<(), SessionsError> {
        self.memory.enlist(key, line, ttl, most).await
    }

    async fn lines(&self, key: &Key) -> Result<Vec<Vec<u8>>, SessionsError> {
        self.memory.lines(key).await
    }

    async fn is_ready(&self) -> bool {
        true
    }
}
