//! Signing in by a federation partner, SAML 2.0 and WS-Federation alike: first time, again, with a session, and as the app wishes.

use std::time::Duration;

use gatehouse::demo::partner::{AUTHN_FAILED, Response, Status, Token};
use serde_json::json;

use crate::world::{Browser, PAM, Page, RelyingParty, Setup, WIN, World, parameter};

/// Everybody who comes by a partner, and the partner.
const BOTH: [(&str, &str); 2] = [(WIN, "wingtip"), (PAM, "proseware")];

async fn open() -> (World, RelyingParty) {
    of("").await
}

async fn of(tenant: &str) -> (World, RelyingParty) {
    let world = Setup::new().partners().tenant("contoso", tenant).open().await;
    let portal = world.app("contoso", "portal").await;
    (world, portal)
}

/// The page that leads to the partner of `address`.
async fn leaving(browser: &mut Browser, portal: &RelyingParty, address: &str, more: &[(&str, &str)]) -> (crate::world::Ask, Page) {
    let hint = [("login_hint", address)];
    let ask = portal.asks(&[hint.as_slice(), more].concat());
    let page = browser.get(&ask.url).await;
    (ask, page)
}

#[tokio::test]
async fn a_new_guest_types_an_address_signs_in_at_the_partner_and_reviews_permissions() {
    let (world, portal) = open().await;
    for (address, provider) in BOTH {
        let (mut browser, ask) = (world.browser(), portal.asks(&[]));
        let page = browser.open(&ask.url).await;
        let page = browser.send(&page, "continue", &[("address", address)]).await;
        let page = world.through_partner(&mut browser, &page, address).await;
        assert_eq!(page.shows(), "consent", "{}", page.body);
        let page = browser.press(&page, "accept", &[]).await;
        let claims = portal.tokens(&ask, &page).await.claims;
        let guest = world.guest("contoso", address).await.unwrap().guest;
        assert_eq!(claims["sub"], guest.id.to_string(), "never an address");
        let told = ["email", "email_verified", "idp", "tid", "auth_time"].map(|name| claims[name].clone());
        assert_eq!(told, [json!(address), json!(true), json!(provider), json!("contoso"), json!(world.clock.now().unix())]);
        assert_eq!(claims["amr"], json!(["pwd"]), "as its AuthnContext says");
    }
}

#[tokio::test]
async fn a_returning_guest_sees_no_page_of_ours_and_stays_the_same_guest() {
    let (world, portal) = open().await;
    for (address, _) in BOTH {
        let mut guests = Vec::new();
        for _ in 0..2 {
            let mut browser = world.browser();
            let (ask, page) = leaving(&mut browser, &portal, address, &[]).await;
            let page = world.through_partner(&mut browser, &page, address).await;
            let page = if guests.is_empty() { browser.press(&page, "accept", &[]).await } else { page };
            guests.push(portal.tokens(&ask, &page).await.claims["sub"].clone());
        }
        assert_eq!(guests[0], guests[1]);
    }
}

#[tokio::test]
async fn a_browser_with_a_session_is_not_sent_to_the_partner_until_the_partners_session_ends() {
    let (world, portal) = open().await;
    let mut browser = world.browser();
    sign_in(&world, &mut browser, &portal, WIN).await;
    world.clock.advance(Duration::from_secs(8 * 3600 - 1));
    let silent = portal.asks(&[("prompt", "none")]);
    let page = browser.get(&silent.url).await;
    portal.tokens(&silent, &page).await;
    // SessionNotOnOrAfter of the partner: eight hours, though ours lasts a day.
    world.clock.advance(Duration::from_secs(1));
    let silent = portal.asks(&[("prompt", "none")]);
    let page = browser.get(&silent.url).await;
    assert_eq!(portal.refusal(&silent, &page), "login_required");
}

#[tokio::test]
async fn a_partner_whose_session_is_over_already_leaves_none() {
    let (world, portal) = open().await;
    let over = world.clock.now();
    world.wingtip().answer_with(move |response| response.assertions[0].authentications[0].session_not_on_or_after = Some(over));
    let mut browser = world.browser();
    let (ask, page) = leaving(&mut browser, &portal, WIN, &[]).await;
    let page = world.through_partner(&mut browser, &page, WIN).await;
    // Whether it is refused or leaves no session is the partner room's; nobody stays signed in by it.
    if page.shows() == "consent" {
        let page = browser.press(&page, "accept", &[]).await;
        portal.tokens(&ask, &page).await;
    }
    let silent = portal.asks(&[("prompt", "none")]);
    let page = browser.get(&silent.url).await;
    assert_eq!(portal.refusal(&silent, &page), "login_required");
}

async fn sign_in(world: &World, browser: &mut Browser, portal: &RelyingParty, address: &str) {
    let (ask, page) = leaving(browser, portal, address, &[]).await;
    let page = world.through_partner(browser, &page, address).await;
    let page = if page.shows() == "consent" { browser.press(&page, "accept", &[]).await } else { page };
    portal.tokens(&ask, &page).await;
}

#[tokio::test]
async fn prompt_login_asks_for_a_new_authentication_and_takes_no_old_one() {
    let (world, portal) = open().await;
    let old = world.clock.now();
    world.clock.advance(Duration::from_secs(600));
    for (address, more) in [(WIN, ("prompt", "login")), (PAM, ("prompt", "login")), (WIN, ("max_age", "60")), (PAM, ("max_age", "60"))] {
        let mut browser = world.browser();
        let (ask, page) = leaving(&mut browser, &portal, address, &[more]).await;
        match address {
            WIN => assert!(world.wingtip().question(&world.partners().asked(&page)).0.is_forced),
            _ => assert_eq!(parameter(page.location.as_ref().unwrap(), "wfresh").as_deref(), Some("0")),
        }
        let there = page.clone();
        world.wingtip().answer_with(move |response| response.assertions[0].authentications[0].at = old);
        world.proseware().answer_with(move |response| {
            let Token::Old(assertion) = &mut response.token else { panic!("SAML 1.1") };
            assertion.authentication.as_mut().unwrap().0 = old;
        });
        let page = world.through_partner(&mut browser, &page, address).await;
        assert_eq!(page.error(), Some("GH3144"), "{address}: {}", page.text());
        world.wingtip().behave();
        world.proseware().behave();
        // The way on leads there again, and now they are asked.
        assert!(page.form_with("restart").is_some(), "{}", page.body);
        let page = browser.press(&page, "restart", &[]).await;
        let page = browser.send(&page, "continue", &[("address", address)]).await;
        assert_ne!(page.location, there.location, "a new question");
        let page = world.through_partner(&mut browser, &page, address).await;
        let page = if page.shows() == "consent" { browser.press(&page, "accept", &[]).await } else { page };
        assert_eq!(portal.tokens(&ask, &page).await.claims["auth_time"], world.clock.now().unix());
    }
}

#[tokio::test]
async fn a_partner_may_sign_people_in_by_a_session_of_its_own_and_the_app_is_told_since_when() {
    let (world, portal) = open().await;
    let old = world.clock.now();
    world.clock.advance(Duration::from_secs(600));
    world.wingtip().answer_with(move |response| response.assertions[0].authentications[0].at = old);
    let mut browser = world.browser();
    let (ask, page) = leaving(&mut browser, &portal, WIN, &[]).await;
    assert!(!world.wingtip().question(page.location.as_ref().unwrap().as_str()).0.is_forced);
    let page = world.through_partner(&mut browser, &page, WIN).await;
    let page = browser.press(&page, "accept", &[]).await;
    assert_eq!(portal.tokens(&ask, &page).await.claims["auth_time"], old.unix());
}

#[tokio::test]
async fn an_address_travels_along_as_the_operator_wrote() {
    for (wanted, subject, query) in
        [("none", None, None), ("subject", Some(WIN), None), ("username", None, Some("username")), ("login_hint", None, Some("login_hint"))]
    {
        let (world, portal) = of(&format!("[saml.wingtip]\nlogin_hint = \"{wanted}\"\n")).await;
        let (_, page) = leaving(&mut world.browser(), &portal, WIN, &[]).await;
        let to = page.location.unwrap();
        assert_eq!(world.wingtip().question(to.as_str()).0.subject.as_deref(), subject, "{wanted}");
        for name in ["username", "login_hint"] {
            assert_eq!(parameter(&to, name).as_deref(), (query == Some(name)).then_some(WIN), "{wanted}");
        }
        let (_, page) = leaving(&mut world.browser(), &portal, PAM, &[]).await;
        assert_eq!(parameter(page.location.as_ref().unwrap(), "username").as_deref(), Some(PAM));
    }
}

#[tokio::test]
async fn a_request_travels_by_redirect_or_by_a_form_that_sends_itself_and_is_signed_as_wanted() {
    for (more, is_form) in [
        ("", false),
        ("request_binding = \"post\"", true),
        ("sign_requests = \"always\"", false),
        ("request_binding = \"post\"\nsign_requests = \"always\"", true),
    ] {
        let (world, portal) = of(&format!("[saml.wingtip]\n{more}\n")).await;
        let (mut browser, is_signed) = (world.browser(), more.contains("always"));
        let (ask, page) = leaving(&mut browser, &portal, WIN, &[]).await;
        assert_eq!((page.status, page.location.is_some()), if is_form { (200, false) } else { (303, true) }, "{more}");
        let (question, state) = world.wingtip().question(&world.partners().asked(&page));
        let signature = page.location.as_ref().and_then(|to| parameter(to, "Signature"));
        assert_eq!(question.has_signature || signature.is_some(), is_signed, "{more}");
        assert_eq!(question.issuer, format!("{}/contoso/saml", world.url));
        assert_eq!(question.destination, Some(world.wingtip().sign_in_url()));
        assert!(state.unwrap().len() <= 80);
        if is_form {
            let policy = page.header("content-security-policy").unwrap().to_owned();
            assert!(policy.contains("form-action") && policy.contains(&world.wingtip().host()), "{policy}");
            assert!(!page.body.contains("<input type=\"text\""), "nothing to fill in");
        }
        let page = world.through_partner(&mut browser, &page, WIN).await;
        let page = browser.press(&page, "accept", &[]).await;
        portal.tokens(&ask, &page).await;
    }
}

#[tokio::test]
async fn the_back_button_comes_to_a_page_and_the_same_question_is_asked_again() {
    let (world, portal) = open().await;
    for (address, _) in BOTH {
        let (mut browser, ask) = (world.browser(), portal.asks(&[]));
        let first = browser.open(&ask.url).await;
        let away = browser.send(&first, "continue", &[("address", address)]).await;
        let here = format!("{}/contoso/signin/{}", world.url, first.flow());
        let back = browser.open(&here).await;
        assert_eq!((back.status, back.shows()), (200, "address"), "a page, not the partner again");
        let again = browser.send(&back, "continue", &[("address", address)]).await;
        assert_eq!(again.location, away.location, "the same question in the same words");
        // Whichever of the two is answered.
        let page = world.through_partner(&mut browser, &away, address).await;
        let page = browser.press(&page, "accept", &[]).await;
        portal.tokens(&ask, &page).await;
    }
}

#[tokio::test]
async fn an_answer_sent_again_after_the_sign_in_shows_where_that_stands() {
    let (world, portal) = open().await;
    for (address, _) in BOTH {
        let mut browser = world.browser();
        let (ask, page) = leaving(&mut browser, &portal, address, &[]).await;
        let (to, fields) = world.partners().answer(&page, &crate::world::person(address));
        let page = browser.carry(&to, &fields).await;
        let page = browser.follow(page).await;
        assert_eq!(page.shows(), "consent");
        let again = browser.carry(&to, &fields).await;
        assert_eq!(browser.follow(again).await.shows(), "consent", "a reload of the partner's form");
        let page = browser.press(&page, "accept", &[]).await;
        let late = browser.carry(&to, &fields).await;
        assert_eq!(portal.code(&ask, &late), portal.code(&ask, &page), "and after the end, the same answer");
        portal.tokens(&ask, &page).await;
    }
}

#[tokio::test]
async fn an_answer_used_by_one_sign_in_is_none_for_another() {
    let (world, portal) = open().await;
    for (address, _) in BOTH {
        let mut browser = world.browser();
        let (_, page) = leaving(&mut browser, &portal, address, &[]).await;
        let (to, fields) = world.partners().answer(&page, &crate::world::person(address));
        let page = browser.carry(&to, &fields).await;
        assert_eq!(browser.follow(page).await.shows(), "consent");
        let (_, other) = leaving(&mut browser, &portal, address, &[]).await;
        let (to, mut second) = world.partners().answer(&other, &crate::world::person(address));
        // The first answer under the second's state: SAML answers name their request, WS-Federation's name none.
        second[if address == WIN { 0 } else { 1 }].1.clone_from(&fields[if address == WIN { 0 } else { 1 }].1);
        let page = browser.carry(&to, &second).await;
        let page = browser.follow(page).await;
        assert_eq!(page.error(), Some(if address == WIN { "GH3136" } else { "GH3141" }), "{}", page.text());
    }
}

/// Shibboleth takes a request of minutes ago for a replay.
#[tokio::test]
async fn whoever_leaves_again_after_minutes_is_sent_with_a_new_question_and_an_answer_to_the_old_one_leaves_a_way_on() {
    let (world, portal) = open().await;
    for is_old_tab_answered in [true, false] {
        let (mut browser, ask) = (world.browser(), portal.asks(&[]));
        let form = browser.open(&ask.url).await;
        let first = browser.send(&form, "continue", &[("address", WIN)]).await;
        world.clock.advance(Duration::from_secs(180));
        // The back button, and the same address again.
        let second = browser.send(&form, "continue", &[("address", WIN)]).await;
        let request = |page: &Page| parameter(page.location.as_ref().unwrap(), "SAMLRequest").unwrap();
        assert_ne!(request(&first), request(&second));
        let mut page = second;
        if is_old_tab_answered {
            page = world.through_partner(&mut browser, &first, WIN).await;
            assert_eq!(page.error(), Some("GH3136"), "{}", page.text());
            page = browser.press(&page, "restart", &[]).await;
            page = browser.send(&page, "continue", &[("address", WIN)]).await;
        }
        let page = world.through_partner(&mut browser, &page, WIN).await;
        let page = if page.shows() == "consent" { browser.press(&page, "accept", &[]).await } else { page };
        portal.tokens(&ask, &page).await;
    }
}

#[tokio::test]
async fn an_assertion_sealed_into_a_second_answer_is_used_once() {
    let (world, portal) = open().await;
    world.wingtip().answer_with(|response| response.assertions[0].id = "_the-same-assertion".into());
    let mut pages = Vec::new();
    for _ in 0..2 {
        let mut browser = world.browser();
        let (_, page) = leaving(&mut browser, &portal, WIN, &[]).await;
        pages.push(world.through_partner(&mut browser, &page, WIN).await);
    }
    assert_eq!((pages[0].shows(), pages[1].error()), ("consent", Some("GH3141")));
}

#[tokio::test]
async fn somebody_who_cancels_at_the_partner_is_told_so_and_has_a_way_on() {
    let (world, portal) = open().await;
    world.wingtip().answer_with(|response| {
        response.status = Status::failed(AUTHN_FAILED, "words nobody should repeat");
        response.assertions.clear();
    });
    world.wingtip().seal_with(|sealing| gatehouse::demo::partner::Sealing { response: sealing.assertion, assertion: None, ..sealing });
    let mut browser = world.browser();
    let (ask, page) = leaving(&mut browser, &portal, WIN, &[]).await;
    let page = world.through_partner(&mut browser, &page, WIN).await;
    assert_eq!((page.error(), page.status), (Some("GH3130"), 403), "{}", page.text());
    assert!(!page.body.contains("words nobody"));
    assert!(world.guest("contoso", WIN).await.is_none());
    world.wingtip().behave();
    let page = browser.press(&page, "restart", &[]).await;
    let page = browser.send(&page, "continue", &[("address", WIN)]).await;
    let page = world.through_partner(&mut browser, &page, WIN).await;
    let page = browser.press(&page, "accept", &[]).await;
    portal.tokens(&ask, &page).await;
}

#[tokio::test]
async fn an_address_outside_the_partners_domains_is_refused_and_makes_no_guest() {
    let (world, portal) = open().await;
    for (address, _) in BOTH {
        let mut browser = world.browser();
        let (_, page) = leaving(&mut browser, &portal, address, &[]).await;
        let stranger = elsewhere(address);
        let page = world.through_partner(&mut browser, &page, &stranger).await;
        assert_eq!(page.error(), Some("GH3010"), "{address}: {}", page.text());
        assert!(world.guest("contoso", &stranger).await.is_none());
    }
}

#[tokio::test]
async fn with_an_open_gate_such_an_address_lets_in_whom_the_partner_proved_before_and_nobody_else() {
    let (world, portal) = of("[saml.wingtip]\ndomain_gate = \"open\"\n[wsfed.proseware]\ndomain_gate = \"open\"\n").await;
    for (address, _) in BOTH {
        let stranger = elsewhere(address);
        let mut browser = world.browser();
        let (_, page) = leaving(&mut browser, &portal, address, &[]).await;
        let page = world.through_partner(&mut browser, &page, &stranger).await;
        assert_eq!(page.error(), Some("GH2008"), "nobody stands behind it: {}", page.text());
        sign_in(&world, &mut world.browser(), &portal, address).await;
        let mut browser = world.browser();
        let (ask, page) = leaving(&mut browser, &portal, address, &[]).await;
        let moved = gatehouse::demo::partner::Person { address: stranger, ..crate::world::person(address) };
        let (to, fields) = world.partners().answer(&page, &moved);
        let page = browser.carry(&to, &fields).await;
        portal.tokens(&ask, &page).await;
    }
}

fn elsewhere(address: &str) -> String {
    format!("{}@elsewhere.example", address.split_once('@').unwrap().0)
}

/// Invariant A14: the sign-in outlives the configuration it began under, and is refused where its road is gone.
#[tokio::test]
async fn a_provider_taken_out_while_somebody_is_there_is_heard_no_more() {
    let (mut world, portal) = open().await;
    let mut browser = world.browser();
    let (_, page) = leaving(&mut browser, &portal, WIN, &[]).await;
    let file = world.folder().join("config/tenants/contoso.toml");
    let mut tenant: toml::Table = std::fs::read_to_string(&file).unwrap().parse().unwrap();
    tenant.remove("saml");
    std::fs::write(&file, tenant.to_string()).unwrap();
    let node = world.add_node().await;
    browser.through(&world.address_of(node));
    let page = world.through_partner(&mut browser, &page, WIN).await;
    assert_eq!(page.error(), Some("GH2004"), "{}", page.text());
    assert!(world.guest("contoso", WIN).await.is_none());
}

#[tokio::test]
async fn an_answer_goes_to_its_own_provider_and_its_own_browser_alone() {
    let (world, portal) = open().await;
    let (mut browser, mut stranger) = (world.browser(), world.browser());
    let (_, page) = leaving(&mut browser, &portal, WIN, &[]).await;
    let (to, fields) = world.partners().answer(&page, &crate::world::person(WIN));
    let page = browser.carry(&to.replace("/wingtip", "/proseware"), &fields).await;
    assert_eq!(page.error(), Some("GH3003"));
    let page = browser.carry(&to.replace("/wingtip", "/fabrikam"), &fields).await;
    assert_eq!(page.error(), Some("GH3003"));
    assert_eq!(stranger.carry(&to, &fields).await.error(), Some("GH2001"));
    let page = browser.carry(&to, &fields).await;
    assert_eq!(browser.follow(page).await.shows(), "consent", "and nothing was used up");
}

#[tokio::test]
async fn an_unsigned_failure_is_shown_as_one_and_the_person_may_begin_again() {
    let (world, portal) = open().await;
    let mut browser = world.browser();
    let (ask, page) = leaving(&mut browser, &portal, WIN, &[]).await;
    let answer = world.partners().answer(&page, &crate::world::person(WIN));
    let (question, state) = world.wingtip().question(&world.partners().asked(&page));
    let failed =
        Response::failed(Status::failed(AUTHN_FAILED, ""), &world.wingtip().entity_id(), &question.addressee(""), world.clock.now());
    let forged = failed.seal(&gatehouse::demo::partner::Sealing::nothing()).unwrap();
    let fields = vec![("SAMLResponse".into(), gatehouse::demo::partner::for_post(&forged)), ("RelayState".into(), state.unwrap())];
    let page = browser.carry(&answer.0, &fields).await;
    let page = browser.follow(page).await;
    assert_eq!(page.error(), Some("GH3130"), "nobody gains by it: {}", page.text());
    let page = browser.press(&page, "restart", &[]).await;
    let page = browser.send(&page, "continue", &[("address", WIN)]).await;
    let page = world.through_partner(&mut browser, &page, WIN).await;
    let page = browser.press(&page, "accept", &[]).await;
    portal.tokens(&ask, &page).await;
}
