//! An [`Inviter`] for a command: what it mails is sealed and queued in the directory, and a serving process sends it.

use std::{path::Path, sync::Arc};

use super::folder;
use crate::{
    clock::Clock,
    domain::{
        address::EmailAddress, errand::Destination, error_code::ErrorCode, guest::Principal, id::ClientId, invitation::PersonalMessage,
        locale::Locale, tenant::Tenant,
    },
    guests::{By, Delivery, Inviter, Rank},
    mail::{MailError, Mailer, Message, Outbox},
    settings::{Environment, Purpose},
    store::seal::Seal,
};

/// Where the mail leads and what it says.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Letter {
    /// Where they land after accepting: a page of an app [default: My Apps]
    #[arg(long, value_name = "URL", conflicts_with = "client")]
    redirect: Option<String>,
    /// The app where they land, which they are also assigned to
    #[arg(long, value_name = "CLIENT")]
    client: Option<String>,
    /// A few words of yours, plain text; dropped unless answers can go somewhere: --reply-to
    #[arg(long, value_name = "TEXT")]
    message: Option<String>,
    /// Who gets a copy
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub(super) cc: Option<EmailAddress>,
    /// The language of the mail [default: theirs, else the tenant's]
    #[arg(long, value_name = "LANGUAGE", value_parser = locale)]
    pub(super) language: Option<Locale>,
    #[command(flatten)]
    pub(super) sending: Sending,
}

/// In whose name, and whether by mail.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Sending {
    /// In whose name: a person or a group of yours
    #[arg(long, value_name = "WHO", value_parser = principal)]
    by: Option<Principal>,
    /// Where answers to the mail go
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    reply_to: Option<EmailAddress>,
    /// Send no mail; print the link
    #[arg(long)]
    no_mail: bool,
}

impl Letter {
    pub(super) fn destination(&self, tenant: &Tenant) -> Result<Destination, String> {
        if let Some(client) = &self.client {
            let known = ClientId::parse(client).ok().filter(|id| tenant.clients.contains_key(id));
            let all = || tenant.clients.keys().map(ClientId::as_str).collect::<Vec<_>>().join(", ");
            return known
                .map(Destination::Client)
                .ok_or_else(|| format!("tenant {} has no client {client:?}; it has: {}", tenant.id, all()));
        }
        let Some(url) = &self.redirect else { return Ok(Destination::Apps) };
        Destination::of(tenant, url).ok_or_else(|| {
            let code = ErrorCode::RedirectNotAllowed.code();
            format!("{code}: no app of tenant {} is at {url}; list its origin in `redirect_origins` under [invitations]", tenant.id)
        })
    }

    pub(super) fn message(&self) -> Result<Option<PersonalMessage>, String> {
        let Some(text) = &self.message else { return Ok(None) };
        let too_long = || format!("{}: the message is longer than {} characters", ErrorCode::MessageTooLong.code(), PersonalMessage::MOST);
        PersonalMessage::new(text).ok_or_else(too_long)
    }
}

/// Whoever can run commands here can edit the tenant's file: an administrator.
pub(super) fn operator() -> By {
    let principal = Principal::new(Principal::OPERATOR).expect("one short line");
    By { principal, name: None, reply_to: None, rank: Rank::Administrator }
}

/// Whether something is to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    Done,
    /// Looked at, and nothing else.
    Rehearsed,
}

impl Sending {
    pub(super) fn by(&self) -> By {
        let By { principal, name, rank, .. } = operator();
        By {
            principal: self.by.clone().unwrap_or(principal),
            name: self.by.as_ref().map(|by| by.as_str().to_owned()).or(name),
            reply_to: self.reply_to.clone(),
            rank,
        }
    }

    pub(super) fn delivery(&self) -> Delivery {
        if self.no_mail { Delivery::Link } else { Delivery::Mail }
    }
}

/// What a command works with; an exit code and words where it can't.
pub(super) async fn open(
    config: &Path,
    tenant: &str,
    delivery: Delivery,
    work: Work,
    environment: Environment<'_>,
) -> Result<(Tenant, Inviter), (u8, String)> {
    let is_mailed = delivery == Delivery::Mail && folder::has_mail(config, environment);
    // Only what is sealed needs the key.
    let purpose = if is_mailed && work == Work::Done { Purpose::Seal } else { Purpose::Look };
    let (settings, tenants) = folder::read_for(purpose, config, environment).map_err(|problems| (1, problems))?;
    let tenant = folder::tenant(&tenants, tenant).map_err(|problem| (2, problem))?.clone();
    let directory = match work {
        Work::Done => folder::open(&settings).await,
        Work::Rehearsed => folder::look(&settings).await,
    };
    let directory = directory.map_err(|error| (1, error.to_string()))?;
    let clock = Clock::system();
    let outbox = is_mailed.then(|| Outbox::new(directory.clone(), Seal::new(&settings.seal_key), clock.clone(), Arc::new(SentElsewhere)));
    Ok((tenant, Inviter { directory, outbox, clock }))
}

/// A command only queues.
#[derive(Debug)]
struct SentElsewhere;

#[async_trait::async_trait]
impl Mailer for SentElsewhere {
    async fn send(&self, _: Message) -> Result<(), MailError> {
        Err(MailError::Unreachable("a command sends no mail".into()))
    }
}

pub(super) fn address(text: &str) -> Result<EmailAddress, String> {
    EmailAddress::parse(text).map_err(|error| format!("the address {error}"))
}

pub(super) fn principal(text: &str) -> Result<Principal, String> {
    Principal::new(text).ok_or_else(|| "write one line of at most 256 characters".into())
}

pub(super) fn locale(text: &str) -> Result<Locale, String> {
    Locale::from_tag(text).ok_or_else(|| "write one of the languages there are: en, de, fr".into())
}
