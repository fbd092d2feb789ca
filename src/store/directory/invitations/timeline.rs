//! What happened to one invitation: its events, and its mails, in the order they happened.

use super::super::{
    AuditEvent, Directory, DirectoryError, RecordedEvent,
    audit::{EventRow, bind_event, event_columns},
    pool::{reading, writing},
};
use crate::domain::{
    id::{InvitationId, TenantId},
    timestamp::Timestamp,
};

const EVENTS: &str =
    concat!("SELECT ", event_columns!(), " FROM audit_events WHERE tenant = $1 AND invitation = $2 ORDER BY happened_at, id LIMIT 1000");
const MAILS: &str = "SELECT id, kind, state, attempts, done_at, last_error FROM outbox
    WHERE tenant = $1 AND invitation = $2 ORDER BY created_at, id LIMIT 1000";
const SEEN_SINCE: &str = "SELECT COUNT(*) FROM audit_events WHERE tenant = $1 AND invitation = $2 AND action = $3 AND happened_at > $4";

#[derive(sqlx::FromRow)]
struct MailRow {
    id: String,
    kind: String,
    state: String,
    attempts: i64,
    done_at: Option<i64>,
    last_error: Option<String>,
}

impl Directory {
    /// Oldest first. A mail that is out, or never will be, is an event at that moment: `mail.sent`, `mail.failed`, `mail.uncertain`.
    pub async fn timeline(&self, tenant: &TenantId, invitation: InvitationId) -> Result<Vec<RecordedEvent>, DirectoryError> {
        let id = invitation.to_string();
        let (events, mails) = reading!(&self.pools, |connection| async {
            let events = sqlx::query_as::<_, EventRow>(EVENTS).bind(tenant.as_str()).bind(&id).fetch_all(&mut *connection).await?;
            let mails = sqlx::query_as::<_, MailRow>(MAILS).bind(tenant.as_str()).bind(&id).fetch_all(connection).await?;
            Ok((events, mails))
        })?;
        let mut all = events.into_iter().map(EventRow::event).collect::<Result<Vec<_>, _>>()?;
        let is_told = |action: &str| all.iter().any(|event| event.action == action);
        let is_told = ["mail.sent", "mail.failed", "mail.uncertain"].map(is_told);
        for mail in mails {
            let action = format!("mail.{}", mail.state);
            let known = ["mail.sent", "mail.failed", "mail.uncertain"].iter().position(|word| *word == action);
            // Whoever sends may have written it down already.
            let (Some(done_at), Some(false)) = (mail.done_at, known.map(|place| is_told[place])) else { continue };
            let details = serde_json::json!({
                "mail": mail.id, "kind": mail.kind, "attempts": mail.attempts, "error": mail.last_error
            });
            let at = Timestamp::from_unix(done_at);
            let invitation = Some(invitation);
            all.push(RecordedEvent { at, action, guest: None, client: None, invitation, reference: String::new(), details });
        }
        all.sort_by_key(|event| event.at);
        Ok(all)
    }

    /// Writes an event of an invitation unless one of its kind was written after `since`.
    pub async fn record_unless_since(&self, tenant: &TenantId, event: &AuditEvent, since: Timestamp) -> Result<(), DirectoryError> {
        let invitation = event.invitation.map(|invitation| invitation.to_string());
        writing!(&self.pools, |connection| async {
            let seen = sqlx::query_scalar::<_, i64>(SEEN_SINCE).bind(tenant.as_str()).bind(invitation).bind(event.action);
            if seen.bind(since.unix()).fetch_one(&mut *connection).await? > 0 {
                return Ok(());
            }
            bind_event!(tenant, event).execute(connection).await.map(|_| ())
        })
    }
}
