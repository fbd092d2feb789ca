//! The management API in the hands of an app that was permitted little.

use gatehouse::domain::{guest::State, id::ClientId};
use serde_json::json;

use super::ticket;
use crate::{
    admin::{Script, clients, world},
    world::{ANA, Setup},
};

const TO: &str = "https://portal.contoso.example/";

/// "Splitting the email atom": the domain we read is the one that mail goes to.
#[tokio::test]
async fn an_address_that_two_readers_would_read_in_two_ways_is_refused() {
    let world = world().await;
    let script = Script::of(&world, "contoso", "writer").await;
    for address in [
        "ana@fabrikam.example\r\nBcc: eve@evil.example",
        "ana@fabrikam.example, eve@evil.example",
        "ana@fabrikam.example;eve@evil.example",
        "Ana <ana@fabrikam.example>",
        "<ana@fabrikam.example>",
        "ana@fabrikam.example@evil.example",
        "\"ana@fabrikam.example\"@evil.example",
        "ana@fabrikam.example\u{0}@evil.example",
        "=?utf-8?q?ana=40fabrikam.example=3E=00?=foo@evil.example",
        "ana@fabrikam.example(@evil.example)",
        "ana@[127.0.0.1]",
        "ana@fabrikam.example.",
        "ana@fabrikam\u{2025}example",
        "eve%fabrikam.example@(foo)evil.example",
        "@fabrikam.example",
        "ana@",
        " ",
        "ana\u{202e}@fabrikam.example",
    ] {
        let body = json!({ "invitedUserEmailAddress": address, "inviteRedirectUrl": TO });
        let told = script.post("/invitations", body).await;
        if told.status == 201 {
            // Whatever was read, it is one address, and the answer says which.
            let invited = told.json()["invitedUserEmailAddress"].as_str().unwrap().to_owned();
            assert_eq!(invited.matches('@').count(), 1, "{address:?}: {invited}");
            assert!(!invited.ends_with("@evil.example") || !address.starts_with("ana@"), "{address:?}: {invited}");
        } else {
            assert_eq!(told.status, 400, "{address:?}: {told:?}");
        }
    }
}

#[tokio::test]
async fn nobody_is_invited_to_where_no_app_of_the_tenant_lives() {
    let world = world().await;
    let script = Script::of(&world, "contoso", "writer").await;
    for url in [
        "https://evil.example/",
        "https://portal.contoso.example@evil.example/",
        "https://portal.contoso.example.evil.example/",
        "https://portal.contoso.example:444/",
        "http://portal.contoso.example/",
        "https://evil.example\\@portal.contoso.example/",
        "https://user:password@portal.contoso.example/",
        "//portal.contoso.example/",
        "javascript:alert(1)//portal.contoso.example/",
        "data:text/html,x",
        "https:portal.contoso.example.evil.example",
        "",
    ] {
        let told = script.post("/invitations", json!({ "invitedUserEmailAddress": ANA, "inviteRedirectUrl": url })).await;
        assert!((400..500).contains(&told.status), "{url:?}: {told:?}");
    }
    assert!(world.guest("contoso", ANA).await.is_none());
}

#[tokio::test]
async fn nobody_writes_what_only_signing_in_can_write() {
    let world = world().await;
    let script = Script::of(&world, "contoso", "writer").await;
    let told = script.post("/invitations", json!({ "invitedUserEmailAddress": ANA, "inviteRedirectUrl": TO })).await;
    let id = told.json()["invitedUser"]["id"].as_str().unwrap().to_owned();
    let forged = json!({
        "id": "018f0000000070008000000000000000", "externalUserState": "Accepted", "state": "Accepted", "redemption": 7, "tenant": "woodgrove",
        "identities": [{ "issuer": "fabrikam", "issuerAssignedId": "1" }], "voucher": "fabrikam", "subject": "1",
        "acceptance": "policy", "userPrincipalName": "eve", "createdDateTime": "1970-01-01T00:00:00Z", "deletedDateTime": null,
        "proxyAddresses": ["SMTP:eve@evil.example"], "creationType": null, "displayName": "Ana"
    });
    let told = script.patch(&format!("/users/{id}"), forged).await;
    assert_eq!(told.status, 204, "as Graph does, what it does not know is passed over: {told:?}");
    let ana = world.guest("contoso", ANA).await.unwrap().guest;
    assert_eq!(ana.display_name.as_deref(), Some("Ana"));
    assert!(matches!(ana.state, State::PendingAcceptance(_)) && ana.identity().is_none() && ana.acceptance.is_none());
    assert_eq!((ana.id.to_string(), ana.round), (id, 1));
    assert!(world.guest("contoso", "eve@evil.example").await.is_none());
    // Nor by inviting.
    let forged = json!({
        "invitedUserEmailAddress": "ben@fabrikam.example", "inviteRedirectUrl": TO, "status": "Completed", "inviteRedeemUrl": "https://evil.example/",
        "invitedBy": "operator", "expirationDateTime": null, "id": "018f0000-0000-7000-8000-000000000000"
    });
    let told = script.post("/invitations", forged).await.json();
    assert_eq!((told["status"].as_str(), told["invitedBy"].as_str()), (Some("PendingAcceptance"), Some("writer")));
    assert!(told["inviteRedeemUrl"].as_str().unwrap().starts_with(&world.url) && !told["expirationDateTime"].is_null());
}

#[tokio::test]
async fn a_filter_is_a_question_and_no_statement() {
    let world = world().await;
    let script = Script::of(&world, "contoso", "reader").await;
    let writer = Script::of(&world, "contoso", "writer").await;
    assert_eq!(writer.invite(ANA).await.status, 201);
    for filter in [
        "mail eq 'x' or 1 eq 1",
        "mail eq 'x'' or ''1'' eq ''1'",
        "startsWith(mail,'%')",
        "startsWith(mail,'_')",
        "startsWith(mail,'a%'' --')",
        "mail eq 'x'; DROP TABLE guests; --'",
        "userType eq 'Guest' --",
        "tenant eq 'woodgrove'",
    ] {
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("$filter", filter).finish();
        let told = script.read(&format!("/users?{query}")).await;
        let found = if told.status == 200 { told.json()["value"].as_array().unwrap().len() } else { 0 };
        assert!(found == 0 && matches!(told.status, 200 | 400), "{filter}: {told:?}");
    }
    assert_eq!(script.read("/users").await.json()["value"].as_array().unwrap().len(), 1);
}

/// A link is the business of whoever made it: an app that may only invite has no hand in what others made, the operator among them.
#[tokio::test]
async fn an_app_called_as_somebody_else_is_has_none_of_their_invitations() {
    assert!(ClientId::parse("operator").is_err(), "what the operator does by hand is the operator's");
    let world = Setup::new().tenant("contoso", &clients()).tenant("woodgrove", &clients()).open().await;
    let (here, there) = (Script::of(&world, "contoso", "inviter").await, Script::of(&world, "woodgrove", "inviter").await);
    let made = here.invite(ANA).await.json();
    let (id, handle) = (made["id"].as_str().unwrap().to_owned(), ticket(made["inviteRedeemUrl"].as_str().unwrap()));
    for (method, path) in [
        (reqwest::Method::GET, format!("/invitations/{id}")),
        (reqwest::Method::GET, format!("/invitations/{id}/timeline")),
        (reqwest::Method::POST, format!("/invitations/{id}/resend")),
        (reqwest::Method::POST, format!("/invitations/{id}/reissue")),
        (reqwest::Method::POST, format!("/invitations/{id}/revoke")),
    ] {
        let key = path.replace('/', "-");
        let told = there.ask(method, &path, None, &[("idempotency-key", &key)]).await;
        assert_eq!(told.status, 404, "the same app of another tenant: {path} {told:?}");
        assert!(!told.text.contains(ANA) && !told.text.contains(&handle));
    }
}
