//! A tenant without apps and providers, for the tests of these rooms.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    federation::FederationPolicy,
    home_realm::{Edition, RealmPolicy, RedemptionOrder},
    id::TenantId,
    locale::Locale,
    tenant::{Admission, Branding, Issuer, PasscodePolicy, Privacy, Tenant},
    token_policy::TokenPolicy,
};

pub(in crate::upstream) fn tenant() -> Tenant {
    Tenant {
        id: TenantId::parse("contoso").unwrap(),
        name: "Contoso".into(),
        domains: Vec::new(),
        issuer: Issuer { segment: "contoso".into(), url: "https://login.example.org/contoso".into() },
        default_locale: Locale::En,
        branding: Branding::default(),
        privacy: Privacy::default(),
        home_realm: RealmPolicy {
            edition: Edition::default(),
            order: RedemptionOrder::default(),
            partners: BTreeMap::new(),
            is_passcode_on: true,
            consumer_domains: BTreeSet::new(),
        },
        passcode: PasscodePolicy::default(),
        admission: Admission::default(),
        clients: BTreeMap::new(),
        providers: BTreeMap::new(),
        tokens: TokenPolicy::default(),
        federation: FederationPolicy::default(),
        invitations: Default::default(),
        terms: Default::default(),
    }
}
