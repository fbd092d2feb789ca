//! Guests whose stored identity no road of a configuration leads to any more: counted before the provider is removed, and after.

use crate::{
    domain::tenant::Tenant,
    store::directory::{Count, Directory, DirectoryError},
};

/// How many guests, by voucher, no road serves as `tenant` is configured. None: nobody is locked out.
pub async fn locked_out(directory: &Directory, tenant: &Tenant) -> Result<Vec<Count>, DirectoryError> {
    let mut counts = directory.count_guests(&tenant.id).await?;
    counts.retain(|count| count.voucher.as_ref().is_some_and(|voucher| !tenant.serves(voucher)));
    Ok(counts)
}
