//! The end of a session: in this browser, for certain, and only by whoever holds it.

use crate::{
    raw,
    world::{ANA, World},
};

const SESSION: &str = "gh-s-contoso";

#[tokio::test]
async fn signing_out_asks_first_and_then_nobody_is_signed_in() {
    let world = World::open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    world.sign_in(&mut browser, &portal, ANA).await;
    let before = browser.clone();
    let page = browser.open(&format!("{}/contoso/signout", world.url)).await;
    assert!(browser.cookies.contains_key(SESSION), "asking ends nothing");
    let page = browser.press(&page, "sign-out", &[]).await;
    assert_eq!((page.status, page.error()), (200, None));
    assert!(page.text().contains("You are signed out"), "{}", page.text());
    assert!(!browser.cookies.contains_key(SESSION));
    // Whoever kept the cookie has nothing by it.
    let mut thief = before;
    let ask = portal.asks(&[("prompt", "none")]);
    let page = thief.open(&ask.url).await;
    assert_eq!(portal.refusal(&ask, &page), "login_required");
}

#[tokio::test]
async fn a_form_of_somebody_elses_signs_nobody_out() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    let (mut browser, mut other) = (world.browser(), world.browser());
    world.sign_in(&mut browser, &portal, ANA).await;
    world.sign_in(&mut other, &portal, ANA).await;
    let here = format!("{}/contoso/signout", world.url);
    let theirs = other.open(&here).await.token();
    for form in ["", "nonsense", theirs.as_str()] {
        let page = browser.post(&here, &[("form", form)]).await;
        assert_eq!(page.location.as_ref().map(url::Url::as_str), Some(here.as_str()), "asked again");
        assert!(browser.cookies.contains_key(SESSION));
    }
    let ask = portal.asks(&[("prompt", "none")]);
    let page = browser.open(&ask.url).await;
    portal.tokens(&ask, &page).await;
}

#[tokio::test]
async fn signing_out_twice_or_without_a_session_is_no_error() {
    let world = World::open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    let here = format!("{}/contoso/signout", world.url);
    assert!(browser.open(&here).await.text().contains("You are signed out"));
    world.sign_in(&mut browser, &portal, ANA).await;
    let page = browser.open(&here).await;
    let (mut one, mut two) = (browser.clone(), browser.clone());
    let (first, second) = tokio::join!(one.press(&page, "sign-out", &[]), two.press(&page, "sign-out", &[]));
    assert!(first.text().contains("You are signed out") && second.text().contains("You are signed out"));
}

#[tokio::test]
async fn a_session_of_one_tenant_outlives_a_sign_out_at_another() {
    let world = crate::world::Setup::new().tenant("northwind", "").open().await;
    let mut browser = world.browser();
    for tenant in ["contoso", "northwind"] {
        let app = world.app(tenant, "portal").await;
        world.sign_in(&mut browser, &app, ANA).await;
    }
    let page = browser.open(&format!("{}/northwind/signout", world.url)).await;
    browser.press(&page, "sign-out", &[]).await;
    assert!(browser.cookies.contains_key(SESSION) && !browser.cookies.contains_key("gh-s-northwind"));
}

#[tokio::test]
async fn a_provider_without_logout_messages_ends_no_session() {
    let world = World::open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    world.sign_in(&mut browser, &portal, ANA).await;
    for path in [
        "callback/fabrikam/logout?SAMLRequest=a&RelayState=b",
        "callback/fabrikam?wa=wsignoutcleanup1.0",
        "callback/fabrikam?wa=wsignout1.0",
        "callback/nobody/logout?SAMLRequest=a",
    ] {
        let page = browser.get(&format!("{}/contoso/{path}", world.url)).await;
        let code = if path.contains("nobody") { "GH2004" } else { "GH3146" };
        assert_eq!((page.error(), page.header("x-frame-options")), (Some(code), Some("DENY")), "{path}");
        assert!(browser.cookies.contains_key(SESSION), "{path}");
    }
    let logout = raw::form("/contoso/callback/fabrikam/logout", "", b"SAMLRequest=\xff");
    assert_eq!(raw::send(&world.address_of(0), logout).await.code(), Some("GH1017"));
}

#[tokio::test]
async fn a_provider_that_is_not_to_send_people_unasked_is_refused_and_the_way_on_is_the_apps_door() {
    let world = World::open().await;
    let mut browser = world.browser();
    let page = browser.post(&format!("{}/contoso/callback/fabrikam", world.url), &[("SAMLResponse", "PHNhbWw+")]).await;
    assert_eq!(page.error(), Some("GH3137"));
    assert!(page.body.contains("https://portal.contoso.example/"), "{}", page.body);
    assert!(world.events("contoso").await.is_empty(), "nobody fills the trail from outside");
}

#[tokio::test]
async fn a_signed_answer_in_an_address_is_not_read() {
    let world = World::open().await;
    let mut browser = world.browser();
    for query in ["SAMLResponse=PHNhbWw%2B", "wa=wsignin1.0&wresult=a"] {
        let page = browser.get(&format!("{}/contoso/callback/fabrikam?{query}", world.url)).await;
        assert_eq!(page.error(), Some("GH3145"), "{query}");
    }
}

#[tokio::test]
async fn metadata_of_ours_is_for_partners_of_that_protocol_alone() {
    let world = World::open().await;
    let mut browser = world.browser();
    for path in ["saml/fabrikam", "wsfed/fabrikam", "saml/nobody", "wsfed/..", "saml/%00"] {
        let page = browser.get(&format!("{}/contoso/{path}/metadata", world.url)).await;
        assert_eq!((page.status, page.error()), (404, Some("GH1002")), "{path}");
    }
}
