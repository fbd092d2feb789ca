//! A script as people write it for Microsoft Graph, with the documented bodies: only the base URL and the token are others.

use std::process::Command;

use super::{Script, clients};
use crate::world::Setup;

#[tokio::test]
async fn a_script_for_graph_works_with_another_base_and_token() {
    let tenant = format!("[invitations]\nredirect_origins = [\"https://myapp.contoso.com\"]\n{}", clients());
    let world = Setup::new().tenant("contoso", &tenant).open().await;
    let script = Script::of(&world, "contoso", "directory").await;
    let (base, token) = (script.base.clone(), script.token.clone());
    let output = tokio::task::spawn_blocking(move || {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api/admin/graph_script.py");
        Command::new("/usr/bin/python3").args([file, &base, &token]).output().unwrap()
    })
    .await
    .unwrap();
    let (said, wrong) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}\n{wrong}");
    assert!(said.contains("PendingAcceptance") && said.ends_with("done\n"), "{said}");
    let yyy = world.next_mail("yyy@test.example").await;
    assert!(yyy.source.contains("Welcome to Contoso"));
    world.next_mail("new.admin@fabrikam.com").await;
    assert!(world.guest("contoso", "admin@fabrikam.com").await.is_none(), "the script purged them");
}
