//! Signing in by a code that is mailed: counted, short-lived, and good for the one address that was routed.

use std::time::Duration;

use serde_json::json;

use crate::world::{Browser, Page, SOL, Setup, Smtp, World};

const MINUTE: Duration = Duration::from_secs(60);

/// The page that asks for the code just mailed to `address`.
async fn asked(world: &World, browser: &mut Browser, address: &str) -> Page {
    let page = browser.open(&world.app("contoso", "portal").await.asks(&[]).url).await;
    browser.press(&page, "continue", &[("address", address)]).await
}

fn is_refused(page: &Page) -> bool {
    page.shows() == "passcode" && page.body.contains("id=\"code-error\"")
}

#[tokio::test]
async fn the_mailed_code_signs_in() {
    let world = World::open().await;
    let tokens = world.sign_in(&mut world.browser(), &world.app("contoso", "portal").await, SOL).await;
    let told = ["email", "email_verified", "idp", "amr"].map(|name| tokens.claims[name].clone());
    assert_eq!(told, [json!(SOL), json!(true), json!("mail"), json!(["otp"])]);
    assert!(world.fabrikam.asked().iter().all(|asked| asked.path != "/authorize"));
}

/// The one story in which the mail travels: STARTTLS, a password, a server of somebody else's making.
#[tokio::test]
async fn the_code_travels_by_smtp() {
    let mut server = Smtp::start();
    let world = Setup::new().file("smtp-ca", server.ca()).file("smtp-password", server.password()).process(&server.section()).open().await;
    let mut browser = world.browser();
    let page = asked(&world, &mut browser, SOL).await;
    let (mail, _server) = tokio::task::spawn_blocking(move || (server.next(), server)).await.unwrap();
    assert_eq!((&mail["rcpt_to"], &mail["tls"], &mail["user"]), (&json!([SOL]), &json!(true), &json!("gatehouse")));
    let text = mail["text"].as_str().unwrap();
    let code = text.split_whitespace().find(|word| word.len() == 8 && word.bytes().all(|b| b.is_ascii_digit())).unwrap();
    assert_eq!(browser.press(&page, "continue", &[("code", code)]).await.shows(), "consent");
}

#[tokio::test]
async fn a_code_pasted_with_spaces_and_dashes_is_the_code() {
    let world = World::open().await;
    let mut browser = world.browser();
    let page = asked(&world, &mut browser, SOL).await;
    let code = world.next_mail(SOL).await.code();
    let pasted = format!("  {} - {}\r\n", &code[..4], &code[4..]);
    assert_eq!(browser.press(&page, "continue", &[("code", &pasted)]).await.shows(), "consent");
}

#[tokio::test]
async fn wrong_entries_are_counted_down_and_the_fifth_kills_the_code() {
    let world = World::open().await;
    let mut browser = world.browser();
    let mut page = asked(&world, &mut browser, SOL).await;
    let code = world.next_mail(SOL).await.code();
    for tries in ["try 4 more times", "try 3 more times", "try 2 more times", "try one more time"] {
        page = browser.press(&page, "continue", &[("code", "00000000")]).await;
        assert!(is_refused(&page) && page.body.contains(tries), "{tries}: {}", page.body);
    }
    for typed in ["00000000", &code] {
        page = browser.press(&page, "continue", &[("code", typed)]).await;
        assert!(is_refused(&page) && page.body.contains("no longer works"), "{}", page.body);
    }
    assert!(world.guest("contoso", SOL).await.is_none());
}

/// `security.md` E2.
#[tokio::test]
async fn expiry_is_judged_when_the_code_is_used() {
    let world = World::open().await;
    for (waited, shown) in [(30 * MINUTE - Duration::from_secs(1), "consent"), (30 * MINUTE, "passcode")] {
        let mut browser = world.browser();
        let page = asked(&world, &mut browser, SOL).await;
        let code = world.next_mail(SOL).await.code();
        world.clock.advance(waited);
        assert_eq!(browser.press(&page, "continue", &[("code", &code)]).await.shows(), shown);
    }
}

#[tokio::test]
async fn another_code_comes_after_a_minute_and_kills_the_first() {
    let world = World::open().await;
    let mut browser = world.browser();
    let page = asked(&world, &mut browser, SOL).await;
    let old = world.next_mail(SOL).await.code();
    let page = browser.press(&page, "resend", &[]).await;
    assert!(page.body.contains("sent a moment ago"), "{}", page.body);
    world.clock.advance(MINUTE);
    let page = browser.press(&page, "resend", &[]).await;
    let new = world.next_mail(SOL).await.code();
    assert_eq!(world.mails_to(SOL), 2, "none for the hasty one");
    let page = browser.press(&page, "continue", &[("code", &old)]).await;
    assert!(is_refused(&page));
    assert_eq!(browser.press(&page, "continue", &[("code", &new)]).await.shows(), "consent");
}

#[tokio::test]
async fn one_address_gets_five_codes_in_a_quarter_of_an_hour() {
    let world = World::open().await;
    for _ in 0..5 {
        assert_eq!(asked(&world, &mut world.browser(), SOL).await.shows(), "passcode");
        world.next_mail(SOL).await;
    }
    let page = asked(&world, &mut world.browser(), "SOL@Nowhere.Example").await;
    assert_eq!((page.shows(), page.status), ("GH2012", 429), "whatever its spelling");
    assert_eq!(asked(&world, &mut world.browser(), "other@nowhere.example").await.shows(), "passcode");
    world.clock.advance(15 * MINUTE);
    assert_eq!(asked(&world, &mut world.browser(), SOL).await.shows(), "passcode");
    world.next_mail(SOL).await;
    assert_eq!(world.mails_to(SOL), 6);
}

#[tokio::test]
async fn one_network_gets_so_many_codes_behind_a_trusted_proxy() {
    let setup = Setup::new().tenant("contoso", "[passcode]\nsends_per_ip = 3").process("[server]\ntrusted_proxies = [\"127.0.0.0/8\"]\n");
    let world = setup.open().await;
    let from = async |ip: &str, address: &str| {
        let mut browser = world.browser();
        browser.headers.insert("x-forwarded-for".into(), ip.into());
        asked(&world, &mut browser, address).await
    };
    for (n, ip) in ["203.0.113.7", "198.51.100.1, 203.0.113.7", "203.0.113.7"].into_iter().enumerate() {
        assert_eq!(from(ip, &format!("a{n}@nowhere.example")).await.shows(), "passcode");
    }
    assert_eq!(from("192.0.2.99, 203.0.113.7", "b@nowhere.example").await.shows(), "GH2012", "what the client claims does not count");
    assert_eq!(from("203.0.113.8", "b@nowhere.example").await.shows(), "passcode");
}

#[tokio::test]
async fn a_forwarded_address_counts_for_nothing_without_a_trusted_proxy() {
    let world = Setup::new().tenant("contoso", "[passcode]\nsends_per_ip = 1").open().await;
    let mut shown = Vec::new();
    for n in 0..2 {
        let mut browser = world.browser();
        browser.headers.insert("x-forwarded-for".into(), format!("203.0.113.{n}"));
        shown.push(asked(&world, &mut browser, &format!("a{n}@nowhere.example")).await.shows().to_owned());
    }
    assert_eq!(shown, ["passcode", "GH2012"]);
}

/// `security.md` E4. Twenty guesses an address in a quarter of an hour, at codes of eight digits: under 2·10⁻⁷.
#[tokio::test]
async fn guesses_are_bounded_across_parallel_sign_ins() {
    let world = Setup::new().tenant("contoso", "[passcode]\nsends_per_address = 50").open().await;
    for _ in 0..5 {
        let mut browser = world.browser();
        let mut page = asked(&world, &mut browser, SOL).await;
        world.next_mail(SOL).await;
        for _ in 0..4 {
            page = browser.press(&page, "continue", &[("code", "00000000")]).await;
            assert!(is_refused(&page));
        }
    }
    let mut browser = world.browser();
    let page = asked(&world, &mut browser, SOL).await;
    let code = world.next_mail(SOL).await.code();
    let page = browser.press(&page, "continue", &[("code", &code)]).await;
    assert_eq!((page.shows(), page.status), ("GH2013", 429), "even the right one");
    assert!(world.guest("contoso", SOL).await.is_none());
}

/// `security.md` E5.
#[tokio::test]
async fn the_address_that_was_routed_is_the_address_that_is_mailed() {
    let world = World::open().await;
    let mut browser = world.browser();
    let page = asked(&world, &mut browser, "sol@BÜCHER.example").await;
    assert_eq!(page.shows(), "passcode");
    let mail = world.next_mail("sol@xn--bcher-kva.example").await;
    assert_eq!(mail.source.lines().filter(|line| line.to_ascii_lowercase().starts_with("to:")).count(), 1);
    for split in [
        "sol@nowhere.example\r\nBcc: eve@evil.example",
        "sol@nowhere.example,eve@evil.example",
        "sol@evil.example(@fabrikam.example",
        "=?utf-8?q?sol?=@x@nowhere.example",
    ] {
        let page = asked(&world, &mut world.browser(), split).await;
        assert!(page.shows() == "address" && page.body.contains("address-error"), "{split}: {}", page.shows());
    }
    assert_eq!(world.mails_to("eve@evil.example"), 0);
}

#[tokio::test]
async fn a_mail_server_that_is_down_is_said_plainly() {
    let mail = "[mail]\nfrom = \"x <x@login.example>\"\nsmtp = { host = \"127.0.0.1\", port = 1, encryption = \"none\" }\n";
    let world = Setup::new().process(mail).tenant("contoso", "[passcode]\nsends_per_ip = 1000").open().await;
    // The first person is not kept waiting for the server; who comes once it has failed is told.
    for n in 0..500 {
        let page = asked(&world, &mut world.browser(), &format!("a{n}@nowhere.example")).await;
        if page.shows() != "passcode" {
            assert_eq!((page.shows(), page.status), ("GH3013", 503));
            assert!(page.form_with("restart").is_some(), "another way may be open");
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("nobody was told");
}

#[tokio::test]
async fn an_uninvited_address_gets_the_same_page_and_no_mail() {
    let world = Setup::new().tenant("contoso", "[guests]\nadmission = \"invited\"").open().await;
    let mut browser = world.browser();
    let page = asked(&world, &mut browser, SOL).await;
    let page = browser.press(&page, "continue", &[("code", "12345678")]).await;
    assert!(is_refused(&page));
    assert_eq!(world.mails_to(SOL), 0);
    assert!(world.guest("contoso", SOL).await.is_none());
}
