//! What `explain` says to words it can't use, and what a hint does.

use serde_json::json;

use crate::folder::Folder;

#[test]
fn unknown_names_are_answered_with_the_known_ones() {
    let folder = Folder::new();
    for (words, want) in [
        (
            &["--tenant", "fabrikam", "--address", "a@b.example"][..],
            "there are: federation-first, now-off, now-on, passcodes-only, then-off, then-on",
        ),
        (&["--tenant", "now-on", "--client", "shop", "--address", "a@b.example"], "it has: portal"),
        (&["--tenant", "now-on", "--address", "nobody"], "the address"),
        (&["--tenant", "now-on", "--address", "a@b.example", "--proves", "@"], "the proven address"),
    ] {
        let said = folder.explain(words);
        assert_eq!(said.code, 2, "{said:?}");
        assert!(format!("{}{}", said.out, said.err).contains(want), "{said:?}");
    }
    assert_eq!(folder.explain(&["--tenant", "now-on"]).code, 2, "clap's own");
}

#[test]
fn a_configuration_with_an_error_is_explained_by_the_error() {
    let folder = Folder::new();
    folder.replace("tenants/now-on.toml", "edition = \"2024\"", "edition = \"2022\"");
    let said = folder.explain(&["--tenant", "now-off", "--address", "a@b.example"]);
    assert_eq!(said.code, 1);
    assert!(format!("{}{}", said.out, said.err).contains("now-on.toml:6:11"), "{said:?}");
}

#[test]
fn a_hint_decides_only_where_it_names_a_provider_of_this_tenant() {
    let folder = Folder::new();
    let hinted = |hint| folder.explained(&["--tenant", "now-on", "--client", "portal", "--address", "ana@managed.example", "--hint", hint]);
    assert_eq!(hinted("partner.example")["outcome"], json!({ "provider": "partner" }));
    let ignored = hinted("elsewhere.example");
    assert_eq!((&ignored["outcome"], &ignored["tried"][1]["verdict"]), (&json!({ "provider": "entra" }), &json!("miss")));
}
