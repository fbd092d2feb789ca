//! Which guests are assigned to which apps.

use super::{
    Directory, DirectoryError,
    pool::{reading, writing},
    unreadable,
};
use crate::domain::{
    guest::Principal,
    id::{ClientId, GuestId, TenantId},
    timestamp::Timestamp,
};

pub(super) const ASSIGN: &str =
    "INSERT INTO guest_apps (tenant, guest, client, assigned_at, assigned_by) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
/// Nobody is assigned who is not there.
const ASSIGN_ONE: &str = "INSERT INTO guest_apps (tenant, guest, client, assigned_at, assigned_by)
    SELECT g.tenant, g.id, $3, $4, $5 FROM guests g WHERE g.tenant = $1 AND g.id = $2 AND g.deletion = '' ON CONFLICT DO NOTHING";
const UNASSIGN: &str = "DELETE FROM guest_apps WHERE tenant = $1 AND guest = $2 AND client = $3";
const OF: &str = "SELECT client, assigned_at, assigned_by FROM guest_apps WHERE tenant = $1 AND guest = $2 ORDER BY client";
const IS_ASSIGNED: &str = "SELECT COUNT(*) FROM guest_apps WHERE tenant = $1 AND guest = $2 AND client = $3";

/// An app that a guest is assigned to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssignedApp {
    pub client: ClientId,
    pub at: Timestamp,
    pub by: Option<Principal>,
}

impl Directory {
    /// False: they were assigned already, or there is no such guest.
    pub async fn assign_app(
        &self,
        tenant: &TenantId,
        guest: GuestId,
        client: &ClientId,
        by: Option<&Principal>,
        now: Timestamp,
    ) -> Result<bool, DirectoryError> {
        let done = writing!(&self.pools, |connection| async {
            let query = sqlx::query(ASSIGN_ONE).bind(tenant.as_str()).bind(guest.to_string()).bind(client.as_str());
            query.bind(now.unix()).bind(by.map(Principal::as_str)).execute(connection).await.map(|done| done.rows_affected())
        })?;
        Ok(done == 1)
    }

    /// False: they were not assigned.
    pub async fn unassign_app(&self, tenant: &TenantId, guest: GuestId, client: &ClientId) -> Result<bool, DirectoryError> {
        let done = writing!(&self.pools, |connection| async {
            let query = sqlx::query(UNASSIGN).bind(tenant.as_str()).bind(guest.to_string()).bind(client.as_str());
            query.execute(connection).await.map(|done| done.rows_affected())
        })?;
        Ok(done == 1)
    }

    /// In the order of their ids.
    pub async fn apps_of(&self, tenant: &TenantId, guest: GuestId) -> Result<Vec<AssignedApp>, DirectoryError> {
        let rows: Vec<(String, i64, Option<String>)> =
            reading!(&self.pools, |connection| sqlx::query_as(OF).bind(tenant.as_str()).bind(guest.to_string()).fetch_all(connection))?;
        let app = |(client, at, by): (String, i64, Option<String>)| {
            Ok(AssignedApp {
                client: ClientId::parse(&client).map_err(|_| unreadable("client"))?,
                at: Timestamp::from_unix(at),
                by: by.map(|by| Principal::new(&by).ok_or_else(|| unreadable("assigned_by"))).transpose()?,
            })
        };
        rows.into_iter().map(app).collect()
    }

    pub async fn is_assigned(&self, tenant: &TenantId, guest: GuestId, client: &ClientId) -> Result<bool, DirectoryError> {
        let count: i64 = reading!(&self.pools, |connection| sqlx::query_scalar(IS_ASSIGNED)
            .bind(tenant.as_str())
            .bind(guest.to_string())
            .bind(client.as_str())
            .fetch_one(connection))?;
        Ok(count > 0)
    }
}
