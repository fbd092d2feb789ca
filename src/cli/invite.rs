//! `gatehouse invite …`: people invited by hand, and what became of it (`behaviour.md` §11). Every rule is [`crate::guests`]'s.

pub(super) mod told;

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use super::{
    bulk, folder,
    inviter::{self, Letter, Sending, Work, address, principal},
};
use crate::{
    clock::Clock,
    domain::{
        address::EmailAddress,
        error_code::ErrorCode,
        guest::{Principal, Sponsors, UserType},
        id::{GuestId, InvitationId},
        invitation::Status,
        tenant::Tenant,
    },
    guests::{self, Delivery, Invite, Inviter, Target},
    settings::Environment,
    store::directory::{Directory, DirectoryError, InvitationFile, InvitationFilter},
};
use told::Form;

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Options {
    #[command(subcommand)]
    verb: Option<Verb>,
    #[command(flatten)]
    people: People,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// List invitations, the newest first
    List {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        which: Which,
        /// How many at most
        #[arg(long, value_name = "NUMBER", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=999))]
        limit: u32,
        /// The id of the last one seen: those before it
        #[arg(long, value_name = "ID", value_parser = id)]
        before: Option<InvitationId>,
    },
    /// Print one invitation and everything that happened to it
    Show(One),
    /// Send one more link; the older ones stay good
    Resend {
        #[command(flatten)]
        one: One,
        #[command(flatten)]
        sending: Sending,
    },
    /// Take an invitation back: its links end
    Revoke(One),
    /// A new invitation in place of one that expired, was revoked or got lost
    Reissue {
        #[command(flatten)]
        one: One,
        #[command(flatten)]
        sending: Sending,
    },
    /// Let somebody be invited again who had asked for no more invitations
    Unblock {
        #[command(flatten)]
        place: Place,
        #[arg(value_parser = address)]
        address: EmailAddress,
    },
    /// Invite everybody in a file
    Bulk(bulk::Options),
    /// Write a file for `bulk`, to be filled in
    Template,
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
    /// The invitation's id
    #[arg(value_name = "INVITATION", value_parser = id)]
    id: InvitationId,
}

#[derive(Debug, clap::Args)]
struct Which {
    /// The address invited
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    address: Option<EmailAddress>,
    #[arg(long, value_name = "STATUS", value_parser = status)]
    status: Option<Status>,
    /// Who invited
    #[arg(long, value_name = "WHO", value_parser = principal)]
    by: Option<Principal>,
    #[arg(long, value_name = "ID", value_parser = guest_id)]
    guest: Option<GuestId>,
}

#[derive(Debug, clap::Args)]
struct People {
    /// Whom
    #[arg(value_name = "ADDRESS", required = true)]
    addresses: Vec<String>,
    // Neither a default nor a plain String: beside a verb, none of these is there.
    /// The folder with gatehouse.toml in it [default: config]
    #[arg(long, value_name = "DIR")]
    config: Option<PathBuf>,
    /// The tenant: its id or a verified domain
    #[arg(long, required = true)]
    tenant: Option<String>,
    /// Their name
    #[arg(long)]
    name: Option<String>,
    /// As a member of the organisation, not as a guest
    #[arg(long)]
    member: bool,
    /// Who answers for them besides the inviter; may come four times
    #[arg(long, value_name = "WHO", value_parser = principal)]
    sponsor: Vec<Principal>,
    #[command(flatten)]
    letter: Letter,
    /// Say what would happen, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// In JSON, with Microsoft Graph's names
    #[arg(long)]
    json: bool,
}

/// Why nothing was done: an exit code, and words for it.
type Refusal = (u8, String);

/// 0 done, 1 it can't be done as things are, 2 the words are wrong.
pub async fn run(options: &Options, environment: Environment<'_>, out: &mut dyn Write) -> io::Result<ExitCode> {
    let done = match &options.verb {
        Some(Verb::Bulk(options)) => bulk::run(options, environment).await,
        Some(verb) => obey(verb, environment).await.map(|words| (0, words)),
        None => invite(&options.people, environment).await,
    };
    let (code, words) = done.unwrap_or_else(|refusal| refusal);
    writeln!(out, "{}", words.trim_end()).map(|()| ExitCode::from(code))
}

/// Each by themselves: one who can't be invited keeps nobody else from it.
async fn invite(people: &People, environment: Environment<'_>) -> Result<(u8, String), Refusal> {
    let sending = &people.letter.sending;
    let config = people.config.clone().unwrap_or_else(|| "config".into());
    let work = if people.dry_run { Work::Rehearsed } else { Work::Done };
    let (tenant, inviter) =
        inviter::open(&config, people.tenant.as_deref().unwrap_or_default(), sending.delivery(), work, environment).await?;
    let result = invite_all(people, &tenant, &inviter).await;
    inviter.directory.close().await;
    result
}

async fn invite_all(people: &People, tenant: &Tenant, inviter: &Inviter) -> Result<(u8, String), Refusal> {
    let (by, wrong) = (people.letter.sending.by(), |why| (2, why));
    let (destination, message) = (people.letter.destination(tenant).map_err(wrong)?, people.letter.message().map_err(wrong)?);
    let sponsors = Sponsors::new(people.sponsor.iter().cloned()).map_err(|most| (2, format!("{most} sponsors")))?;
    let mut results = Vec::new();
    for written in &people.addresses {
        let address = match EmailAddress::parse(written) {
            Ok(address) => address,
            Err(error) => {
                let detail = format!("the address {error}");
                results.push((written.clone(), told::Result::Refused(ErrorCode::InvitedAddressInvalid, detail)));
                continue;
            }
        };
        let invite = Invite {
            address,
            target: Target::Address,
            display_name: people.name.clone(),
            destination: destination.clone(),
            user_type: if people.member { UserType::Member } else { UserType::Guest },
            message: message.clone(),
            cc: people.letter.cc.clone(),
            language: people.letter.language,
            sponsors: Some(sponsors.clone()),
            is_mailed: people.letter.sending.delivery() == Delivery::Mail,
        };
        let result = if people.dry_run {
            guests::preview(inviter, tenant, &by, &invite).await.map(|preview| told::Result::Would(Box::new(preview)))
        } else {
            guests::invite(inviter, tenant, &by, invite).await.map(|invited| told::Result::Invited(Box::new(invited)))
        };
        results.push((written.clone(), result.unwrap_or_else(|refusal| told::Result::Refused(refusal.code(), refusal.detail()))));
    }
    let is_refused = results.iter().any(|(_, result)| matches!(result, told::Result::Refused(..)));
    Ok((u8::from(is_refused), told::results(form(people.json), tenant, &results, inviter.clock.now())))
}

async fn obey(verb: &Verb, environment: Environment<'_>) -> Result<String, Refusal> {
    match verb {
        Verb::List { place, which, limit, before } => {
            let (tenant, directory) = look(place, environment).await?;
            let now = Clock::system().now();
            let listed = directory.invitations(&tenant.id, &which.filter(), now, *before, *limit).await.map_err(broken)?;
            let is_last = u32::try_from(listed.len()).is_ok_and(|there| there < *limit);
            Ok(told::page(form(place.json), &tenant, &listed, now, !is_last))
        }
        Verb::Show(one) => {
            let (tenant, directory) = look(&one.place, environment).await?;
            let file = directory.invitation(&tenant.id, one.id).await.map_err(broken)?;
            let file = file.ok_or_else(|| (1, format!("tenant {} has no invitation {}", tenant.id, one.id)))?;
            let events = directory.timeline(&tenant.id, one.id).await.map_err(broken)?;
            Ok(told::file(form(one.place.json), &tenant, &file, Clock::system().now(), Some(&events)))
        }
        Verb::Resend { one, sending } | Verb::Reissue { one, sending } => {
            let (by, delivery) = (sending.by(), sending.delivery());
            let (tenant, inviter) = inviter::open(&one.place.config, &one.place.tenant, delivery, Work::Done, environment).await?;
            let done = match verb {
                Verb::Resend { .. } => guests::resend(&inviter, &tenant, &by, one.id, delivery).await,
                _ => guests::reissue(&inviter, &tenant, &by, one.id, delivery).await,
            };
            inviter.directory.close().await;
            let invited = done.map_err(|refusal| refused(&refusal))?;
            let address = invited.invitation.invited.to_string();
            let results = [(address, told::Result::Invited(Box::new(invited)))];
            Ok(told::results(form(one.place.json), &tenant, &results, inviter.clock.now()))
        }
        Verb::Revoke(one) => {
            let (tenant, inviter) = inviter::open(&one.place.config, &one.place.tenant, Delivery::Link, Work::Done, environment).await?;
            let done = guests::revoke(&inviter, &tenant, &inviter::operator(), one.id).await;
            inviter.directory.close().await;
            let file: InvitationFile = done.map_err(|refusal| refused(&refusal))?;
            Ok(told::revoked(form(one.place.json), &tenant, &file, inviter.clock.now()))
        }
        Verb::Bulk(options) => bulk::run(options, environment).await.map(|(_, words)| words),
        Verb::Template => Ok(guests::bulk::template()),
        Verb::Unblock { place, address } => {
            let (tenant, inviter) = inviter::open(&place.config, &place.tenant, Delivery::Link, Work::Done, environment).await?;
            let done = inviter.directory.unblock_invitations(&tenant.id, address).await;
            inviter.directory.close().await;
            if done.map_err(broken)? {
                return Ok(format!("{address} may be invited again"));
            }
            Err((1, format!("{address} has not asked for no more invitations of tenant {}", tenant.id)))
        }
    }
}

async fn look(place: &Place, environment: Environment<'_>) -> Result<(Tenant, Directory), Refusal> {
    let (settings, tenants) = folder::read(&place.config, environment).map_err(|problems| (1, problems))?;
    let tenant = folder::tenant(&tenants, &place.tenant).map_err(|problem| (2, problem))?;
    Ok((tenant.clone(), folder::look(&settings).await.map_err(broken)?))
}

#[expect(clippy::needless_pass_by_value, reason = "shaped for map_err")]
fn broken(error: DirectoryError) -> Refusal {
    (1, error.to_string())
}

fn refused(refusal: &guests::Refusal) -> Refusal {
    (1, format!("{}: {}", refusal.code().code(), refusal.detail()))
}

const fn form(is_json: bool) -> Form {
    if is_json { Form::Json } else { Form::Text }
}

impl Which {
    fn filter(&self) -> InvitationFilter {
        InvitationFilter { address: self.address.clone(), status: self.status, inviter: self.by.clone(), guest: self.guest }
    }
}

fn id(text: &str) -> Result<InvitationId, String> {
    InvitationId::parse(text).ok_or_else(|| "an id is 32 hexadecimal digits; `gatehouse invite list` has them".into())
}

fn guest_id(text: &str) -> Result<GuestId, String> {
    GuestId::parse(text).ok_or_else(|| "an id is 32 hexadecimal digits".into())
}

fn status(text: &str) -> Result<Status, String> {
    let all = [Status::PendingAcceptance, Status::InProgress, Status::Completed, Status::Revoked, Status::Expired];
    let found = all.into_iter().find(|status| status.as_str().eq_ignore_ascii_case(text));
    found.ok_or_else(|| "write PendingAcceptance, InProgress, Completed, Revoked or Expired".into())
}
