//! Pending guests whose invitations have all been over for long.

use sqlx::Connection;

use super::super::{Directory, DirectoryError, lives::DELETE_ADDRESSES, pool::writing, unreadable};
use crate::domain::{
    id::{GuestId, TenantId},
    timestamp::Timestamp,
};

/// Whoever was never invited, or has an invitation that never ends, waits on.
const DELETE_OVERDUE: &str = "UPDATE guests SET deletion = id, deleted_at = $3
    WHERE tenant = $1 AND state = 'PendingAcceptance' AND deletion = '' AND id IN (
        SELECT i.guest FROM invitations i JOIN guests g ON g.tenant = i.tenant AND g.id = i.guest AND g.redemption = i.redemption
        WHERE i.tenant = $1 AND g.state = 'PendingAcceptance' AND g.deletion = '' GROUP BY i.guest
        HAVING MAX(CASE WHEN i.revoked_at IS NULL AND i.expires_at IS NULL THEN $4
            WHEN i.expires_at IS NULL OR i.revoked_at < i.expires_at THEN i.revoked_at ELSE i.expires_at END) <= $2
        LIMIT 500) RETURNING id";

impl Directory {
    /// Deletes, restorably, at most 500 pending guests all of whose invitations were over at `since`; says whom.
    pub async fn delete_overdue(&self, tenant: &TenantId, since: Timestamp, now: Timestamp) -> Result<Vec<GuestId>, DirectoryError> {
        let deleted = writing!(&self.pools, |connection| async {
            let mut transaction = connection.begin().await?;
            let query = sqlx::query_scalar::<_, String>(DELETE_OVERDUE).bind(tenant.as_str()).bind(since.unix());
            let deleted = query.bind(now.unix()).bind(i64::MAX).fetch_all(&mut *transaction).await?;
            for guest in &deleted {
                sqlx::query(DELETE_ADDRESSES).bind(tenant.as_str()).bind(guest).execute(&mut *transaction).await?;
            }
            transaction.commit().await?;
            Ok(deleted)
        })?;
        deleted.iter().map(|id| GuestId::parse(id).ok_or_else(|| unreadable("id"))).collect()
    }
}
