//! Browsers inside apps, where Google shows no page: a code, another browser, and back (`behaviour.md` §6).

use std::time::Duration;

use serde_json::json;

use crate::oidc_provider::Algorithm;
use crate::world::{Browser, Page, Setup, World};

const GOOGLE: &str = "[google.google]\nname = \"Google\"\nclient_id = \"gatehouse\"\nclient_secret = { file = \"../../upstream-secret\" }\nissuer = \"{litware}\"\n";
const IDA: &str = "ida@gmail.com";
const VIEW: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148";

async fn world() -> World {
    as_google(Setup::new().tenant("contoso", GOOGLE).open().await)
}

/// What Google signs with.
fn as_google(world: World) -> World {
    world.litware.sign_with(Algorithm::Rs256);
    world
}

fn embedded(world: &World) -> Browser {
    let mut browser = world.browser();
    browser.headers.insert("user-agent".into(), VIEW.into());
    browser
}

/// The page with the code, in an app's own window.
async fn waiting(world: &World, view: &mut Browser) -> Page {
    let page = view.open(&world.app("contoso", "portal").await.asks(&[]).url).await;
    view.press(&page, "continue", &[("address", IDA)]).await
}

fn code(page: &Page) -> String {
    let (_, rest) = page.body.split_once("id=\"handoff-code\">").unwrap_or_else(|| panic!("no code: {}", page.body));
    rest.split('<').next().unwrap().to_owned()
}

fn is_ida(world: &World) {
    world.litware.next_identity(json!({ "sub": "ida", "email": IDA, "email_verified": true }));
}

/// In a browser of one's own: the code typed, meant, and the sign-in made.
async fn there(world: &World, code: &str) -> (Browser, Page) {
    let mut own = world.browser();
    let page = own.open(&format!("{}/contoso/device", world.url)).await;
    let page = own.press(&page, "continue", &[("code", code)]).await;
    assert!(page.text().contains("Portal at contoso Ltd asks who you are"), "{}", page.text());
    is_ida(world);
    let page = own.press(&page, "confirm", &[]).await;
    (own, page)
}

#[tokio::test]
async fn an_app_s_own_window_shows_a_code_and_goes_on_once_it_was_typed_elsewhere() {
    let world = world().await;
    let (mut view, portal) = (embedded(&world), world.app("contoso", "portal").await);
    let ask = portal.asks(&[]);
    let page = view.open(&ask.url).await;
    let page = view.press(&page, "continue", &[("address", IDA)]).await;
    assert_eq!(world.litware.times_asked("/authorize"), 0, "the view never goes there");
    assert_eq!(page.header("refresh"), Some("5"));
    let shown = code(&page);
    assert!(shown.len() == 10 && shown.as_bytes()[4] == b'-', "{shown}");
    // Nothing has happened yet, and a page that was told to rest does.
    let still = view.press(&page, "continue", &[]).await;
    assert_eq!(code(&still), shown);
    let rests = view.get(&format!("{}?wait=off", still.url)).await;
    assert_eq!((rests.header("refresh"), code(&rests)), (None, shown.clone()));

    let (own, done) = there(&world, &shown.to_lowercase().replace('-', " ")).await;
    assert!(done.text().contains("You can close this tab and go back to Portal"), "{}", done.text());
    assert!(own.cookies.keys().all(|name| !name.starts_with("gh-s-")), "no session is left: {:?}", own.cookies.keys());
    assert!(world.guest("contoso", IDA).await.is_none(), "nobody was admitted there");

    let before = view.cookie_of(&still).unwrap();
    let page = view.get(still.url.as_str()).await;
    assert!(page.text().contains("Google has confirmed who you are") && page.header("refresh").is_none(), "{}", page.text());
    let page = view.press(&page, "continue", &[]).await;
    assert_eq!(page.shows(), "consent");
    assert_ne!(view.cookie_of(&page).unwrap().1, before.1, "the browser's secret is renewed");
    let page = view.press(&page, "accept", &[]).await;
    let tokens = portal.tokens(&ask, &page).await;
    assert_eq!((&tokens.claims["email"], &tokens.claims["idp"]), (&json!(IDA), &json!("google")));
}

#[tokio::test]
async fn a_browser_goes_to_google_as_ever() {
    let world = world().await;
    let mut browser = world.browser();
    is_ida(&world);
    assert_eq!(waiting(&world, &mut browser).await.shows(), "consent");
}

#[tokio::test]
async fn a_code_is_typed_once_in_time_and_at_its_own_tenant() {
    let world = as_google(Setup::new().tenant("contoso", GOOGLE).tenant("woodgrove", GOOGLE).open().await);
    let mut view = embedded(&world);
    let shown = code(&waiting(&world, &mut view).await);
    let typed = async |tenant: &str, code: &str| {
        let mut own = world.browser();
        let page = own.open(&format!("{}/{tenant}/device", world.url)).await;
        own.press(&page, "continue", &[("code", code)]).await
    };
    for (tenant, code) in [("woodgrove", shown.as_str()), ("contoso", "BCDF-GHJKL"), ("contoso", "")] {
        let page = typed(tenant, code).await;
        assert!(page.status == 400 && page.body.contains("id=\"code-error\""), "{tenant} {code}: {}", page.status);
    }
    // Two began; the first to mean it has it.
    let (mut late, slow) = {
        let mut own = world.browser();
        let page = own.open(&format!("{}/contoso/device?code={}", world.url, shown.replace('-', ""))).await;
        let page = own.press(&page, "continue", &[("code", &shown.replace('-', ""))]).await;
        (own, page)
    };
    there(&world, &shown).await;
    assert_eq!(late.press(&slow, "confirm", &[]).await.shows(), "GH2026");
    assert_eq!(typed("contoso", &shown).await.status, 400, "spent");

    let mut view = embedded(&world);
    let old = code(&waiting(&world, &mut view).await);
    world.clock.advance(Duration::from_secs(600));
    assert_eq!(typed("contoso", &old).await.status, 400, "too old");
}

#[tokio::test]
async fn a_code_that_grew_too_old_is_replaced() {
    let world = world().await;
    let mut view = embedded(&world);
    let page = waiting(&world, &mut view).await;
    let old = code(&page);
    world.clock.advance(Duration::from_secs(600));
    let page = view.get(page.url.as_str()).await;
    assert!(page.text().contains("has expired") && page.header("refresh").is_none(), "{}", page.text());
    let page = view.press(&page, "continue", &[]).await;
    assert_ne!(code(&page), old);
    there(&world, &code(&page)).await;
    assert_eq!(view.press(&page, "continue", &[]).await.shows(), "consent");
}

#[tokio::test]
async fn what_is_proven_elsewhere_counts_only_while_the_window_shows_that_code() {
    let world = world().await;
    let mut view = embedded(&world);
    let page = waiting(&world, &mut view).await;
    let shown = code(&page);
    let mut own = world.browser();
    let typed = own.open(&format!("{}/contoso/device", world.url)).await;
    let typed = own.press(&typed, "continue", &[("code", &shown)]).await;
    // Meanwhile the person begins again, and gets another code.
    let again = view.press(&page, "restart", &[]).await;
    let again = view.press(&again, "continue", &[("address", IDA)]).await;
    is_ida(&world);
    assert_eq!(own.press(&typed, "confirm", &[]).await.shows(), "GH2026");
    assert_eq!(code(&view.press(&again, "continue", &[]).await), code(&again), "still waiting");
}

#[tokio::test]
async fn another_browser_that_only_knows_the_code_gets_no_sign_in_of_it() {
    let world = world().await;
    let mut view = embedded(&world);
    let page = waiting(&world, &mut view).await;
    there(&world, &code(&page)).await;
    let mut stranger = world.browser();
    let refused = stranger.post(&format!("{}/elsewhere", page.url), &[("form", &page.token()), ("code", &code(&page))]).await;
    assert!(refused.error().is_some() && stranger.cookies.is_empty(), "{} {}", refused.status, refused.text());
}

#[tokio::test]
async fn where_codes_are_mailed_a_mailed_code_is_a_way_out() {
    let world = world().await;
    let mut view = embedded(&world);
    let page = waiting(&world, &mut view).await;
    let page = view.press(&page, "mail", &[]).await;
    assert_eq!(page.shows(), "passcode");
    let page = view.press(&page, "continue", &[("code", &world.next_mail(IDA).await.code())]).await;
    assert_eq!(page.shows(), "consent");
}

#[tokio::test]
async fn one_network_types_so_many_codes_and_no_more() {
    let world = world().await;
    let mut view = embedded(&world);
    let page = waiting(&world, &mut view).await;
    let mut own = world.browser();
    for _ in 0..30 {
        let form = own.open(&format!("{}/contoso/device", world.url)).await;
        assert_eq!(own.press(&form, "continue", &[("code", "BBBB-BBBBB")]).await.status, 400);
    }
    let form = own.open(&format!("{}/contoso/device", world.url)).await;
    assert_eq!(own.press(&form, "continue", &[("code", &code(&page))]).await.status, 400, "even the right one");
    world.clock.advance(Duration::from_secs(600));
    let page = view.press(&view.clone().get(page.url.as_str()).await, "continue", &[]).await;
    there(&world, &code(&page)).await;
}

/// The page that asks whether they meant it can't be skipped from another site: its form is bound to the browser that typed the code.
#[tokio::test]
async fn nobody_is_sent_on_without_being_asked() {
    let world = world().await;
    let mut view = embedded(&world);
    let shown = code(&waiting(&world, &mut view).await);
    let mut victim = world.browser();
    let page = victim.post_from("https://evil.example", &format!("{}/contoso/device", world.url), &[("code", &shown)]).await;
    let page = victim.follow_to_page(page).await;
    assert!(page.form_with("confirm").is_none(), "another site types nothing here: {}", page.text());
    let page = victim.press(&page, "continue", &[("code", &shown)]).await;
    assert!(page.form_with("confirm").is_some() && page.text().contains("If somebody sent you the code"), "{}", page.text());
    assert_eq!(world.litware.times_asked("/authorize"), 0);
}
