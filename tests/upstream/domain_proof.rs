//! Domains asked about in the real protocol: a name server on a loopback socket, told what it knows.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use gatehouse::{
    clock::Clock,
    domain::{
        address::DomainName,
        certificate::Certificate,
        federation::{
            Acceptance, AttributeNames, DomainGate, DomainProof, HintCarrier, NameIdFormat, RequestBinding, RequestSigning, SamlUpstream,
            SignedPart, TrustSource,
        },
        identity_provider::{IdentityProvider, Kind},
    },
    upstream::domain_proof::{DomainProver, Evidence, Proof, examine},
};
use tokio::{net::UdpSocket, task::JoinHandle};
use url::Url;

use crate::{
    metadata::certificate,
    world::{clock, fetcher, idp, tenant},
};

const ENTITY: &str = "http://sts.conglomerate.example/adfs/services/trust";

/// What is known of a name.
#[derive(Clone)]
pub enum Told {
    Texts(Vec<&'static str>),
    ServerFailure,
    Silence,
}

pub struct NameServer {
    address: SocketAddr,
    known: Arc<Mutex<HashMap<&'static str, Told>>>,
    asked: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Drop for NameServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl NameServer {
    pub async fn start(known: &[(&'static str, Told)]) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let known = Arc::new(Mutex::new(known.iter().cloned().collect::<HashMap<_, _>>()));
        let asked = Arc::new(AtomicUsize::new(0));
        let (shared, count) = (Arc::clone(&known), Arc::clone(&asked));
        let task = tokio::spawn(async move {
            let mut packet = [0; 1500];
            while let Ok((length, from)) = socket.recv_from(&mut packet).await {
                count.fetch_add(1, Ordering::SeqCst);
                let (name, end) = question(&packet[..length]);
                let told = shared.lock().unwrap().get(name.as_str()).cloned();
                if let Some(answer) = answer(&packet[..end], told) {
                    let _ = socket.send_to(&answer, from).await;
                }
            }
        });
        Self { address, known, asked, task }
    }

    pub fn tell(&self, name: &'static str, told: Told) {
        self.known.lock().unwrap().insert(name, told);
    }

    pub fn times_asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    pub fn prover(&self, clock: &Clock) -> DomainProver {
        DomainProver::new(Some(self.address), clock.clone())
    }
}

/// The name asked for, and where the question ends (RFC 1035 §4.1.2).
fn question(packet: &[u8]) -> (String, usize) {
    let (mut at, mut labels) = (12, Vec::new());
    while packet[at] != 0 {
        let length = usize::from(packet[at]);
        labels.push(String::from_utf8_lossy(&packet[at + 1..=at + length]).to_ascii_lowercase());
        at += length + 1;
    }
    (labels.join("."), at + 5)
}

/// The question again, and what is known (RFC 1035 §4.1.1, §3.3.14). `None`: nothing is said at all.
fn answer(question: &[u8], told: Option<Told>) -> Option<Vec<u8>> {
    let (code, texts) = match told {
        None => (3, Vec::new()),
        Some(Told::Texts(texts)) => (0, texts),
        Some(Told::ServerFailure) => (2, Vec::new()),
        Some(Told::Silence) => return None,
    };
    let mut answer = question.to_vec();
    answer[2] = 0x81;
    answer[3] = 0x80 | code;
    answer[4..12].copy_from_slice(&[0, 1, 0, u8::try_from(texts.len()).unwrap(), 0, 0, 0, 0]);
    for text in texts {
        // Two strings a record, as long ones have.
        let (first, second) = text.split_at(text.len() / 2);
        answer.extend([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60]);
        answer.extend(u16::try_from(text.len() + 2).unwrap().to_be_bytes());
        for part in [first, second] {
            answer.push(u8::try_from(part.len()).unwrap());
            answer.extend(part.as_bytes());
        }
    }
    Some(answer)
}

fn sign_in() -> Url {
    "https://sts.conglomerate.example/adfs".parse().unwrap()
}

async fn prove(prover: &DomainProver, domain: &str) -> Proof {
    prover.prove(&DomainName::parse(domain).unwrap(), &sign_in(), ENTITY).await
}

fn by_record(name: &str) -> Proof {
    Proof::Proven(Evidence::Record(name.into()))
}

#[tokio::test]
async fn a_domain_is_proven_by_the_host_people_sign_in_at_and_nobody_is_asked() {
    let server = NameServer::start(&[]).await;
    let prover = server.prover(&clock());
    assert_eq!(prove(&prover, "conglomerate.example").await, Proof::Proven(Evidence::Host("sts.conglomerate.example".into())));
    assert_eq!(server.times_asked(), 0);
}

#[tokio::test]
async fn a_domain_is_proven_by_a_record_of_entra_s_or_of_ours() {
    let server = NameServer::start(&[
        ("fabrikam.com", Told::Texts(vec!["v=spf1 -all", "DirectFedAuthUrl=https://sts.conglomerate.example/adfs"])),
        ("_gatehouse.adatum.com", Told::Texts(vec!["gatehouse-federation=http://sts.conglomerate.example/adfs/services/trust"])),
        ("adatum.com", Told::Texts(vec!["DirectFedAuthUrl=https://sts.other.example/adfs"])),
    ])
    .await;
    let prover = server.prover(&clock());
    assert_eq!(prove(&prover, "fabrikam.com").await, by_record("fabrikam.com"));
    assert_eq!(prove(&prover, "adatum.com").await, by_record("_gatehouse.adatum.com"));
}

/// azure-docs#80075: there, a record at the sub-domain does nothing.
#[tokio::test]
async fn a_sub_domain_is_proven_by_its_own_record_or_by_its_parent_s() {
    let url = "DirectFedAuthUrl=https://sts.conglomerate.example/adfs";
    let server = NameServer::start(&[("own.fabrikam.com", Told::Texts(vec![url])), ("contoso.com", Told::Texts(vec![url]))]).await;
    let prover = server.prover(&clock());
    assert_eq!(prove(&prover, "own.fabrikam.com").await, by_record("own.fabrikam.com"));
    assert_eq!(prove(&prover, "eu.contoso.com").await, by_record("contoso.com"));
    assert!(matches!(prove(&prover, "fabrikam.com").await, Proof::Unproven(_)), "a child's record does not speak for its parent");
}

#[tokio::test]
async fn look_alikes_and_other_addresses_prove_nothing() {
    let url = "DirectFedAuthUrl=https://sts.conglomerate.example/adfs";
    let server = NameServer::start(&[
        ("fabrikam.com", Told::Texts(vec![url])),
        ("wingtip.com", Told::Texts(vec!["DirectFedAuthUrl=https://sts.conglomerate.example/adfs/ls", "gatehouse-federation=nobody"])),
    ])
    .await;
    let prover = server.prover(&clock());
    for domain in ["fabrikam.co.uk", "fabrikam.com.uk", "notfabrikam.com", "wingtip.com", "nothing.example"] {
        match prove(&prover, domain).await {
            Proof::Unproven(why) => assert!(why.contains(domain) && why.contains(url), "{why}"),
            other => panic!("{domain}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_name_server_that_fails_is_stated_and_is_no_verdict() {
    let server = NameServer::start(&[("fabrikam.com", Told::ServerFailure), ("adatum.com", Told::Silence)]).await;
    let prover = server.prover(&clock());
    assert!(matches!(prove(&prover, "fabrikam.com").await, Proof::Unasked(_)));
    let begun = Instant::now();
    assert!(matches!(prove(&prover, "adatum.com").await, Proof::Unasked(_)));
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
    let asked = server.times_asked();
    prove(&prover, "adatum.com").await;
    assert_eq!(server.times_asked(), asked, "and is left alone for a while");
}

#[tokio::test]
async fn what_was_said_is_believed_for_a_while_and_outlives_a_silence() {
    let url = "DirectFedAuthUrl=https://sts.conglomerate.example/adfs";
    let server = NameServer::start(&[("fabrikam.com", Told::Texts(vec![url]))]).await;
    let clock = clock();
    let prover = server.prover(&clock);
    prove(&prover, "fabrikam.com").await;
    prove(&prover, "fabrikam.com").await;
    assert_eq!(server.times_asked(), 1);
    server.tell("fabrikam.com", Told::ServerFailure);
    server.tell("_gatehouse.fabrikam.com", Told::ServerFailure);
    clock.advance(Duration::from_secs(3600));
    assert_eq!(prove(&prover, "fabrikam.com").await, by_record("fabrikam.com"));
    assert!(server.times_asked() > 1);
    clock.advance(Duration::from_secs(23 * 3600));
    assert!(matches!(prove(&prover, "fabrikam.com").await, Proof::Unasked(_)), "but not for more than a day");
    server.tell("fabrikam.com", Told::Texts(Vec::new()));
    server.tell("_gatehouse.fabrikam.com", Told::Texts(Vec::new()));
    clock.advance(Duration::from_secs(60));
    assert!(matches!(prove(&prover, "fabrikam.com").await, Proof::Unproven(_)));
    server.tell("fabrikam.com", Told::Texts(vec![url]));
    clock.advance(Duration::from_secs(300));
    assert_eq!(prove(&prover, "fabrikam.com").await, by_record("fabrikam.com"));
}

fn fabrikam(trust: TrustSource) -> IdentityProvider {
    let saml = SamlUpstream {
        entity_id: ENTITY.into(),
        our_entity_id: "https://login.example/contoso/saml".into(),
        trust,
        domain_gate: DomainGate::Closed,
        proof: DomainProof::Required,
        acceptance: Acceptance {
            clock_skew: Duration::from_secs(60),
            allows_sha1: false,
            signed: SignedPart::Either,
            requires_encryption: false,
        },
        attributes: AttributeNames::default(),
        request_binding: RequestBinding::Offered,
        request_signing: RequestSigning::AsWanted,
        name_id_format: NameIdFormat::Persistent,
        authn_contexts: Vec::new(),
        login_hint: HintCarrier::None,
        unsolicited: None,
    };
    let domains = ["conglomerate.example", "fabrikam.com", "wingtip.com"].map(|name| DomainName::parse(name).unwrap()).into();
    IdentityProvider { id: idp("fabrikam"), name: "Fabrikam".into(), kind: Kind::Saml(Box::new(saml)), domains, lookup: None }
}

#[tokio::test]
async fn every_domain_of_every_partner_is_examined() {
    let server = NameServer::start(&[("fabrikam.com", Told::Texts(vec!["DirectFedAuthUrl=https://sts.conglomerate.example/adfs"]))]).await;
    let clock = clock();
    let key = Certificate::from_text(&certificate()).unwrap();
    let typed = TrustSource::Typed { sign_in: sign_in(), sign_out: None, certificates: vec![key] };
    let examined = examine(&server.prover(&clock), &fetcher(), &clock, &[tenant([fabrikam(typed)])]).await;
    let told: Vec<_> = examined.iter().map(|one| (one.domain.as_str(), matches!(one.proof, Proof::Proven(_)), one.is_required)).collect();
    assert_eq!(told, [("conglomerate.example", true, true), ("fabrikam.com", true, true), ("wingtip.com", false, true)]);

    let gone = TrustSource::Url { url: "http://127.0.0.1:9/".parse().unwrap(), refresh: Duration::from_secs(3600), signed_by: Vec::new() };
    let examined = examine(&server.prover(&clock), &fetcher(), &clock, &[tenant([fabrikam(gone)])]).await;
    assert!(examined.iter().all(|one| matches!(&one.proof, Proof::Unasked(why) if why.contains("GH3160"))), "{examined:?}");
}
