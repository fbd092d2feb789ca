//! Whatever the octets are, the loader answers with problems and never panics.

use std::{fs, path::Path};

use gatehouse::{
    cli::check::{self, Form},
    settings::{self, document, file::GatehouseFile},
    tenants::file::TenantFile,
};
use proptest::prelude::*;

const TENANT: &str = include_str!("../../config/tenants/contoso.toml");
const GATEHOUSE: &str = include_str!("../../config/gatehouse.toml");

const REFERRING_GATEHOUSE: &str = r#"
[server]
listen = "localhost:0"
public_url = "https://login.example.org"
tls = { certificate = "any", key = { file = "any" } }
[sessions]
redis = { file = "any" }
ca = "any"
[directory]
url = { file = "any" }
[keys]
seal = { file = "any" }
[outbound]
ca = "any"
"#;

const REFERRING_TENANT: &str = r#"
id = "contoso"
name = "Contoso"
[clients.portal]
name = "Portal"
redirect_uris = ["https://portal.contoso.example/cb"]
secrets = [{ file = "../any" }]
[oidc.partner]
name = "Partner"
issuer = "https://id.partner.example"
client_id = "gatehouse"
lookup = { csv = "../any" }
[saml.typed]
name = "Typed"
entity_id = "urn:typed"
sign_in_url = "https://id.typed.example/sso"
certificates = ["../any"]
domains = ["typed.example"]
[saml.signed]
name = "Signed"
entity_id = "urn:signed"
metadata_file = "../any"
metadata_certificates = ["../any"]
domains = ["signed.example"]
[wsfed.file]
name = "File"
issuer = "urn:file"
metadata_file = "../any"
domains = ["file.example"]
"#;

fn check_folder(gatehouse: &[u8], tenant: &[u8]) {
    let place = tempfile::tempdir().unwrap();
    fs::create_dir(place.path().join("tenants")).unwrap();
    fs::write(place.path().join("gatehouse.toml"), gatehouse).unwrap();
    fs::write(place.path().join("tenants/contoso.toml"), tenant).unwrap();
    for form in [Form::Text, Form::Json] {
        let mut out = Vec::new();
        check::run(place.path(), form, &|name| Some(name.repeat(9)), &mut out).unwrap();
        if form == Form::Json {
            for told in String::from_utf8(out).unwrap().lines() {
                let told: serde_json::Value = serde_json::from_str(told).unwrap();
                let octets = if told["file"].as_str().unwrap().ends_with("gatehouse.toml") { gatehouse } else { tenant };
                let text = String::from_utf8_lossy(octets);
                let line = usize::try_from(told["line"].as_u64().unwrap()).unwrap();
                let column = usize::try_from(told["column"].as_u64().unwrap()).unwrap();
                let length = text.split('\n').nth(line - 1).map(|line| line.chars().count());
                assert!(length.is_some_and(|length| (1..=length + 1).contains(&column)), "{told} is outside the file");
            }
        }
    }
}

/// A sample with one passage replaced: most of it still parses, so the checks are reached.
fn mangled(sample: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let passage = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..12),
        "[a-z\\[\\]{}=\"'.,#\n0-9é-]{0,16}".prop_map(String::into_bytes),
        prop_oneof![Just("true"), Just("[]"), Just("{}"), Just("\"\""), Just("9223372036854775808"), Just("nan"), Just("1979-05-27")]
            .prop_map(|text| text.as_bytes().to_vec()),
    ];
    (0..sample.len(), 0usize..24, passage).prop_map(|(at, cut, passage)| {
        let mut octets = sample.as_bytes().to_vec();
        let end = (at + cut).min(octets.len());
        octets.splice(at..end, passage);
        octets
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_octets_are_answered_with_problems(octets in proptest::collection::vec(any::<u8>(), 0..256)) {
        let _ = document::parse::<TenantFile>(Path::new("a.toml"), octets.clone());
        let _ = document::parse::<GatehouseFile>(Path::new("a.toml"), octets);
    }

    #[test]
    fn any_octets_in_files_referred_to_are_answered_with_problems(octets in proptest::collection::vec(any::<u8>(), 0..200), pem in any::<bool>()) {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir(place.path().join("tenants")).unwrap();
        let octets = if pem { [b"-----BEGIN CERTIFICATE-----\n", octets.as_slice(), b"\n-----END CERTIFICATE-----\n"].concat() } else { octets };
        fs::write(place.path().join("any"), &octets).unwrap();
        fs::write(place.path().join("gatehouse.toml"), REFERRING_GATEHOUSE).unwrap();
        fs::write(place.path().join("tenants/contoso.toml"), REFERRING_TENANT).unwrap();
        let mut out = Vec::new();
        check::run(place.path(), Form::Text, &|_| None, &mut out).unwrap();
    }

    #[test]
    fn mangled_samples_are_answered_with_problems(gatehouse in mangled(GATEHOUSE), tenant in mangled(TENANT)) {
        check_folder(&gatehouse, &tenant);
    }
}

/// Every value of the samples replaced by a value of each type: a shape problem may be told, never a panic.
#[test]
fn any_type_in_any_place_is_answered_with_problems() {
    for (number, line) in TENANT.lines().enumerate() {
        let Some((key, _)) = line.split_once(" = ").filter(|(key, _)| !key.starts_with('#')) else { continue };
        for value in ["true", "-1", "1.5", "\"\"", "[]", "[1]", "{}", "{ a = 1 }", "07:32:00"] {
            let text: Vec<String> =
                TENANT.lines().enumerate().map(|(n, l)| if n == number { format!("{key} = {value}") } else { l.to_owned() }).collect();
            check_folder(GATEHOUSE.as_bytes(), text.join("\n").as_bytes());
        }
    }
}

#[test]
fn a_file_that_is_not_utf8_is_told_where_it_stops_being_it() {
    let document = document::parse::<TenantFile>(Path::new("a.toml"), b"id = \"contoso\"\nname = \"\xc3\xa9\xff\"\n".to_vec());
    let places: Vec<_> = document.reporter.problems.iter().map(|p| (p.code.as_str(), p.line, p.column)).collect();
    assert_eq!(places, [("C0002", 2, 10)]);
}

#[test]
fn deep_nesting_is_refused_and_survived() {
    for text in
        ["[".repeat(100_000), format!("a = {}", "[".repeat(100_000)), format!("a = {}", "{ a = ".repeat(20_000)), "a.".repeat(50_000)]
    {
        let document = document::parse::<TenantFile>(Path::new("a.toml"), text.into_bytes());
        assert!(!document.reporter.problems.is_empty());
    }
}

#[test]
fn the_real_environment_is_read_only_through_settings() {
    assert_eq!(settings::environment("GATEHOUSE_NO_SUCH_VARIABLE"), None);
}
