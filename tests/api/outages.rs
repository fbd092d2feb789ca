//! What fails while somebody is signing in, and what they see: a clear page in time, a way on, and everything works again afterwards.
//! Others notice nothing.

use std::time::{Duration, Instant};

use crate::{
    oidc_provider::Transport,
    raw,
    services::{postgres::Postgres, process::until, redis::Redis},
    world::{ANA, Browser, Page, RelyingParty, Setup, World},
};

/// No person is left waiting longer, whatever is down.
const PATIENCE: Duration = Duration::from_secs(8);

async fn ready(world: &World) -> (u16, String) {
    let answer = raw::send(&world.address_of(0), raw::head("GET /health/ready", "")).await;
    (answer.status, answer.body)
}

/// Signs in from start to end, as somebody to whom nothing happened.
async fn signs_in(world: &World, tenant: &str, address: &str) {
    let (mut browser, portal) = (world.browser(), world.app(tenant, "portal").await);
    let ask = portal.asks(&[]);
    let page = browser.open(&ask.url).await;
    let page = browser.press(&page, "continue", &[("address", address)]).await;
    let page = if page.shows() == "consent" { browser.press(&page, "accept", &[]).await } else { page };
    assert_eq!(portal.tokens(&ask, &page).await.claims["email"], address);
}

/// Somebody half way: at the page that asks for an address.
async fn half_way(world: &World) -> (Browser, RelyingParty, Page) {
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    let page = browser.open(&portal.asks(&[]).url).await;
    assert_eq!(page.shows(), "address");
    (browser, portal, page)
}

/// An error page of this code, in time, with a number to ask by and a way on.
fn must_be_clear(page: &Page, code: &str, status: u16, begun: Instant) {
    assert!(begun.elapsed() < PATIENCE, "took {:?}", begun.elapsed());
    assert_eq!((page.shows(), page.status), (code, status), "{}", page.body);
    assert!(page.body.contains("id=\"reference\""), "{}", page.body);
    assert!(page.body.contains("class=\"ways\""), "no way on: {}", page.body);
}

/// Presses the button until it brings something else, for at most as long as anybody would.
async fn soon(browser: &mut Browser, page: &Page, is_so: impl Fn(&Page) -> bool) -> Page {
    let begun = Instant::now();
    loop {
        let next = browser.press(page, "continue", &[("address", ANA)]).await;
        if is_so(&next) || begun.elapsed() > PATIENCE {
            return next;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn world_on(redis: &Redis) -> World {
    Setup::new().process(&format!("[sessions]\nredis = \"{}\"\n", redis.url().reveal())).open().await
}

#[tokio::test]
async fn redis_falls_silent_in_the_middle_and_the_same_page_works_when_it_speaks_again() {
    let mut redis = Redis::start().await;
    let world = world_on(&redis).await;
    let (mut browser, portal, page) = half_way(&world).await;
    redis.signal("STOP");
    let begun = Instant::now();
    let stuck = browser.press(&page, "continue", &[("address", ANA)]).await;
    must_be_clear(&stuck, "GH9001", 503, begun);
    assert!(stuck.body.contains(&format!("href=\"/contoso/signin/{}\"", page.flow())), "no way back to the sign-in: {}", stuck.body);
    let begun = Instant::now();
    let new = world.browser().open(&portal.asks(&[]).url).await;
    must_be_clear(&new, "GH9001", 503, begun);
    assert_eq!(ready(&world).await, (503, r#"{"directory":true,"sessions":false}"#.into()));
    redis.signal("CONT");
    let page = soon(&mut browser, &page, |page| page.shows() != "GH9001").await;
    assert_eq!(page.shows(), "consent", "{}", page.body);
    assert_eq!(ready(&world).await.0, 200);
}

#[tokio::test]
async fn redis_dies_with_all_it_knew_and_a_new_sign_in_works_as_soon_as_it_is_back() {
    let mut redis = Redis::start().await;
    let world = world_on(&redis).await;
    let (mut browser, portal, page) = half_way(&world).await;
    redis.kill();
    let begun = Instant::now();
    must_be_clear(&browser.press(&page, "continue", &[("address", ANA)]).await, "GH9001", 503, begun);
    let (status, error) = portal.redeem(&portal.asks(&[]), &"c".repeat(60)).await.unwrap_err();
    assert!(status >= 400 && error["error"].is_string(), "{status} {error}");
    redis.restart().await;
    let page = soon(&mut browser, &page, |page| page.shows() != "GH9001").await;
    must_be_clear(&page, "GH2001", 400, Instant::now());
    signs_in(&world, "contoso", ANA).await;
}

#[tokio::test]
async fn the_directory_is_gone_and_comes_back() {
    let mut postgres = Postgres::start().await;
    let url = postgres.database();
    let world = Setup::new().process(&format!("[directory]\nurl = \"{}\"\n", url.reveal())).open().await;
    let (mut browser, _, page) = half_way(&world).await;
    postgres.kill();
    let begun = Instant::now();
    must_be_clear(&browser.press(&page, "continue", &[("address", ANA)]).await, "GH9002", 503, begun);
    assert_eq!(ready(&world).await, (503, r#"{"directory":false,"sessions":true}"#.into()));
    let begun = Instant::now();
    assert_eq!(raw::send(&world.address_of(0), raw::head("GET /health/live", "")).await.status, 200);
    assert!(begun.elapsed() < Duration::from_secs(1), "alive whatever is down");
    postgres.restart().await;
    let page = soon(&mut browser, &page, |page| page.shows() != "GH9002").await;
    assert_eq!(page.shows(), "consent", "{}", page.body);
    assert_eq!(ready(&world).await.0, 200);
}

async fn two_tenants() -> World {
    let northwind = "[oidc.fabrikam]\nissuer = \"{litware}\"\n";
    Setup::new().tenant("northwind", northwind).open().await
}

#[tokio::test]
async fn a_dead_upstream_is_a_page_for_its_own_guests_and_nothing_to_others() {
    let world = two_tenants().await;
    let (mut browser, _, page) = half_way(&world).await;
    world.fabrikam.die().await;
    let begun = Instant::now();
    must_be_clear(&browser.press(&page, "continue", &[("address", ANA)]).await, "GH3001", 502, begun);
    signs_in(&world, "northwind", ANA).await;
    assert_eq!(ready(&world).await.0, 200, "somebody else's outage is not ours");
    world.fabrikam.revive().await;
    let mut last = String::new();
    // A peer that was down is not asked again at every click.
    for _ in 0..40 {
        world.clock.advance(Duration::from_secs(5));
        let page = browser.press(&page, "continue", &[("address", ANA)]).await;
        last = page.shows().to_owned();
        if last == "consent" {
            break;
        }
    }
    assert_eq!(last, "consent", "signing in works again soon");
}

#[tokio::test]
async fn an_upstream_that_dies_while_the_person_is_there_is_a_page_with_a_way_back() {
    let world = two_tenants().await;
    let (mut browser, _, page) = half_way(&world).await;
    let away = browser.send(&page, "continue", &[("address", ANA)]).await;
    let back = browser.get(away.location.unwrap().as_str()).await;
    world.fabrikam.die().await;
    let begun = Instant::now();
    let page = browser.follow(back).await;
    must_be_clear(&page, "GH3001", 502, begun);
    let again = browser.press(&page, "restart", &[]).await;
    assert_eq!(again.shows(), "address", "{}", again.body);
}

#[tokio::test]
async fn a_slow_upstream_holds_up_nobody_else() {
    let world = two_tenants().await;
    let (mut browser, _, page) = half_way(&world).await;
    world.fabrikam.transport(Transport::Slow(Duration::from_secs(60)));
    let begun = Instant::now();
    let waiting = tokio::spawn(async move { (browser.press(&page, "continue", &[("address", ANA)]).await, begun) });
    until("the upstream is asked", || world.fabrikam.times_asked("/.well-known/openid-configuration") > 0).await;
    let others = Instant::now();
    signs_in(&world, "northwind", ANA).await;
    assert!(!waiting.is_finished() && others.elapsed() < Duration::from_secs(4), "others took {:?}", others.elapsed());
    let (page, begun) = waiting.await.unwrap();
    must_be_clear(&page, "GH3001", 502, begun);
}

#[tokio::test]
async fn an_upstream_that_talks_nonsense_is_a_page_too() {
    for transport in [Transport::Error500, Transport::HugeBody, Transport::Garbage, Transport::Redirecting] {
        let world = two_tenants().await;
        let (mut browser, _, page) = half_way(&world).await;
        world.fabrikam.transport(transport);
        let begun = Instant::now();
        must_be_clear(&browser.press(&page, "continue", &[("address", ANA)]).await, "GH3001", 502, begun);
    }
}
