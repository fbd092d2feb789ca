//! `gatehouse invite` and what `gatehouse guests` does for invitations, from the outside.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::folder::{Folder, Said};

fn run(folder: &Folder, words: &[&str]) -> Said {
    folder.run(&[words, &["--config", ".", "--tenant", "now-on"]].concat())
}

fn told(folder: &Folder, words: &[&str]) -> Value {
    let said = run(folder, &[words, &["--json"]].concat());
    assert_eq!(said.code, 0, "{words:?}: {said:?}");
    serde_json::from_str(&said.out).unwrap()
}

fn invited(folder: &Folder, more: &[&str]) -> Value {
    told(folder, &[&["invite", "--no-mail"], more].concat())["value"][0].clone()
}

#[test]
fn an_invitation_is_made_shown_sent_again_taken_back_and_issued_anew() {
    let folder = Folder::new();
    let ana = invited(&folder, &["Ana@partner.example", "--client", "portal", "--by", "Ben Meyer"]);
    assert_eq!((&ana["status"], &ana["invitedBy"]), (&"PendingAcceptance".into(), &"Ben Meyer".into()));
    assert!(ana["inviteRedeemUrl"].as_str().unwrap().starts_with("https://login.example.org/now-on/redeem?ticket="));
    let id = ana["id"].as_str().unwrap();
    let again = told(&folder, &["invite", "resend", id, "--no-mail"]);
    assert_ne!(again["value"][0]["inviteRedeemUrl"], ana["inviteRedeemUrl"]);
    assert!(run(&folder, &["invite", "revoke", id]).out.contains("gatehouse guests delete"));
    let said = run(&folder, &["invite", "resend", id, "--no-mail"]);
    assert_eq!((said.code, said.out.contains("GH5014") && said.out.contains("re-issue")), (1, true), "{said:?}");
    let anew = told(&folder, &["invite", "reissue", id, "--no-mail"])["value"][0]["id"].as_str().unwrap().to_owned();
    let list = told(&folder, &["invite", "list"]);
    // Each command is a process of its own, and within one second their order is anybody's guess.
    let stand: BTreeSet<(&str, &str)> =
        list["value"].as_array().unwrap().iter().map(|one| (one["id"].as_str().unwrap(), one["statusDetail"].as_str().unwrap())).collect();
    assert_eq!(stand, [(anew.as_str(), "PendingAcceptance"), (id, "Revoked")].into());
    let shown = told(&folder, &["invite", "show", id]);
    let actions: BTreeSet<&str> = shown["timeline"].as_array().unwrap().iter().map(|event| event["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["guest.invited", "invitation.resent", "invitation.revoked"].into());
    let text = run(&folder, &["invite", "show", &anew]).out;
    assert!(text.contains("PendingAcceptance") && text.contains("Portal (portal)") && text.contains("invitation.reissued"), "{text}");
}

#[test]
fn one_who_can_not_be_invited_keeps_nobody_else_from_it() {
    let folder = Folder::new();
    let said = run(&folder, &["invite", "ana@partner.example", "nobody", "ben@partner.example", "--no-mail"]);
    assert_eq!(said.code, 1);
    for words in ["ana@partner.example is invited", "nobody is not invited", "GH5007", "ben@partner.example is invited", "ticket="] {
        assert!(said.out.contains(words), "{words}: {}", said.out);
    }
    let said = run(&folder, &["invite", "cleo@partner.example", "--no-mail", "--redirect", "https://evil.example/"]);
    assert_eq!((said.code, said.out.contains("GH5008")), (2, true), "{said:?}");
    assert_eq!(run(&folder, &["invite"]).code, 2);
}

#[test]
fn an_invitation_by_mail_says_which_key_it_lacks() {
    let folder = Folder::new();
    folder.replace("gatehouse.toml", r#"seal = { file = "seal.key" }"#, r#"seal = { env = "EXPLAIN_SEAL" }"#);
    let said = run(&folder, &["invite", "ana@partner.example"]);
    assert_eq!((said.code, said.out.contains("EXPLAIN_SEAL")), (1, true), "{said:?}");
    assert_eq!(run(&folder, &["invite", "ana@partner.example", "--no-mail"]).code, 0);
}

#[test]
fn a_rehearsal_changes_nothing_and_needs_no_secret() {
    let folder = Folder::new();
    let before = folder.contents();
    let said = run(&folder, &["invite", "ana@partner.example", "--dry-run"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(
        said.out.contains("would be invited") && said.out.contains("would be added") && said.out.contains("in English"),
        "{}",
        said.out
    );
    assert_eq!(folder.contents(), before);
}

#[test]
fn guests_are_reset_assigned_and_counted_when_locked_out() {
    let folder = Folder::new();
    let ana = invited(&folder, &["ana@partner.example"]);
    let guest = ana["invitedUser"]["id"].as_str().unwrap();
    let reset = told(&folder, &["guests", "reset", guest, "--address", "ana@new.example", "--no-mail"])["value"][0].clone();
    assert_eq!((&reset["invitedUser"]["id"], &reset["invitedUser"]["mail"]), (&ana["invitedUser"]["id"], &"ana@new.example".into()));
    assert_eq!(told(&folder, &["guests", "assign", guest, "portal"])["apps"], serde_json::json!(["portal"]));
    assert_eq!(told(&folder, &["guests", "unassign", guest, "portal"])["apps"], serde_json::json!([]));
    assert_eq!(run(&folder, &["guests", "assign", guest, "shop"]).code, 2);
    assert!(run(&folder, &["guests", "locked-out"]).out.contains("nobody is locked out"));
    let convert = run(&folder, &["guests", "convert", guest, "--address", "ana@elsewhere.example", "--no-mail"]);
    assert_eq!((convert.code, convert.out.contains("GH5021")), (1, true), "{convert:?}");
    assert_eq!(run(&folder, &["guests", "reset", "--voucher", "google", "--no-mail"]).out.trim(), "nobody");
}
