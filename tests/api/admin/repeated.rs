//! `Idempotency-Key`.

use reqwest::Method;
use serde_json::json;

use super::{Script, asked, is_problem, world};

#[tokio::test]
async fn of_many_alike_under_one_key_one_invites_and_all_hear_the_same() {
    let world = world().await;
    let script = Script::of(&world, "contoso", "inviter").await;
    let body = asked(&script.base, "pat@partner.example");
    let one = || script.ask(Method::POST, "/invitations", Some(body.clone()), &[("idempotency-key", "k-1")]);
    let (a, b, c, d) = tokio::join!(one(), one(), one(), one());
    let mut first = None;
    for told in [a, b, c, d] {
        match told.status {
            201 => first = Some(told),
            409 => assert_eq!(told.retry_after.as_deref(), Some("2"), "{told:?}"),
            _ => panic!("{told:?}"),
        }
    }
    let first = first.unwrap();
    let again = one().await;
    assert_eq!((again.status, &again.text, &again.location), (201, &first.text, &first.location), "the link, too");
    assert_eq!(script.read("/invitations/$count").await.text, "1");
    let quoted = script.ask(Method::POST, "/invitations", Some(body.clone()), &[("idempotency-key", "\"k-1\"")]).await;
    assert_eq!(quoted.text, first.text);

    let other = asked(&script.base, "sam@partner.example");
    is_problem(&script.ask(Method::POST, "/invitations", Some(other), &[("idempotency-key", "k-1")]).await, 409, "GH5005");
    assert!(world.guest("contoso", "sam@partner.example").await.is_none());
    // Somebody else's key of the same name is another key.
    let writer = Script::of(&world, "contoso", "writer").await;
    assert_eq!(writer.ask(Method::POST, "/invitations", Some(body.clone()), &[("idempotency-key", "k-1")]).await.status, 201);
    assert_eq!(writer.read("/invitations/$count").await.text, "2");
}

#[tokio::test]
async fn a_refusal_is_answered_again_and_a_key_is_forgotten_after_a_day() {
    let world = world().await;
    let script = Script::of(&world, "contoso", "inviter").await;
    let wrong = json!({ "invitedUserEmailAddress": "x" });
    for _ in 0..2 {
        let told = script.ask(Method::POST, "/invitations", Some(wrong.clone()), &[("idempotency-key", "k")]).await;
        is_problem(&told, 400, "GH5003");
    }
    for key in ["", &"k".repeat(256)] {
        let told = script.ask(Method::POST, "/invitations", Some(wrong.clone()), &[("idempotency-key", key)]).await;
        is_problem(&told, 400, "GH5003");
        assert!(told.json()["detail"].as_str().unwrap().contains("Idempotency-Key"), "{told:?}");
    }
    world.clock.advance(std::time::Duration::from_secs(24 * 60 * 60));
    let script = Script::of(&world, "contoso", "inviter").await;
    let good = asked(&script.base, "pat@partner.example");
    assert_eq!(script.ask(Method::POST, "/invitations", Some(good), &[("idempotency-key", "k")]).await.status, 201);
}

#[tokio::test]
async fn no_link_lies_readable_in_the_directory() {
    let world = world().await;
    let script = Script::of(&world, "contoso", "inviter").await;
    let body = asked(&script.base, "pat@partner.example");
    let told = script.ask(Method::POST, "/invitations", Some(body), &[("idempotency-key", "k")]).await;
    let link = told.json()["inviteRedeemUrl"].as_str().unwrap().to_owned();
    let handle = link.split_once("ticket=").unwrap().1;
    let mut files = 0;
    for entry in std::fs::read_dir(world.folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_str().unwrap().starts_with("gatehouse.db") {
            let octets = std::fs::read(&path).unwrap();
            assert!(!octets.windows(handle.len()).any(|window| window == handle.as_bytes()), "{}", path.display());
            files += 1;
        }
    }
    assert!(files > 0);
}
