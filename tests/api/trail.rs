//! `gatehouse trail`: from the number on a person's page to everything that is kept about it.

use std::process::Command;

use serde_json::Value;

use crate::{
    oidc_provider::Fault,
    world::{ANA, World},
};

fn trail(world: &World, words: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_gatehouse"))
        .args(["trail", "--config"])
        .arg(world.folder().join("config"))
        .args(words)
        .env_clear()
        .output()
        .unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

#[tokio::test]
async fn the_number_on_the_page_leads_to_what_was_wrong() {
    let world = World::open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    world.fabrikam.misbehave([Fault::WrongAudience]);
    let page = browser.open(&portal.asks(&[("login_hint", ANA)]).url).await;
    assert_eq!(page.error(), Some("GH3006"));
    let (code, text) = trail(&world, &[page.reference()]);
    assert_eq!(code, 0, "{text}");
    for part in ["tenant contoso", "upstream.refused  client portal", "code: GH3006", "provider: fabrikam"] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    assert!(!text.contains(ANA));
    let (code, text) = trail(&world, &[&page.reference().to_uppercase(), "--tenant", "contoso", "--json"]);
    let said: Value = serde_json::from_str(&text).unwrap();
    let event = &said["tenants"][0]["events"][0];
    assert_eq!((code, &event["action"], &event["details"]["code"]), (0, &"upstream.refused".into(), &"GH3006".into()), "{said}");
}

#[tokio::test]
async fn what_came_of_a_sign_in_is_told_in_order() {
    let world = World::open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    let page = browser.open(&portal.asks(&[("login_hint", ANA)]).url).await;
    let reference = gatehouse::trail::reference_of(page.flow());
    browser.press(&page, "accept", &[]).await;
    let (code, text) = trail(&world, &[&reference]);
    let (made, agreed) = (text.find("guest.created"), text.find("consent.accepted"));
    assert!(code == 0 && made.is_some() && made < agreed, "{text}");
}

#[tokio::test]
async fn a_number_nobody_has_and_a_tenant_nobody_is_are_told_apart() {
    let world = World::open().await;
    let (code, text) = trail(&world, &["000000000000"]);
    assert!(code == 1 && text.contains("nothing is kept"), "{text}");
    assert_eq!(trail(&world, &["000000000000", "--tenant", "nobody"]).0, 2);
}

#[tokio::test]
async fn an_answer_that_comes_again_and_again_fills_no_disk() {
    let world = World::open().await;
    let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
    let page = browser.open(&portal.asks(&[]).url).await;
    let away = browser.send(&page, "continue", &[("address", ANA)]).await;
    assert!(away.location.is_some());
    let answer = format!("{}/contoso/callback/fabrikam?state={}.wrong&code=garbage", world.url, page.flow());
    for _ in 0..12 {
        assert_eq!(browser.get(&answer).await.error(), Some("GH3003"));
    }
    assert_eq!(world.events("contoso").await.len(), 5);
    let page = browser.get(&answer).await;
    assert!(trail(&world, &[page.reference()]).1.contains("code: GH3003"), "the number on this page, too, leads there");
}
