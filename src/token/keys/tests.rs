use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::*;
use crate::{
    domain::{client::ClientAuthentication, secret::Secret},
    oidc::fixture,
    token::{
        fixture::{NOW, tenant},
        ring::Purpose,
    },
};

async fn directory() -> Directory {
    Directory::open(&Secret::new("sqlite::memory:".into())).await.unwrap()
}

fn node(directory: &Directory, clock: &Clock) -> Keys {
    Keys::open(directory.clone(), Seal::new(&Secret::new([7; 32])), clock.clone())
}

fn published(ring: &Ring) -> BTreeSet<String> {
    let set: Value = serde_json::from_str(&ring.jwks()).unwrap();
    set["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

fn signs(ring: &Ring, clock: &Clock) -> String {
    let token = ring.sign(Purpose::IdToken, SigningAlgorithm::Es256, &json!({}), clock.now()).unwrap();
    token.split('.').next().unwrap().to_owned()
}

#[tokio::test]
async fn the_first_ring_is_made_on_demand_and_kept() {
    let (directory, clock) = (directory().await, Clock::movable(NOW));
    let keys = node(&directory, &clock);
    let ring = keys.ring(&tenant()).await.unwrap();
    assert_eq!(published(&ring).len(), 1);
    assert!(Arc::ptr_eq(&ring, &keys.ring(&tenant()).await.unwrap()));
    keys.maintain(&[Arc::new(tenant())]).await;
    assert!(Arc::ptr_eq(&ring, &keys.ring(&tenant()).await.unwrap()), "nothing changed");
}

#[tokio::test]
async fn an_rsa_key_is_made_when_a_client_asks_and_not_before() {
    let (directory, clock, mut tenant) = (directory().await, Clock::movable(NOW), tenant());
    let keys = node(&directory, &clock);
    assert!(!keys.ring(&tenant).await.unwrap().can_sign(SigningAlgorithm::Rs256, NOW));
    let mut elder = fixture::client("elder", ClientAuthentication::None);
    elder.id_token_signed_response_alg = SigningAlgorithm::Rs256;
    tenant.clients.insert(elder.id.clone(), elder);
    let ring = keys.ring_for(&tenant, SigningAlgorithm::Rs256).await.unwrap();
    assert!(ring.can_sign(SigningAlgorithm::Rs256, NOW));
    assert_eq!(published(&ring).len(), 2);
}

#[tokio::test]
async fn keys_turn_over_without_a_moment_when_a_signature_does_not_verify() {
    let (directory, clock, tenant) = (directory().await, Clock::movable(NOW), Arc::new(tenant()));
    let keys = node(&directory, &clock);
    let (mut known, mut signers) = (published(&keys.ring(&tenant).await.unwrap()), BTreeSet::new());
    // A relying party that reads the set twice a day always knows the key that signs: the next is announced a day ahead.
    for _ in 0..400 {
        clock.advance(Duration::from_secs(12 * 3600));
        keys.maintain(&[Arc::clone(&tenant)]).await;
        let ring = keys.ring(&tenant).await.unwrap();
        let header = signs(&ring, &clock);
        assert!(known.iter().any(|kid| header == header_of(kid)), "signed by a key nobody could know");
        signers.insert(header);
        known = published(&ring);
        assert!(known.len() <= 2);
    }
    assert_eq!(signers.len(), 3, "200 days are three lives of 90");
}

fn header_of(kid: &str) -> String {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"ES256","typ":"JWT","kid":"{kid}"}}"#))
}

#[tokio::test]
async fn two_nodes_that_begin_at_once_end_with_the_same_key() {
    let (directory, clock, tenant) = (directory().await, Clock::movable(NOW), tenant());
    let (one, other) = (node(&directory, &clock), node(&directory, &clock));
    let (a, b) = tokio::join!(one.ring(&tenant), other.ring(&tenant));
    let (a, b) = (a.unwrap(), b.unwrap());
    assert_eq!(published(&a), published(&b));
    assert_eq!(published(&a).len(), 1);
    assert_eq!(signs(&a, &clock), signs(&b, &clock));
}

#[tokio::test]
async fn a_house_with_another_seal_does_not_sign() {
    let (directory, clock) = (directory().await, Clock::movable(NOW));
    let before = published(&node(&directory, &clock).ring(&tenant()).await.unwrap());
    let wrong = Keys::open(directory.clone(), Seal::new(&Secret::new([8; 32])), clock.clone());
    assert_eq!(wrong.ring(&tenant()).await.unwrap_err(), ErrorCode::KeysUnavailable);
    assert_eq!(published(&node(&directory, &clock).ring(&tenant()).await.unwrap()), before, "and spoils nothing");
}

#[tokio::test]
async fn a_house_that_slept_signs_again_at_once() {
    let (directory, clock) = (directory().await, Clock::movable(NOW));
    let keys = node(&directory, &clock);
    let before = published(&keys.ring(&tenant()).await.unwrap());
    clock.advance(Duration::from_secs(400 * 24 * 3600));
    let after = keys.ring(&tenant()).await.unwrap();
    assert!(before.is_disjoint(&published(&after)));
    signs(&after, &clock);
}
