//! Leaving an organisation (`behaviour.md` §10.5): a soft delete by the guest's own hand, where the organisation leaves that to them.

use serde_json::json;

use super::Resident;
use crate::{
    domain::{error_code::ErrorCode, tenant::Tenant},
    signin::{
        Failure, Porter,
        guest_sessions::{self, Which},
    },
    store::directory::AuditEvent,
};

/// Whether guests may leave by themselves.
pub fn allowed(tenant: &Tenant) -> Result<(), Failure> {
    if tenant.invitations.is_leaving_allowed { Ok(()) } else { Err(ErrorCode::LeavingNotAllowed.into()) }
}

/// `resident` leaves, and their sessions with them. Done twice at once it is done once.
pub async fn leave(porter: &Porter, tenant: &Tenant, resident: &Resident) -> Result<(), Failure> {
    allowed(tenant)?;
    let guest = resident.file.guest.id;
    let event = AuditEvent::without_sign_in(porter.clock.now(), "guest.left", guest, json!({}));
    porter.directory.leave(&tenant.id, guest, &event).await?;
    // The directory has ended them. What is listed need not wait in the store.
    guest_sessions::end(porter, tenant, guest, Which::All).await
}
