//! `gatehouse saml verify`: a captured answer through the live path, with every verdict. It signs nobody in and uses nothing up.

use std::{
    fs::File,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use serde_json::json;

use super::{
    folder, moment,
    verdicts::{self, Personal},
};
use crate::{
    app,
    clock::Clock,
    domain::{id::IdpId, identity::VerifiedIdentity, identity_provider::Kind, secret::Secret, tenant::Tenant, timestamp::Timestamp},
    random,
    settings::{Environment, Purpose, Settings},
    store::{
        directory::{Directory, DirectoryError},
        seal::Seal,
    },
    tenants::Tenants,
    upstream::{Captured, Examination, IdentityProvider, LONGEST, Upstreams, credentials::CredentialStore},
};

#[derive(Debug, clap::Args)]
pub struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Run a captured SAML or WS-Federation answer through every check, and print what each found
    Verify(Verify),
}

#[derive(Debug, clap::Args)]
struct Verify {
    /// The answer: XML, base64, or the form as it was posted; `-` reads standard input
    file: PathBuf,
    /// The folder with gatehouse.toml in it
    #[arg(long, value_name = "DIR", default_value = "config")]
    config: PathBuf,
    /// The tenant: its id or a verified domain
    #[arg(long)]
    tenant: String,
    /// The identity provider that answered
    #[arg(long)]
    idp: String,
    /// The id of the request it should answer; without it, whatever it names is taken for right
    #[arg(long, value_name = "ID")]
    request: Option<String>,
    /// Judge it as at this moment: 2026-11-20T12:00:00Z, or seconds since 1970
    #[arg(long, value_name = "TIME", value_parser = moment::read)]
    at: Option<Timestamp>,
    /// Also show addresses, names and identifiers
    #[arg(long)]
    personal: bool,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// 0 it would be accepted, 1 it would not or can't be judged from here, 2 the words are wrong.
pub async fn run(options: &Options, environment: Environment<'_>, out: &mut dyn Write) -> io::Result<ExitCode> {
    let Verb::Verify(asked) = &options.verb;
    let mut refuse = |code: u8, why: &str| writeln!(out, "{why}").map(|()| ExitCode::from(code));
    // Our own keys open what is encrypted; whoever has no seal key here may judge all the rest.
    let (settings, tenants, has_seal) = match folder::read_for(Purpose::Seal, &asked.config, environment) {
        Ok((settings, tenants)) => (settings, tenants, true),
        Err(_) => match folder::read(&asked.config, environment) {
            Ok((settings, tenants)) => (settings, tenants, false),
            Err(problems) => return refuse(1, &problems),
        },
    };
    let Found { tenant, provider, own_keys } = match provider_of(&settings, &tenants, has_seal, asked).await {
        Ok(found) => found,
        Err((code, why)) => return refuse(code, &why),
    };
    let text = match captured(&asked.file) {
        Ok(text) => text,
        Err(error) => return refuse(2, &format!("{}: {error}", asked.file.display())),
    };
    let examination = provider.examine(&Captured { text, request: asked.request.clone(), at: asked.at }).await;
    let personal = if asked.personal { Personal::Shown } else { Personal::Hidden };
    if asked.json {
        let mut said = as_json(tenant, &asked.idp, &examination, personal);
        said["has_own_keys"] = (own_keys == OwnKeys::AtHand).into();
        writeln!(out, "{said}")?;
    } else {
        if own_keys == OwnKeys::Missing {
            writeln!(out, "our own keys are not at hand (database and seal key): what is encrypted for us can't be opened\n")?;
        }
        as_text(&examination, personal, out)?;
    }
    Ok(if examination.outcome.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A provider and the tenant it is of.
struct Found<'t> {
    tenant: &'t Tenant,
    provider: Arc<dyn IdentityProvider>,
    own_keys: OwnKeys,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OwnKeys {
    AtHand,
    Missing,
}

/// The provider as `serve` would speak to it, or an exit code and why there is none.
async fn provider_of<'t>(settings: &Settings, tenants: &'t Tenants, has_seal: bool, asked: &Verify) -> Result<Found<'t>, (u8, String)> {
    let tenant = folder::tenant(tenants, &asked.tenant).map_err(|problem| (2, problem))?;
    let partners: Vec<&IdpId> =
        tenant.providers.values().filter(|p| matches!(p.kind, Kind::Saml(_) | Kind::WsFed(_))).map(|p| &p.id).collect();
    let known = partners.iter().find(|id| id.as_str() == asked.idp).ok_or_else(|| {
        let names: Vec<&str> = partners.iter().map(|id| id.as_str()).collect();
        (2, format!("tenant {} has no SAML or WS-Federation provider {:?}; it has: {}", tenant.id, asked.idp, names.join(", ")))
    })?;
    app::choose_cryptography();
    let fetcher = app::fetcher(settings).map_err(|error| (1, error.to_string()))?;
    let all: Vec<Arc<Tenant>> = tenants.iter().map(Arc::clone).collect();
    let (credentials, own_keys) = match own_credentials(settings, tenant).await.filter(|_| has_seal) {
        Some(credentials) => (credentials, OwnKeys::AtHand),
        None => (stand_ins().await.map_err(|error| (1, error.to_string()))?, OwnKeys::Missing),
    };
    let provider =
        Upstreams::new(fetcher, Clock::system(), credentials, app::prover(settings, &Clock::system()), &all).provider(&tenant.id, known);
    let provider = provider.ok_or_else(|| (1, format!("{:?} can't be spoken to", asked.idp)))?;
    Ok(Found { tenant, provider, own_keys })
}

/// The tenant's own keys, if there are any and they open. Looking makes none.
async fn own_credentials(settings: &Settings, tenant: &Tenant) -> Option<CredentialStore> {
    let directory = folder::look(settings).await.ok()?;
    let credentials = CredentialStore::open(directory, Seal::new(&settings.seal_key), Clock::system());
    credentials.of(tenant).await.is_ok().then_some(credentials)
}

/// Keys that nobody knows, gone when we are: they open nothing.
async fn stand_ins() -> Result<CredentialStore, DirectoryError> {
    let directory = Directory::open(&Secret::new("sqlite::memory:".into())).await?;
    Ok(CredentialStore::open(directory, Seal::new(&Secret::new(random::bytes())), Clock::system()))
}

/// The file's text; no more of it than the door would read.
fn captured(file: &Path) -> io::Result<String> {
    let from: Box<dyn Read> = if file == Path::new("-") { Box::new(io::stdin()) } else { Box::new(File::open(file)?) };
    let limit = LONGEST as u64;
    let mut text = String::new();
    let read = from.take(limit + 1).read_to_string(&mut text)?;
    if read as u64 > limit {
        return Err(io::Error::other(format!("is longer than the {LONGEST} octets we read")));
    }
    Ok(text)
}

fn as_json(tenant: &Tenant, provider: &str, examination: &Examination, personal: Personal) -> serde_json::Value {
    let checks: Vec<_> = examination
        .verdicts
        .iter()
        .map(|verdict| verdicts::line(verdict, personal))
        .map(|line| json!({ "check": line.check, "outcome": line.outcome, "code": line.code, "got": line.got, "want": line.want }))
        .collect();
    let mut said = json!({ "tenant": tenant.id, "provider": provider, "accepted": examination.outcome.is_ok(), "verdicts": checks });
    match &examination.outcome {
        Ok(identity) => said["identity"] = facts(identity, personal).into_iter().map(|(name, value)| (name, json!(value))).collect(),
        Err(rejected) => {
            said["code"] = rejected.code.code().into();
            said["detail"] = rejected.detail.as_str().into();
        }
    }
    said
}

fn as_text(examination: &Examination, personal: Personal, out: &mut dyn Write) -> io::Result<()> {
    let lines: Vec<_> = examination.verdicts.iter().map(|verdict| verdicts::line(verdict, personal)).collect();
    verdicts::table(&lines, out)?;
    match &examination.outcome {
        Ok(identity) => {
            writeln!(out, "\n  → accepted")?;
            for (name, value) in facts(identity, personal) {
                writeln!(out, "    {name:<18} {}", verdicts::plain(&value))?;
            }
            Ok(())
        }
        Err(rejected) => writeln!(out, "\n  → refused with {}: {}", rejected.code.code(), verdicts::plain(&rejected.detail)),
    }
}

/// Who it would have been, in the order people ask.
fn facts(identity: &VerifiedIdentity, personal: Personal) -> Vec<(String, String)> {
    let address = identity.address.as_ref().map(|asserted| asserted.address.to_string());
    let is_owner_verified = identity.address.as_ref().is_some_and(|asserted| asserted.is_owner_verified);
    let session = identity.partner_session.as_ref();
    [
        ("subject", Some(personal.of(identity.subject.as_str()).to_owned())),
        ("address", address.map(|address| personal.of(&address).to_owned())),
        ("address verified", Some(is_owner_verified.to_string())),
        ("name", identity.name.as_deref().map(|name| personal.of(name).to_owned())),
        ("authenticated at", Some(moment::written(identity.authenticated_at))),
        ("amr", Some(identity.amr.join(" ")).filter(|amr| !amr.is_empty())),
        ("acr", identity.acr.clone()),
        ("session until", session.and_then(|session| session.until).map(moment::written)),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.to_owned(), value?)))
    .collect()
}
