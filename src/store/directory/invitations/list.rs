//! Invitations as an operator lists them, and how many mails somebody caused.

use super::{
    super::{pool::reading, unreadable},
    Directory, DirectoryError, GuestColumns, InvitationColumns, guest_columns, invitation_columns,
};
use crate::domain::{
    address::EmailAddress,
    guest::{Guest, Principal},
    id::{GuestId, InvitationId, TenantId},
    invitation::{Invitation, Status},
    timestamp::Timestamp,
};

/// [`Invitation::status`], at the moment `$2`.
macro_rules! status {
    () => {
        "CASE WHEN g.deletion <> '' OR g.redemption <> i.redemption THEN 'Revoked' WHEN g.state = 'Accepted' THEN 'Completed'
            WHEN i.revoked_at IS NOT NULL THEN 'Revoked' WHEN i.expires_at <= $2 THEN 'Expired'
            WHEN g.voucher IS NOT NULL THEN 'InProgress' ELSE 'PendingAcceptance' END"
    };
}

/// The newest first: ids are ordered by time.
const PAGE: &str = concat!(
    "SELECT ",
    invitation_columns!(),
    ", ",
    guest_columns!(),
    " FROM invitations i JOIN guests g ON g.tenant = i.tenant AND g.id = i.guest
        WHERE i.tenant = $1 AND i.id < $3 AND ($4 IS NULL OR i.invited_key = $4) AND ($5 IS NULL OR i.inviter = $5)
            AND ($6 IS NULL OR i.guest = $6) AND ($7 IS NULL OR ",
    status!(),
    " = $7) ORDER BY i.id DESC LIMIT $8"
);
const COUNT: &str = concat!(
    "SELECT COUNT(*) FROM invitations i JOIN guests g ON g.tenant = i.tenant AND g.id = i.guest
        WHERE i.tenant = $1 AND ($3 IS NULL OR i.invited_key = $3) AND ($4 IS NULL OR i.inviter = $4)
            AND ($5 IS NULL OR i.guest = $5) AND ($6 IS NULL OR ",
    status!(),
    " = $6)"
);
const MAILS: &str = "SELECT COUNT(*) FROM outbox WHERE tenant = $1 AND created_at > $2";
const MAILS_BY: &str = "SELECT COUNT(*) FROM outbox o JOIN invitations i ON i.tenant = o.tenant AND i.id = o.invitation
    WHERE o.tenant = $1 AND o.created_at > $2 AND i.inviter = $3";

/// Which invitations; what is absent is not asked.
#[derive(Debug, Clone, Default)]
pub struct InvitationFilter {
    /// The address invited, whatever its spelling.
    pub address: Option<EmailAddress>,
    pub status: Option<Status>,
    pub inviter: Option<Principal>,
    pub guest: Option<GuestId>,
}

/// An invitation and the guest by whom its status is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub invitation: Invitation,
    pub guest: Guest,
}

#[derive(sqlx::FromRow)]
struct ListedRow {
    #[sqlx(flatten)]
    invitation: InvitationColumns,
    #[sqlx(flatten)]
    guest: GuestColumns,
}

impl Directory {
    /// The newest `limit` invitations that the filter lets through, before `before`: the last one's id asks for the next page.
    pub async fn invitations(
        &self,
        tenant: &TenantId,
        filter: &InvitationFilter,
        now: Timestamp,
        before: Option<InvitationId>,
        limit: u32,
    ) -> Result<Vec<Listed>, DirectoryError> {
        let rows: Vec<ListedRow> = reading!(&self.pools, |connection| sqlx::query_as(PAGE)
            .bind(tenant.as_str())
            .bind(now.unix())
            .bind(before.map_or_else(|| "g".to_owned(), |before| before.to_string()))
            .bind(filter.address.as_ref().map(EmailAddress::key))
            .bind(filter.inviter.as_ref().map(Principal::as_str))
            .bind(filter.guest.map(|guest| guest.to_string()))
            .bind(filter.status.map(Status::as_str))
            .bind(i64::from(limit))
            .fetch_all(connection))?;
        rows.iter().map(|row| Ok(Listed { invitation: row.invitation.invitation()?, guest: row.guest.guest()? })).collect()
    }

    /// How many invitations the filter lets through.
    pub async fn count_invitations(&self, tenant: &TenantId, filter: &InvitationFilter, now: Timestamp) -> Result<u64, DirectoryError> {
        let count: i64 = reading!(&self.pools, |connection| sqlx::query_scalar(COUNT)
            .bind(tenant.as_str())
            .bind(now.unix())
            .bind(filter.address.as_ref().map(EmailAddress::key))
            .bind(filter.inviter.as_ref().map(Principal::as_str))
            .bind(filter.guest.map(|guest| guest.to_string()))
            .bind(filter.status.map(Status::as_str))
            .fetch_one(connection))?;
        u64::try_from(count).map_err(|_| unreadable("count"))
    }

    /// How many fewer than `most` the mails of invitations by `inviter` since then are; as many at least.
    pub async fn mails_left(&self, tenant: &TenantId, inviter: &Principal, since: Timestamp, most: u32) -> Result<u32, DirectoryError> {
        let count: i64 = reading!(&self.pools, |connection| async {
            let all = sqlx::query_scalar::<_, i64>(MAILS).bind(tenant.as_str()).bind(since.unix()).fetch_one(&mut *connection).await?;
            // Almost always all mails together are fewer, and only one index was read.
            if all < i64::from(most) {
                return Ok(all);
            }
            let by = sqlx::query_scalar::<_, i64>(MAILS_BY).bind(tenant.as_str()).bind(since.unix()).bind(inviter.as_str());
            by.fetch_one(connection).await
        })?;
        Ok(most.saturating_sub(u32::try_from(count).unwrap_or(u32::MAX)))
    }
}
