//! `gatehouse metadata show|check`: what a partner's document says, and what is wrong with it, before or after it is configured.
//!
//! Reads with the very functions that a live sign-in reads with. Must not change anything.

use std::{
    fs,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use url::Url;

use super::folder;
use crate::{
    app,
    clock::Clock,
    domain::{certificate::Certificate, error_code::ErrorCode, rejection::Rejected},
    federation::metadata::{self, EntityMetadata, LARGEST},
    settings::Environment,
    upstream::{
        fetch::{Fetcher, OutboundPolicy},
        partner::{Role, digest},
    },
};

mod findings;
mod told;

use findings::{Finding, Severity, Wish};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Print what the document says: entity, roles, endpoints, certificates, how long it is good
    Show(Options),
    /// Print what is wrong with the document, with codes; ends with 1 if a sign-in through it would fail or soon will
    Check(Options),
}

#[derive(Debug, clap::Args)]
pub struct Options {
    /// Where the document is: an https address or a file
    #[arg(value_name = "URL-or-FILE")]
    source: String,
    /// The entity it must describe; needed where it describes several
    #[arg(long, value_name = "ID")]
    entity: Option<String>,
    /// The role it must have
    #[arg(long, value_enum)]
    role: Option<RoleName>,
    /// PEM of a certificate that must have signed the document
    #[arg(long, value_name = "FILE")]
    signed_by: Option<PathBuf>,
    /// A configuration folder whose limits for outbound requests apply
    #[arg(long, value_name = "DIR")]
    config: Option<PathBuf>,
    /// JSON: one object for the document, or one per finding
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum RoleName {
    Saml,
    Wsfed,
}

/// 0 read, or nothing is wrong; 1 it can't be read, or something is wrong; 2 the words are wrong.
pub async fn run(command: &Command, environment: Environment<'_>, clock: &Clock, out: &mut dyn Write) -> io::Result<ExitCode> {
    let (Command::Show(options) | Command::Check(options)) = command;
    let wish = match wish(options) {
        Ok(wish) => wish,
        Err(why) => return refuse(out, 2, &why),
    };
    let xml = document(options, environment).await;
    let read = xml.as_ref().map_err(Clone::clone).and_then(|xml| metadata::parse(xml, options.entity.as_deref()));
    let xml = xml.unwrap_or_default();
    match command {
        Command::Show(_) => show(options, &xml, read, out),
        Command::Check(_) => check(options, &findings::of(&xml, read, &wish, clock.now()), out),
    }
}

fn show(options: &Options, xml: &[u8], read: Result<EntityMetadata, Rejected>, out: &mut dyn Write) -> io::Result<ExitCode> {
    match read {
        Ok(entity) if options.json => writeln!(out, "{}", told::as_json(&entity, &digest(xml)))?,
        Ok(entity) => told::as_text(&entity, &digest(xml), out)?,
        Err(rejected) => return refuse(out, 1, &rejected.to_string()),
    }
    Ok(ExitCode::SUCCESS)
}

fn check(options: &Options, findings: &[Finding], out: &mut dyn Write) -> io::Result<ExitCode> {
    for finding in findings {
        if options.json {
            writeln!(out, "{}", finding.to_json())?;
        } else {
            writeln!(out, "{finding}")?;
        }
    }
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let warnings = findings.iter().filter(|finding| finding.severity == Severity::Warning).count();
    if !options.json {
        writeln!(out, "{}: errors {errors}, warnings {warnings}", options.source)?;
    }
    Ok(if errors == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn refuse(out: &mut dyn Write, code: u8, why: &str) -> io::Result<ExitCode> {
    writeln!(out, "{why}")?;
    Ok(ExitCode::from(code))
}

fn wish(options: &Options) -> Result<Wish, String> {
    let role = options.role.map(|role| match role {
        RoleName::Saml => Role::Saml,
        RoleName::Wsfed => Role::WsFed,
    });
    let signed_by = match &options.signed_by {
        Some(path) => {
            let pem = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
            Some(Certificate::from_text(&pem).map_err(|error| format!("{}: {error}", path.display()))?)
        }
        None => None,
    };
    Ok(Wish { role, signed_by })
}

async fn document(options: &Options, environment: Environment<'_>) -> Result<Vec<u8>, Rejected> {
    let unavailable = |why: String| Rejected::new(ErrorCode::MetadataUnavailable, why);
    let is_address = ["https://", "http://"].iter().any(|scheme| options.source.starts_with(scheme));
    if !is_address {
        return file(Path::new(&options.source)).map_err(|error| unavailable(format!("{}: {error}", options.source)));
    }
    let url = Url::parse(&options.source).map_err(|error| unavailable(format!("{}: {error}", options.source)))?;
    app::choose_cryptography();
    let fetcher = match &options.config {
        Some(config) => app::fetcher(&folder::read(config, environment).map_err(unavailable)?.0),
        None => Fetcher::new(OutboundPolicy { allow_http: Vec::new(), ca: None, timeout: Duration::from_secs(10) }),
    };
    let fetched = match fetcher {
        Ok(fetcher) => fetcher.xml(&url, LARGEST).await,
        Err(error) => Err(error),
    };
    fetched.map_err(|error| unavailable(error.to_string()))
}

/// One octet more than is read, so that the reader can say what is wrong.
fn file(path: &Path) -> io::Result<Vec<u8>> {
    let mut xml = Vec::new();
    fs::File::open(path)?.take(LARGEST as u64 + 1).read_to_end(&mut xml)?;
    Ok(xml)
}
