//! What `explain` makes of the directory: it reads it, and never changes a thing.

use gatehouse::{
    domain::{
        address::EmailAddress,
        guest::{BoundIdentity, Creation, Guest, PrincipalName, State},
        id::{GuestId, IdpId, TenantId},
        identity::{Subject, Voucher},
        secret::Secret,
        timestamp::Timestamp,
    },
    random,
    store::directory::{AddedGuest, Directory},
};
use serde_json::json;

use crate::folder::Folder;

const NOW: Timestamp = Timestamp::from_unix(1_795_000_000);

/// A guest of `now-on` who accepted and was proven by `voucher`.
async fn accepted(directory: &Directory, address: &str, voucher: Voucher) {
    let mail = EmailAddress::parse(address).unwrap();
    let (id, name) = (GuestId::from_drawn(random::ordered_uuid(NOW)), PrincipalName::of(&mail, "now-on.example"));
    let identity = BoundIdentity { voucher, subject: Subject::new(address).unwrap() };
    let state = State::stored("Accepted", NOW, Some(identity)).unwrap();
    let guest = Guest { state, ..Guest::pending(id, name, mail, Creation::Invitation, NOW) };
    assert_eq!(directory.add_guest(&TenantId::parse("now-on").unwrap(), &guest).await.unwrap(), AddedGuest::Added);
}

async fn open(folder: &Folder) -> Directory {
    Directory::open(&Secret::new(folder.database())).await.unwrap()
}

fn ask(folder: &Folder, address: &str) -> serde_json::Value {
    folder.explained(&["--tenant", "now-on", "--address", address])
}

#[tokio::test]
async fn an_accepted_guest_is_sent_to_the_stored_identity_while_the_house_is_open_and_after() {
    let folder = Folder::new();
    let directory = open(&folder).await;
    accepted(&directory, "cal@gmail.com", Voucher::Passcode).await;
    accepted(&directory, "dee@outlook.com", Voucher::Provider(IdpId::parse("gone").unwrap())).await;
    for _ in 0..2 {
        let cal = ask(&folder, "CAL@gmail.com");
        assert_eq!((&cal["outcome"], cal["tried"].as_array().unwrap().len()), (&json!("passcode"), 1), "{cal:#}");
        assert_eq!((&cal["tried"][0]["rule"], &cal["tried"][0]["verdict"]), (&json!("sticky"), &json!("hit")));
        let dee = ask(&folder, "dee@outlook.com");
        assert_eq!(dee["code"], "GH2004");
        assert!(dee["tried"][0]["reason"].as_str().unwrap().contains("reset the redemption"), "{dee:#}");
        // Once more with nobody else at the file.
        directory.close().await;
    }
}

#[tokio::test]
async fn explaining_changes_no_file_and_makes_none() {
    let folder = Folder::new();
    let before = folder.contents();
    ask(&folder, "eve@corp.example");
    assert_eq!(folder.contents(), before, "without a directory");
    let directory = open(&folder).await;
    accepted(&directory, "cal@gmail.com", Voucher::Passcode).await;
    directory.close().await;
    let before = folder.contents();
    ask(&folder, "cal@gmail.com");
    assert_eq!(folder.contents(), before, "with one");
}

#[test]
fn a_directory_that_can_t_be_reached_is_said_and_the_rest_explained() {
    let folder = Folder::new();
    for (url, why) in [
        (r#"{ env = "EXPLAIN_DIRECTORY" }"#, "its address is a secret that is not here"),
        (r#""postgres://gatehouse@127.0.0.1:1/gatehouse""#, "can't be reached: "),
    ] {
        folder.write("gatehouse.toml", &include_str!("gatehouse.toml").replace("\nurl = ", &format!("\nurl = {url} # ")));
        let said = ask(&folder, "ana@managed.example");
        assert_eq!(said["outcome"], json!({ "provider": "entra" }));
        let sticky = &said["tried"][0];
        assert_eq!((&sticky["rule"], &sticky["verdict"]), (&json!("sticky"), &json!("unanswered")));
        assert!(sticky["reason"].as_str().unwrap().contains(why), "{sticky}");
    }
}

#[test]
fn a_file_that_is_no_directory_is_said_and_left_alone() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path().join("data")).unwrap();
    folder.write("data/gatehouse.db", "this is a letter, and no database at all");
    let before = folder.contents();
    assert_eq!(ask(&folder, "ana@managed.example")["tried"][0]["verdict"], "unanswered");
    assert_eq!(folder.contents(), before);
}

#[tokio::test]
async fn check_counts_the_guests_whom_a_removed_provider_locks_out() {
    let folder = Folder::new();
    let directory = open(&folder).await;
    accepted(&directory, "cal@gmail.com", Voucher::Passcode).await;
    accepted(&directory, "dee@outlook.com", Voucher::Provider(IdpId::parse("gone").unwrap())).await;
    directory.close().await;
    let told = folder.run(&["check", ".", "--guests", "--json"]);
    // 1: of the certificates that this folder names there are none.
    assert_eq!(told.code, 1, "{told:?}");
    let lines: Vec<serde_json::Value> = told.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let locked: Vec<_> = lines.iter().filter(|line| line["tenant"] == "now-on").collect();
    assert_eq!(locked.len(), 1, "{told:?}");
    assert_eq!((&locked[0]["accepted"], &locked[0]["message"]), (&json!(1), &json!("there is no provider gone")));
    let off = folder.run(&["check", ".", "--guests"]);
    assert!(off.out.contains("now-on: warning: 1 guest can't sign in, 1 of them accepted: there is no provider gone"), "{off:?}");
    assert!(off.out.contains("now-off: no guest is locked out"), "{off:?}");
}
