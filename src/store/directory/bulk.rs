//! Bulk invitations: a file's lines, who works on them, and what became of each. Knows no file format and invites nobody.

use sqlx::Connection;

use super::{
    Directory, DirectoryError,
    pool::{reading, writing},
    unreadable,
};
use crate::domain::{
    address::EmailAddress,
    id::{BulkId, InvitationId, TenantId},
    timestamp::Timestamp,
};

const BEGIN: &str =
    "INSERT INTO bulk_invitations (tenant, id, digest, inviter, defaults, lines, created_at) VALUES ($1, $2, $3, $4, $5, 0, $6)
    ON CONFLICT (tenant, digest) DO NOTHING";
const BY_DIGEST: &str = "SELECT id FROM bulk_invitations WHERE tenant = $1 AND digest = $2";
const ADD_LINE: &str = "INSERT INTO bulk_lines (tenant, bulk, line, address, display_name, redirect, send_mail, message, outcome, detail)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (tenant, bulk, line) DO NOTHING";
const COMPLETE: &str = "UPDATE bulk_invitations SET lines = $3 WHERE tenant = $1 AND id = $2 AND lines = 0";
/// Lines that were refused are open again; those that were invited, or can't be read, stay as they are.
const REOPEN_LINES: &str = "UPDATE bulk_lines SET outcome = NULL, detail = NULL WHERE tenant = $1 AND bulk = $2 AND outcome LIKE 'GH%'
    AND outcome <> 'GH5020' AND EXISTS (SELECT 1 FROM bulk_invitations b WHERE b.tenant = $1 AND b.id = $2 AND b.done_at IS NOT NULL)";
const REOPEN: &str = "UPDATE bulk_invitations SET done_at = NULL WHERE tenant = $1 AND id = $2";
const PROGRESS: &str = "SELECT b.lines, b.created_at, b.done_at, b.inviter, COUNT(l.outcome) AS done,
    COUNT(CASE WHEN l.outcome LIKE 'GH%' THEN 1 END) AS failed FROM bulk_invitations b
    LEFT JOIN bulk_lines l ON l.tenant = b.tenant AND l.bulk = b.id WHERE b.tenant = $1 AND b.id = $2
    GROUP BY b.lines, b.created_at, b.done_at, b.inviter";
const LINES: &str = "SELECT line, address, display_name, redirect, send_mail, message, outcome, detail, invitation FROM bulk_lines
    WHERE tenant = $1 AND bulk = $2 AND line > $3 ORDER BY line LIMIT $4";
const OPEN_LINES: &str = "SELECT line, address, display_name, redirect, send_mail, message, outcome, detail, invitation FROM bulk_lines
    WHERE tenant = $1 AND bulk = $2 AND outcome IS NULL ORDER BY line LIMIT $3";
const OPEN_ONES: &str = "SELECT tenant, id FROM bulk_invitations WHERE done_at IS NULL AND lines > 0
    AND (leased_until IS NULL OR leased_until <= $1) ORDER BY created_at, id LIMIT 20";
const LEASE: &str =
    "UPDATE bulk_invitations SET lease = $3, leased_until = $4 WHERE tenant = $1 AND id = $2 AND done_at IS NULL AND lines > 0
    AND (lease = $3 OR leased_until IS NULL OR leased_until <= $5)";
const DEFAULTS: &str = "SELECT defaults, created_at FROM bulk_invitations WHERE tenant = $1 AND id = $2";
const RELEASE: &str = "UPDATE bulk_invitations SET lease = NULL, leased_until = NULL WHERE tenant = $1 AND id = $2 AND lease = $3";
const SETTLE: &str = "UPDATE bulk_lines SET outcome = $4, detail = $5, invitation = $6 WHERE tenant = $1 AND bulk = $2 AND line = $3
    AND outcome IS NULL";
const CLOSE: &str = "UPDATE bulk_invitations SET done_at = $3, lease = NULL, leased_until = NULL WHERE tenant = $1 AND id = $2
    AND done_at IS NULL AND NOT EXISTS (SELECT 1 FROM bulk_lines l WHERE l.tenant = $1 AND l.bulk = $2 AND l.outcome IS NULL)";
const INVITED_SINCE: &str = "SELECT id FROM invitations WHERE tenant = $1 AND invited_key = $2 AND inviter = $3 AND created_at >= $4
    ORDER BY created_at DESC, id DESC LIMIT 1";

/// A file of invitations, as it is entered.
#[derive(Debug, Clone)]
pub struct NewBulk {
    pub id: BulkId,
    pub digest: String,
    pub inviter: String,
    /// JSON.
    pub defaults: String,
    pub created_at: Timestamp,
}

/// One line of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkLine {
    /// Where it stands in the file.
    pub line: u64,
    pub address: String,
    pub display_name: Option<String>,
    pub redirect: String,
    pub is_mailed: bool,
    pub message: Option<String>,
    /// `None` while it is still to be done.
    pub outcome: Option<BulkOutcome>,
}

/// What became of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkOutcome {
    /// `invited`, `duplicate`, `example`, or an error code.
    pub code: String,
    pub detail: String,
    pub invitation: Option<InvitationId>,
}

/// How far a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkProgress {
    pub lines: u64,
    pub done: u64,
    pub failed: u64,
    pub inviter: Option<String>,
    pub created_at: Timestamp,
    pub done_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct ProgressColumns {
    lines: i64,
    created_at: i64,
    done_at: Option<i64>,
    inviter: Option<String>,
    done: i64,
    failed: i64,
}

#[derive(sqlx::FromRow)]
struct LineColumns {
    line: i64,
    address: String,
    display_name: Option<String>,
    redirect: String,
    send_mail: bool,
    message: Option<String>,
    outcome: Option<String>,
    detail: Option<String>,
    invitation: Option<String>,
}

impl LineColumns {
    fn line(self) -> Result<BulkLine, DirectoryError> {
        let invitation =
            self.invitation.as_deref().map(|id| InvitationId::parse(id).ok_or_else(|| unreadable("invitation"))).transpose()?;
        let detail = self.detail.unwrap_or_default();
        Ok(BulkLine {
            line: u64::try_from(self.line).map_err(|_| unreadable("line"))?,
            address: self.address,
            display_name: self.display_name,
            redirect: self.redirect,
            is_mailed: self.send_mail,
            message: self.message,
            outcome: self.outcome.map(|code| BulkOutcome { code, detail, invitation }),
        })
    }
}

impl Directory {
    /// Enters a file without its lines. The same file entered before is found: its id, and nothing is written.
    pub async fn begin_bulk(&self, tenant: &TenantId, bulk: &NewBulk) -> Result<BulkId, DirectoryError> {
        let id: String = writing!(&self.pools, |connection| async {
            sqlx::query(BEGIN)
                .bind(tenant.as_str())
                .bind(bulk.id.to_string())
                .bind(&bulk.digest)
                .bind(&bulk.inviter)
                .bind(&bulk.defaults)
                .bind(bulk.created_at.unix())
                .execute(&mut *connection)
                .await?;
            sqlx::query_scalar(BY_DIGEST).bind(tenant.as_str()).bind(&bulk.digest).fetch_one(&mut *connection).await
        })?;
        BulkId::parse(&id).ok_or_else(|| unreadable("id"))
    }

    /// Adds some lines, all or none; one that is there already stays as it is.
    pub async fn add_bulk_lines(&self, tenant: &TenantId, bulk: BulkId, lines: &[BulkLine]) -> Result<(), DirectoryError> {
        writing!(&self.pools, |connection| async {
            let mut transaction = connection.begin().await?;
            for line in lines {
                let outcome = line.outcome.as_ref();
                sqlx::query(ADD_LINE)
                    .bind(tenant.as_str())
                    .bind(bulk.to_string())
                    .bind(number(line.line))
                    .bind(&line.address)
                    .bind(line.display_name.as_deref())
                    .bind(&line.redirect)
                    .bind(line.is_mailed)
                    .bind(line.message.as_deref())
                    .bind(outcome.map(|outcome| outcome.code.as_str()))
                    .bind(outcome.map(|outcome| outcome.detail.as_str()))
                    .execute(&mut *transaction)
                    .await?;
            }
            transaction.commit().await
        })
    }

    /// Every line is in: from now on it is worked on.
    pub async fn complete_bulk(&self, tenant: &TenantId, bulk: BulkId, lines: u64) -> Result<(), DirectoryError> {
        writing!(&self.pools, |connection| async {
            let query = sqlx::query(COMPLETE).bind(tenant.as_str()).bind(bulk.to_string()).bind(number(lines));
            query.execute(connection).await.map(|_| ())
        })
    }

    /// Opens the refused lines of a finished file again; how many.
    pub async fn reopen_bulk(&self, tenant: &TenantId, bulk: BulkId) -> Result<u64, DirectoryError> {
        writing!(&self.pools, |connection| async {
            let mut transaction = connection.begin().await?;
            let query = sqlx::query(REOPEN_LINES).bind(tenant.as_str()).bind(bulk.to_string());
            let reopened = query.execute(&mut *transaction).await?.rows_affected();
            if reopened > 0 {
                sqlx::query(REOPEN).bind(tenant.as_str()).bind(bulk.to_string()).execute(&mut *transaction).await?;
            }
            transaction.commit().await?;
            Ok(reopened)
        })
    }

    pub async fn bulk_progress(&self, tenant: &TenantId, bulk: BulkId) -> Result<Option<BulkProgress>, DirectoryError> {
        let row = reading!(&self.pools, |connection| async {
            let query = sqlx::query_as::<_, ProgressColumns>(PROGRESS).bind(tenant.as_str()).bind(bulk.to_string());
            query.fetch_optional(connection).await
        })?;
        let count = |number: i64| u64::try_from(number).map_err(|_| unreadable("lines"));
        row.map(|row| {
            Ok(BulkProgress {
                lines: count(row.lines)?,
                done: count(row.done)?,
                failed: count(row.failed)?,
                inviter: row.inviter,
                created_at: Timestamp::from_unix(row.created_at),
                done_at: row.done_at.map(Timestamp::from_unix),
            })
        })
        .transpose()
    }

    /// Lines with what became of them, in the order of the file, after the line `after`.
    pub async fn bulk_lines(&self, tenant: &TenantId, bulk: BulkId, after: u64, limit: u32) -> Result<Vec<BulkLine>, DirectoryError> {
        let rows = reading!(&self.pools, |connection| async {
            let query = sqlx::query_as::<_, LineColumns>(LINES).bind(tenant.as_str()).bind(bulk.to_string());
            query.bind(number(after)).bind(i64::from(limit)).fetch_all(connection).await
        })?;
        rows.into_iter().map(LineColumns::line).collect()
    }

    /// The first lines that are still to be done.
    pub async fn open_bulk_lines(&self, tenant: &TenantId, bulk: BulkId, limit: u32) -> Result<Vec<BulkLine>, DirectoryError> {
        let rows = reading!(&self.pools, |connection| async {
            let query = sqlx::query_as::<_, LineColumns>(OPEN_LINES).bind(tenant.as_str()).bind(bulk.to_string());
            query.bind(i64::from(limit)).fetch_all(connection).await
        })?;
        rows.into_iter().map(LineColumns::line).collect()
    }

    /// Files that nobody works on, the oldest first.
    pub async fn open_bulks(&self, now: Timestamp) -> Result<Vec<(TenantId, BulkId)>, DirectoryError> {
        let rows: Vec<(String, String)> = reading!(&self.pools, |connection| async {
            sqlx::query_as::<_, (String, String)>(OPEN_ONES).bind(now.unix()).fetch_all(connection).await
        })?;
        let known = |(tenant, id): (String, String)| Some((TenantId::parse(&tenant).ok()?, BulkId::parse(&id)?));
        rows.into_iter().map(|row| known(row).ok_or_else(|| unreadable("id"))).collect()
    }

    /// Takes a file, or keeps it for longer, if nobody else has it. Of two who ask at once one gets it.
    pub async fn lease_bulk(
        &self,
        tenant: &TenantId,
        bulk: BulkId,
        lease: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, DirectoryError> {
        writing!(&self.pools, |connection| async {
            let query = sqlx::query(LEASE).bind(tenant.as_str()).bind(bulk.to_string()).bind(lease).bind(until.unix()).bind(now.unix());
            query.execute(connection).await.map(|done| done.rows_affected() == 1)
        })
    }

    pub async fn release_bulk(&self, tenant: &TenantId, bulk: BulkId, lease: &str) -> Result<(), DirectoryError> {
        writing!(&self.pools, |connection| async {
            sqlx::query(RELEASE).bind(tenant.as_str()).bind(bulk.to_string()).bind(lease).execute(connection).await.map(|_| ())
        })
    }

    /// What holds for every line, as JSON, and when the file was entered.
    pub async fn bulk_defaults(&self, tenant: &TenantId, bulk: BulkId) -> Result<Option<(String, Timestamp)>, DirectoryError> {
        let row = reading!(&self.pools, |connection| async {
            let query = sqlx::query_as::<_, (String, i64)>(DEFAULTS).bind(tenant.as_str()).bind(bulk.to_string());
            query.fetch_optional(connection).await
        })?;
        Ok(row.map(|(defaults, at)| (defaults, Timestamp::from_unix(at))))
    }

    /// Writes what became of a line, once.
    pub async fn settle_bulk_line(&self, tenant: &TenantId, bulk: BulkId, line: u64, outcome: &BulkOutcome) -> Result<(), DirectoryError> {
        writing!(&self.pools, |connection| async {
            let query = sqlx::query(SETTLE).bind(tenant.as_str()).bind(bulk.to_string()).bind(number(line));
            let query = query.bind(&outcome.code).bind(&outcome.detail).bind(outcome.invitation.map(|id| id.to_string()));
            query.execute(connection).await.map(|_| ())
        })
    }

    /// Ends a file with no open line; whether it was that.
    pub async fn close_bulk(&self, tenant: &TenantId, bulk: BulkId, now: Timestamp) -> Result<bool, DirectoryError> {
        writing!(&self.pools, |connection| async {
            let query = sqlx::query(CLOSE).bind(tenant.as_str()).bind(bulk.to_string()).bind(now.unix());
            query.execute(connection).await.map(|done| done.rows_affected() == 1)
        })
    }

    /// The newest invitation that `inviter` sent to this very address since then.
    pub async fn invited_since(
        &self,
        tenant: &TenantId,
        address: &EmailAddress,
        inviter: &str,
        since: Timestamp,
    ) -> Result<Option<InvitationId>, DirectoryError> {
        let id: Option<String> = reading!(&self.pools, |connection| async {
            let query = sqlx::query_scalar(INVITED_SINCE).bind(tenant.as_str()).bind(address.key()).bind(inviter).bind(since.unix());
            query.fetch_optional(connection).await
        })?;
        id.map(|id| InvitationId::parse(&id).ok_or_else(|| unreadable("invitation"))).transpose()
    }
}

fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
