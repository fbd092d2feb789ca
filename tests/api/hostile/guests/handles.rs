//! What an invitation's handle opens, and what it does not.

use std::time::Duration;

use super::{masked, ticket};
use crate::{
    redeem::{invite, to_app},
    world::{ANA, SOL, Setup, World},
};

const MINUTE: Duration = Duration::from_secs(60);
const MONTH: Duration = Duration::from_secs(30 * 24 * 60 * 60);

#[tokio::test]
async fn a_handle_is_kept_as_its_digest_and_is_none_at_another_tenant() {
    let world = Setup::new().tenant("contoso", "").tenant("woodgrove", "").open().await;
    let link = invite(&world, ANA, to_app("portal")).await;
    let handle = ticket(&link);
    assert_eq!(handle.len(), 43, "256 bits");
    assert_eq!(world.browser().get(&link).await.shows(), "redeem");
    for file in ["gatehouse.db", "gatehouse.db-wal"] {
        let octets = std::fs::read(world.folder().join(file)).unwrap_or_default();
        assert!(!octets.windows(43).any(|window| window == handle.as_bytes()), "{file}");
    }
    assert!(!format!("{:?}", world.events("contoso").await).contains(&handle));
    let mut browser = world.browser();
    for path in ["redeem", "invitations/block"] {
        let there = format!("{}/woodgrove/{path}", world.url);
        assert_eq!(browser.open(&format!("{there}?ticket={handle}")).await.shows(), "GH2019", "{path}");
        let page = browser.post(&there, &[("ticket", &handle)]).await;
        assert_eq!(browser.follow(page).await.shows(), "GH2019", "{path}");
    }
    assert!(browser.cookies.is_empty() && world.held() == 0);
    assert!(world.events("woodgrove").await.is_empty());
}

#[tokio::test]
async fn an_invitation_that_ran_out_is_judged_when_it_is_used() {
    let world = World::open().await;
    let link = invite(&world, SOL, to_app("portal")).await;
    world.clock.advance(MONTH - MINUTE);
    let mut browser = world.browser();
    let page = browser.open(&link).await;
    let page = browser.press(&page, "accept-invitation", &[]).await;
    let code = world.next_mail(SOL).await.code();
    world.clock.advance(MINUTE);
    assert_eq!(browser.press(&page, "continue", &[("code", &code)]).await.shows(), "GH2020", "proven a moment too late");
    assert!(world.guest("contoso", SOL).await.unwrap().guest.identity().is_none());
}

#[tokio::test]
async fn handles_that_open_nothing_are_answered_alike() {
    let world = Setup::new().tenant("contoso", "").tenant("woodgrove", "").open().await;
    let elsewhere = ticket(&invite(&world, ANA, to_app("portal")).await);
    for path in ["redeem", "invitations/block"] {
        let mut answers = Vec::new();
        for ticket in [&"A".repeat(43), &elsewhere, &"A".repeat(42), &String::new(), &"%00".repeat(43), &"x".repeat(5000)] {
            let page = world.browser().get(&format!("{}/woodgrove/{path}?ticket={ticket}", world.url)).await;
            answers.push((page.status, masked(&page)));
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{path}: {answers:#?}");
    }
}

#[tokio::test]
async fn links_come_from_the_configured_address_alone() {
    let world = World::open().await;
    let link = invite(&world, ANA, to_app("portal")).await;
    assert!(link.starts_with(&format!("{}/contoso/redeem?ticket=", world.url)));
    let mut browser = world.browser();
    for (name, value) in [("x-forwarded-host", "evil.example"), ("forwarded", "host=evil.example"), ("x-forwarded-proto", "gopher")] {
        browser.headers.insert(name.into(), value.into());
    }
    let page = browser.get(&link).await;
    assert!(!page.body.contains("evil.example") && !page.body.contains("gopher"));
    let page = browser.send(&page, "accept-invitation", &[]).await;
    assert!(!format!("{:?}", page.headers).contains("evil.example"), "{:?}", page.headers);
}

#[tokio::test]
async fn pages_of_a_person_are_kept_nowhere_framed_nowhere_and_tell_no_other_site_where_they_are() {
    let world = World::open().await;
    let link = invite(&world, ANA, to_app("portal")).await;
    let mut ana = world.browser();
    world.sign_in(&mut ana, &world.app("contoso", "portal").await, ANA).await;
    let paths = ["device", "apps", "account", "account/leave", "account/goodbye", "redeem?ticket=x", "signin/portal"];
    let pages = paths.iter().map(|path| format!("{}/contoso/{path}", world.url));
    let other = invite(&world, SOL, to_app("portal")).await;
    let pages = pages.chain([link, other.clone(), other.replace("/redeem?", "/invitations/block?"), format!("{}/common", world.url)]);
    for address in pages {
        let page = ana.get(&address).await;
        assert_eq!(page.header("cache-control"), Some("no-store"), "{address}");
        assert_eq!(page.header("referrer-policy"), Some("same-origin"), "{address}");
        assert_eq!(page.header("x-frame-options"), Some("DENY"), "{address}");
        assert_eq!(page.header("x-content-type-options"), Some("nosniff"), "{address}");
        if page.location.is_none() {
            let policy = page.header("content-security-policy").unwrap_or_else(|| panic!("{address}"));
            assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{address}: {policy}");
            assert!(!policy.contains("script-src"), "{address}: {policy}");
        }
    }
}

#[tokio::test]
async fn looking_for_hours_fills_no_disk() {
    let world = World::open().await;
    let link = invite(&world, ANA, to_app("portal")).await;
    let before = world.events("contoso").await.len();
    let mut scanner = world.browser();
    for _ in 0..60 {
        scanner.get(&link).await;
        world.clock.advance(Duration::from_secs(2));
    }
    let written = world.events("contoso").await.len() - before;
    assert!(written <= 3, "{written} events in two minutes");
    assert_eq!(world.held(), 0);
}
