use std::collections::BTreeSet;

use gatehouse::{
    domain::{
        address::EmailAddress,
        guest::{Creation, Guest, PrincipalName},
        id::GuestId,
        timestamp::Timestamp,
    },
    random,
};
use serde_json::{Value, json};

use super::{Script, is_problem, world};
use crate::world::{ANA, World};

/// A guest as the operator entered them; their id.
async fn entered(world: &World, address: &str) -> String {
    let mail = EmailAddress::parse(address).unwrap();
    let now = Timestamp::from_unix(world.clock.now().unix());
    let id = GuestId::from_drawn(random::ordered_uuid(now));
    let name = PrincipalName::of(&mail, "contoso.example");
    world.add_guest("contoso", &Guest::pending(id, name, mail, Creation::Invitation, now)).await;
    id.to_string()
}

fn ids(page: &Value) -> Vec<String> {
    page["value"].as_array().unwrap().iter().map(|user| user["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn two_hundred_and_fifty_guests_are_listed_page_by_page_each_once() {
    let world = world().await;
    let mut added = BTreeSet::new();
    for n in 0..250 {
        added.insert(entered(&world, &format!("guest{n}@partner.example")).await);
    }
    let script = Script::of(&world, "contoso", "reader").await;
    assert_eq!(script.read("/users/$count").await.text, "250");
    for (filter, count) in [
        ("userType eq 'Guest'", "250"),
        ("externalUserState eq 'Accepted'", "0"),
        ("accountEnabled eq true and externalUserState eq 'PendingAcceptance'", "250"),
        ("accountEnabled eq false", "0"),
        ("mail eq 'guest7@partner.example'", "1"),
        ("mail eq 'nobody@partner.example'", "0"),
    ] {
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("$filter", filter).finish();
        assert_eq!(script.read(&format!("/users/$count?{query}")).await.text, count, "{filter}");
    }
    is_problem(&script.read("/users/$count?$filter=startsWith(mail,'guest')").await, 400, "GH5003");
    let (mut seen, mut sizes, mut next) = (Vec::new(), Vec::new(), "/users?$top=60&$select=id,mail".to_owned());
    loop {
        let page = script.read(&next).await.json();
        let users = page["value"].as_array().unwrap();
        assert!(users.iter().all(|user| user.as_object().unwrap().keys().eq(["id", "mail"])));
        sizes.push(users.len());
        seen.extend(ids(&page));
        match page["@odata.nextLink"].as_str() {
            Some(link) => next = link.to_owned(),
            None => break,
        }
    }
    assert_eq!(sizes, [60, 60, 60, 60, 10]);
    assert_eq!((seen.len(), seen.into_iter().collect::<BTreeSet<_>>()), (250, added));
    assert_eq!(script.read("/users").await.json()["value"].as_array().unwrap().len(), 100);
    is_problem(&script.read("/users?$skiptoken=nonsense").await, 400, "GH5003");
}

#[tokio::test]
async fn guests_are_found_by_the_filters_that_scripts_use() {
    let world = world().await;
    let plus = entered(&world, "pat+work@partner.example").await;
    let quote = entered(&world, "o'neil@partner.example").await;
    let portal = world.app("contoso", "portal").await;
    world.sign_in(&mut world.browser(), &portal, ANA).await;
    let ana = world.guest("contoso", ANA).await.unwrap().guest.id.to_string();
    let script = Script::of(&world, "contoso", "reader").await;
    for (filter, found) in [
        ("mail eq 'pat+work@partner.example'", vec![&plus]),
        ("mail eq 'O''NEIL@partner.example'", vec![&quote]),
        ("userPrincipalName eq 'ana_fabrikam.example#EXT#@contoso.example'", vec![&ana]),
        ("externalUserState eq 'Accepted'", vec![&ana]),
        ("userType eq 'Guest' and externalUserState eq 'PendingAcceptance'", vec![&plus, &quote]),
        ("otherMails/any(x:x eq 'pat+work@partner.example')", vec![&plus]),
        ("proxyAddresses/any(p:p eq 'smtp:pat+work@partner.example')", vec![&plus]),
        ("startsWith(mail,'pat')", vec![&plus]),
        ("userType eq 'Member'", vec![]),
        ("mail eq 'nobody@partner.example'", vec![]),
        ("mail eq 'pat+work@partner.example' and externalUserState eq 'Accepted'", vec![]),
    ] {
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("$filter", filter).finish();
        let told = script.read(&format!("/users?{query}")).await;
        assert_eq!(told.status, 200, "{filter}: {told:?}");
        let found: BTreeSet<String> = found.into_iter().cloned().collect();
        assert_eq!(ids(&told.json()).into_iter().collect::<BTreeSet<_>>(), found, "{filter}");
    }
    let told = script.read("/users?$filter=displayName%20eq%20'x'").await;
    is_problem(&told, 400, "GH5003");
    assert!(told.json()["detail"].as_str().unwrap().contains("startsWith(mail"));
}

#[tokio::test]
async fn a_guest_is_shown_changed_blocked_deleted_restored_and_purged() {
    let world = world().await;
    let id = entered(&world, "pat@partner.example").await;
    let other = entered(&world, "sam@partner.example").await;
    let script = Script::of(&world, "contoso", "writer").await;
    let user = script.read(&format!("/users/{id}")).await.json();
    assert_eq!((&user["userType"], &user["externalUserState"]), (&json!("Guest"), &json!("PendingAcceptance")));
    assert_eq!(user["onPremisesSyncEnabled"], Value::Null);
    let by_name = script.read("/users/pat_partner.example%23EXT%23@contoso.example").await.json();
    assert_eq!(by_name["id"], user["id"]);

    let path = format!("/users/{id}");
    let changes = json!({ "accountEnabled": false, "displayName": "Pat", "otherMails": ["p@partner.example"], "city": "ignored" });
    assert_eq!(script.patch(&path, changes).await.status, 204);
    let user = script.read(&path).await.json();
    assert_eq!(
        (&user["accountEnabled"], &user["displayName"], &user["otherMails"]),
        (&json!(false), &json!("Pat"), &json!(["p@partner.example"]))
    );
    assert_eq!(script.patch(&path, json!({ "displayName": null })).await.status, 204);
    assert_eq!(script.read(&path).await.json()["displayName"], Value::Null);
    let told = script.patch(&path, json!({ "otherMails": ["p@partner.example", 7] })).await;
    is_problem(&told, 400, "GH5003");
    assert!(told.json()["detail"].as_str().unwrap().starts_with("otherMails[1]: "), "{told:?}");
    let told = script.patch(&path, json!({ "mail": "sam@partner.example" })).await;
    is_problem(&told, 409, "GH5013");
    assert_eq!(told.json()["invitedUser"]["id"], json!(other));
    is_problem(&script.patch(&path, json!({ "mail": "no address" })).await, 400, "GH5007");

    assert_eq!(script.delete(&path).await.status, 204);
    is_problem(&script.read(&path).await, 404, "GH5004");
    is_problem(&script.delete(&path).await, 404, "GH5004");
    let deleted = script.read("/directory/deletedItems/microsoft.graph.user").await.json();
    assert_eq!(ids(&deleted), std::slice::from_ref(&id));
    let restored = script.post(&format!("/directory/deletedItems/{id}/restore"), json!({})).await;
    assert_eq!((restored.status, &restored.json()["id"]), (200, &json!(id)));
    assert_eq!(script.delete(&path).await.status, 204);
    assert_eq!(script.delete(&format!("/directory/deletedItems/{id}")).await.status, 204);
    is_problem(&script.read(&format!("/directory/deletedItems/{id}")).await, 404, "GH5004");

    let actions: Vec<String> = world.events("contoso").await.into_iter().map(|event| event.action).collect();
    assert_eq!(actions, ["guest.blocked", "guest.changed", "guest.deleted", "guest.restored", "guest.deleted", "guest.purged"]);
    let auditor = Script::of(&world, "contoso", "auditor").await;
    let first = auditor.read("/auditLogs/directoryAudits?$top=2").await.json();
    assert_eq!(first["value"][0]["activityDisplayName"], "guest.purged");
    assert_eq!(first["value"][0]["initiatedBy"]["app"]["appId"], "writer");
    let rest = auditor.read(first["@odata.nextLink"].as_str().unwrap()).await.json();
    assert_eq!(rest["value"][0]["activityDisplayName"], "guest.restored");
}

#[tokio::test]
async fn sponsors_and_apps_are_given_and_taken() {
    let world = world().await;
    let id = entered(&world, "pat@partner.example").await;
    let script = Script::of(&world, "contoso", "directory").await;
    let sponsors = format!("/users/{id}/sponsors");
    let reference = json!({ "@odata.id": "https://graph.microsoft.com/v1.0/users/6ea91a8d" });
    assert_eq!(script.post(&format!("{sponsors}/$ref"), reference).await.status, 204);
    assert_eq!(script.post(&sponsors, json!({ "displayName": "Finance" })).await.status, 204);
    assert_eq!(ids(&script.read(&sponsors).await.json()), ["6ea91a8d", "Finance"]);
    assert_eq!(script.delete(&format!("{sponsors}/6ea91a8d/$ref")).await.status, 204);
    is_problem(&script.delete(&format!("{sponsors}/6ea91a8d")).await, 404, "GH5004");
    is_problem(&script.post(&sponsors, json!({})).await, 400, "GH5003");
    for n in 0..4 {
        assert_eq!(script.post(&sponsors, json!({ "displayName": format!("s{n}") })).await.status, 204);
    }
    is_problem(&script.post(&sponsors, json!({ "displayName": "one more" })).await, 400, "GH5003");

    let apps = format!("/users/{id}/appRoleAssignments");
    let assigned = script.post(&apps, json!({ "appId": "portal" })).await;
    assert_eq!((assigned.status, &assigned.json()["resourceDisplayName"]), (201, &json!("Portal")));
    is_problem(&script.post(&apps, json!({ "appId": "nothing" })).await, 400, "GH5003");
    assert_eq!(ids(&script.read(&apps).await.json()), ["portal"]);
    assert_eq!(script.delete(&format!("{apps}/portal")).await.status, 204);
    is_problem(&script.delete(&format!("{apps}/portal")).await, 404, "GH5004");
}

#[tokio::test]
async fn signing_out_everywhere_ends_what_was_begun_before() {
    let world = world().await;
    let portal = world.app("contoso", "portal").await;
    let mut browser = world.browser();
    world.sign_in(&mut browser, &portal, ANA).await;
    let id = world.guest("contoso", ANA).await.unwrap().guest.id.to_string();
    let script = Script::of(&world, "contoso", "writer").await;
    let told = script.post(&format!("/users/{id}/revokeSignInSessions"), json!({})).await;
    assert_eq!((told.status, &told.json()["value"]), (200, &json!(true)));
    let since = world.guest("contoso", ANA).await.unwrap().guest.sessions_valid_from.unwrap();
    assert!(since > world.clock.now());
    assert!(script.read(&format!("/users/{id}")).await.json()["signInSessionsValidFromDateTime"].is_string());
}
