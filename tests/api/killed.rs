//! The process dies between every two steps of an invitation, and in the middle of them, and is started again: the guest goes on with
//! the cookies they have, becomes Accepted with the last acceptance on record and not before, and is invited by mail once.

use std::{io::Write, net::TcpStream, process::Command, time::Duration};

use gatehouse::domain::{guest::State, id::TenantId};

use crate::{
    outside::Outside,
    raw,
    services::redis::Redis,
    world::{ANA, Browser, Page, Setup},
};

const TERMS: &str = r#"
[guests]
admission = "invited"
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
/// Review permissions and the terms.
const OWED: usize = 3;

/// SQLite on disk, and Redis, which lives on.
struct House {
    outside: Outside,
    redis: Redis,
}

impl House {
    async fn open() -> Self {
        let redis = Redis::start().await;
        let setup = Setup::new()
            .tenant("contoso", TERMS)
            .file("plant.en.html", "<p>Wear a helmet.</p>")
            .file("visitors.en.html", "<p>Be kind.</p>")
            .process(&format!("[sessions]\nredis = \"{}\"\n", redis.url().reveal()));
        Self { outside: Outside::open(setup).await, redis }
    }

    async fn dies(&mut self) {
        self.outside.kill();
        self.outside.start().await;
    }

    /// The operator invites, by the real command; the link, as it comes by mail.
    async fn invites(&self) -> String {
        let folder = self.outside.world.folder();
        let mut command = Command::new(env!("CARGO_BIN_EXE_gatehouse"));
        let command = command.args(["invite", ANA, "--tenant", "contoso", "--client", "portal", "--config", "config"]);
        let said = command.current_dir(folder).output().unwrap();
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        let mail = self.outside.world.next_mail(ANA).await.source.replace("=\r\n", "").replace("=3D", "=");
        let (_, rest) = mail.split_once("/contoso/redeem?ticket=").unwrap_or_else(|| panic!("no link in {mail}"));
        let ticket: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
        format!("{}/contoso/redeem?ticket={ticket}", self.outside.world.url)
    }

    /// What must be true whenever the process dies; how much was agreed to.
    async fn holds(&self, moment: &str) -> usize {
        let (world, tenant) = (&self.outside.world, TenantId::parse("contoso").unwrap());
        let file = world.guest("contoso", ANA).await.unwrap();
        assert!(file.consents.iter().all(|record| record.is_accepted), "{moment}");
        let is_accepted = matches!(file.guest.state, State::Accepted(_));
        assert_eq!(is_accepted, file.consents.len() == OWED, "{moment}: {:?} with {} acceptances", file.guest.state, file.consents.len());
        for record in &file.consents {
            let kept = world.directory.document(&tenant, &record.document).await.unwrap();
            assert!(kept.is_some(), "{moment}: agreed to, and the words are not kept: {record:?}");
        }
        assert_eq!(world.mails_to(ANA), 1, "{moment}");
        file.consents.len()
    }

    /// Sends `request` and dies a moment later, whether it was read, half done or answered.
    async fn dies_in(&mut self, request: &[u8], moment: Duration) {
        let mut stream = TcpStream::connect(&self.outside.address).unwrap();
        stream.write_all(request).unwrap();
        tokio::time::sleep(moment).await;
        self.dies().await;
    }
}

/// A form with a button pressed, as it goes over the wire.
fn pressed(page: &Page, browser: &Browser, button: &str) -> Vec<u8> {
    let form = page.form_with(button).unwrap();
    let pairs = form.pairs(&[], form.buttons.iter().find(|known| known.id == button));
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let to = page.url.join(&form.action).unwrap();
    raw::form(to.path(), &headers(browser, &to), body.as_bytes())
}

fn headers(browser: &Browser, to: &url::Url) -> String {
    let cookies: Vec<String> = browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("Origin: {}\r\nCookie: {}\r\n", to.origin().ascii_serialization(), cookies.join("; "))
}

fn arrived(page: &Page) -> bool {
    page.location.as_ref().is_some_and(|to| to.as_str() == "https://portal.contoso.example/")
}

/// Where the sign-in stands, for the browser that holds it.
async fn here(browser: &mut Browser, page: &Page) -> Page {
    let mut to = page.url.clone();
    to.set_path(&format!("/contoso/signin/{}", page.flow()));
    to.set_query(None);
    browser.open(to.as_str()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_between_every_two_steps_an_invitation_is_accepted_with_its_last_acceptance() {
    let mut house = House::open().await;
    let link = house.invites().await;
    house.dies().await;
    assert_eq!(house.holds("invited").await, 0);
    let mut browser = house.outside.world.browser();
    let page = browser.open(&link).await;
    assert_eq!(page.shows(), "redeem");
    house.dies().await;
    assert_eq!(house.holds("looked at").await, 0);
    let away = browser.send(&page, "accept-invitation", &[]).await;
    house.dies().await;
    let away = browser.follow_to_page(away).await;
    house.dies().await;
    assert_eq!(house.holds("on the way to Fabrikam").await, 0);
    let back = browser.get(away.location.unwrap().as_str()).await;
    house.dies().await;
    let came = browser.get(back.location.unwrap().as_str()).await;
    house.dies().await;
    assert_eq!(house.holds("proven").await, 0);
    let mut page = browser.follow(came).await;
    for number in 0..OWED {
        house.dies().await;
        assert_eq!(house.holds("asked").await, number);
        assert_eq!(page.shows(), "consent", "{}", page.text());
        let answer = browser.send(&page, "accept", &[]).await;
        house.dies().await;
        assert_eq!(house.holds("agreed").await, number + 1);
        page = browser.follow(answer).await;
    }
    assert!(arrived(&page), "{} {}", page.status, page.text());
    // The link is a way back, and nothing is asked again.
    let again = browser.open(&link).await;
    assert!(arrived(&again), "{} {}", again.url, again.text());
    assert_eq!(house.holds("back again").await, OWED);
    assert!(!house.redis.cli(&["dbsize"]).trim().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_the_middle_of_a_request_an_acceptance_is_on_record_or_asked_again() {
    for moment in [0, 4, 12].map(Duration::from_millis) {
        let mut house = House::open().await;
        let link = house.invites().await;
        let mut browser = house.outside.world.browser();
        let page = browser.open(&link).await;
        house.dies_in(&pressed(&page, &browser, "accept-invitation"), moment).await;
        assert_eq!(house.holds("the invitation's button").await, 0);
        let away = browser.send(&page, "accept-invitation", &[]).await;
        let away = browser.follow_to_page(away).await;
        let back = browser.get(away.location.unwrap().as_str()).await;
        let to = back.location.unwrap();
        let callback = format!("GET {}?{}", to.path(), to.query().unwrap());
        house.dies_in(&raw::head(&callback, &headers(&browser, &to)), moment).await;
        assert_eq!(house.holds("coming back from Fabrikam").await, 0);
        let mut page = browser.open(to.as_str()).await;
        if page.shows().starts_with("GH") {
            // Fabrikam's code was spent and nothing kept of it: one click, and Fabrikam is asked again.
            page = browser.press(&page, "restart", &[]).await;
        }
        for number in 0..OWED {
            assert_eq!(page.shows(), "consent", "{moment:?}: {}", page.text());
            house.dies_in(&pressed(&page, &browser, "accept"), moment).await;
            let agreed = house.holds("an acceptance").await;
            assert!(agreed == number || agreed == number + 1, "{moment:?}: {agreed} after {number}");
            // As a person does: reload, and accept what is still shown.
            let shown = here(&mut browser, &page).await;
            page = match shown.shows() == "consent" && shown.text().contains(title(number)) {
                true => browser.press(&shown, "accept", &[]).await,
                false => shown,
            };
            assert_eq!(house.holds("accepted after that").await, number + 1, "{moment:?}");
        }
        assert!(arrived(&page), "{moment:?}: {} {}", page.status, page.text());
        assert_eq!(house.holds("at the end").await, OWED);
    }
}

/// What is asked first, second and third.
fn title(number: usize) -> &'static str {
    ["Review permissions", "Plant rules", "Visitor terms"][number]
}
