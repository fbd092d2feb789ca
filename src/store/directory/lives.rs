//! What happens to a guest beside signing in: changed, blocked, deleted, restored, purged, redeemed anew. Each is one transaction
//! whose conditions are the rules of [`crate::domain::guest`].

use sqlx::Connection;

use super::{
    Directory, DirectoryError,
    guests::{insert_addresses, insert_sponsors},
    pool::{reading, writing},
    unreadable,
};
use crate::domain::{
    address::EmailAddress,
    guest::{Addresses, BoundIdentity, RESTORABLE, Sponsors, UserType},
    id::{GuestId, TenantId},
    locale::Locale,
    timestamp::Timestamp,
};

const UPDATE: &str = "UPDATE guests SET display_name = CASE WHEN $3 THEN $4 ELSE display_name END,
        preferred_language = CASE WHEN $5 THEN $6 ELSE preferred_language END,
        user_type = COALESCE($7, user_type), is_enabled = COALESCE($8, is_enabled), mail = COALESCE($9, mail),
        sessions_valid_from = COALESCE($10, sessions_valid_from)
    WHERE tenant = $1 AND id = $2 AND deletion = ''";
pub(super) const DROP_ADDRESSES: &str = "DELETE FROM guest_addresses WHERE tenant = $1 AND guest = $2";
const DROP_SPONSORS: &str = "DELETE FROM guest_sponsors WHERE tenant = $1 AND guest = $2";
pub(super) const RESET: &str = "UPDATE guests SET state = 'PendingAcceptance', state_changed_at = $3, redemption = redemption + 1,
        voucher = NULL, subject = NULL, acceptance = NULL, sessions_valid_from = $3 WHERE tenant = $1 AND id = $2 AND deletion = ''";
const DELETE: &str = "UPDATE guests SET deletion = id, deleted_at = $3 WHERE tenant = $1 AND id = $2 AND deletion = ''";
pub(super) const DELETE_ADDRESSES: &str = "UPDATE guest_addresses SET deletion = guest WHERE tenant = $1 AND guest = $2";
const RESTORE: &str = "UPDATE guests SET deletion = '', deleted_at = NULL
    WHERE tenant = $1 AND id = $2 AND deletion <> '' AND deleted_at > $3";
const RESTORE_ADDRESSES: &str = "UPDATE guest_addresses SET deletion = '' WHERE tenant = $1 AND guest = $2";
const PURGE: &str = "DELETE FROM guests WHERE tenant = $1 AND id = $2 AND deletion <> ''";
const PURGE_OLD: &str = "DELETE FROM guests WHERE (tenant, id) IN
    (SELECT tenant, id FROM guests WHERE deleted_at <= $1 ORDER BY deleted_at LIMIT 500) RETURNING tenant, id";
const ADDRESS_OF: &str = "SELECT guest FROM guest_addresses WHERE tenant = $1 AND address_key = $2 AND deletion = '' AND guest <> $3";
const IDENTITY_OF: &str = "SELECT id FROM guests WHERE tenant = $1 AND voucher = $2 AND subject = $3 AND deletion = '' AND id <> $4";

/// What is to change; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct Update {
    pub display_name: Option<Option<String>>,
    pub preferred_language: Option<Option<Locale>>,
    pub user_type: Option<UserType>,
    /// False blocks.
    pub is_enabled: Option<bool>,
    pub addresses: Option<Addresses>,
    pub sponsors: Option<Sponsors>,
    /// Sessions begun before are over.
    pub sessions_valid_from: Option<Timestamp>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed {
    Done,
    /// There is nobody to whom this can happen: no such guest, deleted, not deleted, or deleted too long ago.
    Nobody,
    /// Others stand in the way, and nothing was changed.
    Obstructed(Vec<Obstacle>),
}

/// What another guest has, who is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    Address { address: EmailAddress, of: GuestId },
    Identity { of: GuestId },
}

impl Directory {
    pub async fn update_guest(&self, tenant: &TenantId, guest: GuestId, update: &Update) -> Result<Changed, DirectoryError> {
        let (name, language, id) = (&update.display_name, &update.preferred_language, guest.to_string());
        let addresses = update.addresses.as_ref();
        let changed = writing!(&self.pools, |connection| async {
            let mut transaction = connection.begin().await?;
            let updated = sqlx::query(UPDATE)
                .bind(tenant.as_str())
                .bind(&id)
                .bind(name.is_some())
                .bind(name.as_ref().and_then(|name| name.as_deref()))
                .bind(language.is_some())
                .bind(language.and_then(|language| language).map(|language| language.tag()))
                .bind(update.user_type.map(UserType::as_str))
                .bind(update.is_enabled)
                .bind(addresses.map(|addresses| addresses.mail().to_string()))
                .bind(update.sessions_valid_from.map(Timestamp::unix))
                .execute(&mut *transaction)
                .await?;
            if updated.rows_affected() == 0 {
                transaction.rollback().await?;
                return Ok(Some(Changed::Nobody));
            }
            if let Some(addresses) = addresses {
                sqlx::query(DROP_ADDRESSES).bind(tenant.as_str()).bind(&id).execute(&mut *transaction).await?;
                if !insert_addresses!(transaction, tenant, &id, addresses) {
                    transaction.rollback().await?;
                    return Ok(None);
                }
            }
            if let Some(sponsors) = &update.sponsors {
                sqlx::query(DROP_SPONSORS).bind(tenant.as_str()).bind(&id).execute(&mut *transaction).await?;
                insert_sponsors!(transaction, tenant, &id, sponsors);
            }
            transaction.commit().await?;
            Ok(Some(Changed::Done))
        })?;
        match (changed, addresses) {
            (Some(changed), _) => Ok(changed),
            (None, Some(addresses)) => Ok(Changed::Obstructed(self.in_the_way(tenant, guest, addresses, None).await?)),
            (None, None) => Ok(Changed::Obstructed(Vec::new())),
        }
    }

    /// Redemption begins anew: the identity is forgotten, and what was agreed to counts no more. Id, principal name and addresses stay.
    pub async fn reset_redemption(&self, tenant: &TenantId, guest: GuestId, now: Timestamp) -> Result<Changed, DirectoryError> {
        let done = writing!(&self.pools, |connection| async {
            let query = sqlx::query(RESET).bind(tenant.as_str()).bind(guest.to_string()).bind(now.unix());
            query.execute(connection).await.map(|done| done.rows_affected())
        })?;
        Ok(if done == 0 { Changed::Nobody } else { Changed::Done })
    }

    /// Deletes, restorably. Addresses and identity are free for somebody new from now on.
    pub async fn delete_guest(&self, tenant: &TenantId, guest: GuestId, now: Timestamp) -> Result<Changed, DirectoryError> {
        writing!(&self.pools, |connection| async {
            let mut transaction = connection.begin().await?;
            let (tenant, id) = (tenant.as_str(), guest.to_string());
            let done = sqlx::query(DELETE).bind(tenant).bind(&id).bind(now.unix()).execute(&mut *transaction).await?;
            if done.rows_affected() == 0 {
                transaction.rollback().await?;
                return Ok(Changed::Nobody);
            }
            sqlx::query(DELETE_ADDRESSES).bind(tenant).bind(&id).execute(&mut *transaction).await?;
            transaction.commit().await?;
            Ok(Changed::Done)
        })
    }

    /// Brings back whoever was deleted less than [`RESTORABLE`] ago, as they were, unless others have their addresses or identity.
    pub async fn restore_guest(&self, tenant: &TenantId, guest: GuestId, now: Timestamp) -> Result<Changed, DirectoryError> {
        let restored = writing!(&self.pools, |connection| async {
            let mut transaction = connection.begin().await?;
            let (tenant, id, since) = (tenant.as_str(), guest.to_string(), now - RESTORABLE);
            let done = sqlx::query(RESTORE).bind(tenant).bind(&id).bind(since.unix()).execute(&mut *transaction).await;
            let done = match done {
                Ok(done) if done.rows_affected() == 0 => Ok(Some(Changed::Nobody)),
                Ok(_) => {
                    sqlx::query(RESTORE_ADDRESSES).bind(tenant).bind(&id).execute(&mut *transaction).await.map(|_| Some(Changed::Done))
                }
                Err(error) => Err(error),
            };
            match done {
                Ok(Some(Changed::Done)) => transaction.commit().await.map(|()| Some(Changed::Done)),
                Ok(changed) => transaction.rollback().await.map(|()| changed),
                Err(sqlx::Error::Database(refusal)) if refusal.is_unique_violation() => transaction.rollback().await.map(|()| None),
                Err(error) => Err(error),
            }
        })?;
        if let Some(changed) = restored {
            return Ok(changed);
        }
        let Some(entry) = self.entry(tenant, &super::Whom::Id(guest)).await? else { return Ok(Changed::Nobody) };
        Ok(Changed::Obstructed(self.in_the_way(tenant, guest, &entry.addresses, entry.guest.identity()).await?))
    }

    /// Removes a deleted guest for good, with all consents. Whoever is there must be deleted first.
    pub async fn purge_guest(&self, tenant: &TenantId, guest: GuestId) -> Result<Changed, DirectoryError> {
        let done = writing!(&self.pools, |connection| async {
            sqlx::query(PURGE).bind(tenant.as_str()).bind(guest.to_string()).execute(connection).await.map(|done| done.rows_affected())
        })?;
        Ok(if done == 0 { Changed::Nobody } else { Changed::Done })
    }

    /// Removes at most 500 guests, of whatever tenant, whose time to be restored is over; says whom.
    pub async fn purge_overdue(&self, now: Timestamp) -> Result<Vec<(TenantId, GuestId)>, DirectoryError> {
        let since = now - RESTORABLE;
        let purged: Vec<(String, String)> =
            writing!(&self.pools, |connection| async { sqlx::query_as(PURGE_OLD).bind(since.unix()).fetch_all(connection).await })?;
        purged
            .into_iter()
            .map(|(tenant, id)| {
                let tenant = TenantId::parse(&tenant).map_err(|_| unreadable("tenant"))?;
                Ok((tenant, GuestId::parse(&id).ok_or_else(|| unreadable("id"))?))
            })
            .collect()
    }

    /// Which of these another guest has, who is there.
    pub async fn in_the_way(
        &self,
        tenant: &TenantId,
        guest: GuestId,
        addresses: &Addresses,
        identity: Option<&BoundIdentity>,
    ) -> Result<Vec<Obstacle>, DirectoryError> {
        let id = guest.to_string();
        let (on_addresses, on_identity) = reading!(&self.pools, |connection| async {
            let mut found: Vec<(EmailAddress, String)> = Vec::new();
            for (key, (address, _)) in &addresses.kinds() {
                let query = sqlx::query_scalar(ADDRESS_OF).bind(tenant.as_str()).bind(key.as_str()).bind(&id);
                if let Some(of) = query.fetch_optional(&mut *connection).await? {
                    found.push(((*address).clone(), of));
                }
            }
            let mut theirs: Option<String> = None;
            if let Some(BoundIdentity { voucher, subject }) = identity {
                let query = sqlx::query_scalar(IDENTITY_OF).bind(tenant.as_str()).bind(voucher.as_str()).bind(subject.as_str()).bind(&id);
                theirs = query.fetch_optional(&mut *connection).await?;
            }
            Ok((found, theirs))
        })?;
        let known = |id: String| GuestId::parse(&id).ok_or_else(|| unreadable("id"));
        let on_addresses = on_addresses.into_iter().map(|(address, of)| Ok(Obstacle::Address { address, of: known(of)? }));
        on_addresses.chain(on_identity.map(|of| Ok(Obstacle::Identity { of: known(of)? }))).collect()
    }
}
