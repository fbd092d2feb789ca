//! Terms of use (`behaviour.md` §12.6): asked one at a time after Review permissions, recorded as shown, and asked anew when it is time.

use std::time::Duration;

use gatehouse::{
    domain::{
        consent::{ConsentRecord, Matter},
        guest::State,
        id::TermsId,
        locale::Locale,
        terms::Media,
    },
    guests, random,
};

use crate::world::{ANA, Ask, Browser, Page, RelyingParty, SOL, Setup, World};

const DAY: Duration = Duration::from_secs(86_400);

/// The world begins on 2027-01-15.
const VISITORS: &str = r#"
[terms.visitors]
name = "Visitor terms"
[[terms.visitors.versions]]
version = "2026-01"
effective = "2026-01-01"
documents = { en = "../../visitors.en.html", de = "../../visitors.de.html" }
"#;
const PLANT: &str = r#"
[terms.plant]
names = { en = "Plant rules", de = "Werksordnung" }
[[terms.plant.versions]]
version = "7"
effective = "2025-06-01"
documents = { en = "../../plant.en.html" }
"#;
const PDF: &str = "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

fn setup(fragment: &str) -> Setup {
    Setup::new()
        .tenant("contoso", fragment)
        .file("visitors.en.html", "<h1>Visitors</h1><p>Be kind.</p>")
        .file("visitors.de.html", "<h1>Besuch</h1><p>Seien Sie freundlich.</p>")
        .file("visitors-2.en.html", "<h1>Visitors</h1><p>Be very kind.</p>")
        .file("plant.en.html", "<p>Wear a helmet.</p>")
        .file("plant.pdf", PDF)
}

async fn asks(browser: &mut Browser, app: &RelyingParty, more: &[(&str, &str)]) -> (Ask, Page) {
    let ask = app.asks(&[&[("login_hint", ANA)], more].concat());
    let page = browser.open(&ask.url).await;
    (ask, page)
}

async fn is_accepted(world: &World) -> bool {
    matches!(world.guest("contoso", ANA).await.unwrap().guest.state, State::Accepted(_))
}

async fn terms_on_record(world: &World) -> Vec<ConsentRecord> {
    let consents = world.guest("contoso", ANA).await.unwrap().consents;
    consents.into_iter().filter(|record| record.matter != Matter::Privacy).collect()
}

/// What a new browser of Ana's is shown.
async fn comes_back(world: &World, app: &RelyingParty) -> (Browser, Ask, Page) {
    let mut browser = world.browser();
    let (ask, page) = asks(&mut browser, app, &[]).await;
    (browser, ask, page)
}

fn words(page: &Page) -> &str {
    let (_, rest) = page.body.split_once("<section class=\"document\"").expect("the document is on the page");
    let (_, rest) = rest.split_once('>').unwrap();
    rest.split_once("</section>").unwrap().0
}

fn sha256(bytes: &[u8]) -> String {
    random::sha256(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn two_terms_come_one_after_the_other_in_the_guest_s_language_and_the_last_makes_them_accepted() {
    let world = setup(&[PLANT, VISITORS].concat()).open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    let (ask, page) = asks(&mut browser, &portal, &[("ui_locales", "de")]).await;
    assert!(page.text().contains("Berechtigungen"), "Review permissions comes first");
    let page = browser.press(&page, "accept", &[]).await;
    let text = page.text();
    assert!(text.contains("1 von 2") && text.contains("Werksordnung") && text.contains("Wear a helmet."), "{text}");
    assert!(text.contains("gibt es nur in dieser Sprache: English"), "{text}");
    assert!(!is_accepted(&world).await);
    let page = browser.press(&page, "accept", &[]).await;
    let text = page.text();
    assert!(text.contains("2 von 2") && text.contains("Visitor terms") && text.contains("Seien Sie freundlich."), "{text}");
    assert!(!is_accepted(&world).await, "one is owed yet");
    let page = browser.press(&page, "accept", &[]).await;
    portal.tokens(&ask, &page).await;
    assert!(is_accepted(&world).await);
    let [plant, visitors] = terms_on_record(&world).await.try_into().unwrap();
    assert_eq!((plant.locale, plant.version.as_deref()), (Locale::En, Some("7")), "the language of the document");
    assert_eq!((visitors.locale, visitors.version.as_deref()), (Locale::De, Some("2026-01")));
    // Never again.
    let (_, ask, page) = comes_back(&world, &portal).await;
    portal.tokens(&ask, &page).await;
}

#[tokio::test]
async fn what_is_recorded_is_the_hash_of_the_octets_shown_and_they_can_be_read_again_by_that_guest_alone() {
    let world = setup(VISITORS).open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    let (_, page) = asks(&mut browser, &portal, &[]).await;
    let page = browser.press(&page, "accept", &[]).await;
    let shown = words(&page).to_owned();
    assert_eq!(shown, "<h2>Visitors</h2><p>Be kind.</p>");
    world.clock.advance(Duration::from_secs(9));
    browser.press(&page, "accept", &[]).await;
    let [record] = terms_on_record(&world).await.try_into().unwrap();
    assert_eq!(record.matter, Matter::Terms(TermsId::parse("visitors").unwrap()));
    assert_eq!(record.document.0, sha256(shown.as_bytes()));
    assert_eq!((record.client.as_str(), record.voucher.as_str(), record.at), ("portal", "fabrikam", world.clock.now()));

    let (_, tenants) = world.configuration();
    let tenant = tenants.by_segment("contoso").unwrap();
    let ana = world.guest("contoso", ANA).await.unwrap().guest.id;
    let read = guests::document(&world.directory, tenant, ana, &record.document).await.unwrap().unwrap();
    assert_eq!((read.media, &*read.bytes), (Media::Html, shown.as_bytes()));
    let [newest, oldest] = guests::history(&world.directory, tenant, ana, Locale::En, world.clock.now()).await.unwrap().try_into().unwrap();
    assert_eq!((newest.name.as_deref(), oldest.name.as_deref()), (Some("Visitor terms"), None));
    let review = guests::document(&world.directory, tenant, ana, &oldest.record.document).await.unwrap().unwrap();
    assert!(review.media == Media::Text && sha256(&review.bytes) == oldest.record.document.0, "Review permissions is kept, too");
    world.sign_in(&mut world.browser(), &portal, SOL).await;
    let sol = world.guest("contoso", SOL).await.unwrap().guest.id;
    let other = guests::document(&world.directory, tenant, sol, &oldest.record.document).await.unwrap();
    assert_eq!(other.is_some(), oldest.record.document == world.guest("contoso", SOL).await.unwrap().consents[0].document);
    let nobody = gatehouse::domain::id::GuestId::from_drawn(random::ordered_uuid(world.clock.now()));
    assert!(guests::document(&world.directory, tenant, nobody, &record.document).await.unwrap().is_none());
}

#[tokio::test]
async fn what_must_be_opened_first_can_not_be_accepted_before_and_is_no_dead_end() {
    let fragment = VISITORS.replace("name = ", "must_open = true\nname = ");
    let world = setup(&fragment).open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    let (ask, page) = asks(&mut browser, &portal, &[]).await;
    let page = browser.press(&page, "accept", &[]).await;
    assert!(page.text().contains("Please open and read the document") && !page.body.contains("Be kind."));
    let page = browser.press(&page, "accept", &[]).await;
    assert!(page.text().contains("You have not opened the document yet."), "{}", page.text());
    assert!(page.body.contains("role=\"alert\"") && terms_on_record(&world).await.is_empty());
    let document = browser.open(&format!("{}/contoso/signin/{}/terms", world.url, page.flow())).await;
    assert!(document.body.contains("<h2>Visitors</h2><p>Be kind.</p>"));
    let policy = document.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("script-src"), "{policy}");
    let back = browser.open(&format!("{}/contoso/signin/{}", world.url, page.flow())).await;
    assert!(!back.text().contains("not opened") && !back.text().contains("Please open"));
    let page = browser.press(&page, "accept", &[]).await;
    portal.tokens(&ask, &page).await;
}

#[tokio::test]
async fn declining_ends_the_sign_in_and_the_next_one_may_accept() {
    let world = setup(VISITORS).open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    let (ask, page) = asks(&mut browser, &portal, &[]).await;
    let page = browser.press(&page, "accept", &[]).await;
    let page = browser.press(&page, "decline", &[]).await;
    let answer = portal.answer(&ask, &page);
    assert_eq!((answer.error.as_deref(), answer.error_description.as_deref()), (Some("access_denied"), Some("GH2003")));
    assert!(!is_accepted(&world).await && !terms_on_record(&world).await[0].is_accepted);
    assert!(!browser.cookies.contains_key("gh-s-contoso"), "no session either");
    let (mut browser, ask, page) = comes_back(&world, &portal).await;
    assert!(page.text().contains("Be kind."), "Review permissions was accepted, the terms were not");
    let page = browser.press(&page, "accept", &[]).await;
    portal.tokens(&ask, &page).await;
    assert!(is_accepted(&world).await);
}

const SECOND: &str = r#"
[[terms.visitors.versions]]
version = "2027-02"
effective = "2027-02-01"
require_reaccept = true
documents = { en = "../../visitors-2.en.html", de = "../../visitors.de.html" }
"#;

#[tokio::test]
async fn a_version_that_requires_it_asks_everybody_anew_once_it_is_in_force() {
    let world = setup(&[VISITORS, SECOND].concat()).open().await;
    let portal = world.app("contoso", "portal").await;
    world.sign_in(&mut world.browser(), &portal, ANA).await;
    world.clock.advance(16 * DAY);
    let (_, ask, page) = comes_back(&world, &portal).await;
    portal.tokens(&ask, &page).await;
    world.clock.advance(DAY);
    let (mut browser, ask, page) = comes_back(&world, &portal).await;
    assert!(page.text().contains("Be very kind.") && page.text().contains("Version 2027-02."), "{}", page.text());
    let page = browser.press(&page, "accept", &[]).await;
    portal.tokens(&ask, &page).await;
    assert!(is_accepted(&world).await, "they were never pending again");
    assert_eq!(terms_on_record(&world).await.len(), 2);
}

#[tokio::test]
async fn a_minor_version_lets_old_consent_stand() {
    let world = setup(&[VISITORS, &SECOND.replace("= true", "= false")].concat()).open().await;
    let portal = world.app("contoso", "portal").await;
    world.sign_in(&mut world.browser(), &portal, ANA).await;
    world.clock.advance(30 * DAY);
    let (_, ask, page) = comes_back(&world, &portal).await;
    portal.tokens(&ask, &page).await;
    // Somebody new is shown the newest.
    let mut browser = world.browser();
    let ask = portal.asks(&[("login_hint", "bob@fabrikam.example")]);
    let page = browser.open(&ask.url).await;
    let page = browser.press(&page, "accept", &[]).await;
    assert!(page.text().contains("Be very kind."));
}

#[tokio::test]
async fn a_version_that_comes_into_force_under_the_page_is_shown_before_it_is_agreed_to() {
    let second = SECOND.replace("2027-02-01", "2027-01-15T08:05:00Z");
    let world = setup(&[VISITORS, &second].concat()).open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    let (ask, page) = asks(&mut browser, &portal, &[]).await;
    let page = browser.press(&page, "accept", &[]).await;
    assert!(page.text().contains("Be kind."));
    world.clock.advance(Duration::from_secs(400));
    let page = browser.press(&page, "accept", &[]).await;
    assert!(page.text().contains("Be very kind.") && terms_on_record(&world).await.is_empty());
    let page = browser.press(&page, "accept", &[]).await;
    portal.tokens(&ask, &page).await;
    assert_eq!(terms_on_record(&world).await[0].version.as_deref(), Some("2027-02"));
}

#[tokio::test]
async fn by_age_and_by_schedule_an_acceptance_ends() {
    let aged = VISITORS.replace("name = ", "reaccept_after = \"P30D\"\nname = ");
    let scheduled = VISITORS.replace("name = ", "schedule = { start = \"2026-12-01\", every = \"P1M\" }\nname = ");
    // From 15 January: thirty days end on 14 February, the month on 1 February at midnight, sixteen hours earlier in the day than now.
    for (fragment, days) in [(aged, 30), (scheduled, 17)] {
        let world = setup(&fragment).open().await;
        let portal = world.app("contoso", "portal").await;
        world.sign_in(&mut world.browser(), &portal, ANA).await;
        world.clock.advance((days - 1) * DAY);
        let (_, ask, page) = comes_back(&world, &portal).await;
        portal.tokens(&ask, &page).await;
        world.clock.advance(DAY);
        let (mut browser, ask, page) = comes_back(&world, &portal).await;
        assert!(page.text().contains("Be kind."), "after {days} days: {}", page.text());
        let page = browser.press(&page, "accept", &[]).await;
        portal.tokens(&ask, &page).await;
    }
}

#[tokio::test]
async fn terms_of_one_app_are_not_asked_on_the_way_to_another() {
    let world = setup(&VISITORS.replace("name = ", "clients = [\"portal\"]\nname = ")).open().await;
    let (mut browser, portal, spa) = (world.browser(), world.app("contoso", "portal").await, world.app("contoso", "spa").await);
    let (ask, page) = asks(&mut browser, &spa, &[]).await;
    let page = browser.press(&page, "accept", &[]).await;
    spa.tokens(&ask, &page).await;
    assert!(is_accepted(&world).await);
    // The session is known at the portal, too, and what the portal wants is asked there.
    let (ask, page) = asks(&mut browser, &portal, &[]).await;
    assert!(page.text().contains("Be kind."));
    let page = browser.press(&page, "accept", &[]).await;
    portal.tokens(&ask, &page).await;
}

#[tokio::test]
async fn without_a_page_the_app_is_told_that_consent_is_required() {
    let world = setup(&VISITORS.replace("name = ", "clients = [\"portal\"]\nname = ")).open().await;
    let (mut browser, portal, spa) = (world.browser(), world.app("contoso", "portal").await, world.app("contoso", "spa").await);
    world.sign_in(&mut browser, &spa, ANA).await;
    let ask = portal.asks(&[("prompt", "none")]);
    let page = browser.open(&ask.url).await;
    assert_eq!(portal.answer(&ask, &page).error.as_deref(), Some("consent_required"));
}

#[tokio::test]
async fn a_pdf_is_sent_as_it_is_and_recorded_by_its_octets() {
    let fragment = PLANT.replace("plant.en.html", "plant.pdf").replace("names", "must_open = true\nnames");
    let world = setup(&fragment).open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    let (ask, page) = asks(&mut browser, &portal, &[]).await;
    let page = browser.press(&page, "accept", &[]).await;
    assert!(page.text().contains("Open the document (PDF, 1 KB)"), "{}", page.text());
    let document = browser.open(&format!("{}/contoso/signin/{}/terms", world.url, page.flow())).await;
    assert_eq!((document.header("content-type"), document.body.as_str()), (Some("application/pdf"), PDF));
    assert!(document.header("content-disposition").unwrap().starts_with("inline"));
    assert_eq!(document.header("x-content-type-options"), Some("nosniff"));
    assert!(document.header("content-security-policy").unwrap().contains("default-src 'none'"));
    let page = browser.press(&page, "accept", &[]).await;
    portal.tokens(&ask, &page).await;
    assert_eq!(terms_on_record(&world).await[0].document.0, sha256(PDF.as_bytes()));
}

#[tokio::test]
async fn html_is_shown_without_whatever_runs_or_fetches() {
    let hostile = "<p>Hi<script>alert(1)</script><img src=x onerror=alert(1)><a href=\"javascript:x\" onclick=x()>there</a></p><form action=//x><input></form>";
    let world = setup(VISITORS).file("visitors.en.html", hostile).open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    let (_, page) = asks(&mut browser, &portal, &[]).await;
    let page = browser.press(&page, "accept", &[]).await;
    let words = words(&page);
    assert!(words.contains("<p>Hi") && words.contains("there"), "{words}");
    for bad in ["script", "alert", "img", "onerror", "javascript", "onclick", "form", "input"] {
        assert!(!words.contains(bad), "{bad} in {words}");
    }
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("script-src"), "{policy}");
}

#[tokio::test]
async fn a_document_opens_only_in_the_browser_that_is_asked_and_only_then() {
    let world = setup(VISITORS).open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    let (_, page) = asks(&mut browser, &portal, &[]).await;
    let address = format!("{}/contoso/signin/{}/terms", world.url, page.flow());
    let early = browser.get(&address).await;
    assert!(early.location.is_some_and(|to| !to.path().ends_with("/terms")), "Review permissions is not done");
    browser.press(&page, "accept", &[]).await;
    assert_eq!(browser.get(&address).await.status, 200);
    assert_eq!(world.browser().get(&address).await.error(), Some("GH2001"));
}

#[tokio::test]
async fn a_version_that_voids_acceptances_is_told_by_mail_once() {
    let second = SECOND.replace("2027-02-01", "2027-01-16");
    let mut world = setup(&[VISITORS, &second].concat()).open().await;
    let portal = world.app("contoso", "portal").await;
    world.sign_in(&mut world.browser(), &portal, ANA).await;
    world.clock.advance(2 * DAY);
    let told = async |world: &World| {
        let file = world.folder().join("gatehouse.db");
        let pool = sqlx::SqlitePool::connect_with(sqlx::sqlite::SqliteConnectOptions::new().filename(file)).await.unwrap();
        let query = "SELECT (SELECT COUNT(*) FROM terms_notices), (SELECT COUNT(*) FROM outbox WHERE kind = 'terms_changed')";
        let counts: (i64, i64) = sqlx::query_as(query).fetch_one(&pool).await.unwrap();
        pool.close().await;
        counts
    };
    assert_eq!(told(&world).await, (0, 0));
    // A node that starts looks at once; and so does the next.
    for _ in 0..2 {
        world.add_node().await;
        let deadline = std::time::Instant::now() + Duration::from_secs(10);
        while told(&world).await != (1, 1) {
            assert!(std::time::Instant::now() < deadline, "{:?}", told(&world).await);
            tokio::task::yield_now().await;
        }
    }
    let mail = world.next_mail(ANA).await.source;
    assert!(mail.contains("Subject: ") && mail.contains("/contoso/account") && world.mails_to(ANA) == 1, "{mail}");
    let tenant = gatehouse::domain::id::TenantId::parse("contoso").unwrap();
    let news = gatehouse::store::directory::News { tenant: &tenant, terms: &TermsId::parse("visitors").unwrap(), version: "2027-02" };
    assert!(world.directory.untold(news, None, 9).await.unwrap().is_empty());
}
