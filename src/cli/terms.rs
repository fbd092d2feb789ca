//! `gatehouse terms …`: a tenant's terms of use, their versions and documents, and who accepted them. The directory is only looked at;
//! `add` writes into the tenant's file, and nothing else.

mod adding;
mod told;

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use super::folder;
use crate::{
    clock::Clock,
    domain::{
        consent::Matter,
        id::TermsId,
        locale::Locale,
        tenant::Tenant,
        terms::{Terms, TermsVersion},
    },
    settings::Environment,
    store::directory::{Agreements, Directory, DirectoryError},
};
use told::{Form, Rows};

/// Rows read together.
const PAGE: u32 = 500;

#[derive(Debug, clap::Args)]
pub struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// List terms with their versions, languages and hashes, and how many guests accepted and declined each
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Print a document as guests are shown it
    Show {
        #[command(flatten)]
        place: Place,
        #[arg(value_name = "ID")]
        id: String,
        /// The version [default: the one in force]
        #[arg(long)]
        version: Option<String>,
        /// The language [default: the default language of these terms]
        #[arg(long, value_name = "LANGUAGE", value_parser = locale)]
        language: Option<Locale>,
    },
    /// Print who accepted or declined one of the terms
    Acceptances {
        #[command(flatten)]
        place: Place,
        #[arg(value_name = "ID")]
        id: String,
        /// Of this version alone
        #[arg(long)]
        version: Option<String>,
        /// Only those accepted, or only those declined
        #[arg(long, value_name = "STATE")]
        state: Option<State>,
        #[arg(long, conflicts_with = "json")]
        csv: bool,
        #[arg(long)]
        json: bool,
    },
    /// Print every acceptance and refusal of a tenant, of Review permissions, too
    Export {
        #[command(flatten)]
        place: Place,
        #[arg(long, value_name = "FORMAT")]
        format: Format,
    },
    /// Add a version to the tenant's file, which keeps all else as it is
    Add(adding::Options),
}

#[derive(Debug, clap::Args)]
struct Place {
    #[arg(long, value_name = "DIR", default_value = "config")]
    config: PathBuf,
    /// The tenant: its id or a verified domain
    #[arg(long)]
    tenant: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum State {
    Accepted,
    Declined,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Csv,
    Json,
}

/// Why nothing was done: an exit code, and words for it.
struct Refusal(u8, String);

impl From<DirectoryError> for Refusal {
    fn from(error: DirectoryError) -> Self {
        Self(1, error.to_string())
    }
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Self(1, error.to_string())
    }
}

/// 0 done, 1 it can't be done as things are, 2 the words are wrong.
pub async fn run(options: &Options, environment: Environment<'_>, out: &mut dyn Write) -> io::Result<ExitCode> {
    match obey(&options.verb, environment, out).await {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(Refusal(code, why)) => writeln!(out, "{}", why.trim_end()).map(|()| ExitCode::from(code)),
    }
}

async fn obey(verb: &Verb, environment: Environment<'_>, out: &mut dyn Write) -> Result<(), Refusal> {
    let place = verb.place();
    let (settings, tenants) = folder::read(&place.config, environment).map_err(|problems| Refusal(1, problems))?;
    let tenant = folder::tenant(&tenants, &place.tenant).map_err(|problem| Refusal(2, problem))?;
    match verb {
        Verb::Show { id, version, language, .. } => {
            let terms = named(tenant, id)?;
            let version = version_of(terms, version.as_deref())?;
            Ok(told::document(terms, version, *language, out)?)
        }
        Verb::Add(options) => adding::add(options, tenant, environment, out),
        Verb::List { .. } | Verb::Acceptances { .. } | Verb::Export { .. } => {
            let directory = folder::look(&settings).await?;
            let done = read(verb, tenant, &directory, out).await;
            directory.close().await;
            done
        }
    }
}

async fn read(verb: &Verb, tenant: &Tenant, directory: &Directory, out: &mut dyn Write) -> Result<(), Refusal> {
    match verb {
        Verb::List { .. } => {
            if tenant.terms.is_empty() {
                writeln!(out, "tenant {} has no terms of use", tenant.id)?;
            }
            for terms in tenant.terms.values() {
                told::terms(terms, &directory.tally(&tenant.id, &terms.id).await?, Clock::system().now(), out)?;
            }
            Ok(())
        }
        Verb::Acceptances { id, version, state, csv, json, .. } => {
            let form = match (csv, json) {
                (true, _) => Form::Csv,
                (_, true) => Form::Json,
                (false, false) => Form::Text,
            };
            // Terms that were taken out of the file are still on record.
            let id = TermsId::parse(id).map_err(|error| Refusal(2, format!("the id {id:?} {error}")))?;
            let is_accepted = state.map(|state| state == State::Accepted);
            let which = Agreements { matter: Some(Matter::Terms(id)), version: version.clone(), is_accepted };
            rows(tenant, directory, &which, form, out).await
        }
        Verb::Export { format, .. } => {
            let form = match format {
                Format::Csv => Form::Csv,
                Format::Json => Form::Json,
            };
            rows(tenant, directory, &Agreements::default(), form, out).await
        }
        Verb::Show { .. } | Verb::Add(_) => Ok(()),
    }
}

/// A page at a time: a tenant may have a million of them.
async fn rows(tenant: &Tenant, directory: &Directory, which: &Agreements, form: Form, out: &mut dyn Write) -> Result<(), Refusal> {
    let mut rows = Rows::begin(form, out)?;
    let mut after: Option<String> = None;
    loop {
        let page = directory.agreements(&tenant.id, which, after.as_deref(), PAGE).await?;
        for row in &page {
            rows.write(tenant, row, Clock::system().now())?;
        }
        match page.last() {
            Some(last) if page.len() == PAGE as usize => after = Some(last.id.clone()),
            Some(_) | None => return Ok(rows.end()?),
        }
    }
}

fn named<'t>(tenant: &'t Tenant, asked: &str) -> Result<&'t Terms, Refusal> {
    tenant.terms.values().find(|terms| terms.id.as_str() == asked).ok_or_else(|| {
        let known: Vec<&str> = tenant.terms.keys().map(TermsId::as_str).collect();
        Refusal(2, format!("tenant {} has no terms {asked:?}; there are: {}", tenant.id, known.join(", ")))
    })
}

fn version_of<'t>(terms: &'t Terms, asked: Option<&str>) -> Result<&'t TermsVersion, Refusal> {
    let Some(asked) = asked else {
        let none = || Refusal(1, format!("no version of {} is in force yet", terms.id));
        return terms.version(Clock::system().now()).ok_or_else(none);
    };
    terms.versions.iter().find(|version| version.label == asked).ok_or_else(|| {
        let known: Vec<&str> = terms.versions.iter().map(|version| version.label.as_str()).collect();
        Refusal(2, format!("{} has no version {asked:?}; there are: {}", terms.id, known.join(", ")))
    })
}

impl Verb {
    fn place(&self) -> &Place {
        match self {
            Self::List { place } | Self::Show { place, .. } | Self::Acceptances { place, .. } | Self::Export { place, .. } => place,
            Self::Add(options) => &options.place,
        }
    }
}

fn locale(text: &str) -> Result<Locale, String> {
    Locale::from_tag(text).ok_or_else(|| "write one of the languages there are: en, de, fr".into())
}
