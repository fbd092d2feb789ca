//! Invariant 11: whatever happens, no secret, code, token, assertion, cookie, address or query reaches the log, the metrics or the audit
//! trail. Every place that can hold one is given something recognisable, every road is walked and every fence run into, with the log at
//! its loudest, dependencies included.

use std::collections::BTreeSet;

use gatehouse::random;
use serde_json::Value;

use crate::{
    oidc_provider::{Fault, Transport},
    outside::Outside,
    raw,
    services::{ports::free_ports, redis::Redis},
    world::{Ask, Browser, Page, RelyingParty, Setup},
};

mod invitations;
mod partners;

/// In everything that people and programs say here.
const CANARY: &str = "canary";
const ZEBRA: &str = "zebra-canary@fabrikam.example";
const OKAPI: &str = "okapi-canary@litware.example";
const QUAGGA: &str = "quagga-canary@nowhere.example";
const KIWI: &str = "kiwi-canary@wingtip.example";
const MOA: &str = "moa-canary@proseware.example";

/// A Gatehouse, and everything secret that passed before our eyes.
struct Aviary {
    outside: Outside,
    redis: Redis,
    secrets: BTreeSet<String>,
}

impl Aviary {
    async fn open() -> Self {
        Self::with(
            "[oidc.litware]\nname = \"Litware\"\nissuer = \"{litware}\"\nclient_id = \"gatehouse\"\ndomains = [\"litware.example\"]\n\
             lookup = { hook = \"{litware}/exists\" }\n",
        )
        .await
    }

    /// `more` is the tenant's.
    async fn with(more: &str) -> Self {
        let [port] = free_ports();
        let redis = Redis::start_with(port, "requirepass redis-canary").await;
        let tenant = format!("[oidc.fabrikam]\nclient_secret = {{ file = \"../../upstream-canary\" }}\n{more}");
        let setup = Setup::new()
            .partners()
            .tenant("contoso", &tenant)
            .process("[sessions]\nredis = { file = \"../redis-canary\" }\n")
            .file("upstream-canary", "upstream-secret-canary")
            .file("redis-canary", &format!("redis://:redis-canary@127.0.0.1:{port}"));
        let outside = Outside::open(setup).await;
        outside.world.fabrikam.expect_client("gatehouse", Some("upstream-secret-canary"));
        let known = ["a secret of an app", "aW50ZXJvcC1pbnRlcm9wLWludGVyb3AtaW50ZXJvcCE="].map(str::to_owned);
        Self { outside, redis, secrets: known.into() }
    }

    fn note(&mut self, secret: &str) {
        if secret.len() >= 16 && !secret.contains("://") {
            self.secrets.insert(secret.to_owned());
        }
    }

    /// Remembers what the page, its addresses and the jar hold.
    fn see(&mut self, browser: &Browser, page: &Page) {
        let urls: Vec<_> = std::iter::once(&page.url).chain(&page.location).collect();
        let queries = urls.iter().flat_map(|url| url.query_pairs().map(|(_, value)| value.into_owned()).collect::<Vec<_>>());
        let fields = page.forms().into_iter().flat_map(|form| form.fields).map(|field| field.value);
        let cookies = browser.cookies.values().flat_map(|value| value.split('.').map(str::to_owned).collect::<Vec<_>>());
        for secret in queries.chain(fields).chain(cookies).collect::<Vec<_>>() {
            self.note(&secret);
        }
    }

    fn remember(&mut self, ask: &Ask) {
        for secret in [&ask.state, &ask.nonce, &ask.verifier] {
            self.note(secret);
        }
        let (_, query) = ask.url.split_once('?').unwrap();
        self.note(query);
    }

    async fn open_page(&mut self, browser: &mut Browser, ask: &Ask) -> Page {
        self.remember(ask);
        let page = browser.get(&ask.url).await;
        self.follow(browser, page).await
    }

    async fn press(&mut self, browser: &mut Browser, page: &Page, button: &str, fields: &[(&str, &str)]) -> Page {
        let page = browser.send(page, button, fields).await;
        self.follow(browser, page).await
    }

    async fn follow(&mut self, browser: &mut Browser, mut page: Page) -> Page {
        self.see(browser, &page);
        while page.shows() == "redirect" {
            page = browser.get(page.location.unwrap().as_str()).await;
            self.see(browser, &page);
        }
        page
    }

    async fn tokens(&mut self, portal: &RelyingParty, ask: &Ask, page: &Page) {
        let code = portal.code(ask, page);
        let tokens = portal.redeem(ask, &code).await.unwrap();
        assert_eq!(portal.redeem(ask, &code).await.unwrap_err().0, 400, "a code is good once");
        portal.userinfo(&tokens.access_token).await;
        self.note(&code);
        for token in [&tokens.access_token, &tokens.id_token] {
            token.split('.').for_each(|part| self.note(part));
        }
    }

    /// A sign-in at Fabrikam, to wherever it leads.
    async fn at_home(&mut self, portal: &RelyingParty, more: &[(&str, &str)]) -> (Browser, Ask, Page) {
        let (mut browser, ask) = (self.outside.world.browser(), portal.asks(more));
        let page = self.open_page(&mut browser, &ask).await;
        let page = match page.shows() {
            "address" => self.press(&mut browser, &page, "continue", &[("address", ZEBRA)]).await,
            _ => page,
        };
        (browser, ask, page)
    }

    /// What the upstreams were told is as secret as what we were.
    fn hear_upstreams(&mut self) {
        for asked in self.outside.world.fabrikam.asked() {
            let texts =
                asked.parameters.into_values().chain(asked.authorization.map(|line| line.split(' ').next_back().unwrap().to_owned()));
            for text in texts.collect::<Vec<_>>() {
                self.note(&text);
            }
        }
    }

    fn must_not_be_in(&self, what: &str, text: &str) {
        let where_is = |secret: &str| text.lines().find(|line| line.contains(secret)).map(str::to_owned);
        for secret in self.secrets.iter().map(String::as_str).chain([CANARY, "eyJ"]) {
            assert_eq!(where_is(secret), None, "{secret} is in {what}");
        }
    }

    async fn must_have_kept_silent(&mut self) {
        self.hear_upstreams();
        assert!(self.secrets.len() > 40, "the aviary is nearly empty: {:?}", self.secrets);
        let log = self.outside.log();
        self.must_not_be_in("the log", &log);
        self.must_not_be_in("the metrics", &self.outside.metrics().await);
        let events = self.outside.world.events("contoso").await;
        assert!(!events.is_empty());
        self.must_not_be_in("the audit trail", &format!("{events:#?}"));
        for line in log.lines() {
            assert!(serde_json::from_str::<Value>(line).is_ok(), "not JSON: {line}");
        }
    }
}

#[tokio::test]
async fn signing_in_on_every_road_tells_the_log_no_secret() {
    let mut aviary = Aviary::open().await;
    let portal = aviary.outside.world.app("contoso", "portal").await;
    // New, with a session, silently, and by a form that sends itself.
    let (mut browser, ask, page) = aviary.at_home(&portal, &[("login_hint", ZEBRA)]).await;
    let page = aviary.press(&mut browser, &page, "accept", &[]).await;
    aviary.tokens(&portal, &ask, &page).await;
    for more in [&[][..], &[("prompt", "none")], &[("response_mode", "form_post"), ("canary", "canary")]] {
        let ask = portal.asks(more);
        let page = aviary.open_page(&mut browser, &ask).await;
        aviary.tokens(&portal, &ask, &page).await;
    }
    // By partners: new, signed out there, unasked, and asked of us.
    for address in [KIWI, MOA] {
        let (mut browser, ask, page) = aviary.at_partner(&portal, address).await;
        assert_eq!(page.shows(), "consent", "{}", page.text());
        let page = aviary.press(&mut browser, &page, "accept", &[]).await;
        aviary.tokens(&portal, &ask, &page).await;
        let here = format!("{}/contoso/signout", aviary.outside.world.url);
        let page = browser.open(&here).await;
        let page = browser.send(&page, "sign-out", &[]).await;
        assert!(page.location.is_some(), "{}", page.text());
        aviary.see(&browser, &page);
    }
    // By passcode: a wrong one, another mail, the right one; and then no.
    let (mut browser, ask) = (aviary.outside.world.browser(), portal.asks(&[("ui_locales", "de")]));
    let page = aviary.open_page(&mut browser, &ask).await;
    let page = aviary.press(&mut browser, &page, "continue", &[("address", QUAGGA)]).await;
    let code = aviary.outside.world.next_mail(QUAGGA).await.code();
    let page = aviary.press(&mut browser, &page, "continue", &[("code", "canary 12345678")]).await;
    let page = aviary.press(&mut browser, &page, "resend", &[]).await;
    let page = aviary.press(&mut browser, &page, "continue", &[("code", &code)]).await;
    let page = aviary.press(&mut browser, &page, "decline", &[]).await;
    assert_eq!(portal.refusal(&ask, &page), "access_denied");
    let log = aviary.outside.log();
    for expected in ["\"signed in\"", "answered", "\"trace\"", "/{tenant}/signin/{flow}/passcode"] {
        assert!(log.to_lowercase().contains(&expected.to_lowercase()), "the log is not as loud as it should be: no {expected}");
    }
    let is_there = |line: &str| line.split(|c: char| !c.is_ascii_digit()).any(|word| word == code);
    assert!(!log.lines().any(is_there), "the passcode is in the log");
    aviary.must_have_kept_silent().await;
}

#[tokio::test]
async fn failing_in_every_way_tells_the_log_no_secret() {
    let mut aviary = Aviary::open().await;
    let portal = aviary.outside.world.app("contoso", "portal").await;
    upstreams_misbehave(&mut aviary, &portal).await;
    partners::misbehave(&mut aviary, &portal).await;
    apps_err(&mut aviary, &portal).await;
    strangers_knock(&aviary).await;
    mail_fails(&mut aviary, &portal).await;
    let log = aviary.outside.log();
    for code in [
        "GH1002", "GH1003", "GH1004", "GH2001", "GH3001", "GH3002", "GH3004", "GH3005", "GH3007", "GH3012", "GH4001", "GH4002", "GH4004",
        "GH4007",
    ] {
        assert!(log.contains(code), "{code} did not happen");
    }
    // Last, because nothing comes after: the store is gone.
    let (mut browser, ask) = (aviary.outside.world.browser(), portal.asks(&[("login_hint", ZEBRA)]));
    aviary.redis.kill();
    assert_eq!(aviary.open_page(&mut browser, &ask).await.shows(), "GH9001");
    aviary.must_have_kept_silent().await;
}

async fn upstreams_misbehave(aviary: &mut Aviary, portal: &RelyingParty) {
    let faults = [
        Fault::WrongAudience,
        Fault::WrongNonce,
        Fault::WrongIssuer,
        Fault::MissingSub,
        Fault::AlgNone,
        Fault::UnknownKid,
        Fault::ForgedSignature,
        Fault::KidTraversal,
        Fault::WrongAtHash,
        Fault::Expired,
        Fault::RepeatedSub,
        Fault::WrongIssParameter,
        Fault::CodeRefused,
        Fault::NoIdToken,
    ];
    for fault in faults {
        aviary.outside.world.fabrikam.misbehave([fault]);
        let (_, _, page) = aviary.at_home(portal, &[]).await;
        assert!(page.error().is_some(), "{fault:?}: {}", page.body);
    }
    aviary.outside.world.fabrikam.behave();
    aviary.outside.world.fabrikam.deny("access_denied", Some("canary cancelled"));
    assert_eq!(aviary.at_home(portal, &[]).await.2.shows(), "GH3002");
    aviary.outside.world.fabrikam.allow();
    aviary.outside.world.fabrikam.next_identity(serde_json::json!({ "sub": "canary", "email": "canary", "email_verified": "canary" }));
    aviary.at_home(portal, &[]).await;
    for transport in [Transport::Error500, Transport::Garbage, Transport::HugeBody, Transport::Redirecting] {
        aviary.outside.world.fabrikam.transport(transport);
        aviary.at_home(portal, &[]).await;
    }
    aviary.outside.world.fabrikam.behave();
    let zebra = serde_json::json!({ "sub": "zebra", "email": ZEBRA, "email_verified": true, "name": "Zebra Canary" });
    aviary.outside.world.fabrikam.next_identity(zebra);
    // A lookup that is asked about an address, and fails; and a provider that is not there.
    for dies in [false, true] {
        if dies {
            aviary.outside.world.litware.die().await;
        }
        let (mut browser, ask) = (aviary.outside.world.browser(), portal.asks(&[]));
        let page = aviary.open_page(&mut browser, &ask).await;
        let page = browser.send(&page, "continue", &[("address", OKAPI)]).await;
        aviary.see(&browser, &page);
        let ask = portal.asks(&[("domain_hint", "litware.example"), ("login_hint", OKAPI)]);
        aviary.remember(&ask);
        let page = browser.get(&ask.url).await;
        aviary.see(&browser, &page);
    }
}

async fn apps_err(aviary: &mut Aviary, portal: &RelyingParty) {
    let mut browser = aviary.outside.world.browser();
    for more in [
        &[("client_id", "canary")][..],
        &[("redirect_uri", "https://canary.example/cb")],
        &[("scope", "canary")],
        &[("code_challenge", "canary")],
        &[("prompt", "canary")],
        &[("max_age", "canary")],
        &[("request", "canary")],
        &[("response_mode", "canary")],
    ] {
        let ask = portal.asks(more);
        aviary.open_page(&mut browser, &ask).await;
    }
    let (ask, forged) = (portal.asks(&[]), format!("{}.{}", "canary".repeat(8), random::token().reveal()));
    aviary.note(&forged);
    assert!(portal.redeem(&ask, &forged).await.is_err());
    assert_eq!(portal.userinfo(&format!("canary.{forged}")).await.0, 401);
    // A code with another's verifier.
    let (mut browser, ask, page) = aviary.at_home(portal, &[]).await;
    let page = if page.shows() == "consent" { aviary.press(&mut browser, &page, "accept", &[]).await } else { page };
    let code = portal.code(&ask, &page);
    aviary.note(&code);
    let other = Ask { verifier: portal.asks(&[]).verifier, ..ask };
    assert!(portal.redeem(&other, &code).await.is_err());
}

async fn strangers_knock(aviary: &Aviary) {
    let flow = "018f0000-0000-7000-8000-000000000000";
    let basic = "Authorization: Basic cG9ydGFsOmNhbmFyeQ==\r\n";
    let cookie = format!("Cookie: gh-f-{flow}=canary; gh-s-contoso={flow}.{}\r\n", "canary0".repeat(6) + "x");
    for request in [
        raw::head("GET /canary/authorize?canary=canary", ""),
        raw::head("GET /contoso/canary?canary#canary", ""),
        raw::head("CANARY /contoso/authorize?canary", "X-Canary: canary\r\nUser-Agent: canary\r\nReferer: http://canary/\r\n"),
        raw::head(&format!("GET /contoso/signin/{flow}?ui_locales=canary"), &cookie),
        raw::head("GET /contoso/authorize?client_id=portal", &cookie),
        raw::head("GET /contoso/callback/canary?state=canary&code=canary", &cookie),
        raw::head(
            &format!("GET /contoso/callback/fabrikam?state={flow}.canary&code=canary&error=canary&error_description=canary"),
            &cookie,
        ),
        raw::head("GET /assets/canary.css", ""),
        raw::head("GET /contoso/userinfo", "Authorization: Bearer canary.canary.canary\r\n"),
        raw::form("/contoso/token", basic, b"grant_type=authorization_code&code=canary&client_secret=canary&code_verifier=canary"),
        raw::form("/contoso/token", "", b"grant_type=canary&client_id=canary&client_secret=canary"),
        raw::form("/contoso/token", "Content-Type: application/canary\r\n", "canary".repeat(20_000).as_bytes()),
        raw::form(&format!("/contoso/signin/{flow}/address"), &cookie, b"form=canary&address=canary@nowhere.example"),
        raw::form(&format!("/contoso/signin/{flow}/passcode"), &cookie, b"form=canary&code=canary"),
        b"CANARY canary canary\r\ncanary\r\n\r\n".to_vec(),
        raw::head(
            "GET /contoso/jwks",
            "Host: canary.example\r\nX-Forwarded-For: canary\r\nForwarded: for=canary\r\nAccept-Language: canary\r\n",
        ),
    ] {
        raw::send(&aviary.outside.address, request).await;
    }
}

async fn mail_fails(aviary: &mut Aviary, portal: &RelyingParty) {
    let outbox = aviary.outside.world.folder().join("outbox");
    std::fs::remove_dir_all(&outbox).unwrap_or_default();
    std::fs::write(&outbox, "no folder").unwrap();
    let (mut browser, ask) = (aviary.outside.world.browser(), portal.asks(&[]));
    let page = aviary.open_page(&mut browser, &ask).await;
    aviary.press(&mut browser, &page, "continue", &[("address", QUAGGA)]).await;
    crate::services::process::until("the mail is given up", || aviary.outside.log().contains("GH3013")).await;
}
