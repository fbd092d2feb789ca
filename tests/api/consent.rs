//! Review permissions: shown once, recorded as shown, and the gate before everything; who is not let in, and why.

use gatehouse::{
    domain::{guest::State, id::TenantId, locale::Locale},
    i18n::ReviewDocument,
};
use serde_json::json;

use crate::{
    home_realm::guest,
    world::{ANA, Browser, Page, RelyingParty, SOL, Setup, World},
};

const INVITED: &str = "[guests]\nadmission = \"invited\"";

/// Ana comes home to contoso by Fabrikam.
async fn ana_arrives(browser: &mut Browser, portal: &RelyingParty, more: &[(&str, &str)]) -> (crate::world::Ask, Page) {
    let ask = portal.asks(&[&[("login_hint", ANA)], more].concat());
    let page = browser.open(&ask.url).await;
    (ask, page)
}

fn is_accepted(state: &State) -> bool {
    matches!(state, State::Accepted { .. })
}

#[tokio::test]
async fn what_is_recorded_is_the_hash_of_what_was_shown() {
    let world = World::open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    let (_, page) = ana_arrives(&mut browser, &portal, &[("ui_locales", "fr")]).await;
    let document = ReviewDocument {
        locale: Locale::Fr,
        organization: "contoso Ltd".into(),
        domain: "contoso.example".into(),
        app: "Portal".into(),
        statement: Some("https://contoso.example/privacy".into()),
        contact: Some("privacy@contoso.example".into()),
    };
    let shown = page.text();
    for line in document.text().lines() {
        assert!(shown.contains(line), "{line:?} is not in {shown}");
    }
    assert!(world.guest("contoso", ANA).await.unwrap().consents.is_empty());
    browser.press(&page, "accept", &[]).await;
    let [record] = world.guest("contoso", ANA).await.unwrap().consents.try_into().unwrap();
    assert_eq!(record.document, document.hash());
    assert_eq!(
        (record.locale, record.is_accepted, record.client.as_str(), record.voucher.as_str()),
        (Locale::Fr, true, "portal", "fabrikam")
    );
    assert_eq!(record.at, world.clock.now());
}

#[tokio::test]
async fn a_guest_is_pending_until_the_moment_of_acceptance() {
    let world = World::open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    let (_, page) = ana_arrives(&mut browser, &portal, &[]).await;
    assert!(!is_accepted(&world.guest("contoso", ANA).await.unwrap().guest.state));
    world.clock.advance(std::time::Duration::from_secs(1));
    browser.press(&page, "accept", &[]).await;
    assert!(is_accepted(&world.guest("contoso", ANA).await.unwrap().guest.state));
    let actions: Vec<String> = world.events("contoso").await.into_iter().map(|event| event.action).collect();
    assert_eq!(actions, ["guest.created", "consent.accepted"]);
}

#[tokio::test]
async fn declining_is_an_answer_to_the_app_and_accepting_later_works() {
    let world = World::open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    let (ask, page) = ana_arrives(&mut browser, &portal, &[]).await;
    let page = browser.press(&page, "decline", &[]).await;
    let answer = portal.answer(&ask, &page);
    assert_eq!((answer.error.as_deref(), answer.error_description.as_deref()), (Some("access_denied"), Some("GH2003")));
    let file = world.guest("contoso", ANA).await.unwrap();
    assert!(!is_accepted(&file.guest.state) && !file.consents[0].is_accepted);
    assert!(!browser.cookies.contains_key("gh-s-contoso"), "no session either");
    let (ask, page) = ana_arrives(&mut browser, &portal, &[]).await;
    let page = browser.press(&page, "accept", &[]).await;
    portal.tokens(&ask, &page).await;
    assert!(is_accepted(&world.guest("contoso", ANA).await.unwrap().guest.state));
}

#[tokio::test]
async fn what_was_accepted_is_never_shown_again() {
    let world = World::open().await;
    let (portal, spa) = (world.app("contoso", "portal").await, world.app("contoso", "spa").await);
    world.sign_in(&mut world.browser(), &portal, ANA).await;
    for app in [&portal, &spa] {
        let (ask, page) = ana_arrives(&mut world.browser(), app, &[]).await;
        app.tokens(&ask, &page).await;
    }
    assert_eq!(world.guest("contoso", ANA).await.unwrap().consents.len(), 1);
}

#[tokio::test]
async fn words_that_changed_under_the_page_are_shown_before_they_are_agreed_to() {
    let mut world = World::open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    let (ask, page) = ana_arrives(&mut browser, &portal, &[]).await;
    let file = world.folder().join("config/tenants/contoso.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("privacy@contoso.example", "dpo@contoso.example")).unwrap();
    let node = world.add_node().await;
    browser.through(&world.address_of(node));
    let page = browser.press(&page, "accept", &[]).await;
    assert_eq!(page.shows(), "consent");
    assert!(page.body.contains("dpo@contoso.example"));
    assert!(world.guest("contoso", ANA).await.unwrap().consents.is_empty(), "nobody agreed to words they had not seen");
    let page = browser.press(&page, "accept", &[]).await;
    portal.tokens(&ask, &page).await;
}

#[tokio::test]
async fn a_page_in_another_language_is_another_text() {
    let world = World::open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    let (_, english) = ana_arrives(&mut browser, &portal, &[("ui_locales", "en")]).await;
    let here = format!("{}/contoso/signin/{}", world.url, english.flow());
    browser.open(&format!("{here}?ui_locales=de")).await;
    let page = browser.press(&english, "accept", &[]).await;
    assert_eq!(page.shows(), "consent", "the English page speaks no longer for the sign-in");
    browser.press(&page, "accept", &[]).await;
    assert_eq!(world.guest("contoso", ANA).await.unwrap().consents[0].locale, Locale::De);
}

#[tokio::test]
async fn a_blocked_guest_gets_nothing_by_home_nor_by_session() {
    let world = World::open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    world.sign_in(&mut browser, &portal, ANA).await;
    world.sql("UPDATE guests SET is_enabled = FALSE").await;
    let (_, page) = ana_arrives(&mut browser, &portal, &[]).await;
    assert_eq!((page.shows(), page.status), ("GH2009", 403), "the session does not help");
    let (_, page) = ana_arrives(&mut world.browser(), &portal, &[]).await;
    assert_eq!(page.shows(), "GH2009");
    let (ask, page) = ana_arrives(&mut browser, &portal, &[("prompt", "none")]).await;
    assert_eq!(portal.refusal(&ask, &page), "login_required");
    let refused = world.events("contoso").await.into_iter().filter(|event| event.details["code"] == "GH2009").count();
    assert_eq!(refused, 3);
}

#[tokio::test]
async fn whoever_is_blocked_while_the_page_is_open_does_not_pass_by_accepting() {
    let world = World::open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    let (_, page) = ana_arrives(&mut browser, &portal, &[]).await;
    world.sql("UPDATE guests SET is_enabled = FALSE").await;
    assert_eq!(browser.press(&page, "accept", &[]).await.shows(), "GH2009");
}

#[tokio::test]
async fn a_deleted_guest_is_out_until_restored_or_entered_anew() {
    let world = World::open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    world.sign_in(&mut browser, &portal, ANA).await;
    let (tenant, before) = (TenantId::parse("contoso").unwrap(), world.guest("contoso", ANA).await.unwrap());
    world.directory.delete_guest(&tenant, before.guest.id, world.clock.now()).await.unwrap();
    let (ask, page) = ana_arrives(&mut browser, &portal, &[("prompt", "none")]).await;
    assert_eq!(portal.refusal(&ask, &page), "login_required", "the session does not help");
    for _ in 0..2 {
        let (_, page) = ana_arrives(&mut world.browser(), &portal, &[]).await;
        assert_eq!((page.shows(), page.status), ("GH2017", 403), "and nobody is made anew, though the app is open to all");
    }
    world.directory.restore_guest(&tenant, before.guest.id, world.clock.now()).await.unwrap();
    let (ask, page) = ana_arrives(&mut world.browser(), &portal, &[]).await;
    portal.tokens(&ask, &page).await;
    world.directory.delete_guest(&tenant, before.guest.id, world.clock.now()).await.unwrap();
    let anew = guest(&world.clock, ANA, None);
    world.add_guest("contoso", &anew).await;
    let (_, page) = ana_arrives(&mut world.browser(), &portal, &[]).await;
    assert_eq!(page.shows(), "consent", "somebody new, who agrees anew");
    world.sign_in(&mut world.browser(), &portal, ANA).await;
    let now = world.guest("contoso", ANA).await.unwrap().guest;
    assert_eq!((now.id, now.identity()), (anew.id, before.guest.identity()));
}

#[tokio::test]
async fn whoever_is_deleted_or_reset_while_the_page_is_open_agreed_to_nothing() {
    let world = World::open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    let (tenant, (_, page)) = (TenantId::parse("contoso").unwrap(), ana_arrives(&mut browser, &portal, &[]).await);
    let ana = world.guest("contoso", ANA).await.unwrap().guest;
    world.directory.reset_redemption(&tenant, ana.id, world.clock.now()).await.unwrap();
    let page = browser.press(&page, "accept", &[]).await;
    assert_eq!(page.shows(), "consent", "the first to come after the reset, who is asked anew");
    assert!(world.guest("contoso", ANA).await.unwrap().consents.is_empty());
    world.directory.delete_guest(&tenant, ana.id, world.clock.now()).await.unwrap();
    assert_eq!(browser.press(&page, "accept", &[]).await.shows(), "GH2017");
    assert!(world.guest("contoso", ANA).await.unwrap().consents.is_empty());
}

#[tokio::test]
async fn without_an_invitation_nobody_enters_and_nobody_is_written_down() {
    let world = Setup::new().tenant("contoso", INVITED).open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    let (_, page) = ana_arrives(&mut browser, &portal, &[]).await;
    assert_eq!((page.shows(), page.status), ("GH2008", 403));
    assert!(world.guest("contoso", ANA).await.is_none());
    assert_eq!(browser.press(&page, "restart", &[]).await.shows(), "address", "another account may be invited");
    world.add_guest("contoso", &guest(&world.clock, ANA, None)).await;
    let tokens = world.sign_in(&mut world.browser(), &portal, ANA).await;
    assert_eq!(tokens.claims["sub"], world.guest("contoso", ANA).await.unwrap().guest.id.to_string());
}

/// `security.md` C1.
#[tokio::test]
async fn an_address_that_home_does_not_vouch_for_opens_no_guests_account() {
    let open = "[oidc.fabrikam]\ndomains = []\nlookup = { accounts = [\"ana@fabrikam.example\"] }";
    let world = Setup::new().tenant("contoso", open).open().await;
    world.add_guest("contoso", &guest(&world.clock, ANA, None)).await;
    for is_verified in [json!(false), json!("true"), json!(null)] {
        world.fabrikam.next_identity(json!({"sub": "eve", "email": ANA, "email_verified": is_verified}));
        let (_, page) = ana_arrives(&mut world.browser(), &world.app("contoso", "portal").await, &[]).await;
        assert_eq!(page.shows(), "GH2008", "email_verified: {is_verified}");
    }
    assert!(world.guest("contoso", ANA).await.unwrap().guest.identity().is_none());
}

/// `security.md` C2.
#[tokio::test]
async fn a_known_address_under_another_subject_stops_and_is_reported() {
    let world = World::open().await;
    let portal = world.app("contoso", "portal").await;
    world.sign_in(&mut world.browser(), &portal, ANA).await;
    let before = world.guest("contoso", ANA).await;
    world.clock.advance(std::time::Duration::from_secs(1));
    world.fabrikam.next_identity(json!({"sub": "the next ana", "email": ANA, "email_verified": true}));
    let (_, page) = ana_arrives(&mut world.browser(), &portal, &[]).await;
    assert_eq!((page.shows(), page.status), ("GH2011", 403));
    assert_eq!(world.guest("contoso", ANA).await, before, "never silently relinked");
    let last = world.events("contoso").await.pop().unwrap();
    assert_eq!((last.action.as_str(), &last.details["code"]), ("guest.refused", &json!("GH2011")));
    assert_eq!(last.reference, page.reference(), "by the number the person reads");
}

#[tokio::test]
async fn a_known_address_proven_in_another_way_stops_too() {
    let world = World::open().await;
    world.add_guest("contoso", &guest(&world.clock, SOL, Some("mail"))).await;
    world.fabrikam.next_identity(json!({"sub": "sol", "email": SOL, "email_verified": true}));
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    let page = browser.open(&portal.asks(&[]).url).await;
    let page = browser.press(&page, "fabrikam", &[]).await;
    assert!(page.shows().starts_with("GH"), "{}", page.shows());
    assert_eq!(world.guest("contoso", SOL).await.unwrap().guest.identity().unwrap().voucher.as_str(), "mail");
}
