//! Binding the invited guest to whoever came by the link: one statement with all its conditions, and the event beside it. And whether
//! the invitation holds still when what they did by it is to be written.

use sqlx::Connection;

use super::super::{AuditEvent, Directory, DirectoryError, audit::bind_event, pool::writing};
use crate::domain::{errand::Redemption, guest::BoundIdentity, id::TenantId, identity::Voucher};

/// Only a pending guest who is there, not blocked, in the round of the link and known by nobody; and only while the invitation holds.
const BIND: &str = "UPDATE guests SET voucher = $4, subject = $5, display_name = COALESCE($6, display_name),
        creation = COALESCE($7, creation)
    WHERE tenant = $1 AND id = $2 AND redemption = $3 AND state = 'PendingAcceptance' AND deletion = '' AND is_enabled
        AND voucher IS NULL AND EXISTS (SELECT 1 FROM invitations i WHERE i.tenant = guests.tenant AND i.id = $8
            AND i.guest = guests.id AND i.redemption = guests.redemption AND i.revoked_at IS NULL
            AND (i.expires_at IS NULL OR i.expires_at > $9))";

pub(in crate::store::directory) const HAS_ACCEPTED: &str = "SELECT COUNT(*) FROM guests
    WHERE tenant = $1 AND id = $2 AND redemption = $3 AND state = 'Accepted' AND deletion = ''";

/// Whether somebody on their way by an invitation's link may become Accepted by it, or is so already; in whatever transaction. The
/// guest's row is held first, as revoking does: of revoking and accepting at once, one comes before the other.
macro_rules! still_redeems {
    ($transaction:expr, $tenant:expr, $guest:expr, $invitation:expr, $round:expr, $now:expr) => {{
        use $crate::store::directory::invitations::{HAS_ACCEPTED, STILL_OPEN, STILL_WAITS};
        let (tenant, guest, round) = ($tenant.as_str(), $guest.to_string(), i64::from($round));
        let waits = sqlx::query(STILL_WAITS).bind(tenant).bind(&guest).bind(round).execute(&mut *$transaction).await?;
        let holds = if waits.rows_affected() > 0 {
            let open = sqlx::query_scalar::<_, i64>(STILL_OPEN).bind(tenant).bind($invitation.to_string()).bind(&guest);
            open.bind(round).bind($now.unix()).fetch_one(&mut *$transaction).await?
        } else {
            sqlx::query_scalar::<_, i64>(HAS_ACCEPTED).bind(tenant).bind(&guest).bind(round).fetch_one(&mut *$transaction).await?
        };
        holds > 0
    }};
}
pub(in crate::store::directory) use still_redeems;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redeemed {
    Bound,
    /// The guest or the invitation is no longer as they must be; or another request was faster. Nothing was written.
    NotOpen,
    /// Another guest is known by this identity. Nothing was written.
    Taken,
}

impl Directory {
    /// Binds the first identity of the guest that `redemption` is for, at the moment of `event`, which is written with it.
    pub async fn redeem_invitation(
        &self,
        tenant: &TenantId,
        redemption: &Redemption,
        identity: &BoundIdentity,
        name: Option<&str>,
        event: &AuditEvent,
    ) -> Result<Redeemed, DirectoryError> {
        let creation = matches!(identity.voucher, Voucher::EmailVerified).then_some("EmailVerified");
        writing!(&self.pools, |connection| async {
            let mut transaction = connection.begin().await?;
            let bound = sqlx::query(BIND)
                .bind(tenant.as_str())
                .bind(redemption.guest.to_string())
                .bind(i64::from(redemption.round))
                .bind(identity.voucher.as_str())
                .bind(identity.subject.as_str())
                .bind(name)
                .bind(creation)
                .bind(redemption.invitation.to_string())
                .bind(event.at.unix())
                .execute(&mut *transaction)
                .await;
            match bound {
                Ok(done) if done.rows_affected() == 1 => {
                    bind_event!(tenant, event).execute(&mut *transaction).await?;
                    transaction.commit().await?;
                    Ok(Redeemed::Bound)
                }
                Ok(_) => transaction.rollback().await.map(|()| Redeemed::NotOpen),
                Err(sqlx::Error::Database(refusal)) if refusal.is_unique_violation() => {
                    transaction.rollback().await.map(|()| Redeemed::Taken)
                }
                Err(error) => Err(error),
            }
        })
    }
}
