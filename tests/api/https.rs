//! Behind https: which cookie crosses sites, and for how long.

use reqwest::header::SET_COOKIE;

use crate::world::{Browser, PAM, Page, Setup, WIN, World, person};

const PUBLIC: &str = "https://login.contoso.example";

/// A world that people see by https, as behind a proxy that ends TLS.
async fn open() -> (World, Browser) {
    let setup = Setup::new().partners().process(&format!("[server]\npublic_url = \"{PUBLIC}\"\n"));
    let mut world = setup.open().await;
    world.url = PUBLIC.into();
    let mut browser = world.browser();
    browser.through(&world.address_of(0));
    (world, browser)
}

fn asks(address: &str) -> String {
    let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    format!(
        "{PUBLIC}/contoso/authorize?response_type=code&client_id=portal&redirect_uri=https%3A%2F%2Fportal.contoso.example%2Fcb\
         &scope=openid%20email&state=s&nonce=n&code_challenge={challenge}&code_challenge_method=S256&login_hint={address}"
    )
}

/// The cookie of the sign-in that `page` sets: its value, and what is said of it.
fn set(page: &Page) -> Option<(String, String)> {
    let lines: Vec<&str> = page.headers.get_all(SET_COOKIE).iter().map(|line| line.to_str().unwrap()).collect();
    let mut flows = lines.iter().filter(|line| line.starts_with("__Host-gh-f-"));
    let line = flows.next()?;
    assert_eq!(flows.next(), None, "one cookie, said once");
    let (pair, attributes) = line.split_once("; ").unwrap();
    for always in ["Secure", "HttpOnly", "Path=/"] {
        assert!(attributes.contains(always), "{always}: {line}");
    }
    assert!(!attributes.contains("Domain"), "{line}");
    Some((pair.split_once('=').unwrap().1.to_owned(), attributes.to_owned()))
}

#[tokio::test]
async fn the_cookie_crosses_sites_from_leaving_until_the_person_is_proven() {
    let (world, mut browser) = open().await;
    for address in [WIN, PAM] {
        let leaving = browser.get(&asks(address)).await;
        let (secret, attributes) = set(&leaving).unwrap();
        assert!(attributes.contains("SameSite=None"), "a form posted from their site must bring it: {attributes}");
        let (to, fields) = world.partners().answer(&leaving, &person(address));
        assert!(to.starts_with(PUBLIC));
        let back = browser.carry(&to, &fields).await;
        let (renewed, attributes) = set(&back).unwrap();
        assert!(attributes.contains("SameSite=Lax"), "{attributes}");
        assert_ne!(renewed, secret, "and it is another secret");
        let consent = browser.follow_to_page(back).await;
        assert_eq!(consent.shows(), "consent", "{}", consent.text());
        let over = browser.send(&consent, "accept", &[]).await;
        assert_eq!(over.shows(), "app", "{}", over.text());
        let session = over.headers.get_all(SET_COOKIE).iter().map(|line| line.to_str().unwrap().to_owned());
        let session: Vec<String> = session.filter(|line| line.starts_with("__Host-gh-s-")).collect();
        assert!(session.len() == 1 && session[0].contains("SameSite=Lax"), "{session:?}");
        browser.cookies.clear();
    }
}

#[tokio::test]
async fn a_cookie_that_was_lax_on_our_pages_crosses_when_the_browser_leaves_and_keeps_its_secret() {
    let (_world, mut browser) = open().await;
    let page = browser.get(&asks("").replace("&login_hint=", "")).await;
    let (secret, attributes) = set(&page).unwrap();
    assert!(attributes.contains("SameSite=Lax"), "{attributes}");
    let leaving = browser.send(&page, "continue", &[("address", WIN)]).await;
    let (same, attributes) = set(&leaving).unwrap();
    assert!(attributes.contains("SameSite=None") && same == secret, "{attributes}");
}

#[tokio::test]
async fn for_a_home_that_answers_by_redirect_the_cookie_stays_at_home() {
    let (_world, mut browser) = open().await;
    let leaving = browser.get(&asks("ana%40fabrikam.example")).await;
    assert!(leaving.location.is_some());
    let (_, attributes) = set(&leaving).unwrap();
    assert!(attributes.contains("SameSite=Lax"), "{attributes}");
}

/// What a browser does that holds back `Lax` cookies: nothing is proven, nothing is used up, and a way on is shown.
#[tokio::test]
async fn an_answer_without_its_cookie_is_refused_and_comes_again_with_it() {
    let (world, mut browser) = open().await;
    let leaving = browser.get(&asks(WIN)).await;
    let (to, fields) = world.partners().answer(&leaving, &person(WIN));
    let mut bare = world.browser();
    bare.through(&world.address_of(0));
    assert_eq!(bare.carry(&to, &fields).await.error(), Some("GH2001"));
    let back = browser.carry(&to, &fields).await;
    assert_eq!(browser.follow_to_page(back).await.shows(), "consent");
}
