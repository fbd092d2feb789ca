//! Every identity provider of every tenant, by (tenant, provider): no lookup without the tenant (C9).
//!
//! Must not choose a provider; that is home-realm discovery's.

use std::{collections::HashMap, sync::Arc};

use crate::{
    clock::Clock,
    domain::{
        federation::TrustSource,
        id::{IdpId, TenantId},
        identity_provider::{IdentityProvider as Configured, Kind},
        tenant::Tenant,
    },
};

use super::{
    IdentityProvider,
    credentials::CredentialStore,
    domain_proof::DomainProver,
    federated::Federated,
    fetch::Fetcher,
    oidc::OidcProvider,
    partner::{Partner, Role},
    saml::SamlProvider,
    wsfed::WsFedProvider,
};

/// A provider, by the protocol it speaks: a reload keeps what one of the same kind has learnt.
#[derive(Debug, Clone)]
enum Spoken {
    OpenId(Arc<OidcProvider>),
    Saml(Arc<SamlProvider>),
    WsFed(Arc<WsFedProvider>),
}

/// The providers of all tenants, as of one load of their files.
#[derive(Debug, Clone)]
pub struct Upstreams {
    fetcher: Fetcher,
    clock: Clock,
    credentials: CredentialStore,
    prover: Arc<DomainProver>,
    providers: HashMap<(TenantId, IdpId), Spoken>,
}

impl Upstreams {
    pub fn new(fetcher: Fetcher, clock: Clock, credentials: CredentialStore, prover: Arc<DomainProver>, tenants: &[Arc<Tenant>]) -> Self {
        Self { fetcher, clock, credentials, prover, providers: HashMap::new() }.reloaded(tenants)
    }

    /// The same after a reload. Providers that stayed where they were keep the metadata they have read.
    pub fn reloaded(&self, tenants: &[Arc<Tenant>]) -> Self {
        let all = tenants.iter().flat_map(|tenant| tenant.providers.values().map(move |configured| (tenant, configured)));
        let providers = all.map(|(tenant, configured)| {
            let key = (tenant.id.clone(), configured.id.clone());
            let callback = tenant.issuer.at(&format!("/callback/{}", configured.id));
            let spoken = match &configured.kind {
                Kind::OpenId(open_id) => {
                    let fresh = OidcProvider::new(configured.clone(), open_id.clone(), callback, self.fetcher.clone(), self.clock.clone());
                    Spoken::OpenId(Arc::new(match self.providers.get(&key) {
                        Some(Spoken::OpenId(before)) => fresh.keeping_what_is_known(before),
                        Some(Spoken::Saml(_) | Spoken::WsFed(_)) | None => fresh,
                    }))
                }
                Kind::Saml(saml) => {
                    let party = self.party(tenant, configured, (Role::Saml, &saml.entity_id, &saml.trust));
                    let fresh = SamlProvider::new(party, (**saml).clone());
                    Spoken::Saml(Arc::new(match self.providers.get(&key) {
                        Some(Spoken::Saml(before)) => fresh.keeping_what_is_known(before),
                        Some(Spoken::OpenId(_) | Spoken::WsFed(_)) | None => fresh,
                    }))
                }
                Kind::WsFed(ws_fed) => {
                    let party = self.party(tenant, configured, (Role::WsFed, &ws_fed.issuer, &ws_fed.trust));
                    let fresh = WsFedProvider::new(party, (**ws_fed).clone());
                    Spoken::WsFed(Arc::new(match self.providers.get(&key) {
                        Some(Spoken::WsFed(before)) => fresh.keeping_what_is_known(before),
                        Some(Spoken::OpenId(_) | Spoken::Saml(_)) | None => fresh,
                    }))
                }
            };
            (key, spoken)
        });
        Self {
            fetcher: self.fetcher.clone(),
            clock: self.clock.clone(),
            credentials: self.credentials.clone(),
            prover: Arc::clone(&self.prover),
            providers: providers.collect(),
        }
    }

    fn party(&self, tenant: &Arc<Tenant>, configured: &Configured, (role, entity_id, trust): (Role, &str, &TrustSource)) -> Federated {
        let partner = Partner::new(role, entity_id, trust, self.fetcher.clone(), self.clock.clone());
        Federated {
            tenant: Arc::clone(tenant),
            configured: configured.clone(),
            partner: partner.named(&tenant.id, &configured.id),
            credentials: self.credentials.clone(),
            prover: Arc::clone(&self.prover),
            clock: self.clock.clone(),
        }
    }

    /// What partners publish is refreshed where it is due, and what is about to end is told. Nobody waits for a partner here.
    pub async fn maintain(&self) {
        for spoken in self.providers.values() {
            match spoken {
                Spoken::OpenId(_) => {}
                Spoken::Saml(saml) => saml.partner().maintain().await,
                Spoken::WsFed(ws_fed) => ws_fed.partner().maintain().await,
            }
        }
    }

    pub fn provider(&self, tenant: &TenantId, id: &IdpId) -> Option<Arc<dyn IdentityProvider>> {
        Some(match self.providers.get(&(tenant.clone(), id.clone()))? {
            Spoken::OpenId(found) => Arc::clone(found) as Arc<dyn IdentityProvider>,
            Spoken::Saml(found) => Arc::clone(found) as Arc<dyn IdentityProvider>,
            Spoken::WsFed(found) => Arc::clone(found) as Arc<dyn IdentityProvider>,
        })
    }
}
