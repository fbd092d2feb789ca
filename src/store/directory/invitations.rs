//! Invitations, each for one redemption of one guest, and the handles of their links. What became of one is read from its guest and is
//! never stored (`Invitation::status`); `STATUS` says the same in SQL, for lists.

mod add;
mod blocked;
mod list;
mod overdue;
mod redeem;
mod timeline;

pub use add::{AddedInvitation, Invitee, NewInvitation};
pub use list::{InvitationFilter, Listed};
pub use redeem::Redeemed;
pub(in crate::store::directory) use {
    add::{STILL_OPEN, STILL_WAITS},
    redeem::{HAS_ACCEPTED, still_redeems},
};

use super::{
    Directory, DirectoryError, Whom,
    guest_row::{GuestColumns, guest_columns},
    outbox,
    pool::reading,
    unreadable,
};
use crate::domain::{
    address::EmailAddress,
    errand::Destination,
    guest::{Entry, Principal},
    id::{GuestId, InvitationId, TenantId},
    invitation::{Invitation, PersonalMessage},
    locale::Locale,
    timestamp::Timestamp,
};

/// Of `invitations i`, under the names [`InvitationColumns`] reads.
macro_rules! invitation_columns {
    () => {
        "i.id AS invitation_id, i.guest AS invited_guest, i.redemption AS for_redemption, i.invited, i.destination, i.inviter, i.message,
            i.cc, i.language, i.is_mailed, i.created_at AS invited_at, i.expires_at, i.revoked_at"
    };
}
use invitation_columns;

const BY_ID: &str = concat!("SELECT ", invitation_columns!(), " FROM invitations i WHERE i.tenant = $1 AND i.id = $2");
const BY_HANDLE: &str = concat!(
    "SELECT ",
    invitation_columns!(),
    " FROM invitation_handles h JOIN invitations i ON i.tenant = h.tenant AND i.id = h.invitation WHERE h.tenant = $1 AND h.digest = $2"
);

#[derive(sqlx::FromRow)]
struct InvitationColumns {
    invitation_id: String,
    invited_guest: String,
    for_redemption: i64,
    invited: String,
    destination: String,
    inviter: Option<String>,
    message: Option<String>,
    cc: Option<String>,
    language: String,
    is_mailed: bool,
    invited_at: i64,
    expires_at: Option<i64>,
    revoked_at: Option<i64>,
}

impl InvitationColumns {
    fn invitation(&self) -> Result<Invitation, DirectoryError> {
        let address = |text: &str, column| EmailAddress::parse(text).map_err(|_| unreadable(column));
        let destination: Destination = serde_json::from_str(&self.destination).map_err(|_| unreadable("destination"))?;
        Ok(Invitation {
            id: InvitationId::parse(&self.invitation_id).ok_or_else(|| unreadable("id"))?,
            guest: GuestId::parse(&self.invited_guest).ok_or_else(|| unreadable("guest"))?,
            round: u32::try_from(self.for_redemption).map_err(|_| unreadable("redemption"))?,
            invited: address(&self.invited, "invited")?,
            destination,
            inviter: self.inviter.as_deref().map(|by| Principal::new(by).ok_or_else(|| unreadable("inviter"))).transpose()?,
            message: match &self.message {
                Some(text) => PersonalMessage::new(text).ok_or_else(|| unreadable("message"))?,
                None => None,
            },
            cc: self.cc.as_deref().map(|cc| address(cc, "cc")).transpose()?,
            language: Locale::from_tag(&self.language).ok_or_else(|| unreadable("language"))?,
            is_mailed: self.is_mailed,
            created_at: Timestamp::from_unix(self.invited_at),
            expires_at: self.expires_at.map(Timestamp::from_unix),
            revoked_at: self.revoked_at.map(Timestamp::from_unix),
        })
    }
}

/// An invitation with the whole of its guest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationFile {
    pub invitation: Invitation,
    pub entry: Entry,
}

impl Directory {
    pub async fn invitation(&self, tenant: &TenantId, id: InvitationId) -> Result<Option<InvitationFile>, DirectoryError> {
        let row: Option<InvitationColumns> = reading!(&self.pools, |connection| sqlx::query_as(BY_ID)
            .bind(tenant.as_str())
            .bind(id.to_string())
            .fetch_optional(connection))?;
        self.with_guest(tenant, row).await
    }

    /// By the digest of a handle: SHA-256 in base64url.
    pub async fn invitation_by_handle(&self, tenant: &TenantId, digest: &str) -> Result<Option<InvitationFile>, DirectoryError> {
        let row: Option<InvitationColumns> =
            reading!(&self.pools, |connection| sqlx::query_as(BY_HANDLE).bind(tenant.as_str()).bind(digest).fetch_optional(connection))?;
        self.with_guest(tenant, row).await
    }

    async fn with_guest(&self, tenant: &TenantId, row: Option<InvitationColumns>) -> Result<Option<InvitationFile>, DirectoryError> {
        let Some(invitation) = row.map(|row| row.invitation()).transpose()? else { return Ok(None) };
        let entry = self.entry(tenant, &Whom::Id(invitation.guest)).await?;
        // Purged between the two statements: then the invitation is gone, too.
        Ok(entry.map(|entry| InvitationFile { invitation, entry }))
    }
}
