//! Mail as operators see it: listed, sent once more, found to have bounced. Never shows what a mail says.

use sqlx::Connection;

use super::MailKind;
use crate::{
    domain::{
        address::EmailAddress,
        id::{GuestId, InvitationId, MailId, TenantId},
        timestamp::Timestamp,
    },
    random,
    store::directory::{Directory, DirectoryError, pool::reading, pool::writing, unreadable},
};

macro_rules! kept {
    ($rest:literal) => {
        concat!(
            "SELECT id, tenant, kind, state, guest, invitation, created_at, due_at, expires_at, attempts, done_at, last_error, recipient,
                sealed <> '' AS is_whole FROM outbox WHERE ",
            $rest
        )
    };
}

const LIST: &str =
    kept!("tenant = $1 AND ($2 = '' OR state = $2) AND ($3 = '' OR invitation = $3) AND ($4 = '' OR id < $4) ORDER BY id DESC LIMIT $5");
const ONE: &str = kept!("id = $1");
const RETRY: &str = "UPDATE outbox SET state = 'queued', due_at = $2, attempts = 0, done_at = NULL, lease = NULL, leased_until = NULL
    WHERE id = $1 AND (state = 'uncertain' OR (state = 'queued' AND (lease IS NULL OR leased_until <= $2))) AND sealed <> ''";
const BOUNCE: &str = "UPDATE outbox SET state = 'failed', done_at = $2, last_error = $3, sealed = ''
    WHERE id = $1 AND state IN ('sent', 'uncertain', 'failed')";
const EVENT: &str = "INSERT INTO audit_events (id, tenant, happened_at, action, guest, client, reference, details, invitation)
    VALUES ($1, $2, $3, 'mail.bounced', $4, NULL, $5, $6, $7)";

/// Where a mail stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MailState {
    Queued,
    Sending,
    Sent,
    Failed,
    /// Handed over, and nobody knows whether it was taken.
    Uncertain,
}

impl MailState {
    pub const ALL: [Self; 5] = [Self::Queued, Self::Sending, Self::Sent, Self::Failed, Self::Uncertain];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Uncertain => "uncertain",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// A mail on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptMail {
    pub id: MailId,
    pub tenant: TenantId,
    pub kind: MailKind,
    pub state: MailState,
    pub to: EmailAddress,
    pub guest: Option<GuestId>,
    pub invitation: Option<InvitationId>,
    pub created_at: Timestamp,
    pub due_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub attempts: u32,
    pub done_at: Option<Timestamp>,
    /// A status code, or what broke; never a server's words.
    pub last_error: Option<String>,
    /// Whether what it says is still there.
    pub is_whole: bool,
}

/// What came of asking for another try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retried {
    Queued,
    /// It was sent, has failed for good, or is being handed over at this moment.
    Refused,
}

#[derive(sqlx::FromRow)]
struct KeptRow {
    id: String,
    tenant: String,
    kind: String,
    state: String,
    guest: Option<String>,
    invitation: Option<String>,
    created_at: i64,
    due_at: i64,
    expires_at: Option<i64>,
    attempts: i64,
    done_at: Option<i64>,
    last_error: Option<String>,
    recipient: String,
    is_whole: bool,
}

impl Directory {
    /// Mails of a tenant, newest first: those in `state`, those about `invitation`, those older than `before`.
    pub async fn mails(
        &self,
        tenant: &TenantId,
        state: Option<MailState>,
        invitation: Option<InvitationId>,
        before: Option<MailId>,
        limit: u32,
    ) -> Result<Vec<KeptMail>, DirectoryError> {
        let rows: Vec<KeptRow> = reading!(&self.pools, |connection| async {
            sqlx::query_as(LIST)
                .bind(tenant.as_str())
                .bind(state.map_or("", MailState::as_str))
                .bind(invitation.map_or_else(String::new, |id| id.to_string()))
                .bind(before.map_or_else(String::new, |id| id.to_string()))
                .bind(i64::from(limit))
                .fetch_all(connection)
                .await
        })?;
        rows.into_iter().map(KeptRow::mail).collect()
    }

    /// One mail, of whatever tenant.
    pub async fn mail(&self, id: MailId) -> Result<Option<KeptMail>, DirectoryError> {
        let row: Option<KeptRow> =
            reading!(&self.pools, |connection| async { sqlx::query_as(ONE).bind(id.to_string()).fetch_optional(connection).await })?;
        row.map(KeptRow::mail).transpose()
    }

    /// Queues again what is uncertain, or hurries what waits. Someone who answers for it must know that it may arrive twice.
    pub async fn retry_mail(&self, id: MailId, now: Timestamp) -> Result<Retried, DirectoryError> {
        let done = writing!(&self.pools, |connection| async {
            sqlx::query(RETRY).bind(id.to_string()).bind(now.unix()).execute(connection).await.map(|done| done.rows_affected())
        })?;
        Ok(if done == 1 { Retried::Queued } else { Retried::Refused })
    }

    /// A mail that came back: it failed, with this status. `None`: we know of none that was sent under this id.
    pub async fn bounce_mail(&self, id: MailId, status: &str, now: Timestamp) -> Result<Option<KeptMail>, DirectoryError> {
        let Some(known) = self.mail(id).await? else { return Ok(None) };
        let why = format!("bounced: {status}");
        let done = writing!(&self.pools, |connection| async {
            let mut transaction = connection.begin().await?;
            let bounced = sqlx::query(BOUNCE).bind(id.to_string()).bind(now.unix()).bind(&why).execute(&mut *transaction).await?;
            if let (1, Some(invitation)) = (bounced.rows_affected(), known.invitation) {
                let event = random::ordered_uuid(now).simple().to_string();
                sqlx::query(EVENT)
                    .bind(&event)
                    .bind(known.tenant.as_str())
                    .bind(now.unix())
                    .bind(known.guest.map(|guest| guest.to_string()))
                    .bind(&event[event.len() - 12..])
                    .bind(serde_json::json!({ "mail": known.kind.as_str(), "status": status }).to_string())
                    .bind(invitation.to_string())
                    .execute(&mut *transaction)
                    .await?;
            }
            transaction.commit().await?;
            Ok(bounced.rows_affected())
        })?;
        if done == 0 { Ok(None) } else { self.mail(id).await }
    }
}

impl KeptRow {
    fn mail(self) -> Result<KeptMail, DirectoryError> {
        let moment = |at: Option<i64>| at.map(Timestamp::from_unix);
        Ok(KeptMail {
            id: MailId::parse(&self.id).ok_or_else(|| unreadable("id"))?,
            tenant: TenantId::parse(&self.tenant).map_err(|_| unreadable("tenant"))?,
            kind: MailKind::parse(&self.kind).ok_or_else(|| unreadable("kind"))?,
            state: MailState::parse(&self.state).ok_or_else(|| unreadable("state"))?,
            to: EmailAddress::parse(&self.recipient).map_err(|_| unreadable("recipient"))?,
            guest: self.guest.map(|id| GuestId::parse(&id).ok_or_else(|| unreadable("guest"))).transpose()?,
            invitation: self.invitation.map(|id| InvitationId::parse(&id).ok_or_else(|| unreadable("invitation"))).transpose()?,
            created_at: Timestamp::from_unix(self.created_at),
            due_at: Timestamp::from_unix(self.due_at),
            expires_at: moment(self.expires_at),
            attempts: u32::try_from(self.attempts).map_err(|_| unreadable("attempts"))?,
            done_at: moment(self.done_at),
            last_error: self.last_error,
            is_whole: self.is_whole,
        })
    }
}
