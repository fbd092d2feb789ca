//! What `explain` says besides discovery: who may be invited, whose order it is, what is agreed, and whether passcodes are on.

use serde_json::Value;

use crate::folder::Folder;

const SAID: &str = r#"
[invitations]
allow_domains = ["managed.example", "viral.example"]
alias = "refuse"
contacts = "contacts.csv"
contact_conflict = "fails"

[partners."partner.example"]
automatic_redemption = { inbound = true, outbound = true }

[partners."viral.example"]
inbound = "blocked"

[partners."home.example"]
automatic_redemption = { inbound = true }

[home_realm.partners."corp.example"]
order = ["externalFederation"]
fallback = "microsoftAccount"
"#;

fn folder() -> Folder {
    let folder = Folder::new();
    let tenant = std::fs::read_to_string(folder.path().join("tenants/now-on.toml")).unwrap();
    folder.write("tenants/now-on.toml", &format!("{tenant}{SAID}"));
    folder.write("tenants/contacts.csv", "ana@managed.example\n");
    let home = "id = \"home\"\nname = \"Home\"\ndomains = [\"home.example\"]\n";
    folder.write("tenants/home.toml", home);
    folder
}

fn row(said: &Value, about: &str) -> (String, String) {
    let row = &said["in_force"][about];
    let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
    (text("holds"), text("why"))
}

#[test]
fn whether_somebody_may_be_invited_is_told_with_the_rule_that_says_so() {
    let folder = folder();
    for (address, holds, why) in [
        ("ana@managed.example", "allowed", "managed.example is in [invitations] allow_domains"),
        ("bob@partner.example", "allowed", "[partners.\"partner.example\"] allows it, although allow_domains has it not"),
        ("ida@viral.example", "refused", "[partners.\"viral.example\"] says inbound = \"blocked\" (GH2023); at redemption, too"),
        (
            "eve@corp.example",
            "refused",
            "corp.example is not in [invitations] allow_domains, and no [partners] table allows it (GH2022); at redemption, too",
        ),
    ] {
        let said = folder.explained(&["--tenant", "now-on", "--address", address]);
        assert_eq!(row(&said, "invitation"), (holds.to_owned(), why.to_owned()));
    }
    let open = folder.explained(&["--tenant", "now-off", "--address", "eve@corp.example"]);
    assert_eq!(row(&open, "invitation"), ("allowed".into(), "no list of domains is configured".into()));
}

#[test]
fn the_order_in_force_says_whose_it_is_and_a_passcode_why_it_is_on() {
    let folder = folder();
    let eve = folder.explained(&["--tenant", "now-on", "--address", "eve@corp.example"]);
    assert_eq!(
        row(&eve, "redemption_order"),
        ("its own".into(), "externalFederation, else microsoftAccount ([home_realm.partners.\"corp.example\"])".into())
    );
    assert_eq!(row(&eve, "passcode").0, "off");
    let ana = folder.explained(&["--tenant", "now-on", "--address", "ana@managed.example"]);
    assert_eq!(row(&ana, "redemption_order").0, "the tenant's");
    assert_eq!(row(&ana, "passcode"), ("on".into(), "[passcode] enabled, and no order excludes it".into()));
    let off = folder.explained(&["--tenant", "now-off", "--address", "ana@managed.example"]);
    assert_eq!(row(&off, "passcode"), ("off".into(), "[passcode] enabled = false".into()));
    let only = folder.explained(&["--tenant", "passcodes-only", "--address", "ana@managed.example"]);
    assert_eq!(row(&only, "passcode").0, "on");
}

#[test]
fn both_halves_of_automatic_redemption_are_told_and_who_says_the_other() {
    let folder = folder();
    let automatic = |address| row(&folder.explained(&["--tenant", "now-on", "--address", address]), "automatic_redemption");
    assert_eq!(automatic("bob@partner.example"), ("yes".into(), "our half is on, the home side's is on (as stated here)".into()));
    assert_eq!(automatic("lee@home.example"), ("no".into(), "our half is on, the home side's is off (as home's own file says)".into()));
    assert_eq!(automatic("eve@corp.example"), ("no".into(), "our half is off, the home side's is off (as stated here)".into()));
    let opened = "[partners.\"now-on.example\"]\nautomatic_redemption = { outbound = true }\n";
    folder.write("tenants/home.toml", &format!("id = \"home\"\nname = \"Home\"\ndomains = [\"home.example\"]\n{opened}"));
    folder.replace("tenants/now-on.toml", "name = \"Contoso\"", "name = \"Contoso\"\ndomains = [\"now-on.example\"]");
    let both = folder.explained(&["--tenant", "now-on", "--address", "lee@home.example"]);
    assert_eq!(
        row(&both, "automatic_redemption"),
        ("yes".into(), "our half is on, the home side's is on (as home's own file says)".into())
    );
}

#[test]
fn the_two_ways_of_coming_are_told_apart() {
    let folder = folder();
    let ask = |tenant, address, entry| folder.explained(&["--tenant", tenant, "--address", address, "--entry", entry]);
    let dee = ask("then-on", "dee@outlook.com", "link");
    assert_eq!(row(&dee, "by_direct_link"), ("otherwise".into(), "signs in at Microsoft account (msa)".into()));
    assert_eq!(row(&ask("then-on", "dee@outlook.com", "direct"), "by_invitation_link").0, "otherwise");
    assert_eq!(row(&ask("now-on", "dee@outlook.com", "link"), "by_direct_link").0, "the same");
    let (link, direct) = (ask("now-on", "ana@managed.example", "link"), ask("now-on", "ana@managed.example", "direct"));
    assert!(row(&link, "contact").1.contains("works") && row(&direct, "contact").1.contains("fails"), "{link:#}");
    assert!(row(&link, "who_redeems").1.contains("alias = \"refuse\""), "{link:#}");
    assert!(row(&direct, "who_redeems").1.contains("admission = \"invited\""), "{direct:#}");
    assert_eq!(row(&ask("now-off", "ana@managed.example", "link"), "contact"), (String::new(), String::new()));
}

/// `behaviour.md` §9.
#[test]
fn in_the_edition_of_2021_the_accounts_made_by_a_mailed_code_are_told() {
    let folder = folder();
    let ask = |tenant, address, entry| folder.explained(&["--tenant", tenant, "--address", address, "--entry", entry]);
    let eve = ask("then-off", "eve@corp.example", "link");
    assert_eq!(row(&eve, "self_service_account"), ("on".into(), "edition 2021, and passcodes are off".into()));
    assert_eq!(eve["text"], "gets a code by mail that makes an email-verified account");
    assert_eq!(row(&ask("then-off", "eve@corp.example", "direct"), "self_service_account").0, "by link");
    assert_eq!(row(&ask("then-off", "dee@outlook.com", "link"), "self_service_account").0, "off");
    assert_eq!(row(&ask("then-on", "eve@corp.example", "link"), "self_service_account").0, "off");
    assert_eq!(row(&ask("now-off", "eve@corp.example", "link"), "self_service_account").0, "");
}
