//! `gatehouse trail REFERENCE`: everything kept under the number that a person quotes.

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use serde_json::json;

use super::{folder, moment, verdicts};
use crate::{
    domain::id::TenantId,
    settings::Environment,
    store::directory::RecordedEvent,
    trail::{self, Kept},
};

#[derive(Debug, clap::Args)]
pub struct Options {
    /// The number on the person's page
    reference: String,
    /// The folder with gatehouse.toml in it
    #[arg(long, value_name = "DIR", default_value = "config")]
    config: PathBuf,
    /// One tenant alone: its id or a verified domain
    #[arg(long)]
    tenant: Option<String>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// 0 found, 1 nothing kept or it can't be read, 2 the words are wrong.
pub async fn run(options: &Options, environment: Environment<'_>, out: &mut dyn Write) -> io::Result<ExitCode> {
    let mut refuse = |code: u8, why: &str| writeln!(out, "{why}").map(|()| ExitCode::from(code));
    let (settings, tenants) = match folder::read(&options.config, environment) {
        Ok(read) => read,
        Err(problems) => return refuse(1, &problems),
    };
    let asked: Vec<&TenantId> = match &options.tenant {
        Some(name) => match folder::tenant(&tenants, name) {
            Ok(tenant) => vec![&tenant.id],
            Err(problem) => return refuse(2, &problem),
        },
        None => tenants.iter().map(|tenant| &tenant.id).collect(),
    };
    let reference = options.reference.trim().to_ascii_lowercase();
    let found = match folder::look(&settings).await {
        Ok(directory) => trail::of(&directory, &asked, &reference).await,
        Err(error) => Err(error),
    };
    let found = match found {
        Ok(found) => found,
        Err(error) => return refuse(1, &format!("the directory: {error}")),
    };
    if options.json {
        writeln!(out, "{}", as_json(&reference, &found))?;
    } else if found.is_empty() {
        writeln!(out, "nothing is kept under {reference:?}; what was refused before a sign-in began is in the log alone")?;
    } else {
        for kept in &found {
            as_text(kept, out)?;
        }
    }
    Ok(if found.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn as_json(reference: &str, found: &[Kept]) -> serde_json::Value {
    let event = |event: &RecordedEvent| {
        json!({
            "at": moment::written(event.at), "action": event.action, "guest": event.guest.map(|id| id.to_string()), "client": event.client,
            "details": event.details,
        })
    };
    let of_tenant = |kept: &Kept| json!({ "tenant": kept.tenant, "events": kept.events.iter().map(event).collect::<Vec<_>>() });
    json!({ "reference": reference, "tenants": found.iter().map(of_tenant).collect::<Vec<_>>() })
}

fn as_text(kept: &Kept, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "tenant {}", kept.tenant)?;
    for event in &kept.events {
        let client = event.client.as_deref().map(|client| format!("  client {client}")).unwrap_or_default();
        let guest = event.guest.map(|id| format!("  guest {id}")).unwrap_or_default();
        writeln!(out, "\n{}  {}{client}{guest}", moment::written(event.at), event.action)?;
        for (name, value) in event.details.as_object().into_iter().flatten().filter(|(name, _)| *name != "verdicts") {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            writeln!(out, "  {name}: {}", verdicts::plain(&value))?;
        }
        verdicts::table(&trail::lines(&event.details), out)?;
    }
    writeln!(out)
}
