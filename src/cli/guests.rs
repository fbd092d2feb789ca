//! `gatehouse guests …`: a tenant's directory of guests, looked at and changed by hand (`behaviour.md` §10). Guests entered here sign
//! in at a direct link (§2.2). What is changed is written to the audit.

mod anew;
mod apps;
mod told;

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use serde_json::json;

use super::folder;
use crate::{
    clock::Clock,
    domain::{
        address::EmailAddress,
        guest::{Addresses, Creation, Entry, Guest, Principal, PrincipalName, Sponsors, UserType},
        id::GuestId,
        identity::Voucher,
        locale::Locale,
        tenant::Tenant,
        timestamp::Timestamp,
    },
    random,
    settings::Environment,
    store::directory::{AddedGuest, AuditEvent, Changed, Directory, DirectoryError, Filter, StateName, Update, Whom},
};
use told::Form;

#[derive(Debug, clap::Args)]
pub struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// List guests, a page at a time, in the order they were added
    List {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        which: Which,
        /// How many at most
        #[arg(long, value_name = "NUMBER", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=999))]
        limit: u32,
        /// The id of the last one seen: those after it
        #[arg(long, value_name = "ID", value_parser = id)]
        after: Option<GuestId>,
    },
    /// Print all there is to know of one guest
    Show(One),
    /// Count guests by the provider that proved them
    Count {
        #[command(flatten)]
        place: Place,
    },
    /// Add a guest, pending until they have signed in and accepted
    Add {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        person: Person,
    },
    /// Let a guest in no more, until unblocked
    Block(One),
    /// Let a blocked guest in again
    Unblock(One),
    /// Delete a guest, who can be restored for 30 days
    Delete(One),
    /// Bring back a deleted guest, as they were
    Restore(One),
    /// Remove a deleted guest for good, with every consent on record
    Purge(One),
    /// Begin somebody's redemption anew, with a new invitation: same guest, same apps, another address or provider
    Reset(anew::Reset),
    /// Let an internal member sign in from outside from now on, keeping everything
    Convert(anew::Convert),
    /// Assign a guest to an app
    Assign(apps::Assignment),
    /// Take an app away from a guest
    Unassign(apps::Assignment),
    /// Count the guests whom no road serves any more, by the provider that proved them
    LockedOut(apps::LockedOut),
}

#[derive(Debug, clap::Args)]
struct Place {
    /// The folder with gatehouse.toml in it
    #[arg(long, value_name = "DIR", default_value = "config")]
    config: PathBuf,
    /// The tenant: its id or a verified domain
    #[arg(long)]
    tenant: String,
    /// In JSON, with Microsoft Graph's names
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct One {
    #[command(flatten)]
    place: Place,
    /// Who: an id, an address, or a user principal name
    #[arg(value_name = "GUEST", value_parser = whom)]
    whom: Whom,
}

#[derive(Debug, clap::Args)]
struct Which {
    /// Those deleted, instead of those there
    #[arg(long)]
    deleted: bool,
    #[arg(long, value_name = "STATE")]
    state: Option<Stage>,
    /// Guest or Member
    #[arg(long = "type", value_name = "TYPE", value_parser = user_type)]
    user_type: Option<UserType>,
    /// The provider that proved them: its id, or `mail` for passcodes
    #[arg(long, value_name = "IDP", value_parser = voucher)]
    provider: Option<Voucher>,
    /// How one of their addresses begins
    #[arg(long, value_name = "PREFIX")]
    address: Option<String>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Stage {
    Pending,
    Accepted,
}

#[derive(Debug, clap::Args)]
struct Person {
    #[arg(long)]
    address: String,
    #[arg(long)]
    name: Option<String>,
    /// Guest or Member
    #[arg(long = "type", value_name = "TYPE", default_value = "Guest", value_parser = user_type)]
    user_type: UserType,
    /// One more address of theirs; may come again
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    other: Vec<EmailAddress>,
    /// Who answers for them; may come five times [default: whoever invited them]
    #[arg(long, value_name = "WHO", value_parser = principal)]
    sponsor: Vec<Principal>,
    #[arg(long, value_name = "WHO", value_parser = principal)]
    invited_by: Option<Principal>,
    #[arg(long, value_name = "LANGUAGE", value_parser = locale)]
    language: Option<Locale>,
}

/// Why nothing was done: an exit code, and words for it.
struct Refusal(u8, String);

impl From<DirectoryError> for Refusal {
    fn from(error: DirectoryError) -> Self {
        Self(1, error.to_string())
    }
}

/// 0 done, 1 it can't be done as things are, 2 the words are wrong.
pub async fn run(options: &Options, environment: Environment<'_>, out: &mut dyn Write) -> io::Result<ExitCode> {
    let elsewhere = match &options.verb {
        Verb::Reset(reset) => Some(reset.run(environment).await),
        Verb::Convert(convert) => Some(convert.run(environment).await),
        Verb::LockedOut(which) => Some(which.run(environment).await.map(|words| (0, words))),
        _ => None,
    };
    if let Some(done) = elsewhere {
        let (code, words) = done.unwrap_or_else(|Refusal(code, why)| (code, why));
        return writeln!(out, "{}", words.trim_end()).map(|()| ExitCode::from(code));
    }
    let done = match open(options, environment).await {
        Ok((tenant, directory)) => {
            let done = obey(&options.verb, &tenant, &directory).await;
            directory.close().await;
            done
        }
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(words) => writeln!(out, "{words}").map(|()| ExitCode::SUCCESS),
        Err(Refusal(code, why)) => writeln!(out, "{}", why.trim_end()).map(|()| ExitCode::from(code)),
    }
}

async fn open(options: &Options, environment: Environment<'_>) -> Result<(Tenant, Directory), Refusal> {
    let place = options.verb.place();
    let (settings, tenants) = folder::read(&place.config, environment).map_err(|problems| Refusal(1, problems))?;
    let tenant = folder::tenant(&tenants, &place.tenant).map_err(|problem| Refusal(2, problem))?;
    if let Verb::Add { person, .. } = &options.verb {
        EmailAddress::parse(&person.address).map_err(|error| Refusal(2, format!("the address {error}")))?;
    }
    let directory = match &options.verb {
        Verb::List { .. } | Verb::Show(_) | Verb::Count { .. } => folder::look(&settings).await,
        _ => folder::open(&settings).await,
    };
    Ok((tenant.clone(), directory?))
}

async fn obey(verb: &Verb, tenant: &Tenant, directory: &Directory) -> Result<String, Refusal> {
    let (form, now) = (if verb.place().json { Form::Json } else { Form::Text }, Clock::system().now());
    match verb {
        Verb::List { which, limit, after, .. } => {
            let entries = directory.entries(&tenant.id, &which.filter(), *after, *limit).await?;
            let is_last = u32::try_from(entries.len()).is_ok_and(|there| there < *limit);
            Ok(told::page(form, tenant, &entries, entries.last().filter(|_| !is_last)))
        }
        Verb::Show(one) => Ok(told::entry(form, tenant, &found(directory, tenant, &one.whom).await?)),
        Verb::Count { .. } => Ok(told::counts(form, &directory.count_guests(&tenant.id).await?)),
        Verb::Add { person, .. } => {
            let entry = person.entry(tenant, now)?;
            add(directory, tenant, &entry, now).await?;
            let whom = Whom::Id(entry.guest.id);
            Ok(match form {
                Form::Text => entry.guest.id.to_string(),
                Form::Json => told::entry(form, tenant, &found(directory, tenant, &whom).await?),
            })
        }
        Verb::Assign(assignment) => assignment.run(apps::Deed::Assign, tenant, directory, now).await,
        Verb::Unassign(assignment) => assignment.run(apps::Deed::Unassign, tenant, directory, now).await,
        Verb::Block(one) | Verb::Unblock(one) | Verb::Delete(one) | Verb::Restore(one) | Verb::Purge(one) => {
            change(verb, directory, tenant, &one.whom, now).await.map(|entry| told::entry(form, tenant, &entry))
        }
        // Done before a directory was opened: they open their own.
        Verb::Reset(_) | Verb::Convert(_) | Verb::LockedOut(_) => Ok(String::new()),
    }
}

/// Answers the guest as they are after it; a purged one as they were.
async fn change(verb: &Verb, directory: &Directory, tenant: &Tenant, whom: &Whom, now: Timestamp) -> Result<Entry, Refusal> {
    let entry = found(directory, tenant, whom).await?;
    let (id, enabled) = (entry.guest.id, |is_enabled| Update { is_enabled: Some(is_enabled), ..Update::default() });
    let (action, changed) = match verb {
        Verb::Block(_) => ("guest.blocked", directory.update_guest(&tenant.id, id, &enabled(false)).await?),
        Verb::Unblock(_) => ("guest.unblocked", directory.update_guest(&tenant.id, id, &enabled(true)).await?),
        Verb::Delete(_) => ("guest.deleted", directory.delete_guest(&tenant.id, id, now).await?),
        Verb::Restore(_) => ("guest.restored", directory.restore_guest(&tenant.id, id, now).await?),
        Verb::Purge(_) => ("guest.purged", directory.purge_guest(&tenant.id, id).await?),
        _ => return Ok(entry),
    };
    match changed {
        Changed::Done => {}
        Changed::Obstructed(obstacles) => return Err(Refusal(1, told::obstacles(tenant, &obstacles))),
        Changed::Nobody => return Err(Refusal(1, told::standing(&entry.guest))),
    }
    record(directory, tenant, action, id, now).await?;
    Ok(directory.entry(&tenant.id, &Whom::Id(id)).await?.unwrap_or(entry))
}

async fn add(directory: &Directory, tenant: &Tenant, entry: &Entry, now: Timestamp) -> Result<(), Refusal> {
    match directory.add_entry(&tenant.id, entry).await? {
        AddedGuest::Added => Ok(record(directory, tenant, "guest.added", entry.guest.id, now).await?),
        AddedGuest::Taken => {
            let obstacles = directory.in_the_way(&tenant.id, entry.guest.id, &entry.addresses, None).await?;
            Err(Refusal(1, told::obstacles(tenant, &obstacles)))
        }
    }
}

async fn found(directory: &Directory, tenant: &Tenant, whom: &Whom) -> Result<Entry, Refusal> {
    let nobody = || Refusal(1, format!("tenant {} has no such guest", tenant.id));
    directory.entry(&tenant.id, whom).await?.ok_or_else(nobody)
}

async fn record(
    directory: &Directory,
    tenant: &Tenant,
    action: &'static str,
    guest: GuestId,
    now: Timestamp,
) -> Result<(), DirectoryError> {
    let event = AuditEvent::without_sign_in(now, action, guest, json!({ "by": "command" }));
    directory.record(&tenant.id, &event).await
}

impl Verb {
    fn place(&self) -> &Place {
        match self {
            Self::List { place, .. } | Self::Count { place } | Self::Add { place, .. } => place,
            Self::Show(one) | Self::Block(one) | Self::Unblock(one) | Self::Delete(one) | Self::Restore(one) | Self::Purge(one) => {
                &one.place
            }
            Self::Reset(reset) => &reset.place,
            Self::Convert(convert) => &convert.place,
            Self::Assign(assignment) | Self::Unassign(assignment) => &assignment.one.place,
            Self::LockedOut(which) => &which.place,
        }
    }
}

impl Which {
    fn filter(&self) -> Filter {
        Filter {
            is_deleted: self.deleted,
            state: self.state.map(|stage| match stage {
                Stage::Pending => StateName::PendingAcceptance,
                Stage::Accepted => StateName::Accepted,
            }),
            user_type: self.user_type,
            voucher: self.provider.clone(),
            address_prefix: self.address.clone(),
            is_enabled: None,
        }
    }
}

impl Person {
    fn entry(&self, tenant: &Tenant, now: Timestamp) -> Result<Entry, Refusal> {
        let mail = address(&self.address).map_err(|why| Refusal(2, why))?;
        let (id, name) = (GuestId::from_drawn(random::ordered_uuid(now)), PrincipalName::of(&mail, &tenant.initial_domain()));
        let guest = Guest {
            user_type: self.user_type,
            display_name: self.name.clone(),
            invited_by: self.invited_by.clone(),
            preferred_language: self.language,
            ..Guest::pending(id, name, mail.clone(), Creation::Invitation, now)
        };
        let alone = Entry::from(guest);
        let other = [std::slice::from_ref(&mail), &self.other].concat();
        let addresses = Addresses::new(mail.clone(), other, vec![mail]).map_err(|most| Refusal(2, format!("{most} addresses")))?;
        let sponsors = match self.sponsor.as_slice() {
            [] => alone.sponsors,
            named => Sponsors::new(named.iter().cloned()).map_err(|most| Refusal(2, format!("{most} sponsors")))?,
        };
        Ok(Entry { guest: alone.guest, addresses, sponsors })
    }
}

fn id(text: &str) -> Result<GuestId, String> {
    GuestId::parse(text).ok_or_else(|| "an id is 32 hexadecimal digits".into())
}

fn whom(text: &str) -> Result<Whom, String> {
    if let Some(id) = GuestId::parse(text) {
        return Ok(Whom::Id(id));
    }
    match PrincipalName::parse(text) {
        Some(name) => Ok(Whom::PrincipalName(name)),
        None => EmailAddress::parse(text).map(Whom::Address).map_err(|_| "write an id, an address or a user principal name".into()),
    }
}

fn address(text: &str) -> Result<EmailAddress, String> {
    EmailAddress::parse(text).map_err(|error| format!("the address {error}"))
}

fn user_type(text: &str) -> Result<UserType, String> {
    UserType::parse(text).ok_or_else(|| "write Guest or Member".into())
}

fn voucher(text: &str) -> Result<Voucher, String> {
    Voucher::parse(text).ok_or_else(|| "write a provider's id, or mail".into())
}

fn principal(text: &str) -> Result<Principal, String> {
    Principal::new(text).ok_or_else(|| "write one line of at most 256 characters".into())
}

fn locale(text: &str) -> Result<Locale, String> {
    Locale::from_tag(text).ok_or_else(|| "write one of the languages there are: en, de, fr".into())
}
