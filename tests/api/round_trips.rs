//! How often each road asks Redis: exact, because on a busy day every round trip is one too many.

use std::sync::Arc;

use gatehouse::store::redis::{RedisConfig, RedisSessions};

use crate::{
    services::redis::Redis,
    world::{ANA, Browser, PAM, RelyingParty, SOL, Setup, WIN, World},
};

struct Counted {
    world: World,
    store: Arc<RedisSessions>,
    portal: RelyingParty,
    seen: u64,
    _redis: Redis,
}

impl Counted {
    async fn open() -> Self {
        let redis = Redis::start().await;
        gatehouse::app::choose_cryptography();
        let store = Arc::new(RedisSessions::connect(RedisConfig::parse(&redis.url()).unwrap()).await.unwrap());
        let world = Setup::new().partners().sessions(Arc::<RedisSessions>::clone(&store)).open().await;
        let portal = world.app("contoso", "portal").await;
        let seen = store.round_trips();
        Self { world, store, portal, seen, _redis: redis }
    }

    /// Round trips since the last time.
    fn since(&mut self) -> u64 {
        let before = std::mem::replace(&mut self.seen, self.store.round_trips());
        self.seen - before
    }

    /// The same where the app's request leads out of the house at once.
    async fn sign_in_from(
        &mut self,
        browser: &mut Browser,
        more: &[(&str, &str)],
        road: impl AsyncFn(&mut Self, &mut Browser, crate::world::Page) -> crate::world::Page,
    ) -> u64 {
        let ask = self.portal.asks(more);
        let page = browser.get(&ask.url).await;
        let page = road(self, browser, page).await;
        let whole = self.since();
        self.portal.tokens(&ask, &page).await;
        assert_eq!(self.since(), 1, "a code is taken in one");
        whole
    }

    /// Signs in by `road`: what the person does between the app's request and its code.
    async fn sign_in(
        &mut self,
        browser: &mut Browser,
        more: &[(&str, &str)],
        road: impl AsyncFn(&mut Self, &mut Browser, crate::world::Page) -> crate::world::Page,
    ) -> u64 {
        let ask = self.portal.asks(more);
        let page = browser.open(&ask.url).await;
        let page = road(self, browser, page).await;
        let whole = self.since();
        self.portal.tokens(&ask, &page).await;
        assert_eq!(self.since(), 1, "a code is taken in one");
        whole
    }
}

#[tokio::test]
async fn a_new_guest_of_a_home_that_is_asked() {
    let mut counted = Counted::open().await;
    let mut browser = counted.world.browser();
    let whole = counted
        .sign_in(&mut browser, &[], async |counted, browser, page| {
            assert_eq!(counted.since(), 1, "the flow is made");
            let away = browser.send(&page, "continue", &[("address", ANA)]).await;
            assert_eq!(counted.since(), 2, "read, and saved on its way out");
            let page = browser.follow(away).await;
            assert_eq!((page.shows(), counted.since()), ("consent", 3), "read, the answer taken, and saved with who it is");
            browser.press(&page, "accept", &[]).await
        })
        .await;
    assert_eq!(whole, 2 + 1, "read, and flow, code and session saved in one; listed for the guest");
}

#[tokio::test]
async fn a_returning_guest_and_one_with_a_session() {
    let mut counted = Counted::open().await;
    let mut browser = counted.world.browser();
    let road = async |_: &mut Counted, browser: &mut Browser, page: crate::world::Page| match page.shows() {
        "consent" => browser.press(&page, "accept", &[]).await,
        _ => page,
    };
    let hint = [("login_hint", ANA)];
    assert_eq!(counted.sign_in(&mut browser, &hint, road).await, 1 + 3 + 2 + 1, "new: made on the way out; back; consent; listed");
    assert_eq!(
        counted.sign_in(&mut counted.world.browser(), &hint, road).await,
        1 + 3 + 1,
        "returning, in a new browser: out; back; listed beside the other"
    );
    assert_eq!(counted.sign_in(&mut browser, &[], road).await, 2, "with a session: the session is read, the code put");
    assert_eq!(counted.sign_in(&mut browser, &[("prompt", "none")], road).await, 2, "silently: the same");
}

/// A form instead of a redirect costs one more, because what answers a POST is fetched from where it can be come back to; an assertion
/// that is used once costs one, and a session that its partner can end one.
#[tokio::test]
async fn a_guest_of_a_partner_new_and_returning() {
    let mut counted = Counted::open().await;
    for (address, is_named) in [(WIN, 1), (PAM, 0)] {
        let mut browser = counted.world.browser();
        let whole = counted
            .sign_in(&mut browser, &[], async |counted, browser, page| {
                assert_eq!(counted.since(), 1, "the flow is made");
                let away = browser.send(&page, "continue", &[("address", address)]).await;
                assert_eq!(counted.since(), 2, "read, and saved on its way out");
                let page = counted.world.through_partner(browser, &away, address).await;
                assert_eq!(
                    (page.shows(), counted.since()),
                    ("consent", 4),
                    "read, the assertion claimed, saved with who it is; the page read"
                );
                browser.press(&page, "accept", &[]).await
            })
            .await;
        assert_eq!(whole, 2 + 1 + is_named, "read, and flow, code and session saved in one; listed; the partner's name for it beside");
        let mut browser = counted.world.browser();
        let hint = [("login_hint", address)];
        let road = async |counted: &mut Counted, browser: &mut Browser, page: crate::world::Page| {
            assert_eq!(counted.since(), 1, "made on the way out");
            counted.world.through_partner(browser, &page, address).await
        };
        let whole = counted.sign_in_from(&mut browser, &hint, road).await;
        // Found among the sessions of that name, which are read and saved.
        assert_eq!(whole, 3 + 1 + 3 * is_named, "returning, in a new browser: read, claimed, saved; listed");
        assert_eq!(counted.sign_in(&mut browser, &[], async |_, _, page| page).await, 2, "with a session");
    }
}

#[tokio::test]
async fn a_guest_with_a_passcode() {
    let mut counted = Counted::open().await;
    let mut browser = counted.world.browser();
    let whole = counted
        .sign_in(&mut browser, &[], async |counted, browser, page| {
            counted.since();
            let page = browser.press(&page, "continue", &[("address", SOL)]).await;
            assert_eq!(
                (page.shows(), counted.since()),
                ("passcode", 5),
                "read; mails from the network and to the address counted; saved; the page read"
            );
            let code = counted.world.next_mail(SOL).await.code();
            let page = browser.press(&page, "continue", &[("code", &code)]).await;
            assert_eq!(
                (page.shows(), counted.since()),
                ("consent", 6),
                "read; guesses of the address and of the tenant counted, and the right one taken back; saved; the page read"
            );
            browser.press(&page, "accept", &[]).await
        })
        .await;
    assert_eq!(whole, 2 + 1);
}

#[tokio::test]
async fn a_page_shown_again_is_one_and_what_needs_no_store_is_none() {
    let mut counted = Counted::open().await;
    let mut browser = counted.world.browser();
    let page = browser.open(&counted.portal.asks(&[]).url).await;
    assert_eq!(counted.since(), 1);
    let here = format!("{}/contoso/signin/{}", counted.world.url, page.flow());
    browser.get(&here).await;
    assert_eq!(counted.since(), 1, "shown again");
    for path in
        ["/contoso/.well-known/openid-configuration", "/contoso/jwks", "/health/live", "/contoso/nothing", "/contoso/authorize?client_id=x"]
    {
        browser.get(&format!("{}{path}", counted.world.url)).await;
        assert_eq!(counted.since(), 0, "{path}");
    }
    counted.world.browser().get(&here).await;
    assert_eq!(counted.since(), 0, "without its cookie nobody asks the store");
}
