//! Invitations, codes of apps' windows and the management API: no handle, no code, no address, no message.

use serde_json::json;

use super::{Aviary, QUAGGA, ZEBRA};
use crate::{
    admin::Script,
    oidc_provider::Algorithm,
    redeem::{invite, to_app},
    world::{Browser, Page, parameter},
};

const MORE: &str = "[google.google]\nname = \"Google\"\nclient_id = \"gatehouse\"\nclient_secret = { file = \"../../upstream-canary\" }\n\
    issuer = \"{litware}\"\n[clients.script]\nname = \"Script\"\nredirect_uris = [\"https://script.example/cb\"]\n\
    authentication = \"client_secret_basic\"\nsecrets = [{ file = \"../../secret\" }]\npermissions = [\"Directory.ReadWrite.All\"]\n";
const GNU: &str = "gnu-canary@gmail.com";
const VIEW: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148";

impl Aviary {
    /// The first page after "Accept invitation".
    async fn invited(&mut self, browser: &mut Browser, address: &str) -> (String, Page) {
        let link = invite(&self.outside.world, address, to_app("portal")).await;
        self.note(&parameter(&link.parse().unwrap(), "ticket").unwrap());
        let page = browser.get(&link).await;
        assert_eq!(page.shows(), "redeem", "{}", page.body);
        self.see(browser, &page);
        let page = self.press(browser, &page, "accept-invitation", &[]).await;
        (link, page)
    }
}

#[tokio::test]
async fn inviting_and_being_invited_tells_the_log_no_secret() {
    let mut aviary = Aviary::with(MORE).await;
    aviary.outside.world.litware.sign_with(Algorithm::Rs256);
    aviary.outside.world.litware.expect_client("gatehouse", Some("upstream-secret-canary"));
    by_mailbox(&mut aviary).await;
    by_the_wrong_account(&mut aviary).await;
    from_a_window(&mut aviary).await;
    by_script(&mut aviary).await;
    let events = aviary.outside.world.events("contoso").await;
    for action in ["guest.invited", "invitation.opened", "invitation.redeemed", "invitation.blocked", "guest.alias_confirmed"] {
        assert!(events.iter().any(|event| event.action == action), "{action} did not happen: {events:#?}");
    }
    aviary.must_have_kept_silent().await;
}

async fn by_mailbox(aviary: &mut Aviary) {
    let mut browser = aviary.outside.world.browser();
    let (link, page) = aviary.invited(&mut browser, QUAGGA).await;
    let code = aviary.outside.world.next_mail(QUAGGA).await.code();
    let page = aviary.press(&mut browser, &page, "continue", &[("code", "canary 12345678")]).await;
    let page = aviary.press(&mut browser, &page, "continue", &[("code", &code)]).await;
    let page = aviary.press(&mut browser, &page, "accept", &[]).await;
    assert_eq!(page.shows(), "app", "{}", page.body);
    for path in ["apps", "account", "signin/portal"] {
        let page = browser.get(&format!("{}/contoso/{path}?q=canary", aviary.outside.world.url)).await;
        aviary.see(&browser, &page);
    }
    let block = link.replace("/redeem?", "/invitations/block?");
    let page = browser.get(&block).await;
    let page = browser.send(&page, "block", &[]).await;
    assert_eq!(page.status, 200);
    browser.get(&link).await;
}

async fn by_the_wrong_account(aviary: &mut Aviary) {
    let mut browser = aviary.outside.world.browser();
    let alias = json!({ "sub": "canary-7", "email": "yak-canary@fabrikam.example", "email_verified": true, "name": "Yak Canary" });
    aviary.outside.world.fabrikam.next_identity(alias);
    let (_, page) = aviary.invited(&mut browser, ZEBRA).await;
    assert_eq!(page.shows(), "confirm", "{}", page.body);
    let page = aviary.press(&mut browser, &page, "both", &[]).await;
    assert_eq!(page.shows(), "consent", "{}", page.body);
}

async fn from_a_window(aviary: &mut Aviary) {
    let portal = aviary.outside.world.app("contoso", "portal").await;
    let mut view = aviary.outside.world.browser();
    view.headers.insert("user-agent".into(), VIEW.into());
    let page = aviary.open_page(&mut view, &portal.asks(&[])).await;
    let page = aviary.press(&mut view, &page, "continue", &[("address", GNU)]).await;
    let (_, rest) = page.body.split_once("id=\"handoff-code\">").unwrap();
    let code = rest.split('<').next().unwrap().to_owned();
    // Nine letters are fewer than what `note` takes for a secret.
    aviary.secrets.extend([code.clone(), code.replace('-', "")]);
    aviary.outside.world.litware.next_identity(json!({ "sub": "canary-gnu", "email": GNU, "email_verified": true }));
    let mut own = aviary.outside.world.browser();
    let page = own.get(&format!("{}/contoso/device?code=canary", aviary.outside.world.url)).await;
    aviary.press(&mut own, &page, "continue", &[("code", "canary")]).await;
    let page = aviary.press(&mut own, &page, "continue", &[("code", &code)]).await;
    aviary.press(&mut own, &page, "confirm", &[]).await;
}

async fn by_script(aviary: &mut Aviary) {
    let script = Script::of(&aviary.outside.world, "contoso", "script").await;
    script.token.split('.').for_each(|part| aviary.note(part));
    let to = "https://portal.contoso.example/";
    let body = json!({
        "invitedUserEmailAddress": "emu-canary@nowhere.example", "inviteRedirectUrl": to, "invitedUserDisplayName": "Emu Canary",
        "invitedUserMessageInfo": { "customizedMessageBody": "canary", "ccRecipients": [{ "emailAddress": { "address": "cc-canary@nowhere.example" } }] }
    });
    let told = script.ask(reqwest::Method::POST, "/invitations", Some(body), &[("idempotency-key", "a-key-of-a-canary")]).await;
    assert_eq!(told.status, 201, "{told:?}");
    aviary.note(&parameter(&told.json()["inviteRedeemUrl"].as_str().unwrap().parse().unwrap(), "ticket").unwrap());
    for (path, body) in [
        ("/invitations", json!({ "invitedUserEmailAddress": "canary", "inviteRedirectUrl": to })),
        ("/invitations", json!({ "invitedUserEmailAddress": QUAGGA, "inviteRedirectUrl": "https://canary.example/" })),
        ("/invitations", json!({ "invitedUserEmailAddress": QUAGGA, "inviteRedirectUrl": to })),
        ("/invitations", json!({ "invitedUserEmailAddress": 7, "canary": "canary" })),
    ] {
        assert!(script.post(path, body).await.status >= 400);
    }
    for path in ["/users?$filter=mail%20eq%20'emu-canary@nowhere.example'", "/users?$filter=canary", "/users/canary", "/canary"] {
        script.read(path).await;
    }
    Script::with(&aviary.outside.world, "contoso", "canary.canary.canary").read("/users").await;
}
