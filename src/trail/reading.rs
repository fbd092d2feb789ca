//! The trail read back, by the number that people quote.

use crate::{
    domain::id::TenantId,
    store::directory::{Directory, DirectoryError, RecordedEvent},
};

/// What is kept of one sign-in.
#[derive(Debug, Clone)]
pub struct Kept {
    pub tenant: TenantId,
    /// Oldest first.
    pub events: Vec<RecordedEvent>,
}

/// Everything kept under `reference`, in whichever of `tenants` there is something.
pub async fn of(directory: &Directory, tenants: &[&TenantId], reference: &str) -> Result<Vec<Kept>, DirectoryError> {
    let mut found = Vec::new();
    for tenant in tenants {
        let events = directory.audit_events_of(tenant, reference).await?;
        if !events.is_empty() {
            found.push(Kept { tenant: (*tenant).clone(), events });
        }
    }
    Ok(found)
}
