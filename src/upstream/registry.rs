//! Every identity provider of every tenant, by (tenant, provider): no lookup without the tenant (C9).
//!
//! Must not choose a provider; that is home-realm discovery's.

use std::{collections::HashMap, sync::Arc};

use crate::{
    clock::Clock,
    domain::{
        id::{IdpId, TenantId},
        tenant::Tenant,
    },
};

use super::{IdentityProvider, fetch::Fetcher, oidc::OidcProvider};

/// The providers of all tenants, as of one load of their files.
#[derive(Debug, Clone)]
pub struct Upstreams {
    fetcher: Fetcher,
    clock: Clock,
    providers: HashMap<(TenantId, IdpId), Arc<OidcProvider>>,
}

impl Upstreams {
    pub fn new(fetcher: Fetcher, clock: Clock, tenants: &[Arc<Tenant>]) -> Self {
        Self { fetcher, clock, providers: HashMap::new() }.reloaded(tenants)
    }

    /// The same after a reload. Providers that stayed where they were keep the metadata they have read.
    pub fn reloaded(&self, tenants: &[Arc<Tenant>]) -> Self {
        let all = tenants.iter().flat_map(|tenant| tenant.providers.values().map(move |configured| (tenant, configured)));
        let providers = all.map(|(tenant, configured)| {
            let key = (tenant.id.clone(), configured.id.clone());
            let redirect_uri = tenant.issuer.at(&format!("/callback/{}", configured.id));
            let fresh = OidcProvider::new(configured.clone(), redirect_uri, self.fetcher.clone(), self.clock.clone());
            let provider = match self.providers.get(&key) {
                Some(before) => fresh.keeping_what_is_known(before),
                None => fresh,
            };
            (key, Arc::new(provider))
        });
        Self { fetcher: self.fetcher.clone(), clock: self.clock.clone(), providers: providers.collect() }
    }

    pub fn provider(&self, tenant: &TenantId, id: &IdpId) -> Option<Arc<dyn IdentityProvider>> {
        let found = self.providers.get(&(tenant.clone(), id.clone()))?;
        Some(Arc::clone(found) as Arc<dyn IdentityProvider>)
    }
}
