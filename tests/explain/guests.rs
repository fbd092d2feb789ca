//! `gatehouse guests`: the directory looked at and changed by hand.

use gatehouse::{
    domain::{id::TenantId, secret::Secret},
    store::directory::Directory,
};
use serde_json::{Value, json};

use crate::folder::{Folder, Said};

fn guests(folder: &Folder, verb: &str, more: &[&str]) -> Said {
    folder.run(&[&["guests", verb, "--config", ".", "--tenant", "now-on"], more].concat())
}

/// What it says in JSON; it must succeed.
fn told(folder: &Folder, verb: &str, more: &[&str]) -> Value {
    let said = guests(folder, verb, &[more, &["--json"]].concat());
    assert_eq!(said.code, 0, "{verb} {more:?}: {said:?}");
    serde_json::from_str(&said.out).unwrap()
}

fn mails(page: &Value) -> Vec<&str> {
    page["value"].as_array().unwrap().iter().map(|user| user["mail"].as_str().unwrap()).collect()
}

#[test]
fn a_guest_is_shown_with_the_names_of_graph() {
    let folder = Folder::new();
    let words = ["--address", "Ana.T@partner.example", "--name", "Ana Torres", "--other", "ana@old.example", "--type", "Member"];
    let more = ["--invited-by", "Ben Meyer", "--language", "de"];
    let ana = told(&folder, "add", &[&words[..], &more].concat());
    assert_eq!(ana["id"].as_str().unwrap().len(), 32);
    let domain = ana["userPrincipalName"].as_str().unwrap().rsplit_once('@').unwrap().1.to_owned();
    for (name, want) in [
        ("userType", json!("Member")),
        ("userPrincipalName", json!(format!("ana.t_partner.example#EXT#@{domain}"))),
        ("displayName", json!("Ana Torres")),
        ("mail", json!("Ana.T@partner.example")),
        ("otherMails", json!(["Ana.T@partner.example", "ana@old.example"])),
        ("proxyAddresses", json!(["SMTP:Ana.T@partner.example"])),
        ("mailNickname", json!("ana.t_partner.example#EXT#")),
        ("externalUserState", json!("PendingAcceptance")),
        ("creationType", json!("Invitation")),
        ("accountEnabled", json!(true)),
        ("showInAddressList", json!(false)),
        ("preferredLanguage", json!("de")),
        ("sponsors", json!([{ "displayName": "Ben Meyer" }])),
        ("invitedBy", json!({ "displayName": "Ben Meyer" })),
        ("deletedDateTime", Value::Null),
        ("signInActivity", Value::Null),
        ("source", json!("Invited user")),
    ] {
        assert_eq!(ana[name], want, "{name}");
    }
    assert_eq!(ana["identities"][0]["signInType"], "userPrincipalName");
    assert_eq!(ana["externalUserStateChangeDateTime"], ana["createdDateTime"]);
    for whom in [&ana["id"], &ana["userPrincipalName"], &json!("ANA@old.example")] {
        assert_eq!(told(&folder, "show", &[whom.as_str().unwrap()]), ana);
    }
    let said = guests(&folder, "show", &["ana@old.example"]);
    assert!(said.code == 0 && said.out.contains("externalUserState                PendingAcceptance"), "{said:?}");
}

#[test]
fn a_list_is_read_page_by_page_and_filtered() {
    let folder = Folder::new();
    assert_eq!((guests(&folder, "list", &[]).out.trim(), told(&folder, "list", &[])["value"].clone()), ("nobody", json!([])));
    for address in ["ana@p.example", "ben@p.example", "cleo@q.example"] {
        assert_eq!(guests(&folder, "add", &["--address", address]).code, 0);
    }
    let first = told(&folder, "list", &["--limit", "2"]);
    let after = first["after"].as_str().unwrap();
    let second = told(&folder, "list", &["--limit", "2", "--after", after]);
    // Several processes within one second made them in any order.
    let mut read = [mails(&first), mails(&second)].concat();
    read.sort_unstable();
    assert_eq!((mails(&first).len(), read), (2, vec!["ana@p.example", "ben@p.example", "cleo@q.example"]));
    assert_eq!(second["after"], Value::Null);
    assert_eq!(mails(&told(&folder, "list", &["--address", "CLEO"])), ["cleo@q.example"]);
    assert_eq!(mails(&told(&folder, "list", &["--state", "accepted"])), Vec::<&str>::new());
    assert_eq!(mails(&told(&folder, "list", &["--state", "pending", "--type", "Guest"])).len(), 3);
    assert!(guests(&folder, "list", &[]).out.contains("PendingAcceptance  Guest   ben@p.example  (Invited user)"));
    assert_eq!(told(&folder, "count", &[])["value"], json!([{ "provider": null, "PendingAcceptance": 3, "Accepted": 0 }]));
    assert!(guests(&folder, "count", &[]).out.contains("0 accepted, 3 pending"));
}

#[tokio::test]
async fn a_guest_is_blocked_deleted_restored_and_purged_and_the_audit_tells() {
    let folder = Folder::new();
    let id = told(&folder, "add", &["--address", "ana@p.example"])["id"].as_str().unwrap().to_owned();
    assert_eq!(told(&folder, "block", &["ana@p.example"])["accountEnabled"], false);
    assert!(guests(&folder, "list", &[]).out.contains(", blocked"));
    assert_eq!(told(&folder, "unblock", &[&id])["accountEnabled"], true);
    let said = guests(&folder, "purge", &[&id]);
    assert!(said.code == 1 && said.out.contains("is not deleted"), "{said:?}");
    assert!(told(&folder, "delete", &[&id])["deletedDateTime"].is_string());
    let said = guests(&folder, "block", &[&id]);
    assert!(said.code == 1 && said.out.contains("restorable until"), "{said:?}");
    assert_eq!((mails(&told(&folder, "list", &[])).len(), mails(&told(&folder, "list", &["--deleted"])).len()), (0, 1));
    let anew = told(&folder, "add", &["--address", "ana@p.example"])["id"].as_str().unwrap().to_owned();
    let said = guests(&folder, "restore", &[&id]);
    assert!(said.code == 1 && said.out.contains(&format!("address ana@p.example: {anew}")), "{said:?}");
    assert_eq!(guests(&folder, "delete", &[&anew]).code, 0);
    assert_eq!(told(&folder, "restore", &[&id])["deletedDateTime"], Value::Null);
    assert_eq!(guests(&folder, "purge", &[&anew]).code, 0);
    assert_eq!(guests(&folder, "show", &[&anew]).code, 1);
    let directory = Directory::open(&Secret::new(folder.database())).await.unwrap();
    let events = directory.audit_events(&TenantId::parse("now-on").unwrap(), 99).await.unwrap();
    let mut actions: Vec<&str> = events.iter().filter(|event| event.guest.unwrap().to_string() == id).map(|e| &e.action[6..]).collect();
    actions.sort_unstable();
    assert_eq!(actions, ["added", "blocked", "deleted", "restored", "unblocked"]);
}

#[test]
fn words_that_mean_nobody_are_told_from_words_that_mean_nothing() {
    let folder = Folder::new();
    for (whom, code) in [("nobody@p.example", 1), ("0123456789abcdef0123456789abcdef", 1), ("a_b#EXT#@c.example", 1), ("somebody", 2)] {
        assert_eq!(guests(&folder, "show", &[whom]).code, code, "{whom}");
    }
    for words in [["--type", "Admin"], ["--other", "nobody"], ["--language", "tlh"], ["--sponsor", ""]] {
        assert_eq!(guests(&folder, "add", &[&["--address", "a@p.example"], &words[..]].concat()).code, 2, "{words:?}");
    }
    let six: Vec<&str> = ["1", "2", "3", "4", "5", "6"].into_iter().flat_map(|name| ["--sponsor", name]).collect();
    let said = guests(&folder, "add", &[&["--address", "a@p.example"], &six[..]].concat());
    assert!(said.code == 2 && said.out.contains("at most 5 sponsors"), "{said:?}");
    assert_eq!(guests(&folder, "list", &["--limit", "1000"]).code, 2);
}
