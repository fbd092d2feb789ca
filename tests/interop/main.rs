//! Signing in through software that nobody here wrote: npm `oidc-provider`, SimpleSAMLphp and npm `wsfed` upstream, npm `openid-client` and `oidc-client-ts` (in
//! Chromium) as apps, Redis and PostgreSQL behind. The real binary runs; what breaks here breaks for somebody.

#![expect(clippy::panic, reason = "a test that cannot go on says why")]

mod chromium;
mod node;
mod partners;
mod peers;
mod rollover;
mod saml;
#[path = "../services/mod.rs"]
mod services;
mod tls;
mod world;
mod wsfed;

use serde_json::{Value, json};

use peers::Peer;
use world::World;

const ANA: &str = "ana@fabrikam.example";

fn pages(said: &Value) -> Vec<&str> {
    said["steps"].as_array().expect("steps").iter().filter_map(|s| s["page"].as_str()).collect()
}

/// A page that says what happened and by which number to ask, or an OAuth error at the app.
fn must_be_clear(said: &Value, world: &World) {
    match said["outcome"].as_str() {
        Some("oauth_error") => assert!(said["error"].is_string(), "{said:#}"),
        Some("page") => {
            assert!(said["status"].as_u64().is_some_and(|s| s >= 400), "{said:#}");
            assert!(said["errorCode"].is_string(), "a page without a code to ask by: {said:#}\n{}", world.logs());
        }
        _ => panic!("neither a page nor an OAuth error: {said:#}\n{}", world.logs()),
    }
}

#[tokio::test]
async fn openid_client_signs_in_with_both_secrets_and_both_response_modes() {
    let world = World::open().await;
    let first = world.claims("app-basic", ANA, &json!({}));
    assert_eq!(pages(&first), ["address", "upstream-login", "upstream-consent", "consent", "callback"]);
    assert_eq!(first["header"]["alg"], "ES256");
    assert_eq!(first["claims"]["email_verified"], true);
    let posted = world.claims("app-basic", ANA, &json!({ "response_mode": "form_post" }));
    assert_eq!(posted["steps"].as_array().and_then(|s| s.last()).map(|s| &s["method"]), Some(&json!("POST")));
    assert!(!pages(&posted).contains(&"consent"), "accepted once, asked twice: {posted:#}");
    let other = world.claims("app-post", ANA, &json!({}));
    assert_eq!(other["header"]["alg"], "RS256");
    world.claims("app-post", ANA, &json!({ "response_mode": "form_post" }));
}

#[tokio::test]
async fn openid_client_gets_a_token_for_the_management_api_and_calls_it() {
    let world = World::open().await;
    let said = world.machine(&json!({ "client_id": "script", "call": "/users" }));
    assert_eq!((&said["token_type"], &said["scope"]), (&json!("bearer"), &json!("User.Read.All")), "{said:#}\n{}", world.logs());
    assert_eq!((&said["status"], &said["body"]["value"]), (&json!(200), &json!([])), "{said:#}");
    let posted = world.machine(&json!({ "client_id": "app-post", "authentication": "post", "call": "/invitations" }));
    assert_eq!((&posted["status"], &posted["scope"]), (&json!(200), &json!("User.Invite.All")), "{posted:#}");
    let refused = world.machine(&json!({ "client_id": "script", "scope": "User.ReadWrite.All", "call": "/users" }));
    assert_eq!(refused["error"], "invalid_scope", "{refused:#}");
    let none = world.machine(&json!({ "client_id": "app-basic", "call": "/users" }));
    assert_eq!(none["error"], "unauthorized_client", "{none:#}");
}

#[tokio::test]
async fn a_guest_without_a_home_signs_in_by_passcode() {
    let world = World::open().await;
    let mut app = world.app("app-basic", "sol@nowhere.example", &json!({ "pauses": ["passcode"] }));
    app.paused("passcode");
    app.go_on_with(&json!({ "code": world.passcode().await }));
    world.must_be_claims(app.line(), "sol@nowhere.example");
}

#[tokio::test]
async fn a_single_page_app_signs_in_in_chromium() {
    let world = World::open().await;
    // a desktop in the light, a phone in the dark
    for (address, width, color) in [(ANA, 1280, "light"), ("ben@fabrikam.example", 390, "dark")] {
        let spec = json!({
            "port": world.spa_port,
            "authority": world.issuer(),
            "client_id": "spa",
            "address": address,
            "width": width,
            "color": color,
            "screenshots": std::env::var_os("INTEROP_SCREENSHOTS").and_then(|folder| folder.into_string().ok()),
        });
        let said = Peer::start("spa.mjs", &spec).line();
        assert_eq!(said["claims"]["email"], address, "{said:#}\n{}", world.logs());
        assert_eq!(said["steps"], json!(["address", "upstream-login", "upstream-consent", "consent", "claims"]));
        assert_eq!(said["axe"], json!([]), "what axe-core calls serious or critical");
    }
}

#[tokio::test]
async fn two_nodes_share_a_sign_in_request_by_request() {
    let world = World::with_two_nodes().await;
    for address in [ANA, "ben@fabrikam.example", "cleo@fabrikam.example"] {
        world.claims("app-basic", address, &json!({}));
    }
}

#[tokio::test]
async fn redis_dies_in_the_middle_and_comes_back() {
    let mut world = World::open().await;
    let mut app = world.app("app-basic", ANA, &json!({ "pauses": ["upstream-answer"] }));
    app.paused("upstream-answer");
    world.redis.kill();
    app.go_on();
    must_be_clear(&app.line(), &world);
    assert_eq!(node::status_of(world.public_port, "/health/live"), Some(200), "the process lives on");
    assert_eq!(node::status_of(world.public_port, "/health/ready"), Some(503), "and takes no visitors meanwhile");
    world.redis.restart().await;
    world.claims_soon("app-basic", ANA).await;
}

#[tokio::test]
async fn the_upstream_dies_in_the_middle_and_comes_back_with_new_keys() {
    let mut world = World::open().await;
    let mut app = world.app("app-basic", ANA, &json!({ "pauses": ["upstream-answer"] }));
    app.paused("upstream-answer");
    world.kill_upstream();
    app.go_on();
    must_be_clear(&app.line(), &world);
    world.start_upstream();
    world.claims_soon("app-basic", ANA).await;
}

#[tokio::test]
async fn an_upstream_that_never_was_there_ends_in_a_page() {
    let mut world = World::open().await;
    world.kill_upstream();
    must_be_clear(&world.sign_in("app-basic", ANA, &json!({})), &world);
    world.start_upstream();
    world.claims_soon("app-basic", ANA).await;
}

#[tokio::test]
async fn gatehouse_dies_between_consent_and_token() {
    let mut world = World::open().await;
    for place in ["consent", "code"] {
        let address = format!("{place}@fabrikam.example");
        let mut app = world.app("app-basic", &address, &json!({ "pauses": [place] }));
        app.paused(place);
        world.kill_gatehouse();
        world.start_gatehouse_again().await;
        app.go_on();
        // nothing of a sign-in lives in the process
        world.must_be_claims(app.line(), &address);
        world.claims("app-basic", &address, &json!({}));
    }
}
