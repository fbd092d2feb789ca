//! E8, the ways round: credentials that are somebody else's, methods that nobody offers, addresses that look like others.

use reqwest::Method;
use serde_json::json;

use super::{
    Script, asked, is_problem,
    matrix::{filled, method},
    world,
};
use crate::{
    raw,
    world::{ANA, World},
};
use gatehouse::admin::{
    permit::Operation,
    routes::{ROUTES, Verb},
};

/// The whole table, but for the description, which is open.
async fn is_closed_to(world: &World, token: &str, why: &str) {
    let script = Script::with(world, "contoso", token);
    for route in ROUTES.iter().filter(|route| route.operation != Operation::Describe) {
        let body = (route.verb != Verb::Get && route.verb != Verb::Delete).then(|| json!({}));
        let told = script.ask(method(route.verb), &filled(route.path), body, &[("idempotency-key", "k")]).await;
        assert_eq!(told.status, 401, "{why} {route:?}: {told:?}");
        is_problem(&told, 401, "GH5001");
    }
}

#[tokio::test]
async fn no_other_credential_opens_any_operation() {
    let world = world().await;
    let portal = world.app("contoso", "portal").await;
    let guest = world.sign_in(&mut world.browser(), &portal, ANA).await;
    let ours = Script::of(&world, "contoso", "directory").await;
    is_closed_to(&world, &Script::of(&world, "woodgrove", "directory").await.token, "another tenant's").await;
    is_closed_to(&world, &guest.access_token, "a guest's, for userinfo").await;
    is_closed_to(&world, &guest.id_token, "an ID token").await;
    let [head, claims, _] = ours.token.split('.').collect::<Vec<_>>()[..] else { panic!("no JWT") };
    is_closed_to(&world, &format!("{head}.{claims}."), "unsigned").await;
    world.clock.advance(std::time::Duration::from_secs(3600));
    is_closed_to(&world, &ours.token, "expired").await;
}

#[tokio::test]
async fn what_the_operator_takes_from_a_client_its_token_loses_at_once() {
    let mut world = world().await;
    let (writer, inviter) = (Script::of(&world, "contoso", "writer").await, Script::of(&world, "contoso", "inviter").await);
    let file = world.folder().join("config/tenants/contoso.toml");
    let mut tenant: toml::Table = std::fs::read_to_string(&file).unwrap().parse().unwrap();
    let clients = tenant["clients"].as_table_mut().unwrap();
    clients.remove("writer");
    clients["inviter"].as_table_mut().unwrap().insert("permissions".into(), vec!["AuditLog.Read.All"].into());
    std::fs::write(&file, tenant.to_string()).unwrap();
    let node = world.add_node().await;
    let there = |script: &Script| Script { base: format!("http://{}/contoso/admin/v1", world.address_of(node)), ..script.clone() };
    assert_eq!(writer.read("/users").await.status, 200, "where the old file is still in force");
    is_problem(&there(&writer).read("/users").await, 401, "GH5001");
    is_problem(&there(&inviter).read("/invitations").await, 403, "GH5002");
    is_problem(&there(&inviter).read("/auditLogs").await, 403, "GH5002");
}

#[tokio::test]
async fn a_method_that_no_operation_has_is_refused_at_every_address() {
    let world = world().await;
    let script = Script::of(&world, "contoso", "directory").await;
    let unknown = ["OPTIONS", "PUT", "TRACE", "BREW"].map(|name| Method::from_bytes(name.as_bytes()).unwrap());
    for route in ROUTES {
        for method in &unknown {
            let headers = [("origin", "https://evil.example"), ("access-control-request-method", "GET"), ("x-http-method-override", "GET")];
            let told = script.ask(method.clone(), &filled(route.path), None, &headers).await;
            assert_eq!(told.status, 405, "{method} {route:?}: {told:?}");
        }
        // An answer to HEAD has no body to read a refusal from.
        let told = script.ask(Method::HEAD, &filled(route.path), None, &[]).await;
        assert!(told.status >= 400 && told.text.is_empty(), "HEAD {route:?}: {told:?}");
    }
}

#[tokio::test]
async fn no_spelling_of_an_address_leads_past_the_permissions() {
    let world = world().await;
    let host = world.url.strip_prefix("http://").unwrap();
    let (inviter, other) = (Script::of(&world, "contoso", "inviter").await, Script::of(&world, "woodgrove", "directory").await);
    let there = "/contoso/admin/v1";
    let id = Script::of(&world, "contoso", "writer").await.invite("pat@partner.example").await.json()["invitedUser"]["id"].clone();
    let id = id.as_str().unwrap();
    let spellings = [
        format!("{there}/users"),
        format!("{there}//users"),
        format!("{there}/users/"),
        format!("{there}/./users"),
        format!("{there}/invitations/../users"),
        format!("{there}/invitations/%2e%2e/users"),
        format!("{there}/invitations%2f..%2fusers"),
        format!("{there}/%75sers"),
        format!("{there}/USERS"),
        format!("{there}/users%00"),
        format!("{there}/users;x=y"),
        format!("{there}/users%2f{id}"),
        format!("{there}/users/{id}%2fsponsors"),
        format!("{there}/users/..%2f..%2fopenapi.json"),
        format!("{there}/invitations/{id}%2ftimeline"),
        "/contoso//admin/v1/users".into(),
        "//contoso/admin/v1/users".into(),
        "/contoso/admin//v1/users".into(),
        "/contoso/admin%2fv1/users".into(),
        "/contoso/admin/v1%2fusers".into(),
        "/woodgrove/../contoso/admin/v1/users".into(),
        "/woodgrove%2f..%2fcontoso/admin/v1/users".into(),
        "/contoso.example/admin/v1/users".into(),
        "/CONTOSO/admin/v1/users".into(),
    ];
    for spelling in spellings {
        for token in [&inviter.token, &other.token] {
            let request = raw::head(&format!("GET {spelling}"), &format!("Authorization: Bearer {token}\r\n"));
            let answer = raw::send(host, request).await;
            assert!((400..500).contains(&answer.status), "{spelling}: {answer:?}");
            assert!(!answer.body.contains("pat@partner.example"), "{spelling}: {answer:?}");
        }
    }
    // The right token gets no further than its own tenant by them, either.
    let directory = Script::of(&world, "contoso", "directory").await;
    for spelling in
        ["/woodgrove/../contoso/admin/v1/users", "/woodgrove/admin/v1/users", "/woodgrove/admin/v1/../../../contoso/admin/v1/users"]
    {
        let request = raw::head(&format!("GET {spelling}"), &format!("Authorization: Bearer {}\r\n", directory.token));
        assert!((400..500).contains(&raw::send(host, request).await.status), "{spelling}");
    }
}

#[tokio::test]
async fn a_key_of_one_client_or_tenant_says_nothing_to_another() {
    let world = world().await;
    let (mine, theirs) = (Script::of(&world, "contoso", "inviter").await, Script::of(&world, "contoso", "writer").await);
    let elsewhere = Script::of(&world, "woodgrove", "inviter").await;
    let key = [("idempotency-key", "k")];
    let first = mine.ask(Method::POST, "/invitations", Some(asked(&mine.base, "pat@partner.example")), &key).await.json();
    let same = theirs.ask(Method::POST, "/invitations", Some(asked(&mine.base, "pat@partner.example")), &key).await.json();
    let other = elsewhere.ask(Method::POST, "/invitations", Some(asked(&elsewhere.base, "pat@partner.example")), &key).await.json();
    assert!(first["id"].is_string() && same["id"].is_string() && other["id"].is_string(), "{first} {same} {other}");
    assert_ne!(first["id"], same["id"]);
    assert_ne!(first["inviteRedeemUrl"], same["inviteRedeemUrl"]);
    assert_ne!(first["id"], other["id"]);
}
