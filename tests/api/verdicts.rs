//! What was wrong with a partner's answer, or right in a way the operator should know: kept, printed, and found again in a captured one.

use std::process::Command;

use gatehouse::demo::partner::{DigestAlgorithm, SignatureAlgorithm};
use serde_json::Value;

use crate::{
    partner::Fields,
    world::{PAM, Page, RelyingParty, Setup, WIN, World, person},
};

async fn of(tenant: &str) -> (World, RelyingParty) {
    let world = Setup::new().partners().tenant("contoso", tenant).open().await;
    let portal = world.app("contoso", "portal").await;
    (world, portal)
}

fn gatehouse(world: &World, words: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gatehouse"));
    let output = command.args(words).arg("--config").arg(world.folder().join("config")).env_clear().output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

/// Signs `address` in as far as the page after the partner's answer, and what that was.
async fn answered(world: &World, portal: &RelyingParty, address: &str) -> (Page, Fields) {
    let (mut browser, ask) = (world.browser(), portal.asks(&[("login_hint", address)]));
    let page = browser.get(&ask.url).await;
    let (to, fields) = world.partners().answer(&page, &person(address));
    let page = browser.carry(&to, &fields).await;
    (browser.follow(page).await, fields)
}

#[tokio::test]
async fn a_refusals_checks_are_kept_and_printed_without_what_names_a_person() {
    let (world, portal) = of("").await;
    world.wingtip().answer_with(|response| {
        if let Some(conditions) = &mut response.assertions[0].conditions {
            conditions.audiences = vec![vec!["https://somebody.else.example".into()]];
        }
    });
    let (page, _) = answered(&world, &portal, WIN).await;
    let code = page.error().unwrap().to_owned();
    let (status, text) = gatehouse(&world, &["trail", page.reference()]);
    assert_eq!(status, 0, "{text}");
    for part in ["upstream.refused", "provider: wingtip", &code, "audience", "https://somebody.else.example", "/contoso/saml", "issuer"] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    assert!(!text.contains(WIN) && !text.contains(&person(WIN).subject), "{text}");
    let (_, text) = gatehouse(&world, &["trail", page.reference(), "--json"]);
    let said: Value = serde_json::from_str(&text).unwrap();
    let details = &said["tenants"][0]["events"][0]["details"];
    let verdicts = details["verdicts"].as_array().unwrap();
    assert!(verdicts.iter().filter(|verdict| verdict["outcome"] == "passed").count() >= 3, "{text}");
    let last = verdicts.last().unwrap();
    assert_eq!((&last["outcome"], &last["code"], &details["code"]), (&"refused".into(), &code.as_str().into(), &code.as_str().into()));
}

#[tokio::test]
async fn an_address_outside_its_domains_is_refused_and_not_written_down() {
    let (world, portal) = of("").await;
    for address in [WIN, PAM] {
        let (mut browser, ask) = (world.browser(), portal.asks(&[("login_hint", address)]));
        let page = browser.get(&ask.url).await;
        let page = world.through_partner(&mut browser, &page, "secret-name@elsewhere.example").await;
        let (_, text) = gatehouse(&world, &["trail", page.reference()]);
        assert!(text.contains("GH3010") && text.contains("[personal]"), "{text}");
        assert!(!text.contains("secret-name"), "{text}");
    }
}

#[tokio::test]
async fn sha_1_is_refused_or_taken_with_a_warning_at_every_sign_in() {
    for (allowed, expected) in [(false, "GH3118"), (true, "consent")] {
        let (world, portal) = of(&format!("[saml.wingtip]\nallow_sha1 = {allowed}\n[wsfed.proseware]\nallow_sha1 = {allowed}\n")).await;
        world.wingtip().seal_with(|sealing| {
            sealing.signing(|signing| {
                signing.algorithm = SignatureAlgorithm::RsaSha1;
                signing.digest = DigestAlgorithm::Sha1;
            })
        });
        world.proseware().seal_with(|mut sealing| {
            if let Some(signing) = &mut sealing.assertion {
                signing.algorithm = SignatureAlgorithm::RsaSha1;
                signing.digest = DigestAlgorithm::Sha1;
            }
            sealing
        });
        for address in [WIN, PAM] {
            let (page, _) = answered(&world, &portal, address).await;
            assert_eq!(page.shows(), expected, "{address}: {}", page.text());
        }
        let events = world.events("contoso").await;
        let warned: Vec<_> = events.iter().filter(|event| event.action == "upstream.warned").collect();
        assert_eq!(warned.len(), if allowed { 2 } else { 0 });
        for event in warned {
            let (_, text) = gatehouse(&world, &["trail", &event.reference]);
            assert!(text.to_lowercase().contains("sha1") && text.contains("warned"), "{text}");
            assert!(!text.contains('@'), "{text}");
        }
    }
}

/// A captured answer in a file, judged as at the world's time.
fn verify(world: &World, provider: &str, captured: &str, more: &[&str]) -> (i32, String) {
    let file = world.folder().join("captured");
    std::fs::write(&file, captured).unwrap();
    let at = world.clock.now().unix().to_string();
    let file = file.to_str().unwrap().to_owned();
    let words = [&["saml", "verify", &file, "--tenant", "contoso", "--idp", provider, "--at", &at], more].concat();
    gatehouse(world, &words)
}

fn as_form(fields: &Fields) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

#[tokio::test]
async fn a_captured_answer_is_accepted_as_form_as_base64_and_as_xml_and_uses_nothing_up() {
    let (world, portal) = of("").await;
    for (address, provider) in [(WIN, "wingtip"), (PAM, "proseware")] {
        let (mut browser, ask) = (world.browser(), portal.asks(&[("login_hint", address)]));
        let page = browser.get(&ask.url).await;
        let (to, fields) = world.partners().answer(&page, &person(address));
        let mut captured = vec![as_form(&fields)];
        if provider == "wingtip" {
            captured.extend([fields[0].1.clone(), gatehouse::demo::partner::posted(&fields[0].1).unwrap()]);
        } else {
            captured.push(fields[1].1.clone());
        }
        for text in &captured {
            let (status, text) = verify(&world, provider, text, &[]);
            assert!(status == 0 && text.contains("accepted") && text.contains("passed"), "{provider} {text}");
            assert!(!text.contains(address) && !text.contains(&person(address).subject), "{text}");
            assert!(text.matches('\n').count() > 8, "every check has its line: {text}");
        }
        let (status, text) = verify(&world, provider, &captured[0], &["--json", "--personal"]);
        let said: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}"));
        assert_eq!((status, &said["accepted"], &said["identity"]["address"]), (0, &true.into(), &address.into()), "{said}");
        assert!(said["verdicts"].as_array().unwrap().iter().all(|verdict| verdict["outcome"] != "refused"), "{said}");
        // The commands took their time: a connection of then may be closed by now.
        let mut later = world.browser();
        later.cookies.clone_from(&browser.cookies);
        let page = later.carry(&to, &fields).await;
        assert_eq!(later.follow(page).await.shows(), "consent", "nothing was used up");
    }
}

#[tokio::test]
async fn a_captured_answer_that_was_refused_tells_every_check_that_fails() {
    let (world, portal) = of("").await;
    world.wingtip().answer_with(|response| {
        response.destination = Some("https://somebody.else.example/acs".into());
        if let Some(conditions) = &mut response.assertions[0].conditions {
            conditions.audiences = vec![vec!["https://somebody.else.example".into()]];
        }
    });
    let (page, fields) = answered(&world, &portal, WIN).await;
    let live = page.error().unwrap().to_owned();
    let (status, text) = verify(&world, "wingtip", &as_form(&fields), &["--json"]);
    let said: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((status, &said["accepted"], &said["code"]), (1, &false.into(), &live.as_str().into()), "{said}");
    let refused: Vec<&str> =
        said["verdicts"].as_array().unwrap().iter().filter(|v| v["outcome"] == "refused").map(|v| v["check"].as_str().unwrap()).collect();
    assert!(refused.contains(&"destination") && refused.contains(&"audience"), "{said}");
    assert!(!text.contains(WIN), "{text}");
    let (status, text) = verify(&world, "wingtip", &as_form(&fields), &[]);
    assert!(status == 1 && text.contains(&format!("refused with {live}")), "{text}");
    // Somebody touched it.
    world.wingtip().behave();
    let (_, fields) = answered(&world, &portal, WIN).await;
    let touched = gatehouse::demo::partner::posted(&fields[0].1).unwrap().replace(WIN, "boss@wingtip.example");
    let (status, text) = verify(&world, "wingtip", &touched, &[]);
    assert!(status == 1 && !text.contains("boss@"), "{text}");
    // Later it is too old; for another partner, or for nobody, it is none.
    let (status, text) = verify(&world, "wingtip", &as_form(&fields), &["--at", "1900000000"]);
    assert!(status != 0, "{text}");
    assert_eq!(verify(&world, "proseware", &as_form(&fields), &[]).0, 1);
    assert_eq!(verify(&world, "fabrikam", &as_form(&fields), &[]).0, 2);
    for nonsense in ["", "nonsense", "<a", "SAMLResponse=%%%"] {
        let (status, text) = verify(&world, "wingtip", nonsense, &[]);
        assert!(status == 1 && text.contains("GH3"), "{nonsense:?}: {text}");
    }
}

#[tokio::test]
async fn an_encrypted_answer_is_opened_with_our_own_keys_where_they_are_and_else_said_to_be_closed() {
    let (world, portal) = of("[saml.wingtip]\nencrypted = true\n").await;
    let page = world.browser().get(&format!("{}/contoso/saml/wingtip/metadata", world.url)).await;
    let certificate = page.body.split("X509Certificate>").nth(1).unwrap().split('<').next().unwrap();
    let certificate = gatehouse::domain::certificate::Certificate::from_text(certificate).unwrap();
    world.wingtip().encrypt_for(certificate.der());
    let (page, fields) = answered(&world, &portal, WIN).await;
    assert_eq!(page.shows(), "consent", "{}", page.text());
    let (status, text) = verify(&world, "wingtip", &as_form(&fields), &[]);
    assert!(status == 0 && text.contains("accepted") && !text.contains("not at hand"), "{text}");
    std::fs::remove_file(world.folder().join("seal.key")).unwrap();
    let (status, text) = verify(&world, "wingtip", &as_form(&fields), &[]);
    assert!(status == 1 && text.contains("our own keys are not at hand"), "{text}");
    world.wingtip().behave();
    let (_, text) = verify(&world, "wingtip", &as_form(&fields), &["--json"]);
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap()["has_own_keys"], false);
}
