//! The link of an invitation, opened: what the handle leads to. Opening spends nothing: scanners open links, too (`security.md` E).

use std::time::Duration;

use serde_json::json;

use super::digest;
use crate::{
    clock::Clock,
    domain::{
        errand::Redemption,
        error_code::ErrorCode,
        guest::Entry,
        invitation::{Invitation, Status},
        tenant::Tenant,
    },
    guests::Refused,
    store::directory::{AuditEvent, Directory, DirectoryError, InvitationFile},
};

/// Between two events of one invitation being opened.
const NOTED_EVERY: Duration = Duration::from_secs(60);
/// 256 bits in base64url.
const HANDLE: usize = 43;

/// What a handle leads to.
#[derive(Debug, Clone)]
pub struct Opened {
    pub invitation: Invitation,
    pub entry: Entry,
    pub status: Status,
}

impl Opened {
    /// What a sign-in by this link is for.
    pub fn redemption(&self) -> Redemption {
        Redemption {
            invitation: self.invitation.id,
            guest: self.invitation.guest,
            round: self.invitation.round,
            invited: self.invitation.invited.clone(),
            destination: self.invitation.destination.clone(),
        }
    }
}

/// The invitation of a handle, whatever became of it; GH2019 where there is none.
pub async fn open(directory: &Directory, clock: &Clock, tenant: &Tenant, handle: &str) -> Result<Opened, Refused> {
    let is_shaped = handle.len() == HANDLE && handle.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if !is_shaped {
        return Err(Refused::ByRule(ErrorCode::InvitationGone));
    }
    match directory.invitation_by_handle(&tenant.id, &digest(handle)).await? {
        Some(InvitationFile { invitation, entry }) => {
            let status = invitation.status(&entry.guest, clock.now());
            Ok(Opened { invitation, entry, status })
        }
        None => Err(Refused::ByRule(ErrorCode::InvitationGone)),
    }
}

/// Writes down that the link was looked at: at most once a minute, because scanners look often.
pub async fn opened(directory: &Directory, clock: &Clock, tenant: &Tenant, opened: &Opened) -> Result<(), DirectoryError> {
    let now = clock.now();
    let details = json!({ "status": opened.status.as_str() });
    let event = AuditEvent::without_sign_in(now, "invitation.opened", opened.invitation.guest, details);
    directory.record_unless_since(&tenant.id, &event.of_invitation(opened.invitation.id), now - NOTED_EVERY).await
}

/// The owner of the address wants no more invitations of this tenant. This one stays as it is.
pub async fn block_further(directory: &Directory, clock: &Clock, tenant: &Tenant, opened: &Opened) -> Result<(), DirectoryError> {
    let now = clock.now();
    if directory.block_invitations(&tenant.id, &opened.invitation.invited, now).await? {
        let event = AuditEvent::without_sign_in(now, "invitation.blocked", opened.invitation.guest, json!({ "by": "recipient" }));
        directory.record(&tenant.id, &event.of_invitation(opened.invitation.id)).await?;
    }
    Ok(())
}
