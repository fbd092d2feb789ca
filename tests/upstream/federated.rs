//! What SAML and WS-Federation providers have in common, against partners that really sign: domains that must be proven, and keys that
//! change on either side.

use std::{sync::Arc, time::Duration};

use gatehouse::{
    clock::Clock,
    demo::partner::{Cipher, KeyShape, Person},
    domain::{
        address::DomainName,
        certificate::Certificate,
        error_code::ErrorCode,
        federation::{
            Acceptance, AttributeNames, DomainGate, DomainProof, HintCarrier, NameIdFormat, RequestBinding, RequestSigning, SamlUpstream,
            SignedPart, TrustSource, WsFedUpstream,
        },
        identity::VerifiedIdentity,
        identity_provider::{IdentityProvider as Configured, Kind},
    },
    upstream::{Ask, Departure, Inbound, Rejected},
};

use crate::{
    domain_proof::{NameServer, Told},
    partner::{Fields, SamlPeer, WsFedPeer},
    world::{World, ask, clock, idp, nobody_to_ask, redirect},
};

const DOMAIN: &str = "fabrikam.example";

fn acceptance() -> Acceptance {
    let (clock_skew, signed) = (Duration::from_secs(60), SignedPart::Either);
    Acceptance { clock_skew, allows_sha1: false, signed, requires_encryption: false }
}

fn published(url: &str) -> TrustSource {
    TrustSource::Url { url: url.parse().unwrap(), refresh: Duration::from_secs(12 * 3600), signed_by: Vec::new() }
}

fn configured(kind: Kind) -> Configured {
    let domains = [DomainName::parse(DOMAIN).unwrap()].into();
    Configured { id: idp("fabrikam"), name: "Fabrikam".into(), kind, domains, lookup: None }
}

fn saml(peer: &SamlPeer, proof: DomainProof) -> Configured {
    configured(Kind::Saml(Box::new(SamlUpstream {
        entity_id: peer.entity_id(),
        our_entity_id: "https://login.example/contoso/saml".into(),
        trust: published(&peer.metadata_url()),
        domain_gate: DomainGate::Closed,
        proof,
        acceptance: acceptance(),
        attributes: AttributeNames::default(),
        request_binding: RequestBinding::Redirect,
        request_signing: RequestSigning::AsWanted,
        name_id_format: NameIdFormat::Persistent,
        authn_contexts: Vec::new(),
        login_hint: HintCarrier::None,
        unsolicited: None,
    })))
}

fn ws_fed(peer: &WsFedPeer, proof: DomainProof) -> Configured {
    configured(Kind::WsFed(Box::new(WsFedUpstream {
        issuer: peer.issuer(),
        realm: "https://login.example/contoso/wsfed".into(),
        trust: published(&peer.metadata_url()),
        domain_gate: DomainGate::Closed,
        proof,
        acceptance: acceptance(),
        attributes: AttributeNames::default(),
        home_realm: None,
        freshness: None,
        authentication: None,
    })))
}

/// What a partner answers to whoever was sent to this address.
type Answer<'p> = &'p dyn Fn(&str) -> Fields;

fn ana() -> Person {
    Person::new("ana@fabrikam.example", "Ana")
}

async fn sign_in(world: &World, ask: &Ask, answer: Answer<'_>) -> Result<VerifiedIdentity, Rejected> {
    let Departure { outbound, correlation } = world.provider.request(ask).await?;
    let inbound = Inbound::from_pairs(answer(redirect(outbound).as_str())).unwrap();
    Ok(world.provider.verify(&inbound, &correlation).await?.identity)
}

fn code(outcome: Result<VerifiedIdentity, Rejected>) -> Option<ErrorCode> {
    outcome.err().map(|rejected| rejected.code)
}

async fn must_be_proven(configured: Configured, clock: Clock, entity_id: &str, answer: Answer<'_>) {
    let server = NameServer::start(&[]).await;
    let world = World::asking(Arc::new(server.prover(&clock)), clock, configured);
    let unhinted = Ask { login_hint: None, ..ask() };
    assert_eq!(world.provider.request(&ask()).await.err().map(|rejected| rejected.code), Some(ErrorCode::DomainUnproven), "not sent");
    assert_eq!(code(sign_in(&world, &unhinted, answer).await), Some(ErrorCode::DomainUnproven), "not believed");
    let record: &'static str = Box::leak(format!("gatehouse-federation={entity_id}").into_boxed_str());
    server.tell("_gatehouse.fabrikam.example", Told::Texts(vec![record]));
    let asked = server.times_asked();
    assert_eq!(code(sign_in(&world, &unhinted, answer).await), Some(ErrorCode::DomainUnproven), "what was heard counts for a while");
    assert_eq!(server.times_asked(), asked);
    world.clock.advance(Duration::from_secs(300));
    let identity = sign_in(&world, &ask(), answer).await.unwrap();
    assert!(identity.address.unwrap().is_owner_verified);
    // Nobody can be asked any more: what was proven stays so for a day.
    server.tell("_gatehouse.fabrikam.example", Told::ServerFailure);
    world.clock.advance(Duration::from_secs(2 * 3600));
    assert_eq!(code(sign_in(&world, &ask(), answer).await), None);
}

#[tokio::test]
async fn a_domain_that_must_be_proven_is_proven_before_anybody_of_it_is_sent_or_believed() {
    let clock = clock();
    let peer = SamlPeer::start_by(&clock, KeyShape::P256);
    must_be_proven(saml(&peer, DomainProof::Required), clock.clone(), &peer.entity_id(), &|asked| peer.answer(asked, &ana()).1).await;
    let peer = WsFedPeer::start_by(&clock, KeyShape::P256);
    must_be_proven(ws_fed(&peer, DomainProof::Required), clock, &peer.issuer(), &|asked| peer.answer(asked, &ana()).1).await;
}

/// AD FS seals with CBC and signs inside alone: a new signing key of its shows as a failed decryption.
#[tokio::test]
async fn a_new_signing_key_inside_a_sealed_assertion_is_learnt_and_nobody_can_make_us_ask_too_often() {
    let clock = clock();
    let peer = SamlPeer::start_by(&clock, KeyShape::P256);
    let world = World::asking(nobody_to_ask(&clock), clock, saml(&peer, DomainProof::Asked));
    let ours = world.provider.our_metadata().await.unwrap().unwrap();
    let (_, rest) = ours.split_once("X509Certificate>").unwrap();
    peer.encrypt_for(Certificate::from_text(rest.split_once("</").unwrap().0).unwrap().der());
    peer.seal_with(|mut sealing| {
        sealing.encryption.as_mut().unwrap().cipher = Cipher::Aes256Cbc;
        sealing
    });
    let answer: Answer<'_> = &|asked| peer.answer(asked, &ana()).1;
    assert_eq!(code(sign_in(&world, &ask(), answer).await), None);
    let fetched = peer.times_fetched();
    peer.keys().roll_over().unwrap();
    peer.publish();
    assert_eq!(code(sign_in(&world, &ask(), answer).await), None, "the new key is asked for");
    assert_eq!(peer.times_fetched(), fetched + 1);
    peer.keys().roll_over().unwrap();
    assert_eq!(code(sign_in(&world, &ask(), answer).await), Some(ErrorCode::DecryptionFailed), "a minute has not passed");
    assert_eq!(peer.times_fetched(), fetched + 1);
    peer.publish();
    world.clock.advance(Duration::from_secs(61));
    assert_eq!(code(sign_in(&world, &ask(), answer).await), None);
}

#[tokio::test]
async fn a_new_key_of_a_ws_federation_partner_is_learnt() {
    let clock = clock();
    let peer = WsFedPeer::start_by(&clock, KeyShape::P256);
    let world = World::asking(nobody_to_ask(&clock), clock, ws_fed(&peer, DomainProof::Asked));
    let answer: Answer<'_> = &|asked| peer.answer(asked, &ana()).1;
    assert_eq!(code(sign_in(&world, &ask(), answer).await), None);
    peer.keys().roll_over().unwrap();
    peer.publish();
    assert_eq!(code(sign_in(&world, &ask(), answer).await), None);
}
