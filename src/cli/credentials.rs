//! `gatehouse credentials list|rotate`: our own certificates towards a tenant's federation partners.

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

use super::folder;
use crate::{
    clock::Clock,
    domain::{tenant::Tenant, timestamp::Timestamp},
    settings::{Environment, Purpose, values},
    store::seal::Seal,
    upstream::credentials::{self, CredentialStore, Listed, Made, rollover::Standing},
};

#[derive(Debug, clap::Args)]
pub struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Every certificate the tenant has in its metadata, and those that were
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Make the next certificate now, and say when it takes over
    Rotate {
        #[command(flatten)]
        place: Place,
        /// How long from now it signs; partners must have read it by then [default: the tenant's key_publish_ahead]
        #[arg(long = "in", value_name = "DURATION", value_parser = duration)]
        after: Option<Duration>,
    },
}

#[derive(Debug, clap::Args)]
struct Place {
    #[arg(long, value_name = "DIR", default_value = "config")]
    config: PathBuf,
    /// The tenant: its id or a verified domain
    #[arg(long)]
    tenant: String,
}

/// 0 done, 1 it can't be done as things are, 2 the words are wrong.
pub async fn run(options: &Options, environment: Environment<'_>, out: &mut dyn Write) -> io::Result<ExitCode> {
    let (place, purpose) = match &options.verb {
        Verb::List { place } => (place, Purpose::Look),
        // It seals: the key must be the one that the serving nodes have.
        Verb::Rotate { place, .. } => (place, Purpose::Seal),
    };
    let (settings, tenants) = match folder::read_for(purpose, &place.config, environment) {
        Ok(read) => read,
        Err(problems) => return refuse(out, 1, &problems),
    };
    let tenant = match folder::tenant(&tenants, &place.tenant) {
        Ok(tenant) => tenant,
        Err(problem) => return refuse(out, 2, &problem),
    };
    let opened = match &options.verb {
        Verb::List { .. } => folder::look(&settings).await,
        Verb::Rotate { .. } => folder::open(&settings).await,
    };
    let directory = match opened {
        Ok(directory) => directory,
        Err(error) => return refuse(out, 1, &error.to_string()),
    };
    let clock = Clock::system();
    match &options.verb {
        Verb::List { .. } => match credentials::list(&directory, tenant, clock.now()).await {
            Ok(listed) => list(tenant, &listed, out),
            Err(error) => refuse(out, 1, &error.to_string()),
        },
        Verb::Rotate { after, .. } => {
            let store = CredentialStore::open(directory, Seal::new(&settings.seal_key), clock);
            match store.rotate(tenant, after.unwrap_or(tenant.federation.key_publish_ahead)).await {
                Ok(rotation) => {
                    let made = match rotation.made {
                        Made::Now => "made and published now",
                        Made::Before => "published before",
                    };
                    writeln!(out, "{}, {made}, signs from {}", rotation.certificate.subject(), day(rotation.signs_from))?;
                    Ok(ExitCode::SUCCESS)
                }
                Err(rejected) => refuse(out, 1, &rejected.detail),
            }
        }
    }
}

fn list(tenant: &Tenant, listed: &[Listed], out: &mut dyn Write) -> io::Result<ExitCode> {
    if listed.is_empty() {
        writeln!(out, "tenant {} has none yet; the first is made when a partner needs it", tenant.id)?;
    }
    for one in listed {
        let standing = match one.standing {
            Standing::Next => "next",
            Standing::Signing => "signing",
            Standing::Last => "last",
            Standing::Gone => "gone",
        };
        let leaves = one.leaves_at.map_or_else(String::new, |at| format!(", leaves {}", day(at)));
        let (subject, expires) = match &one.certificate {
            Some(certificate) => (certificate.subject(), day(certificate.not_after())),
            None => ("not a certificate", "?".into()),
        };
        writeln!(out, "{standing:8} {}  {subject}, signs from {}, expires {expires}{leaves}", one.id, day(one.signs_from))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn day(moment: Timestamp) -> String {
    jiff::Timestamp::from_second(moment.unix()).map_or_else(|_| moment.unix().to_string(), |moment| moment.to_string())
}

fn duration(text: &str) -> Result<Duration, String> {
    values::parse_duration(text).ok_or_else(|| "write a whole number and one of s, m, h, d: \"0s\", \"12h\", \"60d\"".to_owned())
}

fn refuse(out: &mut dyn Write, code: u8, why: &str) -> io::Result<ExitCode> {
    writeln!(out, "{}", why.trim_end()).map(|()| ExitCode::from(code))
}
