//! Codes that an app's own window shows (`behaviour.md` §6): typed by somebody else, tried out, or put into a stranger's browser.

use serde_json::json;

use super::masked;
use crate::{
    oidc_provider::Algorithm,
    world::{Browser, Page, Setup, World},
};

const GOOGLE: &str = "[google.google]\nname = \"Google\"\nclient_id = \"gatehouse\"\nclient_secret = { file = \"../../upstream-secret\" }\nissuer = \"{litware}\"\n";
const VIEW: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148";

async fn world() -> World {
    let world = Setup::new().tenant("contoso", GOOGLE).open().await;
    world.litware.sign_with(Algorithm::Rs256);
    world.litware.next_identity(json!({ "sub": "ida", "email": "ida@gmail.com", "email_verified": true }));
    world
}

/// A window that waits, and the code it shows.
async fn waiting(world: &World) -> (Browser, Page, String) {
    let mut view = world.browser();
    view.headers.insert("user-agent".into(), VIEW.into());
    let page = view.open(&world.app("contoso", "portal").await.asks(&[]).url).await;
    let page = view.press(&page, "continue", &[("address", "ida@gmail.com")]).await;
    let (_, rest) = page.body.split_once("id=\"handoff-code\">").unwrap();
    let code = rest.split('<').next().unwrap().to_owned();
    (view, page, code)
}

/// RFC 8628 §5.4: the author of a link or of another page wants the reader signed in, at the author's window.
#[tokio::test]
async fn nobody_else_types_a_code_into_somebodys_browser() {
    let world = world().await;
    let (_, _, code) = waiting(&world).await;
    let (mut victim, device) = (world.browser(), format!("{}/contoso/device", world.url));
    let page = victim.get(&format!("{device}?code={code}")).await;
    assert!(page.status == 200 && !page.body.contains(&code), "a link fills nothing in");
    let before = world.held();
    for origin in ["https://evil.example", "null"] {
        let page = victim.post_from(origin, &device, &[("code", &code)]).await;
        assert!(page.status == 200 && page.location.is_none() && !page.body.contains(&code), "{origin}");
    }
    victim.headers.insert("sec-fetch-site".into(), "cross-site".into());
    victim.post(&device, &[("code", &code)]).await;
    assert!(victim.cookies.is_empty());
    assert_eq!(world.held(), before, "no sign-in was begun");
}

/// `security.md` E4: 20⁹ codes, and thirty tries for each network while one lives.
#[tokio::test]
async fn codes_of_windows_can_not_be_tried_out() {
    let world = world().await;
    let (_, _, code) = waiting(&world).await;
    let device = format!("{}/contoso/device", world.url);
    for n in 0..30 {
        // Another browser each time: it is the network that is counted.
        let page = world.browser().post(&device, &[("code", &format!("BCDFGHJ{n:02}"))]).await;
        assert_eq!(page.status, 400);
    }
    let page = world.browser().post(&device, &[("code", &code)]).await;
    assert_eq!(page.status, 400, "even the right one, and it is not said that it was");
}

#[tokio::test]
async fn codes_that_are_none_are_answered_alike() {
    let world = world().await;
    let (_, _, code) = waiting(&world).await;
    let device = format!("{}/contoso/device", world.url);
    let mut own = world.browser();
    let page = own.open(&device).await;
    let page = own.press(&page, "continue", &[("code", &code)]).await;
    own.press(&page, "confirm", &[]).await;
    let mut answers = Vec::new();
    for typed in [code.as_str(), "BCDF-GHJKL", ""] {
        let page = world.browser().post(&device, &[("code", typed)]).await;
        let text = if typed.is_empty() { masked(&page) } else { masked(&page).replace(&format!("value=\"{typed}\""), "value=\"\"") };
        // The reference below is each answer's own.
        let (words, _) = text.split_once("<p class=\"house\">").unwrap();
        answers.push((page.status, words.to_owned()));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "spent or never drawn: {answers:#?}");
}

/// What is proven elsewhere counts in the window alone, and for whoever confirmed it themselves.
#[tokio::test]
async fn a_code_is_confirmed_by_the_browser_that_typed_it() {
    let world = world().await;
    let (mut view, waits, code) = waiting(&world).await;
    let mut own = world.browser();
    let page = own.open(&format!("{}/contoso/device", world.url)).await;
    let asked = own.press(&page, "continue", &[("code", &code)]).await;
    let confirm = format!("{}/contoso/signin/{}/device", world.url, asked.flow());
    for token in ["", "x", &waits.token()] {
        own.submit_to(&confirm, &[("form", token)]).await;
        assert_eq!(world.litware.times_asked("/authorize"), 0, "{token:?}");
    }
    let stranger = world.browser().submit_to(&confirm, &[("form", &asked.token())]).await;
    assert!(stranger.error().is_some(), "{}", stranger.body);
    // The window can't confirm its own code.
    let own_code = format!("{}/contoso/signin/{}/device", world.url, waits.flow());
    view.submit_to(&own_code, &[("form", &waits.token())]).await;
    assert_eq!(world.litware.times_asked("/authorize"), 0);
    assert!(world.guest("contoso", "ida@gmail.com").await.is_none());
    let done = own.press(&asked, "confirm", &[]).await;
    assert!(done.text().contains("You can close this tab"), "{}", done.text());
}
