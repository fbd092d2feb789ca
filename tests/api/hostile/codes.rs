//! An authorization code is good once, soon, for one client, at one redirect URI, with one verifier (`security.md` D4).

use std::time::Duration;

use serde_json::{Value, json};

use super::Standing;
use crate::world::{Ask, RelyingParty, Setup, World};

const SECOND: &str = "[clients.second]\nname = \"Second\"\nredirect_uris = [\"https://portal.contoso.example/cb\"]\n\
                      authentication = \"client_secret_basic\"\nsecrets = [{ file = \"../../secret\" }]";

async fn code(world: &World, portal: &RelyingParty) -> (Ask, String) {
    let over = Standing::at(world, portal, "app").await;
    let code = portal.code(&over.ask, &over.page);
    (over.ask, code)
}

/// `error` and our own code in `error_description`.
fn refusal(answer: Result<crate::world::Tokens, (u16, Value)>) -> (u16, String, String) {
    let (status, error) = answer.expect_err("it must be refused");
    let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
    (status, text("error"), text("error_description").chars().take(6).collect())
}

fn invalid_grant(code: &str) -> (u16, String, String) {
    (400, "invalid_grant".into(), code.into())
}

#[tokio::test]
async fn a_code_is_no_good_at_another_client() {
    let world = Setup::new().tenant("contoso", SECOND).open().await;
    let (portal, second) = (world.app("contoso", "portal").await, world.app("contoso", "second").await);
    let (ask, code) = code(&world, &portal).await;
    assert_eq!(refusal(second.redeem(&ask, &code).await), invalid_grant("GH4002"));
    assert!(portal.redeem(&ask, &code).await.is_err(), "and it was seen by a stranger: it is spent");
}

#[tokio::test]
async fn a_code_is_no_good_in_another_tenant() {
    let world = Setup::new().tenant("northwind", "").open().await;
    let (portal, other) = (world.app("contoso", "portal").await, world.app("northwind", "portal").await);
    let (ask, code) = code(&world, &portal).await;
    assert_eq!(refusal(other.redeem(&ask, &code).await), invalid_grant("GH4002"));
    let tokens = portal.redeem(&ask, &code).await.expect("to the other tenant it never existed");
    let (status, error) = other.userinfo(&tokens.access_token).await;
    assert_eq!((status, &error["error"]), (401, &json!("invalid_token")));
}

#[tokio::test]
async fn a_code_lasts_a_minute() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    for (seconds, is_good) in [(59, true), (60, false), (61, false)] {
        let (ask, code) = code(&world, &portal).await;
        world.clock.advance(Duration::from_secs(seconds));
        match portal.redeem(&ask, &code).await {
            Ok(_) => assert!(is_good, "after {seconds} seconds"),
            no => assert_eq!((refusal(no), is_good), (invalid_grant("GH4002"), false), "after {seconds} seconds"),
        }
    }
}

#[tokio::test]
async fn a_code_that_comes_twice_takes_back_what_it_brought() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    let (ask, code) = code(&world, &portal).await;
    let tokens = portal.redeem(&ask, &code).await.unwrap();
    let other = world.sign_in(&mut world.browser(), &portal, "ben@fabrikam.example").await;
    assert_eq!(portal.userinfo(&tokens.access_token).await.0, 200);
    assert_eq!(refusal(portal.redeem(&ask, &code).await), invalid_grant("GH4003"));
    let (status, error) = portal.userinfo(&tokens.access_token).await;
    assert_eq!((status, &error["error"]), (401, &json!("invalid_token")));
    assert_eq!(portal.userinfo(&other.access_token).await.0, 200, "nobody else's");
}

#[tokio::test]
async fn of_many_who_spend_one_code_at_once_one_gets_tokens() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    let (ask, code) = code(&world, &portal).await;
    let (a, b, c) = tokio::join!(portal.redeem(&ask, &code), portal.redeem(&ask, &code), portal.redeem(&ask, &code));
    let got: Vec<_> = [a, b, c].into_iter().filter_map(Result::ok).collect();
    assert_eq!(got.len(), 1);
    assert_eq!(portal.userinfo(&got[0].access_token).await.0, 401, "and even that is taken back");
}

#[tokio::test]
async fn the_redirect_uri_must_be_the_one_of_the_question() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    for (other, expected) in [("https://portal.contoso.example/other", "GH4005"), ("https://evil.example/cb", "GH4005"), ("", "GH4008")] {
        let (ask, code) = code(&world, &portal).await;
        let answer = portal.redeem(&Ask { redirect_uri: other.into(), ..ask }, &code).await;
        let (_, _, said) = refusal(answer);
        assert!(said == expected || other.is_empty() && said == "GH4005", "{other}: {said}");
    }
}

#[tokio::test]
async fn the_verifier_must_be_the_challenges() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    let (ask, first) = code(&world, &portal).await;
    let other = Ask { verifier: "x".repeat(43), ..ask.clone() };
    assert_eq!(refusal(portal.redeem(&other, &first).await), invalid_grant("GH4004"));
    assert!(portal.redeem(&ask, &first).await.is_err(), "one guess is all there is");
    for misshapen in ["", "short", &"x".repeat(129)] {
        let (ask, code) = code(&world, &portal).await;
        let (status, error, _) = refusal(portal.redeem(&Ask { verifier: misshapen.into(), ..ask.clone() }, &code).await);
        assert_eq!((status, error.as_str()), (400, "invalid_request"));
        assert!(portal.redeem(&ask, &code).await.is_ok(), "nothing was spent on it");
    }
}

#[tokio::test]
async fn a_client_that_proves_nothing_spends_nothing() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    let (ask, code) = code(&world, &portal).await;
    let form =
        [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", &ask.redirect_uri), ("code_verifier", &ask.verifier)];
    let mut browser = world.browser();
    for authorization in ["", "Basic cG9ydGFsOndyb25n", "Bearer x", "Basic ===="] {
        browser.headers.insert("authorization".into(), authorization.into());
        let page = browser.post(portal.metadata["token_endpoint"].as_str().unwrap(), &form).await;
        assert_eq!(page.status, 401, "{authorization}: {}", page.body);
        assert!(page.body.contains("\"invalid_client\""), "{}", page.body);
    }
    portal.redeem(&ask, &code).await.unwrap();
}

#[tokio::test]
async fn an_invented_code_is_refused_like_any_other() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    let (ask, code) = code(&world, &portal).await;
    let last = if code.ends_with('A') { "B" } else { "A" };
    for invented in ["x".into(), "x".repeat(5000), format!("{}{last}", &code[..code.len() - 1]), format!("{code}A"), code.to_uppercase()] {
        assert_eq!(refusal(portal.redeem(&ask, &invented).await), invalid_grant("GH4002"), "{invented}");
    }
    portal.redeem(&ask, &code).await.unwrap();
}
