use serde_json::json;

use super::{Script, is_problem, token_answer, world};
use crate::world::{ANA, SECRET};

#[tokio::test]
async fn an_app_gets_what_it_is_permitted_and_no_more() {
    let world = world().await;
    let base = format!("{}/contoso/admin/v1", world.url);
    let (status, answer) = token_answer(&world, "contoso", "writer", SECRET, Some(&format!("{base}/.default"))).await;
    assert_eq!((status, &answer["token_type"], &answer["scope"]), (200, &json!("Bearer"), &json!("User.ReadWrite.All")));
    assert_eq!((&answer["expires_in"], answer.get("id_token")), (&json!(3600), None));
    for (client, scope, error) in [
        ("writer", Some("User.Read.All".to_owned()), "invalid_scope"),
        ("writer", Some(format!("{base}/Directory.ReadWrite.All")), "invalid_scope"),
        ("writer", Some("https://graph.microsoft.com/.default".to_owned()), "invalid_scope"),
        ("writer", Some("openid".to_owned()), "invalid_scope"),
        ("writer", None, "invalid_scope"),
        ("portal", Some(format!("{base}/.default")), "unauthorized_client"),
    ] {
        let (status, answer) = token_answer(&world, "contoso", client, SECRET, scope.as_deref()).await;
        assert_eq!((status, answer["error"].as_str()), (400, Some(error)), "{client} {scope:?}");
    }
    let (status, answer) = token_answer(&world, "contoso", "writer", "wrong", Some("User.ReadWrite.All")).await;
    assert_eq!((status, answer["error"].as_str()), (401, Some("invalid_client")));
    let portal = world.app("contoso", "portal").await;
    assert!(portal.metadata["grant_types_supported"].as_array().unwrap().contains(&json!("client_credentials")));
}

#[tokio::test]
async fn only_an_app_s_own_good_token_for_this_tenant_opens_the_api() {
    let world = world().await;
    let (ours, theirs) = (Script::of(&world, "contoso", "writer").await, Script::of(&world, "woodgrove", "writer").await);
    assert_eq!(ours.read("/users").await.status, 200);
    let portal = world.app("contoso", "portal").await;
    let guest = world.sign_in(&mut world.browser(), &portal, ANA).await;
    let mut damaged = ours.token.clone();
    damaged.pop();
    for token in [theirs.token.as_str(), &guest.access_token, &guest.id_token, "", "x.y.z", &damaged] {
        let told = Script::with(&world, "contoso", token).read("/users").await;
        is_problem(&told, 401, "GH5001");
        assert!(told.challenge.unwrap().contains("invalid_token"));
    }
    // And the API's token is nobody's sign-in.
    let userinfo = reqwest::Client::new().get(format!("{}/contoso/userinfo", world.url)).bearer_auth(&ours.token).send().await.unwrap();
    assert_eq!(userinfo.status(), 401);
    world.clock.advance(std::time::Duration::from_secs(3600));
    is_problem(&ours.read("/users").await, 401, "GH5001");
}

#[tokio::test]
async fn a_client_that_calls_too_often_is_told_to_wait() {
    let world = world().await;
    let script = Script::of(&world, "contoso", "reader").await;
    let digest = gatehouse::random::sha256_base64url(b"reader");
    let tenant = gatehouse::domain::id::TenantId::parse("contoso").unwrap();
    let key = gatehouse::store::sessions::Key::counter(&tenant, "api-calls", &digest);
    for _ in 0..6000 {
        world.sessions.count(&key, std::time::Duration::from_secs(60)).await.unwrap();
    }
    let told = script.read("/users").await;
    is_problem(&told, 429, "GH5023");
    assert_eq!(told.retry_after.as_deref(), Some("60"));
    assert_eq!(Script::of(&world, "contoso", "writer").await.read("/users").await.status, 200, "others are not held up");
    world.clock.advance(std::time::Duration::from_secs(61));
    assert_eq!(script.read("/users").await.status, 200);
}
