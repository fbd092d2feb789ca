//! What a request claims about us, and where it would have us send people (`security.md` E6, D1).

use super::Standing;
use crate::world::{ANA, Page, SOL, World};

const EVIL: &str = "evil.example";

fn is_clean(page: &Page) {
    let headers = page.headers.iter().filter_map(|(_, value)| value.to_str().ok()).any(|value| value.contains(EVIL));
    assert!(!page.body.contains(EVIL) && !headers, "{} {:?}\n{}", page.url, page.headers, page.body);
}

#[tokio::test]
async fn links_come_from_the_configured_address_alone() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    let mut browser = world.browser();
    for name in ["host", "x-forwarded-host", "x-original-host", "x-forwarded-server", "x-host"] {
        browser.headers.insert(name.into(), EVIL.into());
    }
    browser.headers.insert("forwarded".into(), format!("host={EVIL};proto=https"));
    browser.headers.insert("x-forwarded-proto".into(), "https".into());
    for path in ["/.well-known/openid-configuration", "/jwks", "/nowhere", "/signin/x"] {
        is_clean(&browser.get(&format!("{}/contoso{path}", world.url)).await);
    }
    let ask = portal.asks(&[]);
    let alias = browser.get(&ask.url.replacen("/contoso/", "/contoso.example/", 1)).await;
    is_clean(&alias);
    assert_eq!(alias.location.unwrap().as_str(), ask.url);
    let page = browser.get(&ask.url).await;
    is_clean(&page);
    let left = browser.submit(&page, "continue", &[("address", ANA)]).await;
    is_clean(&left);
    let callback = left.location.unwrap().query_pairs().find(|(name, _)| name == "redirect_uri").unwrap().1.into_owned();
    assert_eq!(callback, format!("{}/contoso/callback/fabrikam", world.url));
    let mailed = browser.submit(&page, "continue", &[("address", SOL)]).await;
    is_clean(&mailed);
    let mail = world.next_mail(SOL).await;
    assert!(!mail.source.contains(EVIL));
    let consent = browser.submit(&mailed, "continue", &[("code", &mail.code())]).await;
    is_clean(&consent);
    let answer = browser.submit(&consent, "accept", &[]).await;
    is_clean(&answer);
    portal.tokens(&ask, &answer).await;
}

/// The table of spellings is `tests/redirect_uri.rs`; here it is the door that must not open.
#[tokio::test]
async fn nobody_is_sent_to_an_address_that_is_not_registered() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    let others = [
        "https://evil.example/cb",
        "https://portal.contoso.example/cb/",
        "https://portal.contoso.example/cb?x",
        "//evil.example",
        "javascript:alert(1)",
        "",
    ];
    for other in others {
        for more in [("prompt", "none"), ("response_type", "token"), ("response_mode", "form_post")] {
            let page = world.browser().get(&portal.asks(&[("redirect_uri", other), more]).url).await;
            assert_eq!((page.shows(), page.status, page.location.is_none()), ("GH1004", 400, true), "{other} {more:?}");
            is_clean(&page);
        }
    }
    let twice = format!("{}&redirect_uri=https%3A%2F%2Fevil.example%2Fcb", portal.asks(&[]).url);
    assert_eq!(world.browser().get(&twice).await.shows(), "GH1004");
}

#[tokio::test]
async fn paths_that_look_like_addresses_lead_nowhere() {
    let world = World::open().await;
    let query = world.app("contoso", "portal").await.asks(&[]).url.split_once('?').unwrap().1.to_owned();
    for path in [
        "//evil.example/authorize",
        "/%2f%2fevil.example/authorize",
        "/\\evil.example/authorize",
        "/evil.example/authorize",
        "/contoso.example@evil.example/authorize",
        "/contoso.example%2f..%2f%2fevil.example/authorize",
    ] {
        let page = world.browser().get(&format!("{}{path}?{query}", world.url)).await;
        assert!(page.location.is_none() && page.status == 404, "{path}: {} {:?}", page.status, page.location);
    }
}

#[tokio::test]
async fn what_people_type_is_shown_as_text() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    let script = "\"><script>alert(1)</script><x y='";
    let mut here = Standing::at(&world, &portal, "address").await;
    let typed = here.browser.press(&here.page, "continue", &[("address", script)]).await;
    let hinted = world.browser().open(&portal.asks(&[("login_hint", script), ("ui_locales", script), ("domain_hint", script)]).url).await;
    for page in [typed, hinted] {
        assert_eq!(page.shows(), "address");
        assert!(!page.body.contains("<script>alert"));
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("script-src"), "{policy}");
    }
    let mut browser = world.browser();
    let ask = portal.asks(&[("state", script), ("response_mode", "form_post"), ("prompt", "none")]);
    let page = browser.open(&ask.url).await;
    assert_eq!(page.shows(), "posting");
    assert!(!page.body.contains("<script>alert"));
    assert!(page.forms()[0].fields.iter().any(|field| field.value == script), "octet for octet all the same");
}
