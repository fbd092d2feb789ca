//! `gatehouse terms`: what is listed, shown, exported and added.

use std::fs;

use gatehouse::{
    domain::{
        address::EmailAddress,
        consent::{ConsentRecord, DocumentHash, Matter},
        guest::{BoundIdentity, Creation, Guest, PrincipalName},
        id::{FlowId, GuestId, IdpId, TenantId, TermsId},
        identity::{Subject, Voucher},
        locale::Locale,
        secret::Secret,
        timestamp::Timestamp,
    },
    random,
    store::directory::{Directory, Standing},
};
use serde_json::Value;

use crate::folder::{Folder, Said};

const TERMS: &str = r#"
# What visitors accept
[terms.visitors]
name = "Visitor terms"
reaccept_after = "P30D"
[[terms.visitors.versions]]
version = "2026-01" # the first
effective = "2026-01-01"
documents = { en = "visitors.en.html", de = "visitors.de.html" }
"#;

fn folder() -> Folder {
    let folder = Folder::new();
    let file = fs::read_to_string(folder.path().join("tenants/now-on.toml")).unwrap();
    folder.write("tenants/now-on.toml", &format!("{file}{TERMS}"));
    folder.write("tenants/visitors.en.html", "<h1>Visitors</h1><p onclick=x()>Be kind.</p>");
    folder.write("tenants/visitors.de.html", "<p>Seien Sie freundlich.</p>");
    folder
}

fn terms(folder: &Folder, words: &[&str]) -> Said {
    folder.run(&[&["terms"], words, &["--config", ".", "--tenant", "now-on"]].concat())
}

/// Ana accepted and Ben declined.
fn decide(folder: &Folder) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let directory = Directory::open(&Secret::new(folder.database())).await.unwrap();
        let (tenant, now) = (TenantId::parse("now-on").unwrap(), Timestamp::from_unix(1_795_000_000));
        for (mail, name, is_accepted) in [("ana@partner.example", "=Ana", true), ("ben@partner.example", "Ben", false)] {
            let mail = EmailAddress::parse(mail).unwrap();
            let (id, upn) = (GuestId::from_drawn(random::ordered_uuid(now)), PrincipalName::of(&mail, "contoso.example"));
            let who = BoundIdentity {
                voucher: Voucher::Provider(IdpId::parse("partner").unwrap()),
                subject: Subject::new(mail.to_string()).unwrap(),
            };
            let guest = Guest { display_name: Some(name.into()), ..Guest::pending(id, upn, mail, Creation::Invitation, now) };
            directory.add_guest(&tenant, &guest).await.unwrap();
            directory.bind_identity(&tenant, id, &who, None).await.unwrap();
            let record = ConsentRecord {
                guest: id,
                matter: Matter::Terms(TermsId::parse("visitors").unwrap()),
                version: Some("2026-01".into()),
                document: DocumentHash("ab".into()),
                locale: Locale::En,
                is_accepted,
                client: "portal".into(),
                voucher: "partner".into(),
                at: now,
            };
            let flow = FlowId::from_drawn(random::ordered_uuid(now));
            directory.record_consent(&tenant, flow, &who, &record, Standing::AsBefore).await.unwrap().unwrap();
        }
        directory.close().await;
    });
}

#[test]
fn what_guests_are_shown_is_listed_and_printed() {
    let folder = folder();
    let said = terms(&folder, &["list"]);
    assert_eq!(said.code, 0, "{said:?}");
    for part in ["visitors  Visitor terms", "2026-01  in force since 2026-01-01T00:00:00Z", "de  html  sha256:", "0 accepted, 0 declined"] {
        assert!(said.out.contains(part), "{part:?} is not in {}", said.out);
    }
    assert_eq!(terms(&folder, &["show", "visitors"]).out.trim(), "<h2>Visitors</h2><p>Be kind.</p>");
    assert_eq!(terms(&folder, &["show", "visitors", "--language", "de"]).out.trim(), "<p>Seien Sie freundlich.</p>");
    assert_eq!(terms(&folder, &["show", "others"]).code, 2);
    assert_eq!(terms(&folder, &["show", "visitors", "--version", "7"]).code, 2);
}

#[test]
fn acceptances_are_exported_for_spreadsheets_and_for_programs() {
    let folder = folder();
    decide(&folder);
    let csv = terms(&folder, &["export", "--format", "csv"]).out;
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 3, "{csv}");
    assert!(lines[0].starts_with("agreementId,agreementFileId,version,language,userId,userPrincipalName,userEmail,userDisplayName,state,"));
    assert!(lines[1].starts_with("visitors,ab,2026-01,en,") && lines[1].contains(",'=Ana,accepted,"), "{}", lines[1]);
    assert!(lines[1].ends_with(",2026-11-18T11:06:40Z,2026-12-18T11:06:40Z,portal,partner"), "{}", lines[1]);
    assert!(lines[2].contains(",declined,2026-11-18T11:06:40Z,,portal,"), "{}", lines[2]);
    let said = terms(&folder, &["export", "--format", "json"]);
    let value: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((&value["value"][0]["userDisplayName"], &value["value"][1]["expirationDateTime"]), (&"=Ana".into(), &Value::Null));
    let said = terms(&folder, &["acceptances", "visitors", "--state", "declined", "--json"]);
    let value: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(value["value"].as_array().unwrap().len(), 1);
    assert!(terms(&folder, &["acceptances", "visitors"]).out.contains("accepted  2026-01  en"));
}

#[test]
fn a_version_is_added_and_all_else_in_the_file_stays() {
    let folder = folder();
    let file = folder.path().join("tenants/now-on.toml");
    let before = fs::read_to_string(&file).unwrap();
    folder.write("tenants/visitors-2.en.html", "<p>Be very kind.</p>");
    let document = format!("en={}", folder.path().join("tenants/visitors-2.en.html").display());
    let words = ["add", "visitors", "--version", "2026-06", "--effective", "2026-06-01", "--require-reaccept", "--document", &document];
    let said = terms(&folder, &words);
    assert_eq!(said.code, 0, "{said:?}");
    let added = "\n[[terms.visitors.versions]]\nversion = \"2026-06\"\neffective = \"2026-06-01\"\nrequire_reaccept = true\n\
                 documents = { en = \"visitors-2.en.html\" }\n";
    let after = fs::read_to_string(&file).unwrap();
    assert_eq!(after, format!("{before}{added}"));
    assert_eq!(terms(&folder, &["show", "visitors"]).out.trim(), "<p>Be very kind.</p>");
    // What the check refuses is not written.
    let said = terms(&folder, &words);
    assert!(said.code == 1 && said.out.contains("C0113"), "{said:?}");
    assert_eq!(fs::read_to_string(&file).unwrap(), after);
    let outside = ["add", "visitors", "--version", "3", "--effective", "2026-07-01", "--document", "en=gatehouse.toml"];
    assert!(terms(&folder, &outside).out.contains("is not below"));
}
