//! Every identity provider of every tenant, by (tenant, provider): no lookup without the tenant (C9).
//!
//! Must not choose a provider; that is home-realm discovery's.

use std::{collections::HashMap, sync::Arc};

use crate::{
    clock::Clock,
    domain::{
        id::{IdpId, TenantId},
        identity_provider::Kind,
        tenant::Tenant,
    },
};

use super::{IdentityProvider, fetch::Fetcher, oidc::OidcProvider};

/// A provider, by the protocol it speaks: a reload keeps what one of the same kind has learnt.
#[derive(Debug, Clone)]
enum Spoken {
    OpenId(Arc<OidcProvider>),
}

/// The providers of all tenants, as of one load of their files.
#[derive(Debug, Clone)]
pub struct Upstreams {
    fetcher: Fetcher,
    clock: Clock,
    providers: HashMap<(TenantId, IdpId), Spoken>,
}

impl Upstreams {
    pub fn new(fetcher: Fetcher, clock: Clock, tenants: &[Arc<Tenant>]) -> Self {
        Self { fetcher, clock, providers: HashMap::new() }.reloaded(tenants)
    }

    /// The same after a reload. Providers that stayed where they were keep the metadata they have read.
    pub fn reloaded(&self, tenants: &[Arc<Tenant>]) -> Self {
        let all = tenants.iter().flat_map(|tenant| tenant.providers.values().map(move |configured| (tenant, configured)));
        let providers = all.filter_map(|(tenant, configured)| {
            let key = (tenant.id.clone(), configured.id.clone());
            let callback = tenant.issuer.at(&format!("/callback/{}", configured.id));
            let spoken = match &configured.kind {
                Kind::OpenId(open_id) => {
                    let fresh = OidcProvider::new(configured.clone(), open_id.clone(), callback, self.fetcher.clone(), self.clock.clone());
                    Spoken::OpenId(Arc::new(match self.providers.get(&key) {
                        Some(Spoken::OpenId(before)) => fresh.keeping_what_is_known(before),
                        None => fresh,
                    }))
                }
                Kind::Saml(_) | Kind::WsFed(_) => return None,
            };
            Some((key, spoken))
        });
        Self { fetcher: self.fetcher.clone(), clock: self.clock.clone(), providers: providers.collect() }
    }

    pub fn provider(&self, tenant: &TenantId, id: &IdpId) -> Option<Arc<dyn IdentityProvider>> {
        Some(match self.providers.get(&(tenant.clone(), id.clone()))? {
            Spoken::OpenId(found) => Arc::clone(found) as Arc<dyn IdentityProvider>,
        })
    }
}
