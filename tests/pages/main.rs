//! What people see, from outside: the samples as files for the eye and for `shots.mjs`, and the runbook beside the code.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

mod live;
#[path = "../services/ports.rs"]
mod ports;

use std::{fs, path::Path, time::Duration};

use gatehouse::{
    domain::{address::EmailAddress, error_code::ErrorCode, locale::Locale, secret::Secret, timestamp::Timestamp},
    mail::PasscodeMail,
    pages,
};

/// `PAGES_OUT=dir cargo test --test pages write_samples` leaves every sample there, one folder per language, with its assets.
#[test]
fn write_samples() {
    let scratch = tempfile::tempdir().unwrap();
    #[expect(clippy::disallowed_methods, reason = "a test's own switch")]
    let asked = std::env::var("PAGES_OUT");
    let out = asked.as_ref().map_or(scratch.path(), Path::new);
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
    let (to, code) = (EmailAddress::parse("ida@viral.example").unwrap(), Secret::new("04210815".to_owned()));
    fs::create_dir_all(out.join("mail")).unwrap();
    for locale in Locale::ALL {
        let lifetime = Duration::from_secs(1800);
        let mail =
            PasscodeMail { to: &to, tenant: "Contoso", domain: "contoso.example", color: Some("#0b5fff"), locale, code: &code, lifetime };
        let message = mail.message(uuid::Uuid::nil(), Timestamp::from_unix(1_700_000_000));
        fs::write(out.join("mail").join(format!("{}.html", locale.tag())), message.html).unwrap();
        fs::write(out.join("mail").join(format!("{}.txt", locale.tag())), message.text).unwrap();
    }
    fs::write(out.join("policy.txt"), pages::csp(&[])).unwrap();
    fs::write(out.join("policy-form-post.txt"), pages::csp_form_post(&["https://portal.contoso.example"])).unwrap();
    assert_eq!(written % 3, 0);
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
