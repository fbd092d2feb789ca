//! Leaving an organisation (`behaviour.md` §10.5): a soft delete by the guest's own hand, where the organisation leaves that to them.

use serde_json::json;

use super::Resident;
use crate::{
    domain::{error_code::ErrorCode, tenant::Tenant},
    signin::{
        Failure, Porter,
        guest_sessions::{self, Which},
    },
    store::directory::{AuditEvent, Changed},
};

/// Whether guests may leave by themselves.
pub fn allowed(tenant: &Tenant) -> Result<(), Failure> {
    if tenant.invitations.is_leaving_allowed { Ok(()) } else { Err(ErrorCode::LeavingNotAllowed.into()) }
}

/// `resident` leaves. Done twice at once it is done once.
pub async fn leave(porter: &Porter, tenant: &Tenant, resident: &Resident) -> Result<(), Failure> {
    allowed(tenant)?;
    let (guest, now) = (resident.file.guest.id, porter.clock.now());
    match porter.directory.delete_guest(&tenant.id, guest, now).await? {
        Changed::Done => {
            let event = AuditEvent::without_sign_in(now, "guest.left", guest, json!({}));
            porter.directory.record(&tenant.id, &event).await?;
        }
        Changed::Nobody | Changed::Obstructed(_) => {}
    }
    guest_sessions::end(porter, tenant, guest, Which::All).await.map(drop)
}
