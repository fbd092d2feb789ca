//! Audit events: appended, read newest first.

use super::{
    AuditEvent, Directory, DirectoryError, RecordedEvent,
    pool::{reading, writing},
    unreadable,
};
use crate::domain::{
    id::{GuestId, InvitationId, TenantId},
    timestamp::Timestamp,
};

/// Of `audit_events`, under the names [`EventRow`] reads.
macro_rules! event_columns {
    () => {
        "happened_at, action, guest, client, invitation, reference, details"
    };
}
pub(super) use event_columns;

pub(super) const RECORD: &str = "INSERT INTO audit_events (id, tenant, happened_at, action, guest, client, reference, details, invitation)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const NEWEST: &str =
    concat!("SELECT ", event_columns!(), " FROM audit_events WHERE tenant = $1 ORDER BY happened_at DESC, id DESC LIMIT $2");
const UNDER_A_REFERENCE: &str =
    concat!("SELECT ", event_columns!(), " FROM audit_events WHERE tenant = $1 AND reference = $2 ORDER BY happened_at, id LIMIT 1000");

/// Binds an [`AuditEvent`] to [`RECORD`], in whatever transaction; a macro because the query's type differs between the databases.
macro_rules! bind_event {
    ($tenant:expr, $event:expr) => {
        sqlx::query($crate::store::directory::audit::RECORD)
            .bind($crate::random::ordered_uuid($event.at).simple().to_string())
            .bind($tenant.as_str())
            .bind($event.at.unix())
            .bind($event.action)
            .bind($event.guest.map(|id| id.to_string()))
            .bind($event.client.as_deref())
            .bind(&$event.reference)
            .bind($event.details.to_string())
            .bind($event.invitation.map(|id| id.to_string()))
    };
}
pub(super) use bind_event;

#[derive(sqlx::FromRow)]
pub(super) struct EventRow {
    happened_at: i64,
    action: String,
    guest: Option<String>,
    client: Option<String>,
    invitation: Option<String>,
    reference: String,
    details: String,
}

impl EventRow {
    pub(super) fn event(self) -> Result<RecordedEvent, DirectoryError> {
        Ok(RecordedEvent {
            at: Timestamp::from_unix(self.happened_at),
            action: self.action,
            guest: self.guest.map(|id| GuestId::parse(&id).ok_or_else(|| unreadable("guest"))).transpose()?,
            client: self.client,
            invitation: self.invitation.map(|id| InvitationId::parse(&id).ok_or_else(|| unreadable("invitation"))).transpose()?,
            reference: self.reference,
            details: serde_json::from_str(&self.details).map_err(|_| unreadable("details"))?,
        })
    }
}

impl Directory {
    pub async fn record(&self, tenant: &TenantId, event: &AuditEvent) -> Result<(), DirectoryError> {
        writing!(&self.pools, |connection| async { bind_event!(tenant, event).execute(connection).await.map(|_| ()) })
    }

    /// What happened under one reference number, oldest first.
    pub async fn audit_events_of(&self, tenant: &TenantId, reference: &str) -> Result<Vec<RecordedEvent>, DirectoryError> {
        let rows: Vec<EventRow> = reading!(&self.pools, |connection| sqlx::query_as(UNDER_A_REFERENCE)
            .bind(tenant.as_str())
            .bind(reference)
            .fetch_all(connection))?;
        rows.into_iter().map(EventRow::event).collect()
    }

    /// The newest events of a tenant, newest first.
    pub async fn audit_events(&self, tenant: &TenantId, limit: u32) -> Result<Vec<RecordedEvent>, DirectoryError> {
        let rows: Vec<EventRow> =
            reading!(&self.pools, |connection| sqlx::query_as(NEWEST).bind(tenant.as_str()).bind(i64::from(limit)).fetch_all(connection))?;
        rows.into_iter().map(EventRow::event).collect()
    }
}
