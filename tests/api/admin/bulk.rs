//! Many invitations in one file.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Script, Told, is_problem, world};
use crate::world::World;

const HEAD: &str = "version:v1.0\r\nEmail address to invite [inviteeEmail] Required,Redirection url [inviteRedirectURL] Required,\
    Send invitation message (true or false) [sendEmail],Customized invitation message [customizedMessageBody]\r\n";
const WHERE: &str = "/invitations/bulk";

async fn sent(script: &Script, path: &str, kind: &str, file: String, key: Option<&str>) -> Told {
    let asked = script.http.post(format!("{}{path}", script.base)).bearer_auth(&script.token).header("content-type", kind).body(file);
    Told::of(if let Some(key) = key { asked.header("idempotency-key", key) } else { asked }).await
}

async fn file(script: &Script, file: String) -> Told {
    sent(script, WHERE, "text/csv; charset=utf-8", file, None).await
}

async fn completed(script: &Script, place: &str) -> Value {
    for _ in 0..200 {
        let progress = script.read(place).await.json();
        if progress["status"] == "completed" {
            return progress;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the file is not worked off");
}

fn lines(world: &World) -> String {
    let here = format!("{}/contoso/apps", world.url);
    format!(
        "{HEAD}pat@partner.example,{here},TRUE,Hi\r\nnonsense,{here},,\r\nPAT@partner.example,{here},,\r\nsam@partner.example,{here},false,\r\n"
    )
}

#[tokio::test]
async fn a_file_is_taken_and_what_became_of_every_line_is_told_page_by_page() {
    let world = world().await;
    let script = Script::of(&world, "contoso", "inviter").await;
    let told = file(&script, lines(&world)).await;
    assert_eq!(told.status, 202, "{told:?}");
    let place = told.location.clone().unwrap();
    let id = told.json()["id"].as_str().unwrap().to_owned();
    assert_eq!((place.as_str(), &told.json()["total"]), (format!("{}{WHERE}/{id}", script.base).as_str(), &json!(4)));
    let progress = completed(&script, &place).await;
    assert_eq!((&progress["total"], &progress["done"], &progress["failed"]), (&json!(4), &json!(4), &json!(1)));
    assert!(progress["perSecond"].as_f64().unwrap() > 0.0 && progress["completedDateTime"].is_string(), "{progress}");
    assert_eq!(progress["invitedBy"], "inviter");

    let (mut next, mut seen) = (format!("{place}/lines?$top=3"), Vec::new());
    loop {
        let page = script.read(&next).await.json();
        seen.extend(page["value"].as_array().unwrap().clone());
        match page["@odata.nextLink"].as_str() {
            Some(link) => next = link.to_owned(),
            None => break,
        }
    }
    let told: Vec<(u64, &str, Option<&str>)> =
        seen.iter().map(|line| (line["line"].as_u64().unwrap(), line["status"].as_str().unwrap(), line["code"].as_str())).collect();
    assert_eq!(told, [(3, "invited", None), (4, "failed", Some("GH5007")), (5, "duplicate", None), (6, "invited", None)]);
    let invitation = script.read(&format!("/invitations/{}", seen[0]["invitation"]["id"].as_str().unwrap())).await.json();
    assert_eq!(invitation["invitedUserEmailAddress"], "pat@partner.example");
    world.next_mail("pat@partner.example").await;
    assert_eq!(world.mails_to("sam@partner.example"), 0);

    // The same file again is the same file.
    let again = file(&script, lines(&world)).await;
    assert_eq!((again.status, again.location.as_ref()), (202, Some(&place)));
    completed(&script, &place).await;
    assert_eq!(world.mails_to("pat@partner.example"), 1);
}

#[tokio::test]
async fn whose_a_file_is_and_which_permission_they_have_decides_who_reads_of_it() {
    let world = world().await;
    let (inviter, writer) = (Script::of(&world, "contoso", "inviter").await, Script::of(&world, "contoso", "writer").await);
    let (mine, theirs) = (file(&inviter, lines(&world)).await.location.unwrap(), file(&writer, lines(&world)).await.location.unwrap());
    assert_ne!(mine, theirs);
    for place in [theirs.clone(), format!("{theirs}/lines")] {
        is_problem(&inviter.read(&place).await, 404, "GH5004");
    }
    let reader = Script::of(&world, "contoso", "reader").await;
    for place in [mine.clone(), theirs, format!("{mine}/lines")] {
        assert_eq!(reader.read(&place).await.status, 200);
    }
    is_problem(&file(&reader, lines(&world)).await, 403, "GH5002");
    let elsewhere = Script::of(&world, "woodgrove", "directory").await;
    is_problem(&elsewhere.read(&mine.replace("/contoso/", "/woodgrove/")).await, 404, "GH5004");
    is_problem(&inviter.read(&format!("{mine}/lines?$skiptoken=x")).await, 400, "GH5003");
}

#[tokio::test]
async fn a_file_that_can_not_be_taken_is_refused_whole() {
    let world = world().await;
    let script = Script::of(&world, "contoso", "inviter").await;
    is_problem(&sent(&script, WHERE, "application/json", lines(&world), None).await, 400, "GH5003");
    let told = file(&script, format!("{HEAD}pat@partner.example,,TRUE,\"open\r\n")).await;
    is_problem(&told, 400, "GH5020");
    assert!(told.json()["detail"].as_str().unwrap().contains("line 3"), "{told:?}");
    is_problem(&file(&script, String::new()).await, 400, "GH5020");
    is_problem(&sent(&script, "/invitations/bulk?sendInvitationMessage=maybe", "text/csv", lines(&world), None).await, 400, "GH5003");
    assert!(world.guest("contoso", "pat@partner.example").await.is_none());
    // Longer than any other body may be, and not yet too long.
    let long = format!("{}{}", lines(&world), "x@partner.example,,false,\r\n".repeat(5_000));
    assert_eq!(file(&script, long).await.json()["total"], 5_004);
    let keyed = || sent(&script, WHERE, "text/csv", lines(&world), Some("k"));
    let (first, second) = (keyed().await, keyed().await);
    assert_eq!((first.status, &first.text, &first.location), (second.status, &second.text, &second.location));
}
