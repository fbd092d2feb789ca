//! A tenant with one provider and nothing else.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use gatehouse::domain::{
    federation::FederationPolicy,
    home_realm::{Edition, RealmPolicy, RedemptionOrder},
    id::TenantId,
    identity_provider::IdentityProvider,
    locale::Locale,
    tenant::{Admission, Branding, Issuer, PasscodePolicy, Privacy, Tenant},
    token_policy::TokenPolicy,
};

pub fn tenant(issuer: &str, provider: IdentityProvider) -> Arc<Tenant> {
    let home_realm = RealmPolicy {
        edition: Edition::default(),
        order: RedemptionOrder::default(),
        partners: BTreeMap::new(),
        is_passcode_on: true,
        consumer_domains: BTreeSet::new(),
    };
    Arc::new(Tenant {
        id: TenantId::parse("contoso").unwrap(),
        name: "Contoso".into(),
        domains: Vec::new(),
        issuer: Issuer { segment: "contoso".into(), url: issuer.into() },
        default_locale: Locale::En,
        branding: Branding::default(),
        privacy: Privacy::default(),
        home_realm,
        passcode: PasscodePolicy::default(),
        admission: Admission::default(),
        clients: BTreeMap::new(),
        providers: BTreeMap::from([(provider.id.clone(), provider)]),
        tokens: TokenPolicy::default(),
        federation: FederationPolicy::default(),
        invitations: Default::default(),
        terms: Default::default(),
    })
}
