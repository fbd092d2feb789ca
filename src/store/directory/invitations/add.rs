//! Writing invitations: the guest, the invitation, its handle, the mail, the app and the event, or nothing of it.

use sqlx::Connection;

use super::super::{
    AuditEvent, Directory, DirectoryError, QueuedMail,
    apps::ASSIGN,
    audit::bind_event,
    guests::{insert_addresses, insert_entry},
    lives::{DROP_ADDRESSES, RESET},
    outbox::bind_queued,
    pool::writing,
};
use crate::domain::{
    guest::{Addresses, Entry, Principal},
    id::{ClientId, InvitationId, TenantId},
    invitation::Invitation,
    timestamp::Timestamp,
};

const ADD: &str = "INSERT INTO invitations (tenant, id, guest, redemption, invited_key, invited, destination, inviter, message, cc,
        language, is_mailed, created_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
const ADD_HANDLE: &str = "INSERT INTO invitation_handles (digest, tenant, invitation, issued_at) VALUES ($1, $2, $3, $4)";
/// Changes nothing: it holds the guest's row until the end, and says whether this redemption still waits.
pub(in crate::store::directory) const STILL_WAITS: &str =
    "UPDATE guests SET redemption = redemption WHERE tenant = $1 AND id = $2 AND redemption = $3
    AND state = 'PendingAcceptance' AND deletion = '' AND is_enabled";
pub(in crate::store::directory) const STILL_OPEN: &str =
    "SELECT COUNT(*) FROM invitations WHERE tenant = $1 AND id = $2 AND guest = $3 AND redemption = $4
    AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $5)";
const MAIL_OF: &str = "UPDATE guests SET mail = $3 WHERE tenant = $1 AND id = $2";
const IS_ROUND: &str = "UPDATE guests SET redemption = redemption WHERE tenant = $1 AND id = $2 AND redemption = $3
    AND deletion = '' AND is_enabled";
const REVOKE: &str = "UPDATE invitations SET revoked_at = $3 WHERE tenant = $1 AND id = $2 AND revoked_at IS NULL";
/// What was not yet handed over does not go out any more.
const WITHDRAW: &str = "UPDATE outbox SET state = 'failed', sealed = '', done_at = $3, last_error = 'the invitation was revoked'
    WHERE tenant = $1 AND invitation = $2 AND state = 'queued'";

/// What inviting does to the guest.
#[derive(Debug, Clone, Copy)]
pub enum Invitee<'a> {
    /// Somebody new.
    New(&'a Entry),
    /// There, and this redemption of theirs still waits: they stay as they are.
    Waiting,
    /// There: redemption begins anew, which is the round of the invitation, and these are their addresses.
    Anew(&'a Addresses),
}

/// All that one invitation writes.
#[derive(Debug, Clone, Copy)]
pub struct NewInvitation<'a> {
    pub invitation: &'a Invitation,
    pub invitee: Invitee<'a>,
    /// Of the handle: SHA-256 in base64url.
    pub digest: &'a str,
    pub mail: Option<&'a QueuedMail>,
    /// Apps that the invitation assigns.
    pub apps: &'a [ClientId],
    /// Revoked in the same breath.
    pub replaces: Option<InvitationId>,
    pub event: &'a AuditEvent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddedInvitation {
    Added,
    /// Somebody was faster: has an address of it by now, or the guest is no longer as they were. Nothing was written.
    Taken,
}

impl Directory {
    pub async fn add_invitation(&self, tenant: &TenantId, new: NewInvitation<'_>) -> Result<AddedInvitation, DirectoryError> {
        let NewInvitation { invitation, invitee, digest, mail, apps, replaces, event } = new;
        let (id, guest, now) = (invitation.id.to_string(), invitation.guest.to_string(), invitation.created_at.unix());
        let destination = serde_json::json!(invitation.destination).to_string();
        writing!(&self.pools, |connection| async {
            let mut transaction = connection.begin().await?;
            let is_as_expected = match invitee {
                Invitee::New(entry) => insert_entry!(transaction, tenant, entry),
                Invitee::Waiting => {
                    let waits = sqlx::query(STILL_WAITS).bind(tenant.as_str()).bind(&guest).bind(i64::from(invitation.round));
                    waits.execute(&mut *transaction).await?.rows_affected() == 1
                }
                Invitee::Anew(addresses) => {
                    let before = i64::from(invitation.round) - 1;
                    let query = sqlx::query(IS_ROUND).bind(tenant.as_str()).bind(&guest).bind(before);
                    if query.execute(&mut *transaction).await?.rows_affected() == 1 {
                        sqlx::query(RESET).bind(tenant.as_str()).bind(&guest).bind(now).execute(&mut *transaction).await?;
                        let mail = addresses.mail().to_string();
                        sqlx::query(MAIL_OF).bind(tenant.as_str()).bind(&guest).bind(mail).execute(&mut *transaction).await?;
                        sqlx::query(DROP_ADDRESSES).bind(tenant.as_str()).bind(&guest).execute(&mut *transaction).await?;
                        insert_addresses!(transaction, tenant, &guest, addresses)
                    } else {
                        false
                    }
                }
            };
            if !is_as_expected {
                transaction.rollback().await?;
                return Ok(AddedInvitation::Taken);
            }
            if let Some(replaced) = replaces {
                let replaced = replaced.to_string();
                let done = sqlx::query(REVOKE).bind(tenant.as_str()).bind(&replaced).bind(now).execute(&mut *transaction).await?;
                if done.rows_affected() == 1 {
                    sqlx::query(WITHDRAW).bind(tenant.as_str()).bind(&replaced).bind(now).execute(&mut *transaction).await?;
                }
            }
            sqlx::query(ADD)
                .bind(tenant.as_str())
                .bind(&id)
                .bind(&guest)
                .bind(i64::from(invitation.round))
                .bind(invitation.invited.key())
                .bind(invitation.invited.to_string())
                .bind(&destination)
                .bind(invitation.inviter.as_ref().map(Principal::as_str))
                .bind(invitation.message.as_ref().map(|message| message.as_str()))
                .bind(invitation.cc.as_ref().map(ToString::to_string))
                .bind(invitation.language.tag())
                .bind(invitation.is_mailed)
                .bind(now)
                .bind(invitation.expires_at.map(Timestamp::unix))
                .execute(&mut *transaction)
                .await?;
            sqlx::query(ADD_HANDLE).bind(digest).bind(tenant.as_str()).bind(&id).bind(now).execute(&mut *transaction).await?;
            for app in apps {
                let by = invitation.inviter.as_ref().map(Principal::as_str);
                let assign = sqlx::query(ASSIGN).bind(tenant.as_str()).bind(&guest).bind(app.as_str()).bind(now).bind(by);
                assign.execute(&mut *transaction).await?;
            }
            if let Some(mail) = mail {
                bind_queued!(mail).execute(&mut *transaction).await?;
            }
            bind_event!(tenant, event).execute(&mut *transaction).await?;
            transaction.commit().await?;
            Ok(AddedInvitation::Added)
        })
    }

    /// One more handle for an invitation that still waits, and the mail with it. False: it is over, and nothing was written.
    pub async fn add_handle(
        &self,
        tenant: &TenantId,
        invitation: &Invitation,
        digest: &str,
        mail: Option<&QueuedMail>,
        event: &AuditEvent,
    ) -> Result<bool, DirectoryError> {
        let (id, guest, round) = (invitation.id.to_string(), invitation.guest.to_string(), i64::from(invitation.round));
        let now = event.at.unix();
        writing!(&self.pools, |connection| async {
            let mut transaction = connection.begin().await?;
            let waits = sqlx::query(STILL_WAITS).bind(tenant.as_str()).bind(&guest).bind(round).execute(&mut *transaction).await?;
            let open = sqlx::query_scalar::<_, i64>(STILL_OPEN).bind(tenant.as_str()).bind(&id).bind(&guest).bind(round).bind(now);
            if waits.rows_affected() == 0 || open.fetch_one(&mut *transaction).await? == 0 {
                transaction.rollback().await?;
                return Ok(false);
            }
            sqlx::query(ADD_HANDLE).bind(digest).bind(tenant.as_str()).bind(&id).bind(now).execute(&mut *transaction).await?;
            if let Some(mail) = mail {
                bind_queued!(mail).execute(&mut *transaction).await?;
            }
            bind_event!(tenant, event).execute(&mut *transaction).await?;
            transaction.commit().await?;
            Ok(true)
        })
    }

    /// Closes an invitation while its redemption waits; its mail that is still here stays here. False: it was over already.
    pub async fn revoke_invitation(&self, tenant: &TenantId, invitation: &Invitation, event: &AuditEvent) -> Result<bool, DirectoryError> {
        let (id, guest, now) = (invitation.id.to_string(), invitation.guest.to_string(), event.at.unix());
        writing!(&self.pools, |connection| async {
            let mut transaction = connection.begin().await?;
            let waits = sqlx::query(STILL_WAITS).bind(tenant.as_str()).bind(&guest).bind(i64::from(invitation.round));
            let waits = waits.execute(&mut *transaction).await?.rows_affected() == 1;
            let revoked = sqlx::query(REVOKE).bind(tenant.as_str()).bind(&id).bind(now).execute(&mut *transaction).await?;
            if !waits || revoked.rows_affected() == 0 {
                transaction.rollback().await?;
                return Ok(false);
            }
            sqlx::query(WITHDRAW).bind(tenant.as_str()).bind(&id).bind(now).execute(&mut *transaction).await?;
            bind_event!(tenant, event).execute(&mut *transaction).await?;
            transaction.commit().await?;
            Ok(true)
        })
    }
}
