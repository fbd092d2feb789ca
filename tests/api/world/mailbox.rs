//! The outbox folder, read as a person reads mail: the newest to me that I have not read.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::Mutex,
    time::Duration,
};

#[derive(Debug)]
pub struct Mail {
    /// As it went out.
    pub source: String,
}

impl Mail {
    /// The passcode: the only word of six to ten digits.
    pub fn code(&self) -> String {
        let is_code = |word: &&str| (6..=10).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit());
        let (_, body) = self.source.split_once("\r\n\r\n").expect("a mail has a body");
        let code = body.split(|c: char| !c.is_alphanumeric()).find(is_code);
        code.unwrap_or_else(|| panic!("no code in {}", self.source)).to_owned()
    }
}

pub(super) struct Mailbox {
    folder: PathBuf,
    read: Mutex<BTreeSet<PathBuf>>,
}

impl Mailbox {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder, read: Mutex::default() }
    }

    pub(super) async fn next(&self, address: &str) -> Mail {
        // Ten seconds, in steps no person would notice.
        for _ in 0..500 {
            if let Some(mail) = self.take(address) {
                return mail;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("no mail came to {address}");
    }

    pub(super) fn count(&self, address: &str) -> usize {
        self.all().iter().filter(|path| is_to(path, address).is_some()).count()
    }

    fn take(&self, address: &str) -> Option<Mail> {
        let mut read = self.read.lock().unwrap();
        let (path, source) = self.all().into_iter().filter(|path| !read.contains(path)).find_map(|path| {
            let source = is_to(&path, address)?;
            Some((path, source))
        })?;
        read.insert(path);
        Some(Mail { source })
    }

    fn all(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().map(|entry| entry.unwrap().path());
        let mut all: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|end| end == "eml")).collect();
        all.sort();
        all
    }
}

fn is_to(path: &Path, address: &str) -> Option<String> {
    let source = fs::read_to_string(path).unwrap();
    let is_it = |line: &str| line.strip_prefix("To: ").is_some_and(|to| to.trim_matches(['<', '>']).eq_ignore_ascii_case(address));
    source.lines().any(is_it).then_some(source)
}
