//! Inviting many at once (`behaviour.md` §11.5): a file is read whole and kept, then worked off line by line, each line one invitation
//! with a result of its own. Whoever works can stop anywhere, and the next goes on there.
//!
//! A line is done in two writes: the invitation, then the line's result. What was interrupted between them is found again by the
//! invitation itself (`Directory::invited_since`), so nobody gets a second mail.

mod sheet;
mod work;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{
    Inviter,
    invite::{By, Rank},
};
use crate::{
    domain::{
        address::EmailAddress,
        error_code::ErrorCode,
        guest::Principal,
        id::{BulkId, InvitationId},
        invitation::PersonalMessage,
        locale::Locale,
        tenant::Tenant,
        timestamp::Timestamp,
    },
    random,
    store::directory::{BulkLine, BulkOutcome, BulkProgress, DirectoryError, NewBulk},
};

pub use sheet::Unreadable;
pub use work::{Worked, let_go, work, work_on};

/// The most octets of one file.
pub const LONGEST: usize = sheet::LONGEST;
/// Lines written, or invited, before anything else gets its turn.
const BATCH: usize = 100;

/// What holds for every line that does not say otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Defaults {
    /// Where guests land. `None`: My Apps, for files without that column; others must say.
    pub redirect: Option<String>,
    pub is_mailed: bool,
    pub message: Option<PersonalMessage>,
    pub language: Option<Locale>,
}

/// A file that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    pub id: BulkId,
    /// The same file came before: what is done stays done, and what was refused is tried again.
    pub is_known: bool,
}

/// Why a file was not taken. Nothing was invited.
#[derive(Debug, thiserror::Error)]
pub enum NotAccepted {
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error(transparent)]
    Directory(#[from] DirectoryError),
}

/// How far a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    pub id: BulkId,
    pub lines: u64,
    pub done: u64,
    pub failed: u64,
    /// As the directory names them.
    pub inviter: Option<Principal>,
    pub created_at: Timestamp,
    pub done_at: Option<Timestamp>,
}

impl Progress {
    /// Lines in a second, on average since the file came.
    pub fn per_second(&self, now: Timestamp) -> f64 {
        let seconds = self.done_at.unwrap_or(now).since(self.created_at).as_secs().max(1);
        let exact = |number: u64| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
        exact(self.done) / exact(seconds)
    }
}

/// One line and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineResult {
    pub line: u64,
    /// As it was written.
    pub address: String,
    pub outcome: Outcome,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Still to be done.
    Open,
    /// `detail`: what is worth knowing.
    Invited { invitation: Option<InvitationId>, detail: String },
    /// The same address stands further up, in this line.
    Duplicate { of: u64 },
    /// The template's own example row: nobody was invited.
    Example,
    /// `detail` says what is in the way, and the cure.
    Refused { code: ErrorCode, detail: String },
}

impl Outcome {
    /// The word for it: `open`, `invited`, `duplicate`, `example`, or the error's code.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Invited { .. } => INVITED,
            Self::Duplicate { .. } => DUPLICATE,
            Self::Example => EXAMPLE,
            Self::Refused { code, .. } => code.code(),
        }
    }

    /// In one sentence, without the word.
    pub fn detail(&self) -> String {
        match self {
            Self::Open => String::new(),
            Self::Invited { detail, .. } | Self::Refused { detail, .. } => detail.clone(),
            Self::Duplicate { of } => format!("as line {of}"),
            Self::Example => "the example row of the template: nobody was invited".to_owned(),
        }
    }

    pub fn has_failed(&self) -> bool {
        matches!(self, Self::Refused { .. })
    }

    fn stored(&self) -> BulkOutcome {
        let (invitation, detail) = match self {
            Self::Invited { invitation, .. } => (*invitation, self.detail()),
            Self::Duplicate { of } => (None, of.to_string()),
            Self::Open | Self::Example | Self::Refused { .. } => (None, self.detail()),
        };
        BulkOutcome { code: self.word().to_owned(), detail, invitation }
    }

    fn of(stored: Option<BulkOutcome>) -> Self {
        let Some(BulkOutcome { code, detail, invitation }) = stored else { return Self::Open };
        match code.as_str() {
            INVITED => Self::Invited { invitation, detail },
            DUPLICATE => Self::Duplicate { of: detail.parse().unwrap_or_default() },
            EXAMPLE => Self::Example,
            code => {
                let known = ErrorCode::ALL.iter().copied().find(|known| known.code() == code);
                Self::Refused { code: known.unwrap_or(ErrorCode::Internal), detail }
            }
        }
    }
}

const INVITED: &str = "invited";
const DUPLICATE: &str = "duplicate";
const EXAMPLE: &str = "example";

/// Who invites and what holds for every line, as it is kept with the file.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Order {
    principal: String,
    name: Option<String>,
    reply_to: Option<EmailAddress>,
    rank: String,
    defaults: Defaults,
}

const RANKS: [(Rank, &str); 4] =
    [(Rank::Guest, "guest"), (Rank::Member, "member"), (Rank::GuestInviter, "guest inviter"), (Rank::Administrator, "administrator")];

impl Order {
    fn new(by: &By, defaults: &Defaults) -> Self {
        let rank = RANKS.iter().find(|(rank, _)| *rank == by.rank).map_or("guest", |(_, word)| word);
        Self {
            principal: by.principal.as_str().to_owned(),
            name: by.name.clone(),
            reply_to: by.reply_to.clone(),
            rank: rank.to_owned(),
            defaults: defaults.clone(),
        }
    }

    fn by(&self) -> Option<By> {
        Some(By {
            principal: Principal::new(&self.principal)?,
            name: self.name.clone(),
            reply_to: self.reply_to.clone(),
            rank: RANKS.iter().find(|(_, word)| *word == self.rank).map(|(rank, _)| *rank)?,
        })
    }
}

/// Reads a file and keeps it; the server's workers take it up. The same file again goes on where it was.
pub async fn accept(inviter: &Inviter, tenant: &Tenant, by: &By, defaults: &Defaults, bytes: &[u8]) -> Result<Accepted, NotAccepted> {
    let rows = sheet::read(bytes)?;
    let order = serde_json::to_string(&Order::new(by, defaults)).map_err(|error| DirectoryError(error.to_string()))?;
    let digest = random::sha256_base64url(&[order.as_bytes(), b"\n", bytes].concat());
    let (now, directory) = (inviter.clock.now(), &inviter.directory);
    let drawn = BulkId::from_drawn(random::ordered_uuid(now));
    let new = NewBulk { id: drawn, digest, inviter: by.principal.as_str().to_owned(), defaults: order, created_at: now };
    let id = directory.begin_bulk(&tenant.id, &new).await?;
    let is_whole = directory.bulk_progress(&tenant.id, id).await?.is_some_and(|progress| progress.lines > 0);
    if is_whole {
        directory.reopen_bulk(&tenant.id, id).await?;
        return Ok(Accepted { id, is_known: true });
    }
    // New, or left half entered: the same lines again change nothing.
    let lines = written(tenant, defaults, rows);
    for batch in lines.chunks(BATCH) {
        directory.add_bulk_lines(&tenant.id, id, batch).await?;
    }
    directory.complete_bulk(&tenant.id, id, lines.len() as u64).await?;
    // Nothing may be left to do.
    directory.close_bulk(&tenant.id, id, now).await?;
    Ok(Accepted { id, is_known: id != drawn })
}

/// The lines as they are kept: with the defaults in, and the results that need no invitation.
fn written(tenant: &Tenant, defaults: &Defaults, rows: Vec<sheet::Row>) -> Vec<BulkLine> {
    let mut seen: HashMap<String, u64> = HashMap::with_capacity(rows.len());
    let lines = rows.into_iter().map(|row| {
        let apps = || tenant.issuer.at("/apps");
        let redirect = match row.redirect {
            Some(redirect) if redirect.is_empty() => defaults.redirect.clone().unwrap_or_default(),
            Some(redirect) => redirect,
            None => defaults.redirect.clone().unwrap_or_else(apps),
        };
        let own = Some(row.message).filter(|message| !message.is_empty());
        let mut line = BulkLine {
            line: row.line,
            address: row.address.chars().take(320).collect(),
            display_name: Some(row.name).filter(|name| !name.is_empty()),
            redirect: redirect.chars().take(2048).collect(),
            is_mailed: if row.send.is_empty() { defaults.is_mailed } else { row.send.eq_ignore_ascii_case("true") },
            message: own.or_else(|| defaults.message.as_ref().map(|message| message.as_str().to_owned())),
            outcome: None,
        };
        let outcome = match row.flaw {
            Some(sheet::Flaw::Example) => Some(Outcome::Example),
            Some(sheet::Flaw::Unreadable(detail)) => Some(Outcome::Refused { code: Unreadable::CODE, detail }),
            None => match work::read(tenant, defaults, &line) {
                Err(refused) => Some(refused),
                Ok(invite) => match *seen.entry(invite.address.key()).or_insert(line.line) {
                    of if of == line.line => None,
                    of => Some(Outcome::Duplicate { of }),
                },
            },
        };
        line.outcome = outcome.map(|outcome| outcome.stored());
        // One character more than may be says that it is too long as well as all of them.
        line.message = line.message.map(|message| message.chars().take(PersonalMessage::MOST + 1).collect());
        line
    });
    lines.collect()
}

/// `None`: there is no such file in this tenant.
pub async fn progress(inviter: &Inviter, tenant: &Tenant, id: BulkId) -> Result<Option<Progress>, DirectoryError> {
    let progress = inviter.directory.bulk_progress(&tenant.id, id).await?;
    Ok(progress.map(|BulkProgress { lines, done, failed, inviter, created_at, done_at }| Progress {
        id,
        lines,
        done,
        failed,
        inviter: inviter.as_deref().and_then(Principal::new),
        created_at,
        done_at,
    }))
}

/// Lines in the order of the file, those after the line `after` (0: from the beginning), at most `limit`.
pub async fn results(inviter: &Inviter, tenant: &Tenant, id: BulkId, after: u64, limit: u32) -> Result<Vec<LineResult>, DirectoryError> {
    let lines = inviter.directory.bulk_lines(&tenant.id, id, after, limit).await?;
    Ok(lines.into_iter().map(|line| LineResult { line: line.line, address: line.address, outcome: Outcome::of(line.outcome) }).collect())
}

/// A file to fill in, with a row that shows how.
pub fn template() -> String {
    format!("{}\r\n{}\r\n{}\r\n", sheet::VERSION, sheet::HEADINGS.join(","), sheet::SHOWN.join(","))
}
