//! A configuration folder read for a command that only looks: what a serving machine alone would have may be missing.

use std::path::Path;

use crate::{
    domain::secret::Secret,
    settings::{self, Environment, Problem, Purpose, Settings, Severity},
    store::directory::Directory,
    tenants::{self, Surroundings, Tenants},
};

/// Settings and tenants, or every error in words.
pub(super) fn read(config: &Path, environment: Environment<'_>) -> Result<(Settings, Tenants), String> {
    // A secret that only the serving machine has is no reason not to look: a stand-in of a secret's length takes its place.
    let lenient = |name: &str| Some(environment(name).unwrap_or_else(|| "stand-in for a secret that is not here".into()));
    let reading = settings::read(Purpose::Develop, config, &lenient);
    let surroundings =
        Surroundings { public_url: reading.public_url, allow_http: reading.allow_http, has_mail: reading.has_mail, environment: &lenient };
    let (tenants, more) = tenants::read(config, &surroundings);
    let errors: Vec<Problem> = reading.problems.into_iter().chain(more).filter(|p| p.severity == Severity::Error).collect();
    match reading.settings {
        Some(settings) if errors.is_empty() => Ok((settings, tenants)),
        Some(_) | None => Err(errors.iter().map(|problem| format!("{problem}\n")).collect()),
    }
}

/// The directory, or an empty one where none has been made yet: looking makes no file.
pub(super) async fn directory(settings: &Settings) -> Result<Directory, String> {
    let url = settings.directory.reveal();
    let is_missing = url.strip_prefix("sqlite:").is_some_and(|path| path != ":memory:" && !Path::new(path).exists());
    let url = if is_missing { Secret::new("sqlite::memory:".to_owned()) } else { settings.directory.clone() };
    Directory::open(&url).await.map_err(|error| error.to_string())
}
