//! What guests see of themselves, where they are known; and what they do about it: end their sessions, leave.

use sqlx::Connection;

use super::{
    AuditEvent, Directory, DirectoryError,
    audit::bind_event,
    lives::DELETE_ADDRESSES,
    pool::{reading, writing},
    unreadable,
};
use crate::domain::{
    address::EmailAddress,
    id::{GuestId, TenantId},
    timestamp::Timestamp,
};

const MEMBERSHIPS: &str = "SELECT g.tenant, g.state FROM guest_addresses a
    JOIN guests g ON g.tenant = a.tenant AND g.id = a.guest
    WHERE a.address_key = $1 AND a.deletion = '' AND g.deletion = '' ORDER BY g.tenant LIMIT 100";
const END_SESSIONS: &str = "UPDATE guests SET sessions_valid_from = $3 WHERE tenant = $1 AND id = $2 AND deletion = ''";
/// Also should they be brought back, no session of before opens anything.
const LEAVE: &str = "UPDATE guests SET deletion = id, deleted_at = $3, sessions_valid_from = $3
    WHERE tenant = $1 AND id = $2 AND deletion = ''";

/// A grant of the very second in which sessions were ended stands: whoever ended them may have come back in it.
const STANDS: &str = "SELECT COUNT(*) FROM guests WHERE tenant = $1 AND id = $2 AND state = 'Accepted' AND deletion = '' AND is_enabled
    AND (sessions_valid_from IS NULL OR sessions_valid_from <= $3)";

/// Somebody with a proven address, at one organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    pub tenant: TenantId,
    pub is_accepted: bool,
}

impl Directory {
    /// Whether what was granted to this guest at `granted_at` still holds: they are there, accepted, not blocked, and did not end their
    /// sessions since.
    pub async fn still_stands(&self, tenant: &TenantId, guest: GuestId, granted_at: Timestamp) -> Result<bool, DirectoryError> {
        let found: i64 = reading!(&self.pools, |connection| sqlx::query_scalar(STANDS)
            .bind(tenant.as_str())
            .bind(guest.to_string())
            .bind(granted_at.unix())
            .fetch_one(connection))?;
        Ok(found > 0)
    }

    /// Where somebody is a guest whose `address` is proven.
    pub async fn memberships(&self, address: &EmailAddress) -> Result<Vec<Membership>, DirectoryError> {
        let rows: Vec<(String, String)> =
            reading!(&self.pools, |connection| sqlx::query_as(MEMBERSHIPS).bind(address.key()).fetch_all(connection))?;
        let membership = |(tenant, state): (String, String)| {
            let tenant = TenantId::parse(&tenant).map_err(|_| unreadable("tenant"))?;
            Ok(Membership { tenant, is_accepted: state == "Accepted" })
        };
        rows.into_iter().map(membership).collect()
    }

    /// Sessions of this guest that began up to now are over, and that is on record. False: there is no such guest.
    pub async fn end_sessions(&self, tenant: &TenantId, guest: GuestId, event: &AuditEvent) -> Result<bool, DirectoryError> {
        self.upon_themselves(tenant, guest, END_SESSIONS, None, event).await
    }

    /// Deletes, restorably, a guest who wants to go: sessions end with it. False: there is no such guest.
    pub async fn leave(&self, tenant: &TenantId, guest: GuestId, event: &AuditEvent) -> Result<bool, DirectoryError> {
        self.upon_themselves(tenant, guest, LEAVE, Some(DELETE_ADDRESSES), event).await
    }

    /// All of it and the event, or nothing: where `change` finds no guest.
    async fn upon_themselves(
        &self,
        tenant: &TenantId,
        guest: GuestId,
        change: &'static str,
        and: Option<&'static str>,
        event: &AuditEvent,
    ) -> Result<bool, DirectoryError> {
        writing!(&self.pools, |connection| async {
            let mut transaction = connection.begin().await?;
            let (of, id) = (tenant.as_str(), guest.to_string());
            let changed = sqlx::query(change).bind(of).bind(&id).bind(event.at.unix()).execute(&mut *transaction).await?;
            if changed.rows_affected() == 0 {
                transaction.rollback().await?;
                return Ok(false);
            }
            if let Some(and) = and {
                sqlx::query(and).bind(of).bind(&id).execute(&mut *transaction).await?;
            }
            bind_event!(tenant, event).execute(&mut *transaction).await?;
            transaction.commit().await?;
            Ok(true)
        })
    }
}
