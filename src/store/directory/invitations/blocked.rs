//! Addresses whose owners want no more invitations from a tenant.

use super::{
    super::pool::{reading, writing},
    Directory, DirectoryError,
};
use crate::domain::{address::EmailAddress, id::TenantId, timestamp::Timestamp};

const BLOCK: &str = "INSERT INTO blocked_invitations (tenant, address_key, blocked_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
const UNBLOCK: &str = "DELETE FROM blocked_invitations WHERE tenant = $1 AND address_key = $2";
const IS_BLOCKED: &str = "SELECT blocked_at FROM blocked_invitations WHERE tenant = $1 AND address_key = $2";

impl Directory {
    /// False: they were blocked already.
    pub async fn block_invitations(&self, tenant: &TenantId, address: &EmailAddress, now: Timestamp) -> Result<bool, DirectoryError> {
        let done = writing!(&self.pools, |connection| async {
            let query = sqlx::query(BLOCK).bind(tenant.as_str()).bind(address.key()).bind(now.unix());
            query.execute(connection).await.map(|done| done.rows_affected())
        })?;
        Ok(done == 1)
    }

    /// False: they were not blocked.
    pub async fn unblock_invitations(&self, tenant: &TenantId, address: &EmailAddress) -> Result<bool, DirectoryError> {
        let done = writing!(&self.pools, |connection| async {
            let query = sqlx::query(UNBLOCK).bind(tenant.as_str()).bind(address.key());
            query.execute(connection).await.map(|done| done.rows_affected())
        })?;
        Ok(done == 1)
    }

    /// Since when its owner wants no more of them.
    pub async fn invitations_blocked_since(&self, tenant: &TenantId, address: &EmailAddress) -> Result<Option<Timestamp>, DirectoryError> {
        let since: Option<i64> = reading!(&self.pools, |connection| sqlx::query_scalar(IS_BLOCKED)
            .bind(tenant.as_str())
            .bind(address.key())
            .fetch_optional(connection))?;
        Ok(since.map(Timestamp::from_unix))
    }
}
