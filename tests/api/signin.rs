//! Signing in by a home that is asked: first time, again, with a session, and as the app wishes.

use crate::world::{ANA, World};

#[tokio::test]
async fn a_new_guest_signs_in_at_home_and_reviews_permissions_once() {
    let world = World::open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    let ask = portal.asks(&[]);
    let page = browser.open(&ask.url).await;
    let page = browser.press(&page, "continue", &[("address", ANA)]).await;
    assert_eq!(page.shows(), "consent", "{}", page.body);
    let page = browser.press(&page, "accept", &[]).await;
    let tokens = portal.tokens(&ask, &page).await;
    assert_eq!(tokens.claims["email"], ANA);
}
