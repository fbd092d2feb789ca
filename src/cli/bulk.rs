//! `gatehouse invite bulk FILE`: many people at once (`behaviour.md` §11.5). Every rule is [`crate::guests::bulk`]'s.

use std::{
    io::{self, Write},
    path::PathBuf,
    time::Duration,
};

use serde_json::json;

use super::inviter::{self, Sending, Work};
use crate::{
    clock::Clock,
    domain::{error_code::ErrorCode, id::BulkId, invitation::PersonalMessage, locale::Locale, tenant::Tenant},
    guests::{
        Delivery, Inviter,
        bulk::{self, Defaults, LineResult, NotAccepted, Outcome, Progress, Unreadable, Worked},
    },
    random,
    settings::Environment,
    store::directory::DirectoryError,
};

/// How often progress is told.
const TOLD_EVERY: Duration = Duration::from_secs(1);
/// Lines read at once.
const PAGE: u32 = 500;
/// The exit code of what Ctrl-C ended.
const STOPPED: u8 = 130;

#[derive(Debug, clap::Args)]
pub struct Options {
    /// The file: CSV like `gatehouse invite template` writes it, or with the columns Name and InvitedUserEmailAddress
    file: PathBuf,
    /// The folder with gatehouse.toml in it
    #[arg(long, value_name = "DIR", default_value = "config")]
    config: PathBuf,
    /// The tenant: its id or a verified domain
    #[arg(long)]
    tenant: String,
    /// Where they land whose line does not say [default for files without that column: My Apps]
    #[arg(long, value_name = "URL")]
    redirect: Option<String>,
    /// A few words of yours for everybody whose line has none, plain text; dropped unless answers can go somewhere: --reply-to
    #[arg(long, value_name = "TEXT")]
    message: Option<String>,
    /// The language of the mails [default: theirs, else the tenant's]
    #[arg(long, value_name = "LANGUAGE", value_parser = inviter::locale)]
    language: Option<Locale>,
    #[command(flatten)]
    sending: Sending,
    /// Work it off here and now, and print every line's result; otherwise a serving process does it
    #[arg(long)]
    wait: bool,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

/// An exit code and words: 0 done, 1 a line failed or nothing can be done, 2 the words are wrong.
pub(super) async fn run(options: &Options, environment: Environment<'_>) -> Result<(u8, String), (u8, String)> {
    let bytes = std::fs::read(&options.file).map_err(|error| (2, format!("{}: {error}", options.file.display())))?;
    let delivery = options.sending.delivery();
    let (tenant, inviter) = inviter::open(&options.config, &options.tenant, delivery, Work::Done, environment).await?;
    let done = take(options, &tenant, &inviter, &bytes).await;
    inviter.directory.close().await;
    done
}

async fn take(options: &Options, tenant: &Tenant, inviter: &Inviter, bytes: &[u8]) -> Result<(u8, String), (u8, String)> {
    let defaults = Defaults {
        redirect: options.redirect.clone(),
        is_mailed: options.sending.delivery() == Delivery::Mail,
        message: options.message.as_deref().map_or(Some(None), PersonalMessage::new).ok_or_else(too_long)?,
        language: options.language,
    };
    let accepted = bulk::accept(inviter, tenant, &options.sending.by(), &defaults, bytes).await.map_err(|refused| match refused {
        NotAccepted::Unreadable(why) => (1, format!("{}: {}: {why}", Unreadable::CODE.code(), options.file.display())),
        NotAccepted::Directory(error) => (1, error.to_string()),
    })?;
    if !options.wait {
        return Ok((0, taken(options, accepted.id)));
    }
    let (progress, is_over) = work_off(tenant, inviter, accepted.id).await.map_err(broken)?;
    if !is_over {
        return Err((
            STOPPED,
            format!("stopped at {} of {}; a serving process goes on, and so does the same command", progress.done, progress.lines),
        ));
    }
    let words = results(options, tenant, inviter, accepted.id).await.map_err(broken)?;
    Ok((u8::from(progress.failed > 0), words))
}

fn too_long() -> (u8, String) {
    (2, format!("{}: the message is longer than {} characters", ErrorCode::MessageTooLong.code(), PersonalMessage::MOST))
}

fn taken(options: &Options, id: BulkId) -> String {
    if options.json {
        return json!({ "id": id.to_string() }).to_string();
    }
    format!("{id}\nA serving process works it off. With --wait, the same file goes on here and says what became of every line.")
}

/// Works, or watches another who does, until every line has a result or somebody presses Ctrl-C; whether it is over.
async fn work_off(tenant: &Tenant, inviter: &Inviter, id: BulkId) -> Result<(Progress, bool), DirectoryError> {
    let (worker, clock) = (random::token(), Clock::system());
    let mut stop = tokio::spawn(tokio::signal::ctrl_c());
    loop {
        let worked = bulk::work_on(inviter, tenant, id, worker.reveal()).await?;
        let Some(progress) = bulk::progress(inviter, tenant, id).await? else {
            return Err(DirectoryError("the file is no longer there".into()));
        };
        let note = match worked {
            Worked::Some | Worked::All => "",
            Worked::Elsewhere => ", at a serving process",
            Worked::Resting => ", resting: the mails of this hour are used up",
        };
        let rate = progress.per_second(clock.now());
        // Who watches it is told here; results go to standard output.
        let _ = write!(io::stderr(), "\r{} of {}, {} failed, {rate:.0}/s{note}  ", progress.done, progress.lines, progress.failed);
        if progress.done_at.is_some() {
            let _ = writeln!(io::stderr());
            return Ok((progress, true));
        }
        if matches!(worked, Worked::Elsewhere | Worked::Resting) {
            let _ = tokio::time::timeout(TOLD_EVERY, &mut stop).await;
        }
        if stop.is_finished() {
            let _ = writeln!(io::stderr());
            // Whoever goes on need not wait until the lease runs out.
            bulk::let_go(inviter, tenant, id, worker.reveal()).await?;
            return Ok((progress, false));
        }
    }
}

async fn results(options: &Options, tenant: &Tenant, inviter: &Inviter, id: BulkId) -> Result<String, DirectoryError> {
    let (mut words, mut after) = (String::new(), 0);
    loop {
        let page = bulk::results(inviter, tenant, id, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(words) };
        after = last.line;
        for result in &page {
            words.push_str(&told(options, result));
            words.push('\n');
        }
    }
}

fn told(options: &Options, result: &LineResult) -> String {
    let (word, detail) = (result.outcome.word(), result.outcome.detail());
    if options.json {
        let invitation = match &result.outcome {
            Outcome::Invited { invitation, .. } => invitation.map(|id| id.to_string()),
            Outcome::Open | Outcome::Duplicate { .. } | Outcome::Example | Outcome::Refused { .. } => None,
        };
        let value = json!({ "line": result.line, "address": result.address, "outcome": word, "detail": detail, "invitation": invitation });
        return value.to_string();
    }
    let dash = if detail.is_empty() { "" } else { ": " };
    format!("line {}: {} {word}{dash}{detail}", result.line, result.address)
}

#[expect(clippy::needless_pass_by_value, reason = "shaped for map_err")]
fn broken(error: DirectoryError) -> (u8, String) {
    (1, error.to_string())
}
