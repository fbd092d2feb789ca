//! Answers from providers that are not the answer to our question (`security.md` C5, C7). What their tokens may say is tested beside
//! `upstream/`, in `tests/upstream`.

use url::Url;

use super::Standing;
use crate::{
    oidc_provider::Fault,
    world::{ANA, Setup, World},
};

const LITWARE: &str = r#"
[oidc.litware]
name = "Litware"
issuer = "{litware}"
client_id = "gatehouse"
client_secret = { file = "../../upstream-secret" }
domains = ["litware.example"]
lookup = { domains = true }
"#;

/// What the provider sends the browser back to.
async fn callback(here: &mut Standing) -> Url {
    here.browser.get(here.page.location.as_ref().unwrap().as_str()).await.location.unwrap()
}

fn with(url: &Url, name: &str, value: &str) -> String {
    let mut changed = url.clone();
    let pairs: Vec<(String, String)> = url.query_pairs().filter(|(key, _)| key != name).map(|(k, v)| (k.into(), v.into())).collect();
    changed.query_pairs_mut().clear().extend_pairs(pairs).append_pair(name, value);
    changed.into()
}

#[tokio::test]
async fn an_answer_at_another_providers_callback_is_not_heard() {
    let world = Setup::new().tenant("contoso", LITWARE).tenant("northwind", "").open().await;
    let mut here = Standing::at(&world, &world.app("contoso", "portal").await, "away").await;
    let right = callback(&mut here).await;
    let before = here.revision(&world).await;
    for (place, code) in
        [("/contoso/callback/litware", "GH3003"), ("/contoso/callback/nobody", "GH3003"), ("/northwind/callback/fabrikam", "GH2001")]
    {
        let page = here.browser.get(&right.as_str().replace("/contoso/callback/fabrikam", place)).await;
        assert_eq!(page.shows(), code, "{place}");
    }
    assert_eq!(here.revision(&world).await, before);
    assert_eq!(world.fabrikam.times_asked("/token") + world.litware.times_asked("/token"), 0, "the code went to nobody");
    assert_eq!(here.browser.get(right.as_str()).await.shows(), "consent", "the right answer may still come");
}

#[tokio::test]
async fn an_answer_with_another_state_is_not_heard() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    let mut here = Standing::at(&world, &portal, "away").await;
    let mut other = Standing::at(&world, &portal, "away").await;
    let (right, foreign) = (callback(&mut here).await, callback(&mut other).await);
    let state = right.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let secret = foreign.query_pairs().find(|(name, _)| name == "state").unwrap().1.split_once('.').unwrap().1.to_owned();
    let before = here.revision(&world).await;
    let spliced = format!("{}.{secret}", here.flow);
    for bad in [format!("{state}x"), format!("{}.", here.flow), spliced, here.flow.to_string(), String::new(), "x.y".into()] {
        let page = here.browser.get(&with(&right, "state", &bad)).await;
        assert_eq!((page.shows(), page.status), ("GH3003", 400), "{bad}");
    }
    let twice = format!("{right}&state={state}");
    assert_eq!(here.browser.get(&twice).await.shows(), "GH3003", "a state in two places is none");
    assert_eq!(here.revision(&world).await, before);
    assert_eq!(world.fabrikam.times_asked("/token"), 0);
    assert_eq!(here.browser.get(right.as_str()).await.shows(), "consent");
}

#[tokio::test]
async fn an_answer_from_another_issuer_ends_the_way() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    for fault in [Fault::WrongIssParameter, Fault::NoIssParameter] {
        world.fabrikam.misbehave([fault]);
        let mut here = Standing::at(&world, &portal, "away").await;
        let page = here.browser.follow(here.page.clone()).await;
        assert_eq!(page.shows(), "GH3004", "{fault:?}");
        assert_eq!(world.fabrikam.times_asked("/token"), 0);
        assert!(world.guest("contoso", &here.address).await.is_none());
        world.fabrikam.behave();
        let page = here.browser.press(&page, "restart", &[]).await;
        assert_eq!(page.shows(), "address", "{fault:?}");
    }
}

#[tokio::test]
async fn a_question_is_answered_once_and_a_new_question_withdraws_the_old() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    let mut here = Standing::at(&world, &portal, "away").await;
    let old = callback(&mut here).await;
    let back = here.browser.get(&here.step(&world, "")).await;
    assert_eq!(back.shows(), "address", "back at Gatehouse by the back button");
    let again = here.browser.submit(&back, "continue", &[("address", "another@fabrikam.example")]).await;
    assert_eq!(again.shows(), "redirect", "and left as somebody else");
    assert_eq!(here.browser.get(old.as_str()).await.shows(), "GH3003");
    here.page = again;
    let new = callback(&mut here).await;
    assert_eq!(here.browser.get(new.as_str()).await.shows(), "consent");
    let asked = world.fabrikam.times_asked("/token");
    assert_eq!(here.browser.get(new.as_str()).await.shows(), "consent", "reloaded: where the sign-in stands");
    assert_eq!(world.fabrikam.times_asked("/token"), asked, "and not from the old answer");
}

#[tokio::test]
async fn an_answer_that_comes_after_beginning_again_proves_nobody() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    let mut here = Standing::at(&world, &portal, "address").await;
    let first = here.page.clone();
    here.page = here.browser.submit(&first, "continue", &[("address", ANA)]).await;
    let late = callback(&mut here).await;
    let restarted = here.browser.submit_to(&here.step(&world, "/restart"), &[("form", &first.token())]).await;
    assert_eq!(restarted.shows(), "address");
    assert_eq!(here.browser.get(late.as_str()).await.shows(), "address");
    assert_eq!(world.fabrikam.times_asked("/token"), 0);
    assert!(world.guest("contoso", ANA).await.is_none());
}

#[tokio::test]
async fn one_flows_answer_is_no_good_in_another_flow_of_the_same_browser() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    let mut here = Standing::at(&world, &portal, "away").await;
    let first = callback(&mut here).await;
    let page = here.browser.open(&portal.asks(&[]).url).await;
    let second = page.flow();
    here.page = here.browser.submit(&page, "continue", &[("address", "ben@fabrikam.example")]).await;
    let right = callback(&mut here).await;
    let code = first.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    let mixed = here.browser.get(&with(&right, "code", &code)).await;
    assert_eq!(mixed.shows(), "GH3012", "PKCE binds the code to the flow it was asked for");
    assert_eq!(mixed.flow(), second);
    assert!(world.guest("contoso", &here.address).await.is_none() && world.guest("contoso", "ben@fabrikam.example").await.is_none());
}
