//! `gatehouse check`: every problem of a configuration folder, where it is, and the fix. Needs no network and starts nothing.

use std::{
    io::{self, Write},
    path::Path,
    process::ExitCode,
};

use crate::{
    clock::Clock,
    domain::{
        federation::TrustSource,
        identity_provider::{IdentityProvider, Kind},
        tenant::Tenant,
    },
    settings::{
        self, Environment, Problem, Purpose, Severity,
        problem::{self, Code},
    },
    tenants::{self, Surroundings},
    upstream::{Rejected, signed_xml::check_metadata_signature},
};

/// How the problems are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For people.
    Text,
    /// One JSON object per line, and nothing else.
    Json,
}

/// 0 no errors (warnings are told), 1 errors, 2 there is no such folder.
pub fn run(config_dir: &Path, form: Form, environment: Environment<'_>, out: &mut dyn Write) -> io::Result<ExitCode> {
    if !config_dir.is_dir() {
        writeln!(out, "{} is not a folder; name the one with gatehouse.toml in it", config_dir.display())?;
        return Ok(ExitCode::from(2));
    }
    let (problems, tenants, dkim) = examine(config_dir, environment);
    for problem in &problems {
        match form {
            Form::Text => writeln!(out, "{problem}\n")?,
            Form::Json => writeln!(out, "{}", problem.to_json())?,
        }
    }
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    let warnings = problems.len() - errors;
    if form == Form::Text {
        match (errors, warnings) {
            (0, 0) => writeln!(out, "{}: no problems; {}", config_dir.display(), count(tenants, "tenant"))?,
            _ => writeln!(out, "{}: {}, {}", config_dir.display(), count(errors, "error"), count(warnings, "warning"))?,
        }
        if let Some((name, record)) = dkim {
            writeln!(out, "mail is signed; publish in DNS\n    {name} TXT \"{record}\"")?;
        }
    }
    Ok(if errors == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Every problem in order, how many tenants have none, and the name and text of the record for DKIM, if mail is signed.
fn examine(config_dir: &Path, environment: Environment<'_>) -> (Vec<Problem>, usize, Option<(String, String)>) {
    let reading = settings::read(Purpose::Serve, config_dir, environment);
    let surroundings = Surroundings {
        public_url: reading.public_url,
        allow_http: reading.allow_http,
        has_mail: reading.has_mail,
        purpose: Purpose::Serve,
        now: Clock::system().now(),
        environment,
    };
    let (tenants, more) = tenants::read(config_dir, &surroundings);
    let dkim = reading.settings.as_ref().and_then(|settings| settings.mail.as_ref()?.dkim.as_ref().map(settings::Dkim::dns));
    let mut problems = reading.problems;
    problems.extend(more);
    problems
        .extend(tenants.iter().flat_map(|tenant| tenant.providers.values().filter_map(|provider| unsigned(config_dir, tenant, provider))));
    problem::sort(&mut problems);
    (problems, tenants.iter().count(), dkim)
}

/// A metadata file that is not signed as the operator wants: it reads well, and nobody could sign in by it.
fn unsigned(config_dir: &Path, tenant: &Tenant, provider: &IdentityProvider) -> Option<Problem> {
    let trust = match &provider.kind {
        Kind::Saml(saml) => &saml.trust,
        Kind::WsFed(ws_fed) => &ws_fed.trust,
        Kind::OpenId(_) => return None,
    };
    let TrustSource::File { name, text, signed_by } = trust else { return None };
    let rejected = check_metadata_signature(text.as_bytes(), signed_by).err().filter(|_| !signed_by.is_empty())?;
    let Rejected { code, detail, .. } = rejected;
    let message =
        format!("{:?} of {} is not signed as `metadata_certificates` wants ({}): {detail}", provider.id.as_str(), tenant.id, code.code());
    let hint = "ask the partner for its metadata anew, and by another way than mail for the certificate it signs with";
    Some(Problem::of_file(Code::MetadataSignature, config_dir.join("tenants").join(name), message, hint))
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
