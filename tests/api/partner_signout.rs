//! The end of a session between two houses: ours ends theirs, theirs ends ours, with a cookie or without.

use gatehouse::demo::partner::{
    AUTHN_FAILED, Farewell, LogoutRequest, LogoutResponse, NameId, PERSISTENT, Parameter, Prefixes, Signing, Status, for_post, inflated,
    posted,
};

use crate::world::{Browser, PAM, Page, RelyingParty, Setup, WIN, World, parameter, person};

const SESSION: &str = "gh-s-contoso";

async fn open() -> (World, RelyingParty) {
    let world = Setup::new().partners().open().await;
    let portal = world.app("contoso", "portal").await;
    (world, portal)
}

/// A browser with a session of `address`, which the partner calls `index`.
async fn signed_in(world: &World, portal: &RelyingParty, address: &str, index: &str) -> Browser {
    let index = index.to_owned();
    world.wingtip().answer_with(move |response| response.assertions[0].authentications[0].session_index = Some(index.clone()));
    let (mut browser, ask) = (world.browser(), portal.asks(&[("login_hint", address)]));
    let page = browser.get(&ask.url).await;
    let page = world.through_partner(&mut browser, &page, address).await;
    let page = if page.shows() == "consent" { browser.press(&page, "accept", &[]).await } else { page };
    portal.tokens(&ask, &page).await;
    assert!(browser.cookies.contains_key(SESSION));
    browser
}

/// Whether the store still knows the browser's session, whatever the browser holds.
async fn lives(browser: &mut Browser, portal: &RelyingParty) -> bool {
    let ask = portal.asks(&[("prompt", "none")]);
    let page = browser.get(&ask.url).await;
    portal.answer(&ask, &page).code.is_some()
}

/// Presses the button of the page that asks; where that leads.
async fn press_sign_out(world: &World, browser: &mut Browser) -> Page {
    let page = browser.open(&format!("{}/contoso/signout", world.url)).await;
    browser.send(&page, "sign-out", &[]).await
}

fn slo(world: &World) -> String {
    format!("{}/contoso/callback/wingtip/logout", world.url)
}

/// What Wingtip asks about `address`, of these sessions.
fn request(world: &World, address: &str, indexes: &[&str]) -> LogoutRequest {
    let name = NameId::new(PERSISTENT, &person(address).subject);
    let mut request = LogoutRequest::new(&world.wingtip().entity_id(), &slo(world), name, None, world.clock.now());
    request.session_indexes = indexes.iter().map(|index| (*index).to_owned()).collect();
    request
}

/// The answer that the browser is sent back with.
fn answer(page: &Page) -> (Farewell, Option<String>) {
    let to = page.location.as_ref().unwrap_or_else(|| panic!("no answer: {} {}", page.status, page.text()));
    assert!(parameter(to, "Signature").is_some());
    (Farewell::read(&inflated(&parameter(to, "SAMLResponse").unwrap()).unwrap()).unwrap(), parameter(to, "RelayState"))
}

#[tokio::test]
async fn our_sign_out_ends_ours_at_once_and_asks_the_partner_to_end_theirs() {
    let (world, portal) = open().await;
    for (status, is_confirmed) in [(Status::success(), true), (Status::failed(AUTHN_FAILED, "no"), false)] {
        let mut browser = signed_in(&world, &portal, WIN, "one").await;
        let mut thief = browser.clone();
        let page = press_sign_out(&world, &mut browser).await;
        assert!(!browser.cookies.contains_key(SESSION) && !lives(&mut thief, &portal).await, "ours ends whatever they say");
        let to = page.location.clone().unwrap();
        assert!(to.as_str().starts_with(&world.wingtip().sign_out_url()) && parameter(&to, "Signature").is_some());
        let asked = Farewell::read(&inflated(&parameter(&to, "SAMLRequest").unwrap()).unwrap()).unwrap();
        let Farewell::Request { id, issuer, name_id } = asked else { panic!("{asked:?}") };
        assert_eq!((issuer, name_id), (format!("{}/contoso/saml", world.url), person(WIN).subject));
        let mut response = LogoutResponse::new(&world.wingtip().entity_id(), &slo(&world), &id, world.clock.now());
        response.status = status;
        let xml = response.to_xml(Prefixes::Short, None).unwrap();
        let back = world.wingtip().farewell(Parameter::Response, &xml, &slo(&world), parameter(&to, "RelayState").as_deref());
        let page = browser.open(&back).await;
        assert_eq!((page.status, page.error()), (200, None), "{}", page.text());
        assert!(page.text().contains("You are signed out"), "{}", page.text());
        assert_eq!(page.text().contains("Wingtip"), !is_confirmed, "{}", page.text());
        assert_eq!(browser.open(&back).await.status, 200, "a reload is no error");
    }
}

#[tokio::test]
async fn a_partner_ends_the_session_of_a_browser_that_brings_its_cookie() {
    let (world, portal) = open().await;
    let mut browser = signed_in(&world, &portal, WIN, "one").await;
    let xml = request(&world, WIN, &["one"]).to_xml(Prefixes::Short, None).unwrap();
    let page = browser.get(&world.wingtip().farewell(Parameter::Request, &xml, &slo(&world), Some("theirs"))).await;
    let (farewell, state) = answer(&page);
    assert!(matches!(farewell, Farewell::Response { is_success: true, .. }), "{farewell:?}");
    assert_eq!(state.as_deref(), Some("theirs"));
    assert!(!browser.cookies.contains_key(SESSION));
}

/// A form posted from their site brings no `Lax` cookie; a frame in their page may bring none at all.
#[tokio::test]
async fn a_partner_ends_sessions_by_name_and_index_without_a_cookie() {
    let (world, portal) = open().await;
    let mut one = signed_in(&world, &portal, WIN, "one").await;
    let mut two = signed_in(&world, &portal, WIN, "two").await;
    let mut other = signed_in(&world, &portal, "wes@wingtip.example", "one").await;
    let xml = request(&world, WIN, &["one"]).to_xml(Prefixes::Short, None).unwrap();
    let page = world.browser().get(&world.wingtip().farewell(Parameter::Request, &xml, &slo(&world), None)).await;
    assert!(matches!(answer(&page).0, Farewell::Response { is_success: true, .. }));
    assert!(!lives(&mut one, &portal).await && lives(&mut two, &portal).await && lives(&mut other, &portal).await);
    // No index: every session of the person.
    let signer = world.wingtip().keys().signer();
    let xml = request(&world, WIN, &[]).to_xml(Prefixes::Short, Some(&Signing::by(&signer))).unwrap();
    let page = world.browser().post_from("https://partner.example", &slo(&world), &[("SAMLRequest", &for_post(&xml))]).await;
    assert!(page.location.is_some(), "{}", page.text());
    assert!(!lives(&mut two, &portal).await && lives(&mut other, &portal).await);
}

#[tokio::test]
async fn a_partner_that_takes_logout_by_form_alone_gets_forms_and_posts_them() {
    let (world, portal) = open().await;
    world.wingtip().publish_with(|metadata| metadata.sign_out.remove(0).0.clear());
    let mut browser = signed_in(&world, &portal, WIN, "one").await;
    let page = press_sign_out(&world, &mut browser).await;
    let form = page.carries().unwrap_or_else(|| panic!("{}", page.body));
    assert_eq!(form.action, world.wingtip().sign_out_url());
    let field = |name: &str| form.fields.iter().find(|field| field.name == name).unwrap().value.clone();
    let Farewell::Request { id, .. } = Farewell::read(&posted(&field("SAMLRequest")).unwrap()).unwrap() else { panic!("no request") };
    let signer = world.wingtip().keys().signer();
    let response = LogoutResponse::new(&world.wingtip().entity_id(), &slo(&world), &id, world.clock.now());
    let xml = response.to_xml(Prefixes::Short, Some(&Signing::by(&signer))).unwrap();
    let fields = [("SAMLResponse", for_post(&xml)), ("RelayState", field("RelayState"))];
    let page =
        browser.post_from("https://partner.example", &slo(&world), &fields.each_ref().map(|(name, value)| (*name, value.as_str()))).await;
    assert!(page.text().contains("You are signed out") && !page.text().contains("Wingtip"), "{}", page.text());
}

#[tokio::test]
async fn an_unsigned_logout_a_strangers_and_an_old_one_end_nothing() {
    let (world, portal) = open().await;
    let mut browser = signed_in(&world, &portal, WIN, "one").await;
    let fresh = request(&world, WIN, &["one"]);
    let xml = fresh.to_xml(Prefixes::Short, None).unwrap();
    let unsigned = world.wingtip().unsigned_farewell(Parameter::Request, &xml, &slo(&world), None);
    let elsewhere = world.wingtip().farewell(Parameter::Request, &xml, &slo(&world), None).replace("/wingtip/", "/proseware/");
    let mut other = fresh.clone();
    other.issuer = Some("https://somebody.else.example".into());
    let other = world.wingtip().farewell(Parameter::Request, &other.to_xml(Prefixes::Short, None).unwrap(), &slo(&world), None);
    let late = world.wingtip().farewell(Parameter::Request, &xml, &slo(&world), None);
    for (url, is_refused) in [(&unsigned, true), (&other, true), (&elsewhere, false)] {
        let page = browser.get(url).await;
        assert_eq!(page.error().is_some(), is_refused, "{url}: {}", page.text());
        assert!(browser.cookies.contains_key(SESSION) && lives(&mut browser, &portal).await, "{url}");
    }
    world.clock.advance(std::time::Duration::from_secs(3600));
    assert_eq!(browser.get(&late).await.error(), Some("GH3146"));
    assert!(lives(&mut browser, &portal).await);
}

#[tokio::test]
async fn a_logout_request_shown_again_ends_no_newer_session_and_is_answered_as_before() {
    let (world, portal) = open().await;
    let mut old = signed_in(&world, &portal, WIN, "one").await;
    // An end of its own is optional (Core §3.7.1).
    let xml = LogoutRequest { not_on_or_after: None, ..request(&world, WIN, &[]) }.to_xml(Prefixes::Short, None).unwrap();
    let kept = world.wingtip().farewell(Parameter::Request, &xml, &slo(&world), Some("theirs"));
    assert!(matches!(answer(&world.browser().get(&kept).await).0, Farewell::Response { is_success: true, .. }));
    assert!(!lives(&mut old, &portal).await);
    let mut newer = signed_in(&world, &portal, WIN, "two").await;
    world.clock.advance(std::time::Duration::from_secs(30 * 60));
    // By whoever kept it, and in the very browser.
    for mut browser in [world.browser(), newer.clone()] {
        let (farewell, state) = answer(&browser.get(&kept).await);
        assert!(matches!(farewell, Farewell::Response { is_success: true, .. }), "{farewell:?}");
        assert_eq!(state.as_deref(), Some("theirs"));
        assert!(lives(&mut newer, &portal).await);
    }
    let again = request(&world, WIN, &[]).to_xml(Prefixes::Short, None).unwrap();
    world.browser().get(&world.wingtip().farewell(Parameter::Request, &again, &slo(&world), None)).await;
    assert!(!lives(&mut newer, &portal).await, "a new request ends it");
}

#[tokio::test]
async fn a_partner_that_has_no_logout_address_is_left_alone_and_the_page_says_we_are_done() {
    let (world, portal) = open().await;
    world.wingtip().publish_with(|metadata| metadata.sign_out.clear());
    let mut browser = signed_in(&world, &portal, WIN, "one").await;
    let page = press_sign_out(&world, &mut browser).await;
    assert!(page.status == 200 && page.text().contains("You are signed out"), "{}", page.text());
}

#[tokio::test]
async fn ws_federation_signs_out_there_and_cleans_up_here() {
    let (world, portal) = open().await;
    let mut browser = signed_in(&world, &portal, PAM, "").await;
    let page = press_sign_out(&world, &mut browser).await;
    assert!(!browser.cookies.contains_key(SESSION));
    let to = page.location.unwrap();
    assert!(to.as_str().starts_with(&world.proseware().sign_in_url()));
    let word = |name: &str| parameter(&to, name).unwrap();
    assert_eq!((word("wa"), word("wtrealm")), ("wsignout1.0".into(), format!("{}/contoso/wsfed", world.url)));
    let page = browser.open(&format!("{}?wctx={}", word("wreply"), word("wctx"))).await;
    assert!(page.text().contains("You are signed out"), "{}", page.text());
    let page = browser.open(&word("wreply")).await;
    assert!(page.text().contains("You are signed out"), "without what few services give back: {}", page.text());
    // From there: in a frame of their page, at either address.
    for path in
        ["callback/proseware?wa=wsignoutcleanup1.0", "callback/proseware/logout?wa=wsignoutcleanup1.0", "callback/proseware?wa=wsignout1.0"]
    {
        let mut browser = signed_in(&world, &portal, PAM, "").await;
        let page = browser.get(&format!("{}/contoso/{path}", world.url)).await;
        assert_eq!((page.status, page.error()), (200, None), "{path}");
        assert!(!browser.cookies.contains_key(SESSION), "{path}");
        assert!(page.header("content-security-policy").is_some_and(|policy| policy.contains("frame-ancestors http")), "{path}");
        assert_eq!(page.header("x-frame-options"), None, "{path}");
    }
}

#[tokio::test]
async fn a_clean_up_of_one_partner_ends_no_session_of_another() {
    let (world, portal) = open().await;
    let mut browser = signed_in(&world, &portal, WIN, "one").await;
    let page = browser.get(&format!("{}/contoso/callback/proseware?wa=wsignoutcleanup1.0", world.url)).await;
    assert_eq!(page.status, 200);
    assert!(lives(&mut browser, &portal).await);
}

#[tokio::test]
async fn a_partner_that_cannot_be_reached_leaves_us_signed_out_and_says_so() {
    let (world, portal) = open().await;
    let mut browser = signed_in(&world, &portal, WIN, "one").await;
    // What it published is over, and nothing newer is to be had.
    world.wingtip().serve(crate::partner::Serving::Status(503));
    world.clock.advance(std::time::Duration::from_secs(3600));
    let page = press_sign_out(&world, &mut browser).await;
    assert!(!browser.cookies.contains_key(SESSION));
    assert!(page.location.is_some() || page.text().contains("You are signed out"), "{}", page.text());
}
