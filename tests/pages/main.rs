//! What people see, from outside: the samples as files for the eye and for `shots.mjs`, and the runbook beside the code.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

mod live;
mod mails;
#[path = "../services/ports.rs"]
mod ports;

use std::{fs, path::Path, process::Command};

use gatehouse::{
    domain::{error_code::ErrorCode, locale::Locale},
    pages,
};
use serde_json::{Value, json};

/// `PAGES_OUT=dir cargo test --test pages write_samples` leaves every sample there, one folder per language, with its assets.
#[test]
fn write_samples() {
    let scratch = tempfile::tempdir().unwrap();
    #[expect(clippy::disallowed_methods, reason = "a test's own switch")]
    let asked = std::env::var("PAGES_OUT");
    let written = write_all(asked.as_ref().map_or(scratch.path(), Path::new));
    assert_eq!(written % 3, 0);
}

/// Every page and every mail in every language, by `shots.mjs`.
#[test]
fn axe_finds_nothing_on_any_page_or_mail() {
    let folder = tempfile::tempdir().unwrap();
    let written = write_all(folder.path());
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut command = Command::new("node");
    command.arg("--no-warnings").arg(tests.join("pages/shots.mjs")).arg(folder.path()).arg("-").env("MODULES", tests.join("interop"));
    let output = command.output().expect("node starts; `sh tests/run.sh --prepare` installs it");
    let (said, words) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let seen: Value = serde_json::from_str(said.trim()).unwrap_or_else(|_| panic!("is Chromium there?\n{words}{said}"));
    assert_eq!(seen["faults"], json!([]));
    assert!(seen["looks"].as_u64().unwrap() >= 2 * u64::try_from(written).unwrap(), "{seen}");
}

/// How many pages there were.
fn write_all(out: &Path) -> usize {
    let mut written = 0;
    for locale in Locale::ALL {
        fs::create_dir_all(out.join(locale.tag())).unwrap();
        fs::create_dir_all(out.join("assets")).unwrap();
        for (name, html) in pages::samples::all(locale) {
            for path in html.split("\"/assets/").skip(1).filter_map(|rest| rest.split('"').next()) {
                let asset = pages::asset(path).unwrap_or_else(|| panic!("{name} names {path}, which is not served"));
                fs::write(out.join("assets").join(path), &asset.bytes).unwrap();
            }
            fs::write(out.join(locale.tag()).join(format!("{name}.html")), html).unwrap();
            written += 1;
        }
    }
    fs::create_dir_all(out.join("mail")).unwrap();
    for locale in Locale::ALL {
        for (name, message) in mails::all(locale) {
            fs::write(out.join("mail").join(format!("{}-{name}.html", locale.tag())), message.html).unwrap();
            fs::write(out.join("mail").join(format!("{}-{name}.txt", locale.tag())), message.text).unwrap();
        }
    }
    fs::write(out.join("policy.txt"), pages::csp(&[])).unwrap();
    fs::write(out.join("policy-form-post.txt"), pages::csp_form_post(&["https://portal.contoso.example"])).unwrap();
    written
}

#[test]
fn the_runbook_has_a_row_for_every_error_code() {
    let runbook = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/RUNBOOK.md")).unwrap();
    for code in ErrorCode::ALL {
        let rows: Vec<_> = runbook.lines().filter(|line| line.starts_with(&format!("| {} |", code.code()))).collect();
        assert_eq!(rows.len(), 1, "{}", code.code());
        assert_eq!(rows[0].matches('|').count(), 5, "{}", code.code());
    }
}
