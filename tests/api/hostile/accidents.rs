//! What no user ever owns: the double click, the back button, the old tab, the second tab (invariant 14). All of it ends well.

use std::time::Duration;

use super::Standing;
use crate::{
    oidc_provider::Transport,
    world::{ANA, SOL, World},
};

#[tokio::test]
async fn accepting_twice_is_accepting_once() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    let here = Standing::at(&world, &portal, "consent").await;
    let (mut one, mut two) = (here.browser.clone(), here.browser.clone());
    let (first, second) = tokio::join!(one.press(&here.page, "accept", &[]), two.press(&here.page, "accept", &[]));
    assert_eq!(first.location, second.location, "the same answer");
    let third = one.press(&here.page, "accept", &[]).await;
    assert_eq!(third.location, first.location, "also a moment later");
    portal.tokens(&here.ask, &third).await;
    let session = one.cookies["gh-s-contoso"].clone();
    assert_eq!(two.cookies["gh-s-contoso"], session, "and the same session");
    assert!(world.guest("contoso", &here.address).await.unwrap().consents.iter().all(|record| record.is_accepted));
}

#[tokio::test]
async fn a_code_sent_twice_is_a_code_sent_once() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    let here = Standing::at(&world, &portal, "passcode").await;
    let code = world.next_mail(&here.address).await.code();
    let (mut one, mut two) = (here.browser.clone(), here.browser.clone());
    let typed = [("code", code.as_str())];
    let (first, second) = tokio::join!(one.press(&here.page, "continue", &typed), two.press(&here.page, "continue", &typed));
    assert_eq!((first.shows(), second.shows()), ("consent", "consent"));
    assert_eq!(one.cookies, two.cookies, "both hold the renewed secret");
    let page = two.press(&first, "accept", &[]).await;
    portal.tokens(&here.ask, &page).await;
}

#[tokio::test]
async fn coming_home_twice_is_coming_home_once() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    // Slow enough for both to be on their way together; and with one more question to home, which only the first may ask.
    for (is_slow, is_longer) in [(false, false), (true, false), (true, true)] {
        let mut here = Standing::at(&world, &portal, "away").await;
        let callback = here.browser.get(here.page.location.as_ref().unwrap().as_str()).await.location.unwrap();
        if is_slow {
            world.fabrikam.transport(Transport::Slow(Duration::from_millis(100)));
        }
        if is_longer {
            world.fabrikam.keep_profile_for_userinfo();
        }
        let (mut one, mut two) = (here.browser.clone(), here.browser.clone());
        let (first, second) = tokio::join!(one.get(callback.as_str()), two.get(callback.as_str()));
        world.fabrikam.transport(Transport::Fine);
        let is_in = |shown: &str| matches!(shown, "consent" | "app");
        assert!(
            is_in(first.shows()) && is_in(second.shows()),
            "slow {is_slow}, longer {is_longer}: {} and {}",
            first.shows(),
            second.shows()
        );
        assert_eq!(one.cookies, two.cookies);
        let page = if second.shows() == "consent" { two.press(&second, "accept", &[]).await } else { second };
        portal.tokens(&here.ask, &page).await;
    }
}

#[tokio::test]
async fn the_back_button_leads_back_until_somebody_is_proven() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    let mut here = Standing::at(&world, &portal, "address").await;
    let address = here.page.clone();
    let passcode = here.browser.press(&address, "continue", &[("address", SOL)]).await;
    assert_eq!(passcode.shows(), "passcode");
    let consent = here.browser.press(&address, "continue", &[("address", ANA)]).await;
    assert_eq!(consent.shows(), "consent", "another address after all");
    for old in [&address, &passcode] {
        let page = here.browser.press(old, "continue", &[("address", "ben@fabrikam.example"), ("code", "12345678")]).await;
        assert_eq!(page.shows(), "consent", "an old page shows where things stand");
    }
    let page = here.browser.press(&consent, "accept", &[]).await;
    assert_eq!(portal.tokens(&here.ask, &page).await.claims["email"], ANA);
}

#[tokio::test]
async fn after_the_end_every_page_of_the_sign_in_leads_to_the_app_for_a_minute() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    let mut here = Standing::at(&world, &portal, "app").await;
    let again = here.browser.get(&here.step(&world, "")).await;
    assert_eq!(again.location, here.page.location);
    portal.tokens(&here.ask, &again).await;
    world.clock.advance(Duration::from_secs(60));
    assert_eq!(here.browser.get(&here.step(&world, "")).await.shows(), "GH2001");
}

#[tokio::test]
async fn two_tabs_of_one_browser_do_not_disturb_each_other() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    let mut here = Standing::at(&world, &portal, "consent").await;
    let other = portal.asks(&[]);
    let page = here.browser.open(&other.url).await;
    let page = here.browser.press(&page, "continue", &[("address", "ben@fabrikam.example")]).await;
    let page = here.browser.press(&page, "accept", &[]).await;
    assert_eq!(portal.tokens(&other, &page).await.claims["email"], "ben@fabrikam.example");
    let page = here.browser.press(&here.page, "accept", &[]).await;
    assert_eq!(portal.tokens(&here.ask, &page).await.claims["email"], here.address);
}

#[tokio::test]
async fn a_browser_with_many_tabs_forgets_the_oldest_and_says_so() {
    let world = World::open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    let mut pages = Vec::new();
    for _ in 0..7 {
        // Sign-ins are told apart by their second; nobody opens two tabs in one.
        world.clock.advance(Duration::from_secs(1));
        pages.push(browser.open(&portal.asks(&[]).url).await);
    }
    let shown = async |browser: &mut crate::world::Browser, n: usize| {
        let page = browser.press(&pages[n], "continue", &[("address", "nonsense")]).await;
        page.shows().to_owned()
    };
    assert_eq!(shown(&mut browser, 0).await, "GH2001");
    assert_eq!(shown(&mut browser, 1).await, "address");
    assert_eq!(shown(&mut browser, 6).await, "address");
}
