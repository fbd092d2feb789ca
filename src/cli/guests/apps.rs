//! `gatehouse guests assign`, `unassign` and `locked-out`: to which apps somebody gets, and who gets to none.

use std::path::PathBuf;

use serde_json::json;

use super::{One, Place, Refusal, found, told::Form};
use crate::{
    cli::folder,
    domain::{id::ClientId, tenant::Tenant, timestamp::Timestamp},
    guests,
    settings::Environment,
    store::directory::{AuditEvent, Count, Directory},
};

#[derive(Debug, clap::Args)]
pub(super) struct Assignment {
    #[command(flatten)]
    pub(super) one: One,
    /// The app: its client_id
    #[arg(value_name = "CLIENT")]
    client: String,
}

#[derive(Debug, clap::Args)]
pub(super) struct LockedOut {
    #[command(flatten)]
    pub(super) place: Place,
    /// The folder in service, whose directory is counted; --config may then be one that is yet to be deployed [default: --config]
    #[arg(long, value_name = "DIR")]
    running: Option<PathBuf>,
}

/// What is done to an assignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    Assign,
    Unassign,
}

impl Assignment {
    pub(super) async fn run(&self, deed: Deed, tenant: &Tenant, directory: &Directory, now: Timestamp) -> Result<String, Refusal> {
        let guest = found(directory, tenant, &self.one.whom).await?.guest;
        let known = ClientId::parse(&self.client).ok().filter(|id| deed == Deed::Unassign || tenant.clients.contains_key(id));
        let client = known.ok_or_else(|| {
            let all: Vec<&str> = tenant.clients.keys().map(ClientId::as_str).collect();
            Refusal(2, format!("tenant {} has no client {:?}; it has: {}", tenant.id, self.client, all.join(", ")))
        })?;
        let (action, is_done, otherwise) = match deed {
            Deed::Assign if guest.is_deleted() => return Err(Refusal(1, super::told::standing(&guest))),
            Deed::Assign => {
                let is_done = directory.assign_app(&tenant.id, guest.id, &client, None, now).await?;
                ("guest.assigned", is_done, "was assigned already")
            }
            Deed::Unassign => ("guest.unassigned", directory.unassign_app(&tenant.id, guest.id, &client).await?, "was not assigned"),
        };
        if is_done {
            let event = AuditEvent::without_sign_in(now, action, guest.id, json!({ "by": "command" }));
            directory.record(&tenant.id, &AuditEvent { client: Some(client.to_string()), ..event }).await?;
        }
        let apps = directory.apps_of(&tenant.id, guest.id).await?;
        let apps: Vec<&str> = apps.iter().map(|app| app.client.as_str()).collect();
        if self.one.place.json {
            return Ok(json!({ "id": guest.id.to_string(), "apps": apps, "changed": is_done }).to_string());
        }
        let all = if apps.is_empty() { "none".to_owned() } else { apps.join(", ") };
        let done = if is_done { "is done" } else { otherwise };
        Ok(format!("guest {} {} {client}: {done}\n  {:11} {all}", guest.id, if deed == Deed::Assign { "to" } else { "from" }, "apps now"))
    }
}

impl LockedOut {
    pub(super) async fn run(&self, environment: Environment<'_>) -> Result<String, Refusal> {
        let (settings, tenants) = folder::read(&self.place.config, environment).map_err(|problems| Refusal(1, problems))?;
        let tenant = folder::tenant(&tenants, &self.place.tenant).map_err(|problem| Refusal(2, problem))?;
        let settings = match &self.running {
            Some(running) => folder::read(running, environment).map_err(|problems| Refusal(1, problems))?.0,
            None => settings,
        };
        let directory = folder::look(&settings).await?;
        let counts = guests::locked_out(&directory, tenant).await;
        directory.close().await;
        let form = if self.place.json { Form::Json } else { Form::Text };
        Ok(told(form, &counts?))
    }
}

fn told(form: Form, counts: &[Count]) -> String {
    if form == Form::Json || counts.is_empty() {
        return match form {
            Form::Json => super::told::counts(form, counts),
            Form::Text => "nobody is locked out: every stored identity has a road".into(),
        };
    }
    let mut lines = vec!["no road of this configuration leads to them:".to_owned()];
    lines.push(super::told::counts(form, counts));
    lines.push("bring the provider back, or let them redeem anew:".to_owned());
    let reset = |count: &Count| count.voucher.as_ref().map(|voucher| format!("  gatehouse guests reset --voucher {}", voucher.as_str()));
    lines.extend(counts.iter().filter_map(reset));
    lines.join("\n")
}
