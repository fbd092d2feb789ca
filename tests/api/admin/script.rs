//! A script as people write it for Microsoft Graph, with the documented body: only the base URL and the token are others.

use std::process::Command;

use super::{Script, world};

#[tokio::test]
async fn a_script_for_graph_works_with_another_base_and_token() {
    let world = world().await;
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
    assert!(world.guest("contoso", "yyy@test.example").await.is_some());
}
