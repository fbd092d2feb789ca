//! Audit events: appended, read newest first.

use super::{
    AuditEvent, Directory, DirectoryError, RecordedEvent,
    pool::{reading, writing},
    unreadable,
};
use crate::{
    domain::{
        id::{GuestId, TenantId},
        timestamp::Timestamp,
    },
    random,
};

const RECORD: &str = "INSERT INTO audit_events (id, tenant, happened_at, action, guest, client, reference, details)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const NEWEST: &str = "SELECT happened_at, action, guest, client, reference, details FROM audit_events
    WHERE tenant = $1 ORDER BY happened_at DESC, id DESC LIMIT $2";

const UNDER_A_REFERENCE: &str = "SELECT happened_at, action, guest, client, reference, details FROM audit_events
    WHERE tenant = $1 AND reference = $2 ORDER BY happened_at, id LIMIT 1000";

#[derive(sqlx::FromRow)]
struct EventRow {
    happened_at: i64,
    action: String,
    guest: Option<String>,
    client: Option<String>,
    reference: String,
    details: String,
}

impl EventRow {
    fn event(self) -> Result<RecordedEvent, DirectoryError> {
        Ok(RecordedEvent {
            at: Timestamp::from_unix(self.happened_at),
            action: self.action,
            guest: self.guest.map(|id| GuestId::parse(&id).ok_or_else(|| unreadable("guest"))).transpose()?,
            client: self.client,
            reference: self.reference,
            details: serde_json::from_str(&self.details).map_err(|_| unreadable("details"))?,
        })
    }
}

impl Directory {
    pub async fn record(&self, tenant: &TenantId, event: &AuditEvent) -> Result<(), DirectoryError> {
        writing!(&self.pools, |connection| async {
            sqlx::query(RECORD)
                .bind(random::ordered_uuid(event.at).simple().to_string())
                .bind(tenant.as_str())
                .bind(event.at.unix())
                .bind(event.action)
                .bind(event.guest.map(|id| id.to_string()))
                .bind(event.client.as_deref())
                .bind(&event.reference)
                .bind(event.details.to_string())
                .execute(connection)
                .await
                .map(|_| ())
        })
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
