//! The samples an operator starts from, and the schemas their editor completes them with.

use std::{fs, path::PathBuf, process::ExitCode};

use gatehouse::{
    cli::check::{self, Form},
    settings::Code,
    tenants::schema,
};

fn config() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("config")
}

#[test]
fn a_fresh_clone_lacks_nothing_but_its_secrets() {
    let mut out = Vec::new();
    let exit = check::run(&config(), Form::Json, &|_| None, &mut out).unwrap();
    let said = String::from_utf8(out).unwrap();
    assert_eq!(exit, ExitCode::SUCCESS, "{said}");
    let unset = format!("\"code\":\"{}\"", Code::SecretUnset.as_str());
    assert!(said.lines().count() > 0 && said.lines().all(|line| line.contains(&unset)), "{said}");
}

#[test]
fn with_their_secrets_the_samples_have_no_problems() {
    let mut out = Vec::new();
    let secret = |name: &str| match name {
        "GATEHOUSE_SEAL_KEY" => Some("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=".to_owned()),
        _ => Some("0123456789012345678901234567890123456789".to_owned()),
    };
    check::run(&config(), Form::Text, &secret, &mut out).unwrap();
    let said = String::from_utf8(out).unwrap();
    assert!(said.ends_with("no problems; 2 tenants\n"), "{said}");
}

/// `gatehouse schema` writes them, and so does `UPDATE_EXPECTED=1`.
#[test]
fn the_committed_schemas_are_those_of_the_code() {
    for (name, text) in schema::files() {
        if std::env::vars().any(|(name, _)| name == "UPDATE_EXPECTED") {
            fs::write(config().join(name), &text).unwrap();
        }
        let committed = fs::read_to_string(config().join(name)).unwrap_or_default();
        assert!(committed == text, "config/{name} is stale: run `cargo run -- schema`");
    }
}
