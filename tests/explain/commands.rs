//! `gatehouse check`, `gatehouse guests add` and `gatehouse credentials`: what they print, write and answer.

use gatehouse::{
    domain::{address::EmailAddress, guest::State, id::TenantId, secret::Secret},
    store::directory::Directory,
};
use serde_json::Value;

use crate::folder::Folder;

fn without_secrets_of_the_server(folder: &Folder) {
    folder.replace("gatehouse.toml", "tls =", "# tls =");
    folder.replace("gatehouse.toml", "seal = { file = \"seal.key\" }", "seal = { env = \"EXPLAIN_SEAL\" }");
    for tenant in crate::folder::TENANTS {
        folder.replace(&format!("tenants/{}.toml", tenant.id), "{ file = \"secrets/partner\" }", "{ env = \"EXPLAIN_PARTNER\" }");
    }
}

#[test]
fn check_says_0_without_errors_1_with_and_2_without_a_folder() {
    let folder = Folder::new();
    without_secrets_of_the_server(&folder);
    let said = folder.run(&["check", "."]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.contains("0 errors, "), "{said:?}");
    folder.replace("tenants/now-on.toml", "[passcode]", "[passcodes]");
    let said = folder.run(&["check", ".", "--json"]);
    assert_eq!(said.code, 1);
    let problems: Vec<Value> = said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let errors: Vec<_> = problems.iter().filter(|problem| problem["severity"] == "error").collect();
    assert_eq!((errors.len(), &errors[0]["code"], &errors[0]["line"]), (1, &"C0003".into(), &10.into()), "{errors:?}");
    assert_eq!(folder.run(&["check", "nowhere"]).code, 2);
    assert_eq!(folder.run(&["check", "--frobnicate"]).code, 2);
}

#[test]
fn check_changes_no_file() {
    let folder = Folder::new();
    let before = folder.contents();
    folder.run(&["check", "."]);
    assert_eq!(folder.contents(), before);
}

#[tokio::test]
async fn guests_add_puts_a_pending_guest_into_the_directory_once() {
    let folder = Folder::new();
    let add =
        |tenant, address| folder.run(&["guests", "add", "--config", ".", "--tenant", tenant, "--address", address, "--name", "Ana Torres"]);
    let said = add("now-on", "Ana@Managed.example");
    assert_eq!(said.code, 0, "{said:?}");
    let directory = Directory::open(&Secret::new(folder.database())).await.unwrap();
    let address = EmailAddress::parse("ana@managed.example").unwrap();
    let file = directory.guest_by_address(&TenantId::parse("now-on").unwrap(), &address).await.unwrap().unwrap();
    assert_eq!(said.out.trim(), file.guest.id.to_string());
    assert_eq!(file.guest.display_name.as_deref(), Some("Ana Torres"));
    assert!(matches!(file.guest.state, State::PendingAcceptance { .. }) && file.guest.is_enabled && file.guest.identity().is_none());
    let again = add("now-on", "ana@managed.example");
    assert_eq!(again.code, 1);
    assert!(again.out.contains("already has a guest"), "{again:?}");
    assert_eq!(add("now-off", "ana@managed.example").code, 0, "another tenant's guest is another guest");
}

#[test]
fn guests_add_refuses_words_it_can_t_use_and_writes_nothing() {
    let folder = Folder::new();
    let before = folder.contents();
    for (tenant, address, want) in [("fabrikam", "a@b.example", "there are: "), ("now-on", "nobody", "the address")] {
        let said = folder.run(&["guests", "add", "--config", ".", "--tenant", tenant, "--address", address]);
        assert_eq!(said.code, 2, "{said:?}");
        assert!(said.out.contains(want), "{said:?}");
    }
    folder.replace("gatehouse.toml", "\nurl = ", "\nurl = { env = \"EXPLAIN_DIRECTORY\" } # ");
    let said = folder.run(&["guests", "add", "--config", ".", "--tenant", "now-on", "--address", "a@b.example"]);
    assert_eq!(said.code, 1, "{said:?}");
    folder.write("gatehouse.toml", include_str!("gatehouse.toml"));
    assert_eq!(folder.contents(), before);
}

#[tokio::test]
async fn credentials_are_listed_and_rolled_over_where_the_seal_is() {
    let folder = Folder::new();
    let list = || folder.run(&["credentials", "list", "--config", ".", "--tenant", "now-on"]);
    let rotate = |after| folder.run(&["credentials", "rotate", "--config", ".", "--tenant", "now-on", "--in", after]);
    let said = list();
    assert_eq!((said.code, said.out.contains("has none yet")), (0, true), "{said:?}");
    // Without the house's seal key nothing is made.
    let said = rotate("1h");
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.out.contains("seal.key"), "{said:?}");
    // It is all that is needed: no other secret of the house is here.
    folder.write("seal.key", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=");
    assert_eq!(rotate("soon").code, 2);
    let said = rotate("1h");
    assert_eq!((said.code, said.out.contains("CN=login.example.org/now-on, made and published now")), (0, true), "{said:?}");
    let said = rotate("5m");
    assert_eq!((said.code, said.out.contains("published before")), (0, true), "{said:?}");
    let said = list();
    let standings: Vec<_> = said.out.lines().map(|line| line.split_whitespace().next().unwrap()).collect();
    assert_eq!((said.code, standings), (0, vec!["signing", "next"]), "{said:?}");
    assert_eq!(folder.run(&["credentials", "list", "--config", ".", "--tenant", "nobody"]).code, 2);
}

#[test]
fn saml_verify_says_which_partners_there_are_and_what_it_can_not_read() {
    let folder = Folder::new();
    folder.write("answer.xml", "<nothing/>");
    let verify = |tenant, more: &[&str]| {
        folder.run(&[&["saml", "verify", "answer.xml", "--config", ".", "--tenant", tenant, "--idp", "nobody"], more].concat())
    };
    let said = verify("now-on", &[]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.out.contains("has no SAML or WS-Federation provider \"nobody\""), "{said:?}");
    assert_eq!(verify("no-such-tenant", &[]).code, 2);
    assert_eq!(verify("now-on", &["--at", "yesterday"]).code, 2);
}
