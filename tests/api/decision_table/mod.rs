//! The decision table: every feature of Entra's guest invitations, one row and one test each, in both editions where they differ.
//! People come in by the real door; [`table`] says which test shows which row.

mod consent;
mod discovery;
mod entry;
mod invitation;
mod table;
mod without_account;

use gatehouse::domain::guest::{Guest, State};
use serde_json::{Value, json};

use crate::{
    admin::Script,
    oidc_provider::Algorithm,
    world::{ANA, Browser, Mail, PAM, Page, SOL, Setup, WIN, World},
};

const EDITIONS: [&str; 2] = ["2021", "2024"];
const PORTAL: &str = "https://portal.contoso.example/";
/// Has a Microsoft account, where [`HOMES`] are configured.
const DEE: &str = "dee@outlook.com";
const CAL: &str = "cal@gmail.com";

/// A script that invites; only who was invited comes in; and the section a fragment may go on with.
const INVITER: &str = r#"
[clients.inviter]
name = "Inviter"
redirect_uris = ["https://inviter.example/cb"]
authentication = "client_secret_basic"
secrets = [{ file = "../../secret" }]
permissions = ["User.Invite.All"]
[guests]
admission = "invited"
[home_realm]
"#;
/// Google at `{litware}` and personal accounts at `{fabrikam}`, beside Fabrikam itself, a home directory, and a SAML and a WS-Federation partner.
const HOMES: &str = r#"
[google.google]
name = "Google"
issuer = "{litware}"
client_id = "gatehouse"
client_secret = { file = "../../upstream-secret" }
[msa.personal]
name = "Personal account"
issuer = "{fabrikam}/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0"
client_id = "gatehouse"
client_secret = { file = "../../upstream-secret" }
lookup = { accounts = ["dee@outlook.com", "cal@gmail.com"] }
"#;
const NO_PASSCODES: &str = "[passcode]\nenabled = false\n";
const TERMS: &str = r#"
[terms.plant]
name = "Plant rules"
[[terms.plant.versions]]
version = "7"
effective = "2025-06-01"
documents = { en = "../../plant.en.html" }
[terms.visitors]
name = "Visitor terms"
[[terms.visitors.versions]]
version = "2026-01"
effective = "2026-01-01"
documents = { en = "../../visitors.en.html" }
"#;

/// One guest of every kind of provider.
const EVERYBODY: [(&str, Road); 6] =
    [(ANA, Road::Directory), (WIN, Road::Partner), (PAM, Road::Partner), (CAL, Road::Google), (DEE, Road::Personal), (SOL, Road::Code)];

/// How somebody proves who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Road {
    Directory,
    Partner,
    Google,
    Personal,
    Code,
}

async fn house(edition: &str, fragment: &str) -> World {
    built(Setup::new(), edition, fragment).await
}

/// With every kind of provider.
async fn full_house(edition: &str, fragment: &str) -> World {
    built(Setup::new().partners(), edition, &format!("{fragment}{HOMES}")).await
}

async fn built(setup: Setup, edition: &str, fragment: &str) -> World {
    let setup = setup.file("plant.en.html", "<p>Wear a helmet.</p>").file("visitors.en.html", "<p>Be kind.</p>");
    let world = setup.tenant("contoso", &format!("{INVITER}edition = \"{edition}\"\n{fragment}")).open().await;
    // What Google and Microsoft sign with.
    for provider in [&world.fabrikam, &world.litware] {
        provider.sign_with(Algorithm::Rs256);
    }
    world
}

/// Invites as Graph does, and answers the API's answer.
async fn invited(world: &World, address: &str, more: Value) -> Value {
    let script = Script::of(world, "contoso", "inviter").await;
    let mut body = json!({ "invitedUserEmailAddress": address, "inviteRedirectUrl": PORTAL, "sendInvitationMessage": false });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let told = script.post("/invitations", body).await;
    assert_eq!(told.status, 201, "{address}: {told:?}");
    told.json()
}

/// An invitation's link.
async fn link(world: &World, address: &str) -> String {
    invited(world, address, json!({})).await["inviteRedeemUrl"].as_str().unwrap().to_owned()
}

/// An invitation by mail, as it came.
async fn mailed(world: &World, address: &str) -> Mail {
    invited(world, address, json!({ "sendInvitationMessage": true })).await;
    world.next_mail(address).await
}

/// A mail's words, quoted-printable undone.
fn words(mail: &Mail) -> String {
    let source = mail.source.replace("=\r\n", "");
    let mut parts = source.split('=');
    let mut text = parts.next().unwrap().to_owned();
    for part in parts {
        match part.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(u8::is_ascii) {
            Some(octet) => text.extend([&*char::from(octet).to_string(), &part[2..]]),
            None => text.extend(["=", part]),
        }
    }
    text
}

/// The link of the mail's button.
fn link_in(mail: &Mail) -> String {
    let words = words(mail);
    let start = words.find("/redeem?ticket=").map(|at| words[..at].rfind("http").unwrap()).unwrap_or_else(|| panic!("no link in {words}"));
    words[start..].split(|c: char| c.is_whitespace() || "\"<>".contains(c)).next().unwrap().to_owned()
}

/// "Accept invitation", and where that leads first.
async fn accepts(browser: &mut Browser, link: &str) -> Page {
    let page = browser.open(link).await;
    assert_eq!((page.shows(), page.status), ("redeem", 200), "{}", page.text());
    browser.send(&page, "accept-invitation", &[]).await
}

/// By the app's own link, with an address typed, and where that leads first.
async fn types(world: &World, browser: &mut Browser, address: &str) -> Page {
    let ask = world.app("contoso", "portal").await.asks(&[]);
    let page = browser.open(&ask.url).await;
    browser.send(&page, "continue", &[("address", address)]).await
}

/// What our own page says after that, if it leads to one.
async fn page(browser: &mut Browser, away: Page) -> Page {
    browser.follow_to_page(away).await
}

/// Through the provider and back.
async fn proves(world: &World, browser: &mut Browser, away: Page, address: &str, road: Road) -> Page {
    let subject = address.split('@').next().unwrap();
    match road {
        Road::Directory => world.fabrikam.next_identity(json!({ "sub": subject, "email": address, "email_verified": true })),
        Road::Google => world.litware.next_identity(json!({ "sub": subject, "email": address, "email_verified": true })),
        Road::Personal => world.fabrikam.next_identity(personal(address)),
        Road::Partner | Road::Code => {}
    }
    let away = page(browser, away).await;
    match road {
        Road::Directory | Road::Google | Road::Personal => browser.follow(away).await,
        Road::Partner => world.through_partner(browser, &away, address).await,
        Road::Code => {
            assert_eq!(away.shows(), "passcode", "{address}: {}", away.text());
            let code = world.next_mail(address).await.code();
            browser.press(&away, "continue", &[("code", &code)]).await
        }
    }
}

/// Of a personal Microsoft account.
fn personal(address: &str) -> Value {
    let number = address.bytes().fold(7_u64, |number, byte| number.wrapping_mul(31).wrapping_add(byte.into()));
    let oid = format!("00000000-0000-0000-{:04x}-{:012x}", number >> 48, number & 0xffff_ffff_ffff);
    json!({ "sub": address, "tid": "9188040d-6c67-4c5b-b112-36a304b66dad", "oid": oid, "email": address })
}

/// Accepts whatever is asked.
async fn agrees(browser: &mut Browser, mut page: Page) -> Page {
    while page.shows() == "consent" {
        page = browser.press(&page, "accept", &[]).await;
    }
    page
}

fn arrived(page: &Page) -> bool {
    page.location.as_ref().is_some_and(|to| to.as_str() == PORTAL)
}

/// Whether a page leads to somebody else, and whom.
fn leads_to(page: &Page, issuer: &str) -> bool {
    page.location.as_ref().is_some_and(|to| to.as_str().starts_with(issuer))
}

async fn stored(world: &World, address: &str) -> Guest {
    world.guest("contoso", address).await.unwrap_or_else(|| panic!("no guest {address}")).guest
}

async fn is_accepted(world: &World, address: &str) -> bool {
    matches!(stored(world, address).await.state, State::Accepted(_))
}

async fn voucher(world: &World, address: &str) -> String {
    stored(world, address).await.identity().unwrap().voucher.as_str().to_owned()
}

/// Comes back by the app's link, in a new browser; answers what is shown after the sign-in.
async fn comes_back(world: &World, address: &str, road: Road) -> Page {
    let mut browser = world.browser();
    let away = types(world, &mut browser, address).await;
    proves(world, &mut browser, away, address, road).await
}
