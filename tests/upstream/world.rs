//! A tenant with providers, a browser of one line, a clock to move.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use gatehouse::{
    clock::Clock,
    domain::{
        address::{DomainName, EmailAddress},
        correlation::{Awaited, Correlation, OpenIdBinding},
        error_code::ErrorCode,
        federation::FederationPolicy,
        home_realm::{Edition, RealmPolicy, RedemptionOrder},
        id::{FlowId, IdpId, TenantId},
        identity::VerifiedIdentity,
        identity_provider::{
            EntraUpstream, IdentityProvider as Configured, Kind, Lookup, LookupSource, OidcUpstream, OpenId, UpstreamAlgorithm,
        },
        locale::Locale,
        secret::Secret,
        tenant::{Admission, Branding, Issuer, PasscodePolicy, Privacy, Tenant},
        timestamp::Timestamp,
        token_policy::TokenPolicy,
    },
    random,
    store::{directory::Directory, seal::Seal},
    upstream::{
        Ask, Departure, IdentityProvider, Inbound, Outbound, Prompting, Rejected, Upstreams,
        credentials::CredentialStore,
        domain_proof::DomainProver,
        fetch::{Fetcher, OutboundPolicy, get},
    },
};
use url::Url;

pub const NOON: i64 = 1_800_000_000;
pub const TID: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";
pub const OTHER_TID: &str = "11111111-2222-3333-4444-555555555555";
pub const CONSUMERS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";
pub const OID: &str = "00000000-0000-0000-66f3-3332eca7ea81";

pub fn clock() -> Clock {
    Clock::movable(Timestamp::from_unix(NOON))
}

pub fn fetcher() -> Fetcher {
    let policy = OutboundPolicy { allow_http: vec!["127.0.0.1".into()], ca: None, timeout: Duration::from_secs(2) };
    Fetcher::new(policy).unwrap()
}

pub fn oidc(issuer: String) -> OidcUpstream {
    OidcUpstream {
        issuer,
        client_id: "gatehouse".into(),
        client_secret: Some(Secret::new("upstream-secret".into())),
        scopes: vec!["openid".into(), "profile".into(), "email".into()],
        id_token_algorithms: vec![UpstreamAlgorithm::Rs256, UpstreamAlgorithm::Es256],
        clock_skew: Duration::from_secs(60),
    }
}

pub fn entra(issuer: String, tids: &[&str]) -> OpenId {
    OpenId::Entra(EntraUpstream { oidc: oidc(issuer), allowed_tids: tids.iter().map(|tid| (*tid).to_owned()).collect() })
}

pub fn provider(id: &str, open_id: OpenId, domains: &[&str]) -> Configured {
    let domains = domains.iter().map(|domain| DomainName::parse(domain).unwrap()).collect();
    Configured { id: idp(id), name: id.into(), kind: Kind::OpenId(open_id), domains, lookup: None }
}

pub fn with_lookup(mut provider: Configured, source: LookupSource) -> Configured {
    provider.lookup = Some(Lookup { source, timeout: Duration::from_secs(1), cache: Duration::from_secs(600) });
    provider
}

pub fn tenant(providers: impl IntoIterator<Item = Configured>) -> Arc<Tenant> {
    Arc::new(Tenant {
        id: TenantId::parse("contoso").unwrap(),
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
            consumer_domains: std::collections::BTreeSet::new(),
        },
        passcode: PasscodePolicy::default(),
        admission: Admission::default(),
        clients: BTreeMap::new(),
        providers: providers.into_iter().map(|provider| (provider.id.clone(), provider)).collect(),
        tokens: TokenPolicy::default(),
        federation: FederationPolicy::default(),
        invitations: Default::default(),
        terms: Default::default(),
    })
}

pub fn idp(id: &str) -> IdpId {
    IdpId::parse(id).unwrap()
}

pub fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

pub fn ask() -> Ask {
    let flow = FlowId::from_drawn(random::ordered_uuid(Timestamp::from_unix(NOON)));
    Ask {
        flow,
        login_hint: Some(address("ana@fabrikam.example")),
        prompting: Prompting::Free,
        max_age: None,
        locale: Locale::De,
        again: None,
    }
}

/// For providers that never ask for them.
pub fn credentials() -> CredentialStore {
    let opened = std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(Directory::open(&Secret::new("sqlite::memory:".into()))).unwrap()
    });
    CredentialStore::open(opened.join().unwrap(), Seal::new(&Secret::new([7; 32])), clock())
}

/// Proves no domain by a record: nobody answers at its name server.
pub fn nobody_to_ask(clock: &Clock) -> Arc<DomainProver> {
    Arc::new(DomainProver::new(Some(([127, 0, 0, 1], 9).into()), clock.clone()))
}

/// One provider under test, and the clock it goes by.
pub struct World {
    pub clock: Clock,
    pub upstreams: Upstreams,
    pub provider: Arc<dyn IdentityProvider>,
}

impl World {
    pub fn with(configured: Configured) -> Self {
        let clock = clock();
        let prover = nobody_to_ask(&clock);
        Self::asking(prover, clock, configured)
    }

    /// As above, with a name server to ask about domains.
    pub fn asking(prover: Arc<DomainProver>, clock: Clock, configured: Configured) -> Self {
        let id = configured.id.clone();
        let tenant = tenant([configured]);
        let upstreams = Upstreams::new(fetcher(), clock.clone(), credentials(), prover, &[Arc::clone(&tenant)]);
        let provider = upstreams.provider(&tenant.id, &id).unwrap();
        Self { clock, upstreams, provider }
    }

    pub async fn sign_in(&self) -> Result<VerifiedIdentity, Rejected> {
        let Departure { outbound, correlation } = self.provider.request(&ask()).await?;
        Ok(self.provider.verify(&come_back(&redirect(outbound)).await, &correlation).await?.identity)
    }

    pub async fn refusal(&self) -> ErrorCode {
        let rejected = self.sign_in().await.expect_err("it must be refused");
        assert!(!rejected.detail.contains('@'), "no address in {:?}", rejected.detail);
        rejected.code
    }

    /// Leaves; gives where to, and what to remember.
    pub async fn leave(&self, ask: &Ask) -> (Url, Correlation) {
        let Departure { outbound, correlation } = self.provider.request(ask).await.unwrap();
        (redirect(outbound), correlation)
    }
}

pub fn redirect(outbound: Outbound) -> Url {
    match outbound {
        Outbound::Redirect(url) => url,
        Outbound::Form { .. } => panic!("it leaves by redirect"),
    }
}

pub fn binding(correlation: &Correlation) -> &OpenIdBinding {
    match &correlation.awaited {
        Awaited::OpenId(binding) => binding,
        Awaited::Saml { .. } | Awaited::WsFed => panic!("OpenID Connect awaits a code"),
    }
}

/// A browser without pages: follows one redirect to the provider and reads the one that leads back.
pub async fn come_back(url: &Url) -> Inbound {
    Inbound::parse(come_back_to(url).await.query().unwrap()).unwrap()
}

pub async fn come_back_to(url: &Url) -> Url {
    let response = fetcher().send(get(url)).await.unwrap();
    assert_eq!(response.status, 302, "{}", String::from_utf8_lossy(&response.body));
    response.headers["location"].to_str().unwrap().parse().unwrap()
}
