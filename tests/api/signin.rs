//! Signing in by a home that is asked: first time, again, with a session, and as the app wishes.

use std::time::Duration;

use serde_json::{Value, json};

use crate::world::{ANA, SOL, Setup, World};

const NORTHWIND: &str = r#"
[oidc.litware]
name = "Litware"
issuer = "{litware}"
client_id = "gatehouse"
client_secret = { file = "../../upstream-secret" }
domains = ["litware.example"]
lookup = { domains = true }
"#;

#[tokio::test]
async fn a_new_guest_signs_in_at_home_and_reviews_permissions() {
    let world = World::open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    let ask = portal.asks(&[]);
    let page = browser.open(&ask.url).await;
    assert_eq!(page.shows(), "address");
    let page = browser.press(&page, "continue", &[("address", ANA)]).await;
    assert_eq!(page.shows(), "consent");
    let page = browser.press(&page, "accept", &[]).await;
    let claims = portal.tokens(&ask, &page).await.claims;
    let guest = world.guest("contoso", ANA).await.unwrap().guest;
    assert_eq!(claims["sub"], guest.id.to_string(), "never an address");
    let told = ["email", "email_verified", "preferred_username", "name", "idp", "tid"].map(|name| claims[name].clone());
    assert_eq!(told, [json!(ANA), json!(true), json!(ANA), json!("ana"), json!("fabrikam"), json!("contoso")]);
}

#[tokio::test]
async fn a_returning_guest_is_asked_for_the_address_and_nothing_else() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    let first = world.sign_in(&mut world.browser(), &portal, ANA).await;
    let (mut browser, ask) = (world.browser(), portal.asks(&[]));
    let page = browser.open(&ask.url).await;
    let page = browser.press(&page, "continue", &[("address", ANA)]).await;
    assert_eq!(portal.tokens(&ask, &page).await.claims["sub"], first.claims["sub"]);
}

#[tokio::test]
async fn a_browser_with_a_session_sees_no_page_and_home_is_not_asked() {
    let world = World::open().await;
    let (mut browser, portal, spa) = (world.browser(), world.app("contoso", "portal").await, world.app("contoso", "spa").await);
    let first = world.sign_in(&mut browser, &portal, ANA).await;
    let (asked, ask) = (world.fabrikam.times_asked("/authorize"), spa.asks(&[]));
    let page = browser.get(&ask.url).await;
    let second = spa.tokens(&ask, &page).await;
    assert_eq!(world.fabrikam.times_asked("/authorize"), asked);
    assert_eq!(second.claims["sid"], first.claims["sid"], "one session for every app of the tenant");
    world.clock.advance(Duration::from_secs(24 * 3600));
    assert_eq!(browser.open(&portal.asks(&[]).url).await.shows(), "address", "a session lasts a day");
}

#[tokio::test]
async fn a_session_is_good_in_its_own_tenant_only() {
    let world = Setup::new().tenant("northwind", "").open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    world.sign_in(&mut browser, &portal, ANA).await;
    let session = browser.cookies.remove("gh-s-contoso").unwrap();
    browser.cookies.insert("gh-s-northwind".into(), session);
    let page = browser.open(&world.app("northwind", "portal").await.asks(&[]).url).await;
    assert_eq!(page.shows(), "address");
    assert!(world.guest("northwind", ANA).await.is_none());
}

#[tokio::test]
async fn a_session_of_somebody_else_does_not_answer_for_the_person_the_app_names() {
    let world = World::open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    world.sign_in(&mut browser, &portal, ANA).await;
    let ask = portal.asks(&[("login_hint", "ben@fabrikam.example")]);
    let page = browser.open(&ask.url).await;
    let page = browser.press(&page, "accept", &[]).await;
    assert_eq!(portal.tokens(&ask, &page).await.claims["email"], "ben@fabrikam.example");
}

#[tokio::test]
async fn a_hint_that_decides_alone_skips_the_page() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    for (name, value) in
        [("login_hint", ANA), ("domain_hint", "fabrikam.example"), ("whr", "FABRIKAM.example"), ("domain_hint", "fabrikam")]
    {
        let page = world.browser().get(&portal.asks(&[(name, value)]).url).await;
        let to = page.location.unwrap_or_else(|| panic!("{name}={value} {}", page.body));
        assert!(to.as_str().starts_with(&world.fabrikam.issuer()), "{name}={value}");
        assert_eq!(
            to.query_pairs().find(|(key, _)| key == "login_hint").map(|(_, v)| v.into_owned()).as_deref(),
            (value == ANA).then_some(ANA)
        );
    }
}

#[tokio::test]
async fn a_hint_that_would_mail_something_only_fills_in_the_page() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    let page = world.browser().open(&portal.asks(&[("login_hint", SOL)]).url).await;
    assert_eq!(page.shows(), "address");
    assert!(page.body.contains(&format!("value=\"{SOL}\"")));
    world.sign_in(&mut world.browser(), &portal, "other@nowhere.example").await;
    assert_eq!(world.mails_to(SOL), 0);
}

/// `security.md` C9.
#[tokio::test]
async fn a_hint_never_selects_another_tenants_provider() {
    let world = Setup::new().tenant("northwind", NORTHWIND).open().await;
    let portal = world.app("contoso", "portal").await;
    for (name, value) in
        [("domain_hint", "litware.example"), ("domain_hint", "litware"), ("whr", "litware.example"), ("login_hint", "lou@litware.example")]
    {
        let mut browser = world.browser();
        let page = browser.open(&portal.asks(&[(name, value)]).url).await;
        assert_eq!(page.shows(), "address", "{name}={value}");
        assert!(!page.body.contains("Litware"));
        let form = [("form", page.token()), ("provider", "litware".into())];
        let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
        let page = browser.submit_to(&format!("{}/contoso/signin/{}/address", world.url, page.flow()), &form).await;
        assert_eq!(page.shows(), "address", "nor does a button that was never there");
    }
    let page = world.browser().get(&world.app("northwind", "portal").await.asks(&[("domain_hint", "litware.example")]).url).await;
    assert!(page.location.is_some_and(|to| to.as_str().starts_with(&world.litware.issuer())), "it is northwind's");
    assert!(world.fabrikam.asked().iter().all(|asked| asked.path != "/authorize"));
}

#[tokio::test]
async fn pages_speak_the_language_the_app_asks_for_and_the_person_may_change_it() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    let mut browser = world.browser();
    browser.headers.insert("accept-language".into(), "de-CH, en;q=0.5".into());
    assert!(browser.open(&portal.asks(&[]).url).await.body.contains("<html lang=\"de\""));
    let page = browser.open(&portal.asks(&[("ui_locales", "xx fr-CA en")]).url).await;
    assert!(page.body.contains("<html lang=\"fr\""));
    let page = browser.open(&format!("{}?ui_locales=en", page.url.join(&format!("/contoso/signin/{}", page.flow())).unwrap())).await;
    assert!(page.body.contains("<html lang=\"en\""));
    let page = browser.press(&page, "continue", &[("address", ANA)]).await;
    assert!(page.body.contains("<html lang=\"en\""), "and it stays");
}

#[tokio::test]
async fn another_form_of_the_tenants_name_leads_to_the_one_issuer() {
    let world = Setup::new().tenant("northwind", "issuer = \"northwind.example\"").open().await;
    let alias = world.app("contoso.example", "portal").await;
    assert_eq!(alias.issuer, format!("{}/contoso", world.url));
    let northwind = world.app("northwind", "portal").await;
    assert_eq!(northwind.issuer, format!("{}/northwind.example", world.url));
    for (asked, canonical, app) in [("contoso.example", "contoso", &alias), ("northwind", "northwind.example", &northwind)] {
        let (mut browser, ask) = (world.browser(), app.asks(&[]));
        let page = browser.get(&ask.url.replacen(&format!("/{canonical}/"), &format!("/{asked}/"), 1)).await;
        assert_eq!(page.location.as_ref().map(|to| to.as_str()), Some(ask.url.as_str()), "with every parameter");
        let page = browser.follow(page).await;
        let page = browser.press(&page, "continue", &[("address", ANA)]).await;
        let page = browser.press(&page, "accept", &[]).await;
        assert_eq!(app.tokens(&ask, &page).await.claims["iss"], app.issuer);
    }
}

#[tokio::test]
async fn an_answer_can_come_by_a_form_that_sends_itself() {
    let world = World::open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    let ask = portal.asks(&[("response_mode", "form_post"), ("login_hint", ANA)]);
    let page = browser.open(&ask.url).await;
    let page = browser.press(&page, "accept", &[]).await;
    assert_eq!(page.shows(), "posting");
    assert!(
        page.header("content-security-policy").is_some_and(|policy| policy.contains("form-action 'self' https://portal.contoso.example;"))
    );
    portal.tokens(&ask, &page).await;
    let ask = portal.asks(&[("response_mode", "form_post"), ("prompt", "none")]);
    let page = world.browser().open(&ask.url).await;
    assert_eq!(portal.refusal(&ask, &page), "login_required", "errors come the same way");
}

#[tokio::test]
async fn userinfo_answers_by_get_and_by_post() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    let tokens = world.sign_in(&mut world.browser(), &portal, ANA).await;
    let (status, info) = portal.userinfo(&tokens.access_token).await;
    assert_eq!((status, &info["sub"], &info["email"]), (200, &tokens.claims["sub"], &json!(ANA)));
    let url = portal.metadata["userinfo_endpoint"].as_str().unwrap();
    let posted = world.browser().post(url, &[("access_token", &tokens.access_token)]).await;
    assert_eq!(serde_json::from_str::<Value>(&posted.body).unwrap(), info);
    let mut browser = world.browser();
    browser.headers.insert("authorization".into(), format!("Bearer {}", tokens.access_token));
    let both = browser.post(url, &[("access_token", &tokens.access_token)]).await;
    assert_eq!(both.status, 400, "a token in two places: {}", both.body);
    world.clock.advance(Duration::from_secs(3600));
    let (status, error) = portal.userinfo(&tokens.access_token).await;
    assert_eq!((status, &error["error"]), (401, &json!("invalid_token")), "after its hour");
}

#[tokio::test]
async fn a_public_clients_own_origin_may_read_answers_and_no_other() {
    let world = World::open().await;
    let (spa, portal) = (world.app("contoso", "spa").await, world.app("contoso", "portal").await);
    let tokens = world.sign_in(&mut world.browser(), &spa, ANA).await;
    let origins = [
        ("https://field.contoso.example", true),
        ("https://portal.contoso.example", false),
        ("https://evil.example", false),
        ("null", false),
    ];
    for (origin, is_own) in origins {
        let mut browser = world.browser();
        browser.headers.insert("origin".into(), origin.into());
        browser.headers.insert("authorization".into(), format!("Bearer {}", tokens.access_token));
        let expected = is_own.then_some(origin);
        let page = browser.get(portal.metadata["userinfo_endpoint"].as_str().unwrap()).await;
        assert_eq!(page.header("access-control-allow-origin"), expected, "userinfo for {origin}");
        let page = browser.get(&format!("{}/.well-known/openid-configuration", spa.issuer)).await;
        assert_eq!(page.header("access-control-allow-origin"), Some("*"), "discovery is anyone's");
        let page = browser.get(&spa.asks(&[]).url).await;
        assert_eq!(page.header("access-control-allow-origin"), None, "a page is for people");
    }
}

#[tokio::test]
async fn discovery_and_keys_say_what_an_app_needs_and_no_more() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    let metadata = &portal.metadata;
    assert_eq!(metadata["issuer"], format!("{}/contoso", world.url));
    assert_eq!(metadata["code_challenge_methods_supported"], json!(["S256"]));
    assert_eq!(metadata["response_types_supported"], json!(["code"]));
    assert_eq!(metadata["authorization_response_iss_parameter_supported"], true);
    let keys = world.browser().get(metadata["jwks_uri"].as_str().unwrap()).await;
    let keys: Value = serde_json::from_str(&keys.body).unwrap();
    for key in keys["keys"].as_array().unwrap() {
        let private = ["d", "p", "q", "dp", "dq", "qi", "k"].into_iter().filter(|part| key.get(part).is_some());
        assert_eq!((key["alg"].as_str(), private.count()), (Some("ES256"), 0));
    }
}

#[tokio::test]
async fn a_client_registered_for_rs256_gets_it_and_may_post_its_secret() {
    let depot = "[clients.depot]\nname = \"Depot\"\nredirect_uris = [\"https://depot.example/cb\"]\nauthentication = \"client_secret_post\"\n\
                 secrets = [{ file = \"../../secret\" }]\nid_token_signed_response_alg = \"RS256\"";
    let world = Setup::new().tenant("contoso", depot).open().await;
    let depot = world.app("contoso", "depot").await;
    let tokens = world.sign_in(&mut world.browser(), &depot, ANA).await;
    assert_eq!(tokens.header["alg"], "RS256");
    assert_eq!(depot.userinfo(&tokens.access_token).await.0, 200);
}

#[tokio::test]
async fn prompt_none_shows_no_page_whatever_is_missing() {
    let world = World::open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    let silent = portal.asks(&[("prompt", "none"), ("login_hint", ANA)]);
    let page = browser.get(&silent.url).await;
    assert_eq!(portal.refusal(&silent, &page), "login_required");
    world.sign_in(&mut browser, &portal, ANA).await;
    let page = browser.get(&silent.url).await;
    portal.tokens(&silent, &page).await;
    let other = portal.asks(&[("prompt", "none"), ("login_hint", "ben@fabrikam.example")]);
    let page = browser.get(&other.url).await;
    assert_eq!(portal.refusal(&other, &page), "login_required", "somebody else's session");
}

#[tokio::test]
async fn prompt_none_says_when_consent_is_owed() {
    let world = World::open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    world.sign_in(&mut browser, &portal, ANA).await;
    world.sql("DELETE FROM consents").await;
    let ask = portal.asks(&[("prompt", "none")]);
    let page = browser.get(&ask.url).await;
    assert_eq!(portal.refusal(&ask, &page), "consent_required");
}

#[tokio::test]
async fn prompt_login_makes_home_ask_again() {
    let world = World::open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    world.sign_in(&mut browser, &portal, ANA).await;
    world.clock.advance(Duration::from_secs(100));
    let ask = portal.asks(&[("prompt", "login"), ("login_hint", ANA)]);
    let page = browser.open(&ask.url).await;
    let asked = world.fabrikam.last_asked("/authorize").unwrap().parameters;
    assert_eq!((asked["prompt"].as_str(), asked["max_age"].as_str()), ("login", "0"));
    assert_eq!(portal.tokens(&ask, &page).await.claims["auth_time"], world.clock.now().unix());
}

#[tokio::test]
async fn max_age_is_measured_from_the_moment_of_the_proof() {
    let world = World::open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    world.sign_in(&mut browser, &portal, ANA).await;
    world.clock.advance(Duration::from_secs(100));
    let fresh = portal.asks(&[("max_age", "100")]);
    let page = browser.get(&fresh.url).await;
    assert_eq!(portal.tokens(&fresh, &page).await.claims["auth_time"], world.clock.now().unix() - 100);
    let stale = portal.asks(&[("max_age", "99"), ("login_hint", ANA)]);
    let page = browser.open(&stale.url).await;
    assert_eq!(world.fabrikam.last_asked("/authorize").unwrap().parameters["prompt"], "login");
    assert_eq!(portal.tokens(&stale, &page).await.claims["auth_time"], world.clock.now().unix());
}

#[tokio::test]
async fn select_account_asks_who_and_home_asks_too() {
    let world = World::open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    world.sign_in(&mut browser, &portal, ANA).await;
    let ask = portal.asks(&[("prompt", "select_account")]);
    let page = browser.open(&ask.url).await;
    assert_eq!(page.shows(), "address", "the session does not answer");
    let page = browser.press(&page, "continue", &[("address", "ben@fabrikam.example")]).await;
    assert_eq!(world.fabrikam.last_asked("/authorize").unwrap().parameters["prompt"], "login", "no session there decides");
    let page = browser.press(&page, "accept", &[]).await;
    assert_eq!(portal.tokens(&ask, &page).await.claims["email"], "ben@fabrikam.example");
}

#[tokio::test]
async fn prompt_consent_shows_review_permissions_again_and_records_it_again() {
    let world = World::open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    world.sign_in(&mut browser, &portal, ANA).await;
    let ask = portal.asks(&[("prompt", "consent")]);
    let page = browser.open(&ask.url).await;
    assert_eq!(page.shows(), "consent", "by session, without going home");
    let page = browser.press(&page, "accept", &[]).await;
    portal.tokens(&ask, &page).await;
    assert_eq!(world.guest("contoso", ANA).await.unwrap().consents.len(), 2);
}

#[tokio::test]
async fn an_upstream_that_says_no_leaves_a_way_on() {
    let world = World::open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    world.fabrikam.deny("access_denied", Some("words nobody should repeat"));
    let ask = portal.asks(&[("login_hint", ANA)]);
    let page = browser.open(&ask.url).await;
    assert_eq!((page.shows(), page.status), ("GH3002", 403));
    assert!(!page.body.contains("words nobody"));
    assert!(world.guest("contoso", ANA).await.is_none());
    world.fabrikam.allow();
    let page = browser.press(&page, "restart", &[]).await;
    let page = browser.press(&page, "continue", &[("address", ANA)]).await;
    assert_eq!(world.fabrikam.last_asked("/authorize").unwrap().parameters["prompt"], "login", "no session there decides");
    let page = browser.press(&page, "accept", &[]).await;
    portal.tokens(&ask, &page).await;
}
