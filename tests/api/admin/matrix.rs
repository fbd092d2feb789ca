//! E8: role × operation × own or other tenant, over HTTP.

use std::collections::BTreeSet;

use gatehouse::{
    admin::{
        permit::Operation,
        routes::{ROUTES, Verb},
    },
    domain::permission::Permission,
};
use reqwest::Method;
use serde_json::json;

use super::{CLIENTS, Script, is_problem, world};

pub fn method(verb: Verb) -> Method {
    Method::from_bytes(verb.as_str().as_bytes()).unwrap()
}

/// Of nobody and nothing: what is permitted then finds nothing, or can't read the request.
pub fn filled(path: &str) -> String {
    path.replace("{id}", "00000000000000000000000000000000").replace("{sponsor}", "nobody").replace("{assignment}", "portal")
}

#[tokio::test]
async fn every_client_is_let_into_what_the_matrix_permits_and_nothing_else_and_never_into_another_tenant() {
    let world = world().await;
    for (client, permission) in CLIENTS {
        let held = BTreeSet::from([Permission::parse(permission).unwrap()]);
        let own = Script::of(&world, "contoso", client).await;
        let other = Script::with(&world, "woodgrove", &own.token);
        for route in ROUTES {
            let body = (route.verb != Verb::Get && route.verb != Verb::Delete).then(|| json!({}));
            let told = own.ask(method(route.verb), &filled(route.path), body.clone(), &[]).await;
            match route.operation.reach(&held) {
                Some(_) => assert!(!matches!(told.status, 401 | 403) && told.status < 500, "{client} {route:?}: {told:?}"),
                None => is_problem(&told, 403, "GH5002"),
            }
            let told = other.ask(method(route.verb), &filled(route.path), body, &[]).await;
            if route.operation == Operation::Describe {
                assert_eq!(told.status, 200);
            } else {
                is_problem(&told, 401, "GH5001");
            }
        }
    }
}

#[tokio::test]
async fn what_is_not_in_the_table_is_refused_in_the_api_s_own_words() {
    let world = world().await;
    let script = Script::of(&world, "contoso", "directory").await;
    is_problem(&script.read("/groups").await, 404, "GH1002");
    is_problem(&script.delete("/users").await, 405, "GH1018");
    is_problem(&script.ask(Method::PUT, "/users/x", Some(json!({})), &[]).await, 405, "GH1018");
    let nobody = Script { base: script.base.replace("contoso", "nobody"), ..script.clone() };
    is_problem(&nobody.read("/users").await, 404, "GH1001");
    let long = json!({ "x": "y".repeat(3_000_000) });
    is_problem(&script.post("/invitations", long).await, 413, "GH1019");
    let preflight = script.ask(Method::OPTIONS, "/users", None, &[("origin", "https://evil.example")]).await;
    assert_eq!(preflight.status, 405);
}
