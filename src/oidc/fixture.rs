//! A tenant with one client of each kind, for the tests of the protocol rooms.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use crate::domain::{
    client::{Client, ClientAuthentication, ClientSecrets, Pkce, RegisteredUri, Scope},
    collaboration::InvitationPolicy,
    federation::FederationPolicy,
    home_realm::{Edition, RealmPolicy, RedemptionOrder},
    id::{ClientId, TenantId},
    locale::Locale,
    secret::Secret,
    tenant::{Admission, Branding, Issuer, PasscodePolicy, Privacy, Tenant},
    token_policy::{SigningAlgorithm, TokenPolicy},
};

pub(crate) const CALLBACK: &str = "https://portal.contoso.example/cb";

pub(crate) fn client(id: &str, authentication: ClientAuthentication) -> Client {
    Client {
        id: ClientId::parse(id).unwrap(),
        name: id.to_owned(),
        authentication,
        redirect_uris: vec![RegisteredUri::parse(CALLBACK).unwrap(), RegisteredUri::parse("http://127.0.0.1/native?app=1").unwrap()],
        scopes: vec![Scope::Profile, Scope::Email],
        pkce: Pkce::Required,
        id_token_signed_response_alg: SigningAlgorithm::Es256,
        launch_url: None,
        description: None,
        is_listed: true,
        is_assignment_required: false,
        is_consented: false,
        permissions: BTreeSet::new(),
    }
}

pub(crate) fn secrets(of: &[&str]) -> ClientSecrets {
    ClientSecrets(of.iter().map(|text| Secret::new((*text).to_owned())).collect())
}

/// Contoso, with the clients `portal` (basic), `poster` (post), `either` (either, excused from PKCE), `native` (public) and `modest`
/// (public, `openid` alone).
pub(crate) fn tenant() -> Tenant {
    let mut modest = client("modest", ClientAuthentication::None);
    modest.scopes = Vec::new();
    let either = Client { pkce: Pkce::Optional, ..client("either", ClientAuthentication::ClientSecret(secrets(&["anyway"]))) };
    let clients = [
        client("portal", ClientAuthentication::ClientSecretBasic(secrets(&["s3cret+/ %é", "older"]))),
        client("poster", ClientAuthentication::ClientSecretPost(secrets(&["posted"]))),
        client("native", ClientAuthentication::None),
        either,
        modest,
    ];
    Tenant {
        id: TenantId::parse("contoso").unwrap(),
        name: "Contoso".into(),
        domains: Vec::new(),
        issuer: Issuer::new(&Url::parse("https://login.example.org/").unwrap(), "contoso"),
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
        admission: Admission::Open,
        clients: clients.into_iter().map(|client| (client.id.clone(), client)).collect(),
        providers: BTreeMap::new(),
        tokens: TokenPolicy::default(),
        federation: FederationPolicy::default(),
        invitations: InvitationPolicy::default(),
        terms: BTreeMap::new(),
    }
}
