//! `gatehouse guests add`: puts somebody into a tenant's directory, who then signs in at a direct link (`behaviour.md` §2.2).

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use super::folder;
use crate::{
    clock::Clock,
    domain::{
        address::EmailAddress,
        guest::{Guest, State},
        id::GuestId,
    },
    random,
    settings::Environment,
    store::directory::AddedGuest,
};

#[derive(Debug, clap::Args)]
pub struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Add a guest, pending until they have signed in and accepted
    Add {
        #[arg(long, value_name = "DIR", default_value = "config")]
        config: PathBuf,
        /// The tenant: its id or a verified domain
        #[arg(long)]
        tenant: String,
        #[arg(long)]
        address: String,
        #[arg(long)]
        name: Option<String>,
    },
}

/// 0 added, 1 it can't be done as things are, 2 the words are wrong.
pub async fn run(options: &Options, environment: Environment<'_>, out: &mut dyn Write) -> io::Result<ExitCode> {
    let Verb::Add { config, tenant, address, name } = &options.verb;
    let mut refuse = |code: u8, why: String| writeln!(out, "{why}").map(|()| ExitCode::from(code));
    let (settings, tenants) = match folder::read(config, environment) {
        Ok(read) => read,
        Err(problems) => return refuse(1, problems),
    };
    let tenant = match folder::tenant(&tenants, tenant) {
        Ok(tenant) => tenant,
        Err(problem) => return refuse(2, problem),
    };
    let address = match EmailAddress::parse(address) {
        Ok(address) => address,
        Err(error) => return refuse(2, format!("the address {error}")),
    };
    let directory = match folder::open(&settings).await {
        Ok(directory) => directory,
        Err(error) => return refuse(1, error.to_string()),
    };
    let now = Clock::system().now();
    let guest = Guest {
        id: GuestId::from_drawn(random::ordered_uuid(now)),
        state: State::PendingAcceptance { since: now },
        display_name: name.clone(),
        mail: address,
        is_enabled: true,
        identity: None,
        created_at: now,
    };
    match directory.add_guest(&tenant.id, &guest).await {
        Ok(AddedGuest::Added) => {
            writeln!(out, "{}", guest.id)?;
            Ok(ExitCode::SUCCESS)
        }
        Ok(AddedGuest::Taken) => refuse(1, format!("tenant {} already has a guest with this address", tenant.id)),
        Err(error) => refuse(1, error.to_string()),
    }
}
