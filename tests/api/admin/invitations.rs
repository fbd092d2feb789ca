use serde_json::{Value, json};

use super::{Script, asked, is_problem, world};

fn addresses(page: &Value) -> Vec<&str> {
    page["value"].as_array().unwrap().iter().map(|one| one["invitedUserEmailAddress"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn an_invitation_is_made_as_graph_makes_it_and_its_link_is_answered_once() {
    let world = world().await;
    let script = Script::of(&world, "contoso", "inviter").await;
    let told = script.invite("pat+1@partner.example").await;
    assert_eq!(told.status, 201, "{told:?}");
    let invitation = told.json();
    assert_eq!(invitation["invitedUserEmailAddress"], "pat+1@partner.example");
    assert_eq!((&invitation["status"], &invitation["invitedUserType"]), (&json!("PendingAcceptance"), &json!("Guest")));
    assert!(invitation["inviteRedeemUrl"].as_str().unwrap().starts_with(&format!("{}/contoso/redeem?ticket=", world.url)));
    let id = invitation["id"].as_str().unwrap();
    assert_eq!(told.location.unwrap(), format!("{}/invitations/{id}", script.base));
    let guest = world.guest("contoso", "pat+1@partner.example").await.unwrap().guest;
    assert_eq!(invitation["invitedUser"]["id"], guest.id.to_string());
    assert_eq!(guest.invited_by.unwrap().as_str(), "inviter");
    let again = script.read(&format!("/invitations/{id}")).await.json();
    assert_eq!((again.get("inviteRedeemUrl"), &again["id"]), (None, &invitation["id"]));
    let timeline = script.read(&format!("/invitations/{id}/timeline")).await.json();
    assert!(!timeline["value"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn what_is_wrong_with_an_invitation_is_said_by_code_and_property() {
    let world = world().await;
    let script = Script::of(&world, "contoso", "inviter").await;
    let with = |more: Value| {
        let mut body = asked(&script.base, "pat@partner.example");
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    for (more, status, code, named) in [
        (json!({ "invitedUserEmailAddress": null }), 400, "GH5003", "invitedUserEmailAddress"),
        (json!({ "invitedUserEmailAddress": "two@at@signs" }), 400, "GH5007", "invitedUserEmailAddress"),
        (json!({ "invitedUserEmailAddress": 5 }), 400, "GH5003", "invitedUserEmailAddress"),
        (json!({ "inviteRedirectUrl": null }), 400, "GH5003", "inviteRedirectUrl"),
        (json!({ "inviteRedirectUrl": "https://evil.example/" }), 400, "GH5008", "inviteRedirectUrl"),
        (json!({ "invitedUserType": "Admin" }), 400, "GH5003", "invitedUserType"),
        (json!({ "sendInvitationMessage": "yes" }), 400, "GH5003", "sendInvitationMessage"),
        (json!({ "resetRedemption": true }), 400, "GH5003", "invitedUser.id"),
        (json!({ "resetRedemption": true, "invitedUser": { "id": "x" } }), 403, "GH5002", "User.ReadWrite.All"),
        (json!({ "invitedUserMessageInfo": { "customizedMessageBody": "x".repeat(2001) } }), 400, "GH5016", "2000"),
        (
            json!({ "invitedUserMessageInfo": { "ccRecipients": [
                { "emailAddress": { "address": "a@p.example" } }, { "emailAddress": { "address": "b@p.example" } }] } }),
            400,
            "GH5015",
            "ccRecipients",
        ),
        (
            json!({ "invitedUserMessageInfo": { "ccRecipients": [{ "emailAddress": { "address": 7 } }] } }),
            400,
            "GH5003",
            "invitedUserMessageInfo.ccRecipients[0].emailAddress.address",
        ),
    ] {
        let told = script.post("/invitations", with(more.clone())).await;
        is_problem(&told, status, code);
        assert!(told.json()["detail"].as_str().unwrap().contains(named), "{more}: {told:?}");
    }
    // Nobody, in three spellings.
    for none in [json!([]), json!([{ "emailAddress": null }]), json!([{ "emailAddress": { "name": null, "address": null } }])] {
        let told = script.post("/invitations", with(json!({ "invitedUserMessageInfo": { "ccRecipients": none } }))).await;
        assert_eq!(told.status, 201, "{told:?}");
    }
    is_problem(&script.post("/invitations", with(json!({ "invitedUserType": "Member" }))).await, 403, "GH5017");
    let writer = Script::of(&world, "contoso", "writer").await;
    let member = json!({ "invitedUserEmailAddress": "member@partner.example", "invitedUserType": "Member" });
    assert_eq!(writer.post("/invitations", with(member)).await.json()["invitedUserType"], "Member");
}

#[tokio::test]
async fn whoever_may_only_invite_sees_and_touches_its_own() {
    let world = world().await;
    let (inviter, writer) = (Script::of(&world, "contoso", "inviter").await, Script::of(&world, "contoso", "writer").await);
    let mine = inviter.invite("mine@partner.example").await.json()["id"].as_str().unwrap().to_owned();
    let theirs = writer.invite("theirs@partner.example").await.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(addresses(&inviter.read("/invitations").await.json()), ["mine@partner.example"]);
    assert_eq!(addresses(&writer.read("/invitations").await.json()), ["theirs@partner.example", "mine@partner.example"]);
    assert_eq!((inviter.read("/invitations/$count").await.text, writer.read("/invitations/$count").await.text), ("1".into(), "2".into()));
    for path in ["", "/timeline"] {
        is_problem(&inviter.read(&format!("/invitations/{theirs}{path}")).await, 404, "GH5004");
    }
    for verb in ["resend", "revoke", "reissue"] {
        is_problem(&inviter.post(&format!("/invitations/{theirs}/{verb}"), json!({})).await, 404, "GH5004");
    }
    let filter = "?$filter=invitedUserEmailAddress%20eq%20'mine@partner.example'%20and%20status%20eq%20'PendingAcceptance'";
    assert_eq!(addresses(&writer.read(&format!("/invitations{filter}")).await.json()), ["mine@partner.example"]);
    let link = json!({ "sendInvitationMessage": false });
    let resent = inviter.post(&format!("/invitations/{mine}/resend"), link.clone()).await;
    assert_eq!((resent.status, resent.json()["inviteRedeemUrl"].is_string()), (200, true), "{resent:?}");
    let reissued = inviter.post(&format!("/invitations/{mine}/reissue"), link).await;
    assert_eq!(reissued.status, 201, "{reissued:?}");
    let new = reissued.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(inviter.read(&format!("/invitations/{mine}")).await.json()["detailedStatus"], "Revoked");
    let revoked = inviter.post(&format!("/invitations/{new}/revoke"), json!({})).await;
    assert_eq!((revoked.status, &revoked.json()["status"]), (200, &json!("Error")));
    is_problem(&inviter.post(&format!("/invitations/{new}/revoke"), json!({})).await, 409, "GH5014");
}
