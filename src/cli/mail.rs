//! `gatehouse mail …`: what mails look like, what became of them, one more try, and those that came back. Never prints what a mail
//! that was queued says.

mod preview;
mod told;

use std::{
    io::{self, Read, Write},
    path::PathBuf,
    process::ExitCode,
};

use super::folder;
use crate::{
    clock::Clock,
    domain::{
        id::{InvitationId, MailId},
        locale::Locale,
    },
    mail::Bounce,
    settings::Environment,
    store::directory::{DirectoryError, MailState, Retried},
};

/// A notification quotes the mail, so it is a little longer than our longest.
const MOST_OF_A_BOUNCE: u64 = 1 << 20;

#[derive(Debug, clap::Args)]
pub struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Show what a mail looks like, with sample values and the tenant's branding
    Preview {
        kind: preview::Kind,
        #[command(flatten)]
        place: Place,
        /// en, de or fr [default: the tenant's]
        #[arg(long, value_parser = locale)]
        language: Option<Locale>,
        /// The HTML part
        #[arg(long, conflicts_with = "text")]
        html: bool,
        /// The plain text, which is what is shown without --html
        #[arg(long)]
        text: bool,
        /// Into a file instead
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// List mails, newest first, with what went wrong and the cure
    List {
        #[command(flatten)]
        place: Place,
        /// queued, sending, sent, failed or uncertain
        #[arg(long, value_parser = state)]
        state: Option<MailState>,
        /// Those of one invitation
        #[arg(long, value_name = "ID", value_parser = invitation)]
        invitation: Option<InvitationId>,
        /// How many at most
        #[arg(long, value_name = "NUMBER", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=999))]
        limit: u32,
        /// The id of the last one seen: those before it
        #[arg(long, value_name = "ID", value_parser = mail)]
        before: Option<MailId>,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Send now what waits, or once more what perhaps arrived: then it may arrive twice
    Retry {
        #[arg(value_name = "ID", value_parser = mail)]
        id: MailId,
        #[command(flatten)]
        folder: Folder,
    },
    /// Read a delivery status notification (RFC 3464), and mark the mail it is about as failed
    Bounced {
        /// The notification as it came; `-` is standard input
        file: PathBuf,
        #[command(flatten)]
        folder: Folder,
    },
}

#[derive(Debug, clap::Args)]
struct Folder {
    #[arg(long, value_name = "DIR", default_value = "config")]
    config: PathBuf,
}

#[derive(Debug, clap::Args)]
struct Place {
    #[command(flatten)]
    folder: Folder,
    /// The tenant: its id or a verified domain
    #[arg(long)]
    tenant: String,
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
    match obey(&options.verb, environment).await {
        Ok(words) => write!(out, "{words}").map(|()| ExitCode::SUCCESS),
        Err(Refusal(code, why)) => writeln!(out, "{}", why.trim_end()).map(|()| ExitCode::from(code)),
    }
}

async fn obey(verb: &Verb, environment: Environment<'_>) -> Result<String, Refusal> {
    let read = |folder: &Folder| folder::read(&folder.config, environment).map_err(|problems| Refusal(1, problems));
    let now = Clock::system().now();
    match verb {
        Verb::Preview { kind, place, language, html, out, .. } => {
            let (_, tenants) = read(&place.folder)?;
            let tenant = folder::tenant(&tenants, &place.tenant).map_err(|problem| Refusal(2, problem))?;
            let message = preview::sample(*kind, tenant, language.unwrap_or(tenant.default_locale), now);
            let words = match (html, out) {
                (true, _) => message.html,
                (false, None) => format!("{}: {}\n\n{}", "Subject", message.subject.as_str(), message.text),
                (false, Some(_)) => message.text,
            };
            let Some(file) = out else { return Ok(words) };
            let written = std::fs::write(file, words);
            written.map_err(|error| Refusal(1, format!("{} can't be written: {}", file.display(), error.kind())))?;
            Ok(format!("wrote {}\n", file.display()))
        }
        Verb::List { place, state, invitation, limit, before, json } => {
            let (settings, tenants) = read(&place.folder)?;
            let tenant = folder::tenant(&tenants, &place.tenant).map_err(|problem| Refusal(2, problem))?;
            let directory = folder::look(&settings).await?;
            let mails = directory.mails(&tenant.id, *state, *invitation, *before, *limit).await;
            directory.close().await;
            let mails = mails?;
            Ok(if *json { told::json(&mails) } else { told::text(&mails) })
        }
        Verb::Retry { id, folder } => {
            let (settings, _) = read(folder)?;
            let directory = folder::open(&settings).await?;
            let (before, retried) = (directory.mail(*id).await, directory.retry_mail(*id, now).await);
            directory.close().await;
            let before = before?.ok_or_else(|| Refusal(1, format!("there is no mail {id}")))?;
            match retried? {
                Retried::Queued if before.state == MailState::Uncertain => {
                    Ok("queued once more; if the first did arrive after all, this one arrives twice\n".to_owned())
                }
                Retried::Queued => Ok("due now\n".to_owned()),
                Retried::Refused => Err(Refusal(1, told::not_again(&before))),
            }
        }
        Verb::Bounced { file, folder } => {
            let bounce = Bounce::read(&octets(file)?).map_err(|error| Refusal(1, error.to_string()))?;
            let (settings, _) = read(folder)?;
            let directory = folder::open(&settings).await?;
            let done = bounced(&directory, &bounce, now).await;
            directory.close().await;
            done
        }
    }
}

async fn bounced(
    directory: &crate::store::directory::Directory,
    bounce: &Bounce,
    now: crate::domain::timestamp::Timestamp,
) -> Result<String, Refusal> {
    let unknown = || Refusal(1, format!("no mail {} was sent from here", bounce.mail));
    let mail = directory.mail(bounce.mail).await?.ok_or_else(unknown)?;
    let Some(status) = bounce.failure(&mail.to) else {
        return Ok(format!("{} is delayed, not failed; nothing was changed\n", bounce.mail));
    };
    let mail = directory.bounce_mail(bounce.mail, status, now).await?.ok_or_else(unknown)?;
    Ok(told::text(&[mail]))
}

fn octets(file: &std::path::Path) -> Result<Vec<u8>, Refusal> {
    let mut octets = Vec::new();
    let read = if file.as_os_str() == "-" {
        io::stdin().take(MOST_OF_A_BOUNCE).read_to_end(&mut octets)
    } else {
        std::fs::File::open(file).and_then(|file| file.take(MOST_OF_A_BOUNCE).read_to_end(&mut octets))
    };
    read.map(|_| octets).map_err(|error| Refusal(1, format!("{} can't be read: {}", file.display(), error.kind())))
}

fn state(text: &str) -> Result<MailState, String> {
    MailState::parse(text).ok_or_else(|| format!("write one of {}", MailState::ALL.map(MailState::as_str).join(", ")))
}

fn mail(text: &str) -> Result<MailId, String> {
    MailId::parse(text).ok_or_else(|| "an id is 32 hexadecimal digits".into())
}

fn invitation(text: &str) -> Result<InvitationId, String> {
    InvitationId::parse(text).ok_or_else(|| "an id is 32 hexadecimal digits".into())
}

fn locale(text: &str) -> Result<Locale, String> {
    Locale::from_tag(text).ok_or_else(|| "write one of the languages there are: en, de, fr".into())
}
