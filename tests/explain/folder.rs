//! A configuration folder of one's own, and the real binary over it with no environment at all.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;

pub struct Folder(tempfile::TempDir);

/// What makes one tenant of the fixture different from the next.
#[derive(Clone, Copy)]
pub struct Tenant {
    pub id: &'static str,
    pub edition: &'static str,
    pub order: &'static str,
    pub fallback: &'static str,
    pub passcodes: bool,
}

const USUAL: &str = r#"["azureActiveDirectory", "externalFederation", "socialIdentityProviders"]"#;
const FEDERATION_FIRST: &str = r#"["externalFederation", "azureActiveDirectory"]"#;

/// Editions × passcodes, and the two tenants with an order of their own.
pub const TENANTS: [Tenant; 6] = [
    Tenant { id: "now-on", edition: "2024", order: USUAL, fallback: "defaultConfiguredIdp", passcodes: true },
    Tenant { id: "now-off", edition: "2024", order: USUAL, fallback: "defaultConfiguredIdp", passcodes: false },
    Tenant { id: "then-on", edition: "2021", order: USUAL, fallback: "defaultConfiguredIdp", passcodes: true },
    Tenant { id: "then-off", edition: "2021", order: USUAL, fallback: "defaultConfiguredIdp", passcodes: false },
    Tenant { id: "passcodes-only", edition: "2024", order: USUAL, fallback: "emailOneTimePasscode", passcodes: true },
    Tenant { id: "federation-first", edition: "2024", order: FEDERATION_FIRST, fallback: "defaultConfiguredIdp", passcodes: true },
];

/// What a command said, and how it ended.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Folder {
    pub fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        fs::create_dir_all(folder.path().join("tenants")).unwrap();
        folder.write("gatehouse.toml", include_str!("gatehouse.toml"));
        for tenant in TENANTS {
            let Tenant { id, edition, order, fallback, passcodes } = tenant;
            let words = [("<id>", id), ("<edition>", edition), ("<order>", order), ("<fallback>", fallback)];
            let text = include_str!("tenant.toml").replace("<passcodes>", &passcodes.to_string());
            folder.write(&format!("tenants/{id}.toml"), &words.iter().fold(text, |text, (from, to)| text.replace(from, to)));
        }
        folder
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path().join(name), text).unwrap();
    }

    pub fn replace(&self, name: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path().join(name)).unwrap();
        assert!(text.contains(from), "{name} has no {from:?}");
        self.write(name, &text.replace(from, to));
    }

    pub fn database(&self) -> String {
        format!("sqlite:{}", self.path().join("data/gatehouse.db").display())
    }

    /// Every file and what is in it.
    pub fn contents(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
                match entry.file_type().unwrap().is_dir() {
                    true => folders.push(entry.path()),
                    false => drop(files.insert(entry.path(), fs::read(entry.path()).unwrap())),
                }
            }
        }
        files
    }

    /// Runs the binary with this folder as its configuration and as its home, and nothing in the environment.
    pub fn run(&self, words: &[&str]) -> Said {
        let Output { status, stdout, stderr } =
            Command::new(env!("CARGO_BIN_EXE_gatehouse")).args(words).current_dir(self.path()).env_clear().output().unwrap();
        let text = |octets| String::from_utf8(octets).unwrap();
        Said { code: status.code().unwrap(), out: text(stdout), err: text(stderr) }
    }

    pub fn explain(&self, words: &[&str]) -> Said {
        self.run(&[&["explain", "--config", "."], words].concat())
    }

    /// Explains, which must succeed, in JSON.
    pub fn explained(&self, words: &[&str]) -> Value {
        let said = self.explain(&[words, &["--json"]].concat());
        assert_eq!(said.code, 0, "{words:?}: {said:?}");
        serde_json::from_str(&said.out).unwrap()
    }
}
