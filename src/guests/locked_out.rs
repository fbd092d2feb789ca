//! Guests whose stored identity no road of a configuration leads to any more: counted before the provider is removed, and after.

use crate::{
    domain::{home_realm::Edition, identity::Voucher, tenant::Tenant},
    store::directory::{Count, Directory, DirectoryError},
};

/// Whether somebody known by this voucher can still sign in: the rule of stickiness (`behaviour.md` §3.4), asked in advance.
pub fn is_served(tenant: &Tenant, voucher: &Voucher) -> bool {
    match voucher {
        Voucher::Provider(id) => tenant.providers.contains_key(id),
        Voucher::Passcode => tenant.home_realm.is_passcode_on,
        Voucher::EmailVerified => tenant.home_realm.edition == Edition::E2021,
    }
}

/// How many guests, by voucher, no road serves as `tenant` is configured. None: nobody is locked out.
pub async fn locked_out(directory: &Directory, tenant: &Tenant) -> Result<Vec<Count>, DirectoryError> {
    let mut counts = directory.count_guests(&tenant.id).await?;
    counts.retain(|count| count.voucher.as_ref().is_some_and(|voucher| !is_served(tenant, voucher)));
    Ok(counts)
}
