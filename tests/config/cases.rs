//! One file per broken folder in `cases/`: sections `--- path` hold files, `--- env` the environment, and `--- expected` what
//! `gatehouse check` says. `UPDATE_EXPECTED=1 cargo test --test config` writes the last anew; then read it.

use std::{collections::HashMap, fs, path::Path};

use gatehouse::cli::check::{self, Form};

const GOOD_GATEHOUSE: &str = include_str!("good_gatehouse.toml");
const GOOD_TENANT: &str = include_str!("good_tenant.toml");

/// A configuration folder as written in a case, in a temporary place.
pub struct Folder {
    pub place: tempfile::TempDir,
    pub environment: HashMap<String, String>,
}

impl Folder {
    /// Files that the case does not mention are good ones.
    pub fn of(case: &str) -> (Self, String) {
        let place = tempfile::tempdir().unwrap();
        let mut environment = HashMap::new();
        let mut expected = String::new();
        let mut files = vec![];
        for section in format!("\n{case}").split("\n--- ").skip(1) {
            let (name, text) = section.split_once('\n').unwrap_or((section, ""));
            match name {
                "env" => environment.extend(text.lines().filter_map(|l| l.split_once('=')).map(|(k, v)| (k.to_owned(), v.to_owned()))),
                "expected" => text.clone_into(&mut expected),
                _ => files.push((name.to_owned(), format!("{}\n", text.trim_end_matches('\n')))),
            }
        }
        if !files.iter().any(|(name, _)| name.starts_with("gatehouse.toml")) {
            files.push(("gatehouse.toml".into(), GOOD_GATEHOUSE.into()));
        }
        if !files.iter().any(|(name, _)| name.starts_with("tenants/")) {
            files.push(("tenants/contoso.toml".into(), GOOD_TENANT.into()));
        }
        for (name, text) in files {
            let path = place.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        // Certificates of partners, which no case can write: `../partners/good.pem`.
        fs::create_dir_all(place.path().join("partners")).unwrap();
        for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/config/certs/partners")).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), place.path().join("partners").join(entry.file_name())).unwrap();
        }
        (Self { place, environment }, expected)
    }

    pub fn lookup(&self, name: &str) -> Option<String> {
        // The good files' own secrets are always there.
        let good = match name {
            "SEAL" => Some("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=".to_owned()),
            "GOOD" => Some("a-secret-that-is-long-enough-to-be-drawn".to_owned()),
            _ => None,
        };
        self.environment.get(name).cloned().or(good)
    }

    pub fn check(&self, form: Form) -> String {
        let mut out = Vec::new();
        let exit = check::run(self.place.path(), form, &|name| self.lookup(name), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(exit != std::process::ExitCode::SUCCESS, text.contains("error[") || text.contains("\"error\""), "{text}");
        text.replace(&format!("{}/", self.place.path().display()), "").replace(&self.place.path().display().to_string(), "config")
    }
}

#[test]
fn a_secret_written_down_is_never_repeated() {
    let (_, expected) = Folder::of(include_str!("cases/secrets_written_down_are_not_shown.txt"));
    assert!(!expected.is_empty() && !expected.contains("hunter2"), "{expected}");
}

#[test]
fn every_broken_folder_is_told_exactly() {
    assert!(told_exactly("cases") >= 20);
}

#[test]
fn every_metadata_file_that_does_not_fit_is_told_exactly() {
    assert!(told_exactly("metadata_cases") >= 5);
}

/// How many cases there are; none of them says anything else than it did.
fn told_exactly(folder: &str) -> usize {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/config").join(folder);
    let mut names: Vec<_> = fs::read_dir(cases).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    let count = names.len();
    let mut wrong = vec![];
    for path in names {
        let case = fs::read_to_string(&path).unwrap();
        let (folder, expected) = Folder::of(&case);
        let said = folder.check(Form::Text);
        if said == expected {
            continue;
        }
        if std::env::vars().any(|(name, _)| name == "UPDATE_EXPECTED") {
            let kept = case.split("\n--- expected").next().unwrap().trim_end_matches('\n');
            fs::write(&path, format!("{kept}\n--- expected\n{said}")).unwrap();
        } else {
            wrong.push(format!("{}\n{said}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "these say something else now:\n{}", wrong.join("\n"));
    count
}
