//! Answers of the management API under a caller's key: who is first does the work, the others get its answer, for [`KEPT`].

use std::time::Duration;

use super::{Directory, DirectoryError, pool::writing, unreadable};
use crate::domain::{id::TenantId, timestamp::Timestamp};

/// How long a key names one request.
pub const KEPT: Duration = Duration::from_secs(24 * 60 * 60);
/// After this, whoever began is taken to have died, and the same request may begin again.
pub const STUCK: Duration = Duration::from_secs(60);

/// The row is this request's if it is new, if the old one's day is over, or if whoever had the same request died over it.
const BEGIN: &str = "INSERT INTO idempotency_keys (tenant, caller, key, digest, created_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (tenant, caller, key) DO UPDATE SET digest = excluded.digest, created_at = excluded.created_at, status = NULL, body = NULL
    WHERE idempotency_keys.created_at <= $6
        OR (idempotency_keys.status IS NULL AND idempotency_keys.created_at <= $7 AND idempotency_keys.digest = excluded.digest)";
const FOUND: &str = "SELECT digest, status, body FROM idempotency_keys WHERE tenant = $1 AND caller = $2 AND key = $3";
const ANSWER: &str =
    "UPDATE idempotency_keys SET status = $5, body = $6 WHERE tenant = $1 AND caller = $2 AND key = $3 AND digest = $4 AND status IS NULL";
const FORGET: &str = "DELETE FROM idempotency_keys WHERE tenant = $1 AND caller = $2 AND key = $3 AND status IS NULL";
const PURGE: &str = "DELETE FROM idempotency_keys WHERE created_at <= $1";

/// Whose request under which key, and its digest: the same request again has the same.
#[derive(Debug, Clone)]
pub struct KeyedRequest<'a> {
    pub tenant: &'a TenantId,
    pub caller: &'a str,
    pub key: &'a str,
    pub digest: &'a str,
}

/// What there is under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// Nobody came before: do it, then [`Directory::keep_answer`].
    First,
    /// It was done.
    Answered { status: u16, body: String },
    /// Somebody is at it.
    UnderWay,
    /// The key was another request's.
    OfAnother,
}

/// Digest of the request, and the answer once there is one: status and body.
type Row = (String, Option<i64>, Option<String>);

impl Directory {
    pub async fn begin_request(&self, request: &KeyedRequest<'_>, now: Timestamp) -> Result<Begun, DirectoryError> {
        let KeyedRequest { tenant, caller, key, digest } = *request;
        let (over, stuck) = (now - KEPT, now - STUCK);
        let found: Option<Option<Row>> = writing!(&self.pools, |connection| async {
            let begun = sqlx::query(BEGIN)
                .bind(tenant.as_str())
                .bind(caller)
                .bind(key)
                .bind(digest)
                .bind(now.unix())
                .bind(over.unix())
                .bind(stuck.unix())
                .execute(&mut *connection)
                .await?;
            if begun.rows_affected() > 0 {
                return Ok(None);
            }
            sqlx::query_as(FOUND).bind(tenant.as_str()).bind(caller).bind(key).fetch_optional(connection).await.map(Some)
        })?;
        Ok(match found {
            None => Begun::First,
            // Given up between the two statements.
            Some(None) => Begun::UnderWay,
            Some(Some((theirs, ..))) if theirs != digest => Begun::OfAnother,
            Some(Some((_, Some(status), Some(body)))) => {
                Begun::Answered { status: u16::try_from(status).map_err(|_| unreadable("status"))?, body }
            }
            Some(Some(_)) => Begun::UnderWay,
        })
    }

    /// Keeps the answer to a request that was begun.
    pub async fn keep_answer(&self, request: &KeyedRequest<'_>, status: u16, body: &str) -> Result<(), DirectoryError> {
        writing!(&self.pools, |connection| async {
            sqlx::query(ANSWER)
                .bind(request.tenant.as_str())
                .bind(request.caller)
                .bind(request.key)
                .bind(request.digest)
                .bind(i64::from(status))
                .bind(body)
                .execute(connection)
                .await
                .map(|_| ())
        })
    }

    /// A request came to nothing, and may be tried again under its key.
    pub async fn forget_request(&self, request: &KeyedRequest<'_>) -> Result<(), DirectoryError> {
        writing!(&self.pools, |connection| async {
            let query = sqlx::query(FORGET).bind(request.tenant.as_str()).bind(request.caller).bind(request.key);
            query.execute(connection).await.map(|_| ())
        })
    }

    /// Removes every key whose day is over; says how many.
    pub async fn purge_answers(&self, now: Timestamp) -> Result<u64, DirectoryError> {
        let over = now - KEPT;
        writing!(&self.pools, |connection| async {
            sqlx::query(PURGE).bind(over.unix()).execute(connection).await.map(|done| done.rows_affected())
        })
    }
}
