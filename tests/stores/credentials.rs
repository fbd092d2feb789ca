//! Credentials towards partners, on every directory: their order, their one successor, and nodes that need them at once.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use gatehouse::{
    clock::Clock,
    domain::{
        federation::FederationPolicy,
        home_realm::{Edition, RealmPolicy, RedemptionOrder},
        id::TenantId,
        locale::Locale,
        secret::Secret,
        tenant::{Admission, Branding, Issuer, PasscodePolicy, Privacy, Tenant},
        token_policy::TokenPolicy,
    },
    store::{
        directory::{Directory, StoredCredential},
        seal::Seal,
    },
    upstream::credentials::{CredentialStore, Credentials},
};
use tokio::task::JoinSet;

use crate::{
    directory::{at, contract, open},
    services::postgres::Postgres,
    stage::tenant,
};

contract! {
    credentials_come_back_in_the_order_they_sign
    of_successors_made_at_once_one_stays
    a_credential_is_hastened_and_never_put_off
    nodes_that_need_credentials_at_once_get_the_same
}

fn contoso() -> Tenant {
    Tenant {
        id: tenant(),
        name: "Contoso".into(),
        domains: Vec::new(),
        issuer: Issuer { segment: "contoso".into(), url: "https://login.example/contoso".into() },
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

fn credential(id: &str, follows: Option<&str>, signs_from: i64) -> StoredCredential {
    StoredCredential {
        id: id.into(),
        follows: follows.map(Into::into),
        sealed_private: (0..=255).collect(),
        certificate: (0..=255).rev().collect(),
        created_at: at(signs_from - 10),
        signs_from: at(signs_from),
    }
}

async fn credentials_come_back_in_the_order_they_sign(directory: &Directory) {
    let (first, second, third) = (credential("z", None, 0), credential("y", Some("z"), 100), credential("x", Some("y"), 200));
    for credential in [&second, &third, &first] {
        directory.add_credential(&tenant(), credential).await.unwrap();
    }
    assert_eq!(directory.credentials(&tenant()).await.unwrap(), [first, second, third]);
    assert!(directory.credentials(&TenantId::parse("fabrikam").unwrap()).await.unwrap().is_empty());
}

async fn of_successors_made_at_once_one_stays(directory: &Directory) {
    for follows in [None, Some("first")] {
        let mut adding = JoinSet::new();
        for number in 0..8 {
            let id = if follows.is_none() { "first".to_owned() } else { format!("c{number}") };
            let (directory, credential) = (directory.clone(), credential(&id, follows, number));
            adding.spawn(async move { directory.add_credential(&tenant(), &credential).await.unwrap() });
        }
        adding.join_all().await;
    }
    let kept = directory.credentials(&tenant()).await.unwrap();
    assert_eq!(kept.len(), 2);
    // Another tenant's first is another matter.
    let other = TenantId::parse("fabrikam").unwrap();
    directory.add_credential(&other, &credential("first", None, 0)).await.unwrap();
    assert_eq!(directory.credentials(&other).await.unwrap().len(), 1);
}

async fn a_credential_is_hastened_and_never_put_off(directory: &Directory) {
    directory.add_credential(&tenant(), &credential("a", None, 100)).await.unwrap();
    for (asked, kept) in [(50, 50), (70, 50), (50, 50), (20, 20)] {
        directory.hasten_credential(&tenant(), "a", at(asked)).await.unwrap();
        assert_eq!(directory.credentials(&tenant()).await.unwrap()[0].signs_from, at(kept));
    }
    directory.hasten_credential(&TenantId::parse("fabrikam").unwrap(), "a", at(1)).await.unwrap();
    assert_eq!(directory.credentials(&tenant()).await.unwrap()[0].signs_from, at(20));
}

async fn nodes_that_need_credentials_at_once_get_the_same(directory: &Directory) {
    let tenant = Arc::new(contoso());
    let clocks: Vec<Clock> = (0..4).map(|ahead| Clock::movable(at(1_800_000_000 + ahead))).collect();
    let nodes: Vec<_> =
        clocks.iter().map(|clock| CredentialStore::open(directory.clone(), Seal::new(&Secret::new([7; 32])), clock.clone())).collect();
    for published in [1, 2] {
        let mut asking = JoinSet::new();
        for node in &nodes {
            let (node, tenant) = (node.clone(), Arc::clone(&tenant));
            asking.spawn(async move { node.of(&tenant).await.unwrap() });
        }
        let asked = asking.join_all().await;
        assert_eq!(asked[0].published.len(), published);
        for one in &asked {
            let certificates = |of: &Credentials| of.published.iter().map(|one| one.certificate.clone()).collect::<Vec<_>>();
            assert_eq!(certificates(one), certificates(&asked[0]));
        }
        for clock in &clocks {
            clock.advance(tenant.federation.key_rotation - tenant.federation.key_publish_ahead + Duration::from_secs(60));
        }
    }
    assert_eq!(directory.credentials(&tenant.id).await.unwrap().len(), 2);
}
