//! A sign-in belongs to one browser (`security.md` C8, D2).

use super::{STEPS, Standing, everything};
use crate::world::{ANA, Setup, World};

const STAGES: [&str; 6] = ["address", "away", "passcode", "consent", "GH3002", "app"];

#[tokio::test]
async fn no_step_hears_another_browser() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    for stage in STAGES {
        let victim = Standing::at(&world, &portal, stage).await;
        let stranger = Standing::at(&world, &portal, "address").await;
        let name = format!("gh-f-{}", victim.flow);
        let (mut bare, mut foreign, mut twice) = (world.browser(), stranger.browser.clone(), victim.browser.clone());
        let (_, own) = stranger.browser.cookie_of(&stranger.page).unwrap();
        foreign.cookies.insert(name.clone(), own);
        let good = twice.cookies.remove(&name).unwrap();
        twice.headers.insert("cookie".into(), format!("{name}={good}; {name}=planted"));
        let before = victim.revision(&world).await;
        let token = victim.token.clone();
        for browser in [&mut bare, &mut foreign, &mut twice] {
            let page = browser.get(&victim.step(&world, "")).await;
            assert_eq!((page.shows(), page.status), ("GH2001", 400), "looking at {stage}");
            for step in STEPS {
                let page = browser.submit_to(&victim.step(&world, step), &everything(&token)).await;
                assert_eq!((page.shows(), page.status), ("GH2001", 400), "{step} at {stage}");
                assert!(page.headers.get("set-cookie").is_none());
            }
        }
        assert_eq!(victim.revision(&world).await, before, "at {stage}");
    }
}

#[tokio::test]
async fn an_answer_from_home_is_heard_from_the_browser_that_left_alone() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    let mut victim = Standing::at(&world, &portal, "away").await;
    let callback = victim.browser.get(victim.page.location.as_ref().unwrap().as_str()).await.location.unwrap();
    let stranger = Standing::at(&world, &portal, "away").await;
    let before = victim.revision(&world).await;
    for mut browser in [world.browser(), stranger.browser.clone()] {
        assert_eq!(browser.get(callback.as_str()).await.shows(), "GH2001");
    }
    assert_eq!(victim.revision(&world).await, before);
    assert!(world.guest("contoso", &victim.address).await.is_none());
    assert_eq!(victim.browser.get(callback.as_str()).await.shows(), "consent", "the right browser still comes home");
}

/// Keycloak CVE-2026-7507: whoever planted the cookie, or saw it, is left outside once the person has authenticated.
#[tokio::test]
async fn the_cookie_from_before_authentication_is_worth_nothing_after() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    let mut by_home = Standing::at(&world, &portal, "address").await;
    let mut by_code = Standing::at(&world, &portal, "passcode").await;
    let thieves = [by_home.browser.clone(), by_code.browser.clone()];
    by_home.page = by_home.browser.press(&by_home.page, "continue", &[("address", ANA)]).await;
    let code = world.next_mail(&by_code.address).await.code();
    by_code.page = by_code.browser.press(&by_code.page, "continue", &[("code", &code)]).await;
    for (mut victim, mut thief) in [by_home, by_code].into_iter().zip(thieves) {
        assert_eq!(victim.page.shows(), "consent");
        let (before, token) = (victim.revision(&world).await, victim.page.token());
        assert_eq!(thief.get(&victim.step(&world, "")).await.shows(), "GH2001");
        for step in STEPS {
            let page = thief.submit_to(&victim.step(&world, step), &everything(&token)).await;
            assert_eq!(page.shows(), "GH2001", "{step}");
        }
        assert_eq!(victim.revision(&world).await, before);
        victim.page = victim.browser.press(&victim.page, "accept", &[]).await;
        portal.tokens(&victim.ask, &victim.page).await;
        assert_eq!(thief.get(&victim.step(&world, "")).await.shows(), "GH2001", "nor when it is over");
    }
}

#[tokio::test]
async fn a_sign_in_is_found_in_its_own_tenant_only() {
    let world = Setup::new().tenant("northwind", "").open().await;
    let portal = world.app("contoso", "portal").await;
    for stage in STAGES {
        let mut here = Standing::at(&world, &portal, stage).await;
        let (before, token) = (here.revision(&world).await, here.token.clone());
        let there = |step: &str| here.step(&world, step).replace("/contoso/", "/northwind/");
        let addresses: Vec<String> = STEPS.into_iter().map(there).collect();
        let page = there("");
        assert_eq!(here.browser.get(&page).await.shows(), "GH2001");
        for address in addresses {
            assert_eq!(here.browser.submit_to(&address, &everything(&token)).await.shows(), "GH2001", "{address} at {stage}");
        }
        assert_eq!(here.revision(&world).await, before);
    }
    assert!(world.events("northwind").await.is_empty());
}

#[tokio::test]
async fn a_session_cookie_that_was_tampered_with_recognises_nobody() {
    let world = World::open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    world.sign_in(&mut browser, &portal, ANA).await;
    let good = browser.cookies["gh-s-contoso"].clone();
    let (id, secret) = good.split_once('.').unwrap();
    let flow = good.replace(secret, &"A".repeat(43));
    for bad in [id.to_owned(), format!("{id}."), flow, format!("{good}x"), good.to_uppercase(), String::new()] {
        browser.cookies.insert("gh-s-contoso".into(), bad.clone());
        assert_eq!(browser.open(&portal.asks(&[]).url).await.shows(), "address", "{bad}");
    }
    browser.cookies.insert("gh-s-contoso".into(), good);
    assert_eq!(browser.open(&portal.asks(&[]).url).await.shows(), "app");
}
