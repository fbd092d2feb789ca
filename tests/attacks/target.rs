//! The one attacked: a provider as the running process has it, with a question that waits for its answer.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use gatehouse::{
    clock::Clock,
    demo::partner::Addressee,
    domain::{
        address::DomainName,
        certificate::Certificate,
        correlation::Awaited,
        federation::{
            Acceptance, AttributeNames, DomainGate, DomainProof, HintCarrier, NameIdFormat, RequestBinding, RequestSigning, SamlUpstream,
            SignedPart, TrustSource, WsFedUpstream,
        },
        id::{FlowId, IdpId},
        identity_provider::{IdentityProvider as Configured, Kind},
        locale::Locale,
        secret::Secret,
        tenant::Tenant,
        timestamp::Timestamp,
    },
    random,
    store::{directory::Directory, seal::Seal},
    upstream::{
        Ask, Departure, Heard, IdentityProvider, Inbound, Outbound, Prompting, Rejected, Upstreams,
        credentials::CredentialStore,
        domain_proof::DomainProver,
        fetch::{Fetcher, OutboundPolicy},
        state,
    },
};

use crate::tenant::tenant;

/// Nobody listens there; browsers of these tests stop before.
pub const ISSUER: &str = "http://127.0.0.1:4/contoso";

pub struct Target {
    pub clock: Clock,
    pub provider: Arc<dyn IdentityProvider>,
    /// Our certificate, DER: whoever wants may encrypt for us.
    pub recipient: Vec<u8>,
    pub departure: Departure,
    flow: FlowId,
    is_saml: bool,
}

pub fn now() -> Timestamp {
    Clock::system().now()
}

pub fn acceptance() -> Acceptance {
    Acceptance { clock_skew: Duration::from_secs(60), allows_sha1: false, signed: SignedPart::Either, requires_encryption: false }
}

pub fn typed(sign_in: &str, certificates: &[&str]) -> TrustSource {
    let certificates = certificates.iter().map(|text| Certificate::from_text(text).unwrap()).collect();
    TrustSource::Typed { sign_in: sign_in.parse().unwrap(), sign_out: None, certificates }
}

impl Target {
    pub async fn saml(entity_id: &str, trust: TrustSource, change: impl FnOnce(&mut SamlUpstream)) -> Self {
        let mut saml = SamlUpstream {
            entity_id: entity_id.into(),
            our_entity_id: format!("{ISSUER}/saml"),
            trust,
            domain_gate: DomainGate::Closed,
            proof: DomainProof::Asked,
            acceptance: acceptance(),
            attributes: AttributeNames::default(),
            request_binding: RequestBinding::Redirect,
            request_signing: RequestSigning::Never,
            name_id_format: NameIdFormat::Persistent,
            authn_contexts: Vec::new(),
            login_hint: HintCarrier::None,
            unsolicited: None,
        };
        change(&mut saml);
        Self::of(Kind::Saml(Box::new(saml))).await
    }

    pub async fn ws_fed(issuer: &str, trust: TrustSource) -> Self {
        let ws_fed = WsFedUpstream {
            issuer: issuer.into(),
            realm: format!("{ISSUER}/wsfed"),
            trust,
            domain_gate: DomainGate::Closed,
            proof: DomainProof::Asked,
            acceptance: acceptance(),
            attributes: AttributeNames::default(),
            home_realm: None,
            freshness: None,
            authentication: None,
        };
        Self::of(Kind::WsFed(Box::new(ws_fed))).await
    }

    async fn of(kind: Kind) -> Self {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let is_saml = matches!(kind, Kind::Saml(_));
        let domains = BTreeSet::from([DomainName::parse("fabrikam.example").unwrap()]);
        let id = IdpId::parse("fabrikam").unwrap();
        let configured = Configured { id: id.clone(), name: "Fabrikam".into(), kind, domains, lookup: None };
        let (tenant, clock): (Arc<Tenant>, _) = (tenant(ISSUER, configured), Clock::movable(now()));
        let policy = OutboundPolicy { allow_http: vec!["localhost".into()], ca: None, timeout: Duration::from_secs(2) };
        let directory = Directory::open(&Secret::new("sqlite::memory:".into())).await.unwrap();
        let credentials = CredentialStore::open(directory, Seal::new(&Secret::new([7; 32])), clock.clone());
        let recipient = credentials.of(&tenant).await.unwrap().published[0].certificate.der().to_vec();
        let prover = Arc::new(DomainProver::new(None, clock.clone()));
        let upstreams = Upstreams::new(Fetcher::new(policy).unwrap(), clock.clone(), credentials, prover, &[Arc::clone(&tenant)]);
        let provider = upstreams.provider(&tenant.id, &id).unwrap();
        let flow = FlowId::from_drawn(random::ordered_uuid(clock.now()));
        let ask = Ask { flow, login_hint: None, prompting: Prompting::Free, max_age: None, locale: Locale::default(), again: None };
        let departure = provider.request(&ask).await.unwrap();
        Self { clock, provider, recipient, departure, flow, is_saml }
    }

    /// Where the browser was sent.
    pub fn asked(&self) -> &str {
        match &self.departure.outbound {
            Outbound::Redirect(url) => url.as_str(),
            Outbound::Form { .. } => panic!("these targets redirect"),
        }
    }

    pub fn addressee(&self) -> Addressee {
        let request = match &self.departure.correlation.awaited {
            Awaited::Saml { request } => Some(request.clone()),
            Awaited::OpenId(_) | Awaited::WsFed => None,
        };
        let entity_id = format!("{ISSUER}/{}", if self.is_saml { "saml" } else { "wsfed" });
        Addressee { entity_id, acs: format!("{ISSUER}/callback/fabrikam"), in_response_to: request }
    }

    /// The answer comes, by the road every answer takes.
    pub async fn judge(&self, octets: &[u8]) -> Result<Heard, Rejected> {
        let state = state(self.flow, &self.departure.correlation.state);
        let pairs: Vec<(String, String)> = if self.is_saml {
            vec![("SAMLResponse".into(), STANDARD.encode(octets)), ("RelayState".into(), state)]
        } else {
            // What the door makes of octets that are no text.
            let result = String::from_utf8_lossy(octets).into_owned();
            vec![("wa".into(), "wsignin1.0".into()), ("wresult".into(), result), ("wctx".into(), state)]
        };
        self.provider.verify(&Inbound::from_pairs(pairs)?, &self.departure.correlation).await
    }
}
