//! Audit events a page at a time, the newest first.

use super::{
    Directory, DirectoryError, RecordedEvent,
    audit::{EventRow, event_columns},
    pool::reading,
};
use crate::domain::{
    id::{GuestId, TenantId},
    timestamp::Timestamp,
};

const PAGE: &str = concat!(
    "SELECT id, ",
    event_columns!(),
    " FROM audit_events WHERE tenant = $1 AND (happened_at < $2 OR (happened_at = $2 AND id < $3)) AND ($4 IS NULL OR action = $4)
        AND ($5 IS NULL OR guest = $5) ORDER BY happened_at DESC, id DESC LIMIT $6"
);

/// Where an event stands among the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventId {
    pub at: Timestamp,
    pub id: String,
}

impl EventId {
    /// Reads what [`std::fmt::Display`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        let (at, id) = text.split_once('-')?;
        let is_id = id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit());
        Some(Self { at: Timestamp::from_unix(at.parse().ok()?), id: is_id.then(|| id.to_owned())? })
    }
}

impl std::fmt::Display for EventId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.at.unix(), self.id)
    }
}

/// An event and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedEvent {
    pub id: EventId,
    pub event: RecordedEvent,
}

#[derive(sqlx::FromRow)]
struct LoggedRow {
    id: String,
    #[sqlx(flatten)]
    event: EventRow,
}

impl Directory {
    /// The newest `limit` events before `before`, of one action and of one guest if said.
    pub async fn audit_page(
        &self,
        tenant: &TenantId,
        (action, guest): (Option<&str>, Option<GuestId>),
        before: Option<&EventId>,
        limit: u32,
    ) -> Result<Vec<LoggedEvent>, DirectoryError> {
        let (at, id) = before.map_or((i64::MAX, ""), |before| (before.at.unix(), before.id.as_str()));
        let guest = guest.map(|guest| guest.to_string());
        let rows: Vec<LoggedRow> = reading!(&self.pools, |connection| sqlx::query_as(PAGE)
            .bind(tenant.as_str())
            .bind(at)
            .bind(id)
            .bind(action)
            .bind(guest.as_deref())
            .bind(i64::from(limit))
            .fetch_all(connection))?;
        let logged = |LoggedRow { id, event }| {
            let event = event.event()?;
            Ok(LoggedEvent { id: EventId { at: event.at, id }, event })
        };
        rows.into_iter().map(logged).collect()
    }
}
