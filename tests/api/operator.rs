//! What the operator's machines ask: alive, ready, how much of everything; and that guests' machines can't.

use std::collections::BTreeSet;

use gatehouse::random;

use crate::{
    raw::{self, Answer},
    world::{ANA, Setup, World},
};

async fn get(to: &str, path: &str) -> Answer {
    raw::send(to, raw::head(&format!("GET {path}"), "")).await
}

#[tokio::test]
async fn a_house_without_an_operators_door_answers_at_the_main_one() {
    let world = World::open().await;
    let to = world.address_of(0);
    let live = get(&to, "/health/live").await;
    assert_eq!((live.status, live.body.as_str()), (200, r#"{"status":"live"}"#));
    let ready = get(&to, "/health/ready").await;
    assert_eq!((ready.status, ready.body.as_str()), (200, r#"{"directory":true,"sessions":true}"#));
    let metrics = get(&to, "/metrics").await;
    assert_eq!((metrics.status, metrics.header("content-type")), (200, Some("text/plain; version=0.0.4; charset=utf-8")));
    assert!(metrics.body.contains("gatehouse_http_requests_total{route=\"/health/live\",status=\"200\"}"), "{}", metrics.body);
}

#[tokio::test]
async fn with_an_operators_door_of_its_own_the_public_one_shows_nothing_of_it() {
    let world = Setup::new().process("[operator]\nlisten = \"127.0.0.1:0\"\n").open().await;
    let (public, operator) = (world.address_of(0), world.operator_of(0).unwrap());
    for path in ["/health/live", "/health/ready", "/metrics"] {
        let answer = get(&operator, path).await;
        assert_eq!((answer.status, answer.header("x-content-type-options")), (200, Some("nosniff")), "{path}: {answer:?}");
        let other = format!("GET http://{operator}{path} HTTP/1.1\r\nHost: {operator}\r\nConnection: close\r\n\r\n");
        let mut answers = vec![raw::send(&public, other.into_bytes()).await];
        for spelling in [
            path.to_owned(),
            format!("/{path}"),
            format!("{path}/"),
            format!("/contoso{path}"),
            format!("/contoso/..{path}"),
            path.replace('m', "%6d"),
            path.replace('h', "%68"),
            path.to_uppercase(),
        ] {
            answers.push(get(&public, &spelling).await);
        }
        for answer in answers {
            assert_eq!(answer.status, 404, "{path}: {answer:?}");
            assert!(!answer.body.contains("gatehouse_") && !answer.body.contains("\"sessions\""), "{path}: {answer:?}");
        }
    }
    for path in ["/contoso/jwks", "/contoso/authorize", "/contoso/.well-known/openid-configuration", "/"] {
        assert_eq!(get(&operator, path).await.status, 404, "the operator's door is no way in: {path}");
    }
}

#[tokio::test]
async fn a_sign_in_is_counted_once_by_its_road() {
    let world = Setup::new().tenant("counted", "").open().await;
    let (mut browser, portal) = (world.browser(), world.app("counted", "portal").await);
    let ask = portal.asks(&[("login_hint", ANA)]);
    let page = browser.open(&ask.url).await;
    let page = browser.press(&page, "accept", &[]).await;
    portal.tokens(&ask, &page).await;
    let again = portal.asks(&[]);
    let page = browser.open(&again.url).await;
    portal.tokens(&again, &page).await;
    let metrics = get(&world.address_of(0), "/metrics").await.body;
    for road in ["upstream", "session"] {
        assert!(metrics.contains(&format!("gatehouse_signins_total{{tenant=\"counted\",road=\"{road}\"}} 1")), "{road}\n{metrics}");
    }
}

#[tokio::test]
async fn what_a_stranger_invents_makes_no_new_series() {
    let world = World::open().await;
    let to = world.address_of(0);
    let mut invented = Vec::new();
    for n in 0..40 {
        let word = random::token().reveal().replace(['-', '_'], "x");
        let path = match n % 8 {
            0 => format!("/{word}"),
            1 => format!("/{word}/authorize?client_id={word}"),
            2 => format!("/contoso/{word}"),
            3 => format!("/contoso/signin/{word}"),
            4 => format!("/contoso/callback/{word}?state={word}"),
            5 => format!("/assets/{word}"),
            6 => format!("/contoso/authorize/{word}/{word}"),
            _ => format!("/health/{word}"),
        };
        let request = match n % 3 {
            0 => raw::head(&format!("{} {path}", &word[..8].to_uppercase()), ""),
            1 => raw::head(&format!("GET {path}"), &format!("X-{word}: {word}\r\nUser-Agent: {word}\r\n")),
            _ => raw::form(&path, "", word.as_bytes()),
        };
        raw::send(&to, request).await;
        invented.push(word);
    }
    let metrics = get(&to, "/metrics").await.body;
    assert!(invented.iter().all(|word| !metrics.contains(word.as_str())), "{metrics}");
    // Only patterns of the route table, or none.
    let routes: BTreeSet<&str> = metrics.split("route=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    for route in routes {
        let is_pattern = route == "(none)"
            || is_of_the_api(route)
            || route.split('/').all(|part| part.is_empty() || part.starts_with('{') || KNOWN.contains(&part));
        assert!(is_pattern, "{route}");
    }
}

fn is_of_the_api(route: &str) -> bool {
    let below = route.strip_prefix("/{tenant}/admin/v1");
    below.is_some_and(|below| gatehouse::admin::routes::ROUTES.iter().any(|known| known.path == below))
}

const KNOWN: [&str; 45] = [
    "redeem",
    "invitations",
    "block",
    "confirm",
    "terms",
    "elsewhere",
    "device",
    "common",
    "confirm",
    "forget",
    "account",
    "apps",
    "sessions",
    "end",
    "end-all",
    "leave",
    "goodbye",
    "documents",
    "assets",
    "health",
    "live",
    "ready",
    "metrics",
    ".well-known",
    "openid-configuration",
    "jwks",
    "authorize",
    "token",
    "userinfo",
    "callback",
    "signin",
    "address",
    "account",
    "create",
    "passcode",
    "resend",
    "consent",
    "restart",
    "branding",
    "logo",
    "signout",
    "logout",
    "saml",
    "wsfed",
    "metadata",
];
