//! A configuration folder read for a command that serves nothing: what a serving machine alone would have may be missing.

use std::path::Path;

use crate::{
    clock::Clock,
    domain::tenant::Tenant,
    settings::{
        self, Environment, Problem, Purpose, Settings,
        problem::{self, Code},
        secrets,
    },
    store::directory::{Directory, DirectoryError},
    tenants::{self, Surroundings, Tenants},
};

/// Settings and tenants, or every error in words.
pub(super) fn read(config: &Path, environment: Environment<'_>) -> Result<(Settings, Tenants), String> {
    read_for(Purpose::Look, config, environment)
}

/// The same for a command that seals what it writes, if `purpose` says so.
pub(super) fn read_for(purpose: Purpose, config: &Path, environment: Environment<'_>) -> Result<(Settings, Tenants), String> {
    let reading = settings::read(purpose, config, environment);
    let (public_url, allow_http, has_mail) = (reading.public_url, reading.allow_http, reading.has_mail);
    let surroundings = Surroundings { public_url, allow_http, has_mail, purpose, now: Clock::system().now(), environment };
    let (tenants, more) = tenants::read(config, &surroundings);
    let mut problems: Vec<Problem> = reading.problems.into_iter().chain(more).collect();
    problem::sort(&mut problems);
    let is_sound = !problems.iter().any(Problem::is_fatal);
    match reading.settings {
        Some(settings) if is_sound => Ok((settings, tenants)),
        // A secret that is not here is no error of the folder, and stops this command all the same.
        settings => Err(problems
            .iter()
            .filter(|problem| problem.is_fatal() || (settings.is_none() && problem.code == Code::SecretUnset))
            .map(|problem| format!("{problem}\n"))
            .collect()),
    }
}

/// Whether `[mail]` is there, so that a serving process sends what is queued.
pub(super) fn has_mail(config: &Path, environment: Environment<'_>) -> bool {
    settings::read(Purpose::Look, config, environment).has_mail
}

/// Whether `file`, were it to say `text`, would still be a tenant file without an error.
pub(super) fn would_be_sound(config: &Path, file: &Path, text: &str, environment: Environment<'_>) -> Result<(), String> {
    let purpose = Purpose::Look;
    let reading = settings::read(purpose, config, environment);
    let (public_url, allow_http, has_mail) = (reading.public_url, reading.allow_http, reading.has_mail);
    let surroundings = Surroundings { public_url, allow_http, has_mail, purpose, now: Clock::system().now(), environment };
    let mut errors: Vec<Problem> = tenants::examine(file, text, &surroundings).into_iter().filter(Problem::is_fatal).collect();
    problem::sort(&mut errors);
    if errors.is_empty() { Ok(()) } else { Err(errors.iter().map(|problem| format!("{problem}\n")).collect()) }
}

/// The tenant of these words, or what there is instead.
pub(super) fn tenant<'t>(tenants: &'t Tenants, asked: &str) -> Result<&'t Tenant, String> {
    tenants.by_segment(asked).map(AsRef::as_ref).ok_or_else(|| {
        let known: Vec<&str> = tenants.iter().map(|tenant| tenant.id.as_str()).collect();
        format!("no tenant {asked:?} here; there are: {}", known.join(", "))
    })
}

/// The directory as it is: looking makes no file and changes none.
pub(super) async fn look(settings: &Settings) -> Result<Directory, DirectoryError> {
    is_named(settings)?;
    Directory::look(&settings.directory).await
}

/// The directory to write into, made and brought up to date if need be.
pub(super) async fn open(settings: &Settings) -> Result<Directory, DirectoryError> {
    is_named(settings)?;
    Directory::open(&settings.directory).await
}

fn is_named(settings: &Settings) -> Result<(), DirectoryError> {
    if secrets::is_stand_in(&settings.directory) {
        return Err(DirectoryError("its address is a secret that is not here".into()));
    }
    Ok(())
}
