//! Mail on its way out: leased, begun, done. One sender at a time has a mail, and two nodes can't both begin one: every step asks for
//! the lease it was given.
//!
//! A lease that runs out before the hand-over began gives the mail back. One that runs out after it makes the mail `uncertain`:
//! whether the server has it nobody knows, and nothing sends it again by itself.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;
use sqlx::Connection;

use super::MailKind;
use crate::{
    domain::{
        address::EmailAddress,
        id::{MailId, TenantId},
        timestamp::Timestamp,
    },
    random,
    store::directory::{Directory, DirectoryError, pool::reading, pool::writing, unreadable},
};

// The outer conditions repeat the inner: on PostgreSQL a second node, which waited for the first, looks at the row again.
const LEASE: &str = "UPDATE outbox SET lease = $1, leased_until = $2
    WHERE state = 'queued' AND (lease IS NULL OR leased_until <= $3) AND id IN (
        SELECT id FROM outbox WHERE state = 'queued' AND due_at <= $3 AND (lease IS NULL OR leased_until <= $3)
            AND (expires_at IS NULL OR expires_at > $3)
        ORDER BY rank, due_at, id LIMIT $4)
    RETURNING id, tenant, kind, recipient, sealed, attempts, rank, due_at, created_at";
const BEGIN: &str = "UPDATE outbox SET state = 'sending', leased_until = $4
    WHERE id = $1 AND lease = $2 AND state = 'queued' AND leased_until > $3 AND (expires_at IS NULL OR expires_at > $3)";
const RELEASE: &str = "UPDATE outbox SET lease = NULL, leased_until = NULL WHERE lease = $1 AND state = 'queued'";
/// Also of one that was given up as uncertain in the meantime: who holds the lease knows better.
const FINISH: &str = "UPDATE outbox SET state = $3, done_at = $4, last_error = $5, attempts = attempts + 1,
        sealed = CASE WHEN $3 = 'uncertain' THEN sealed ELSE '' END
    WHERE id = $1 AND lease = $2 AND state IN ('sending', 'uncertain') RETURNING tenant, kind, guest, invitation";
const AGAIN: &str = "UPDATE outbox SET state = 'queued', lease = NULL, leased_until = NULL, done_at = NULL,
        due_at = $3, attempts = attempts + $4, last_error = $5
    WHERE id = $1 AND lease = $2 AND state IN ('sending', 'uncertain')";
const EXPIRE: &str = "UPDATE outbox SET state = 'failed', done_at = $1, last_error = 'too late', sealed = ''
    WHERE state = 'queued' AND (lease IS NULL OR leased_until <= $1) AND id IN (
        SELECT id FROM outbox WHERE state = 'queued' AND expires_at IS NOT NULL AND expires_at <= $1
            AND (lease IS NULL OR leased_until <= $1) LIMIT 500)
    RETURNING tenant, kind, guest, invitation";
const LOSE: &str = "UPDATE outbox SET state = 'uncertain', done_at = $1, last_error = 'the sender stopped while it handed it over'
    WHERE state = 'sending' AND leased_until <= $1 RETURNING tenant, kind, guest, invitation";
/// A line in the timeline of the invitation.
const EVENT: &str = "INSERT INTO audit_events (id, tenant, happened_at, action, guest, client, reference, details, invitation)
    VALUES ($1, $2, $3, $4, $5, NULL, $6, $7, $8)";
const PURGE: &str = "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE done_at IS NOT NULL AND done_at <= $1 LIMIT 500)";
const PENDING: &str = "SELECT COUNT(*), MIN(created_at) FROM outbox WHERE state = 'queued'";

/// Whose turn a mail is. Drawn anew for every round of a sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease(String);

impl Lease {
    pub fn drawn() -> Self {
        Self(random::token().reveal().clone())
    }
}

/// A mail in the hands of one sender.
#[derive(Debug, Clone)]
pub struct LeasedMail {
    pub id: MailId,
    pub tenant: TenantId,
    pub kind: MailKind,
    pub to: EmailAddress,
    pub sealed: Vec<u8>,
    /// Hand-overs that failed before.
    pub attempts: u32,
    pub created_at: Timestamp,
}

/// Whether the hand-over may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Began {
    Yes,
    /// Too late: the lease or the mail itself has run out, or another sender has it.
    TooLate,
}

/// What became of a hand-over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Sent,
    /// Not taken; once more at `due_at`. `is_attempt`: it was about this mail, and counts.
    Again {
        due_at: Timestamp,
        is_attempt: bool,
        why: String,
    },
    Failed {
        why: String,
    },
    /// Nobody knows whether it was taken.
    Uncertain {
        why: String,
    },
}

/// What waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pending {
    pub queued: u64,
    pub oldest: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct LeasedRow {
    id: String,
    tenant: String,
    kind: String,
    recipient: String,
    sealed: String,
    attempts: i64,
    rank: i64,
    due_at: i64,
    created_at: i64,
}

#[derive(sqlx::FromRow)]
struct DoneRow {
    tenant: String,
    kind: String,
    guest: Option<String>,
    invitation: Option<String>,
}

/// Writes [`EVENT`] for one [`DoneRow`], if an invitation has a timeline to write it into.
macro_rules! tell {
    ($connection:expr, $row:expr, $action:expr, $why:expr, $now:expr) => {
        if let Some(invitation) = $row.invitation {
            let id = random::ordered_uuid($now).simple().to_string();
            sqlx::query(EVENT)
                .bind(&id)
                .bind($row.tenant)
                .bind($now.unix())
                .bind($action)
                .bind($row.guest)
                .bind(&id[id.len() - 12..])
                .bind(json!({ "mail": $row.kind, "status": $why }).to_string())
                .bind(invitation)
                .execute($connection)
                .await?;
        }
    };
}

impl Directory {
    /// At most `most` mails that are due, for this sender alone until `until`; passcodes first.
    pub async fn lease_mails(&self, lease: &Lease, until: Timestamp, now: Timestamp, most: u32) -> Result<Vec<LeasedMail>, DirectoryError> {
        let mut rows: Vec<LeasedRow> = writing!(&self.pools, |connection| async {
            let query = sqlx::query_as(LEASE).bind(&lease.0).bind(until.unix()).bind(now.unix()).bind(i64::from(most));
            query.fetch_all(connection).await
        })?;
        rows.sort_by(|a, b| (a.rank, a.due_at, &a.id).cmp(&(b.rank, b.due_at, &b.id)));
        rows.into_iter().map(LeasedRow::mail).collect()
    }

    /// To be asked just before the server is: from here on the mail counts as perhaps delivered, and nobody else has it until `until`.
    pub async fn begin_mail(&self, lease: &Lease, id: MailId, now: Timestamp, until: Timestamp) -> Result<Began, DirectoryError> {
        let done = writing!(&self.pools, |connection| async {
            let query = sqlx::query(BEGIN).bind(id.to_string()).bind(&lease.0).bind(now.unix()).bind(until.unix());
            query.execute(connection).await.map(|done| done.rows_affected())
        })?;
        Ok(if done == 1 { Began::Yes } else { Began::TooLate })
    }

    /// Gives back what was leased and not begun.
    pub async fn release_mails(&self, lease: &Lease) -> Result<(), DirectoryError> {
        writing!(&self.pools, |connection| async { sqlx::query(RELEASE).bind(&lease.0).execute(connection).await.map(|_| ()) })
    }

    /// Writes down what became of a hand-over, and its line in the timeline with it.
    pub async fn finish_mail(&self, lease: &Lease, id: MailId, outcome: &Outcome, now: Timestamp) -> Result<(), DirectoryError> {
        let (state, action, why) = match outcome {
            Outcome::Sent => ("sent", "mail.sent", None),
            Outcome::Failed { why } => ("failed", "mail.failed", Some(why)),
            Outcome::Uncertain { why } => ("uncertain", "mail.uncertain", Some(why)),
            Outcome::Again { due_at, is_attempt, why } => {
                return writing!(&self.pools, |connection| async {
                    sqlx::query(AGAIN)
                        .bind(id.to_string())
                        .bind(&lease.0)
                        .bind(due_at.unix())
                        .bind(i64::from(*is_attempt))
                        .bind(why)
                        .execute(connection)
                        .await
                        .map(|_| ())
                });
            }
        };
        writing!(&self.pools, |connection| async {
            let mut transaction = connection.begin().await?;
            let query = sqlx::query_as(FINISH).bind(id.to_string()).bind(&lease.0).bind(state).bind(now.unix()).bind(why);
            let done: Option<DoneRow> = query.fetch_optional(&mut *transaction).await?;
            if let Some(row) = done {
                tell!(&mut *transaction, row, action, why, now);
            }
            transaction.commit().await
        })
    }

    /// What is worth nothing any more is never sent. At most 500 at once; says how many.
    pub async fn expire_mails(&self, now: Timestamp) -> Result<usize, DirectoryError> {
        self.end_mails(EXPIRE, "mail.failed", "too late", now).await
    }

    /// What was being handed over when its lease ran out is nobody's to know. Says how many.
    pub async fn lose_mails(&self, now: Timestamp) -> Result<usize, DirectoryError> {
        self.end_mails(LOSE, "mail.uncertain", "the sender stopped while it handed it over", now).await
    }

    async fn end_mails(
        &self,
        statement: &'static str,
        action: &'static str,
        why: &'static str,
        now: Timestamp,
    ) -> Result<usize, DirectoryError> {
        writing!(&self.pools, |connection| async {
            let mut transaction = connection.begin().await?;
            let ended: Vec<DoneRow> = sqlx::query_as(statement).bind(now.unix()).fetch_all(&mut *transaction).await?;
            let count = ended.len();
            for row in ended {
                tell!(&mut *transaction, row, action, why, now);
            }
            transaction.commit().await?;
            Ok(count)
        })
    }

    /// Forgets at most 500 mails that were over before `since`; says how many.
    pub async fn purge_mails(&self, since: Timestamp) -> Result<u64, DirectoryError> {
        writing!(&self.pools, |connection| async {
            sqlx::query(PURGE).bind(since.unix()).execute(connection).await.map(|done| done.rows_affected())
        })
    }

    /// What waits, of all tenants.
    pub async fn pending_mails(&self) -> Result<Pending, DirectoryError> {
        let (queued, oldest): (i64, Option<i64>) =
            reading!(&self.pools, |connection| async { sqlx::query_as(PENDING).fetch_one(connection).await })?;
        Ok(Pending { queued: u64::try_from(queued).unwrap_or(0), oldest: oldest.map(Timestamp::from_unix) })
    }
}

impl LeasedRow {
    fn mail(self) -> Result<LeasedMail, DirectoryError> {
        Ok(LeasedMail {
            id: MailId::parse(&self.id).ok_or_else(|| unreadable("id"))?,
            tenant: TenantId::parse(&self.tenant).map_err(|_| unreadable("tenant"))?,
            kind: MailKind::parse(&self.kind).ok_or_else(|| unreadable("kind"))?,
            to: EmailAddress::parse(&self.recipient).map_err(|_| unreadable("recipient"))?,
            sealed: STANDARD.decode(&self.sealed).map_err(|_| unreadable("sealed"))?,
            attempts: u32::try_from(self.attempts).map_err(|_| unreadable("attempts"))?,
            created_at: Timestamp::from_unix(self.created_at),
        })
    }
}
