use std::{collections::BTreeSet, time::Duration};

use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};

use super::*;
use crate::{
    clock::Clock,
    domain::{
        certificate::KeyKind, error_code::ErrorCode, federation::FederationPolicy, id::TenantId, tenant::Tenant, timestamp::Timestamp,
    },
    store::{directory::Directory, seal::Seal},
};

const NOW: Timestamp = Timestamp::from_unix(1_800_000_000);
const DAY: u64 = 24 * 3600;

fn tenant() -> Tenant {
    let day = Duration::from_secs(DAY);
    Tenant { federation: FederationPolicy { key_rotation: day * 100, key_publish_ahead: day * 10 }, ..fixture::tenant() }
}

async fn directory() -> Directory {
    Directory::open(&Secret::new("sqlite::memory:".into())).await.unwrap()
}

fn seal(octet: u8) -> Seal {
    Seal::new(&Secret::new([octet; 32]))
}

fn node(directory: &Directory, clock: &Clock) -> CredentialStore {
    CredentialStore::open(directory.clone(), seal(7), clock.clone())
}

fn ders(credentials: &Credentials) -> Vec<Vec<u8>> {
    credentials.published.iter().map(|one| one.certificate.der().to_vec()).collect()
}

#[tokio::test]
async fn the_first_is_made_on_demand_signs_at_once_and_is_kept() {
    let (directory, clock, tenant) = (directory().await, Clock::movable(NOW), tenant());
    let store = node(&directory, &clock);
    let first = store.of(&tenant).await.unwrap();
    assert_eq!(first.published.len(), 1);
    assert!(Arc::ptr_eq(&first, &store.of(&tenant).await.unwrap()));
    let certificate = &first.signing.certificate;
    assert_eq!(certificate.subject(), "CN=login.example.org/contoso");
    assert_eq!(certificate.key(), KeyKind::Rsa { bits: 2048 });
    assert!(certificate.not_before() < NOW);
    assert_eq!(certificate.not_after(), NOW + Duration::from_secs(110 * DAY), "its work and its retirement");
    let again = node(&directory, &clock).of(&tenant).await.unwrap();
    assert_eq!(ders(&first), ders(&again), "another process reads the same");
}

#[tokio::test]
async fn what_it_signs_verifies_under_its_key() {
    let credentials = node(&directory().await, &Clock::movable(NOW)).of(&tenant()).await.unwrap();
    let signature = credentials.signing.sign_sha256(b"SAMLRequest=x");
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, credentials.signing.pair.public_key().as_ref());
    assert!(public.verify(b"SAMLRequest=x", &signature).is_ok());
    assert!(public.verify(b"SAMLRequest=y", &signature).is_err());
    assert!(!format!("{credentials:?}").contains("private"));
}

#[tokio::test]
async fn the_next_is_announced_takes_over_and_the_last_still_decrypts_for_a_while() {
    let (directory, clock, tenant) = (directory().await, Clock::movable(NOW), tenant());
    let store = node(&directory, &clock);
    let day = |credentials: &Credentials| (credentials.published.len(), credentials.signing.certificate.der().to_vec());
    let (_, first) = day(&store.of(&tenant).await.unwrap());
    clock.advance(Duration::from_secs(90 * DAY - 1));
    assert_eq!(day(&store.of(&tenant).await.unwrap()), (1, first.clone()), "too early to announce one");
    clock.advance(Duration::from_secs(1));
    clock.advance(Duration::from_secs(301));
    assert_eq!(day(&store.of(&tenant).await.unwrap()), (2, first.clone()), "announced");
    clock.advance(Duration::from_secs(10 * DAY));
    let (count, second) = day(&store.of(&tenant).await.unwrap());
    assert!(count == 2 && second != first, "it took over, and the first still decrypts");
    clock.advance(Duration::from_secs(10 * DAY - 1));
    assert_eq!(day(&store.of(&tenant).await.unwrap()), (2, second.clone()));
    clock.advance(Duration::from_secs(1));
    assert_eq!(day(&store.of(&tenant).await.unwrap()), (1, second), "gone");
}

#[tokio::test]
async fn nobody_signs_with_what_a_daily_reader_of_our_metadata_does_not_know() {
    let (directory, clock, tenant) = (directory().await, Clock::movable(NOW), tenant());
    let store = node(&directory, &clock);
    let mut known: BTreeSet<_> = ders(&store.of(&tenant).await.unwrap()).into_iter().collect();
    let mut signers = BTreeSet::new();
    for _ in 0..350 {
        clock.advance(Duration::from_secs(DAY));
        let credentials = store.of(&tenant).await.unwrap();
        let signing = credentials.signing.certificate.der().to_vec();
        assert!(known.contains(&signing));
        assert!(credentials.published.iter().all(|one| clock.now() < one.certificate.not_after()), "no expired certificate is published");
        signers.insert(signing);
        known = ders(&credentials).into_iter().collect();
        assert!((1..=2).contains(&known.len()));
    }
    assert_eq!(signers.len(), 4, "350 days are four lives of 100");
}

#[tokio::test]
async fn what_is_at_hand_takes_over_on_time_even_while_the_directory_is_gone() {
    let (directory, clock, tenant) = (directory().await, Clock::movable(NOW), tenant());
    let store = node(&directory, &clock);
    store.of(&tenant).await.unwrap();
    clock.advance(Duration::from_secs(95 * DAY));
    let announced = store.of(&tenant).await.unwrap();
    directory.close().await;
    clock.advance(Duration::from_secs(60));
    assert!(Arc::ptr_eq(&announced, &store.of(&tenant).await.unwrap()), "asking costs no statement");
    clock.advance(Duration::from_secs(10 * DAY));
    let after = store.of(&tenant).await.unwrap();
    assert_eq!(after.signing.certificate, announced.published[1].certificate);
    assert_eq!(after.published.len(), 2);
    let other = Tenant { id: TenantId::parse("other").unwrap(), ..tenant };
    assert_eq!(store.of(&other).await.unwrap_err().code, ErrorCode::KeysUnavailable);
}

#[tokio::test]
async fn two_nodes_that_begin_at_once_end_with_the_same_credential() {
    let (directory, tenant) = (directory().await, tenant());
    // Their clocks differ, too.
    let (early, late) = (Clock::movable(NOW), Clock::movable(NOW + Duration::from_secs(2)));
    let (one, other) = (node(&directory, &early), node(&directory, &late));
    let (a, b) = tokio::join!(one.of(&tenant), other.of(&tenant));
    assert_eq!(ders(&a.unwrap()), ders(&b.unwrap()));
    for clock in [&early, &late] {
        clock.advance(Duration::from_secs(95 * DAY));
    }
    let (a, b) = tokio::join!(one.of(&tenant), other.of(&tenant));
    let (a, b) = (a.unwrap(), b.unwrap());
    assert_eq!(ders(&a), ders(&b));
    assert_eq!(a.published.len(), 2);
}

#[tokio::test]
async fn an_operator_can_roll_over_early_and_never_puts_it_off() {
    let (directory, clock, tenant) = (directory().await, Clock::movable(NOW), tenant());
    let store = node(&directory, &clock);
    let first = store.of(&tenant).await.unwrap();
    let rotation = store.rotate(&tenant, Duration::from_secs(DAY)).await.unwrap();
    assert_eq!((rotation.made, rotation.signs_from), (Made::Now, NOW + Duration::from_secs(DAY)));
    let announced = store.of(&tenant).await.unwrap();
    assert_eq!((announced.published.len(), &announced.signing.certificate), (2, &first.signing.certificate));
    let later = store.rotate(&tenant, Duration::from_secs(5 * DAY)).await.unwrap();
    assert_eq!((later.made, later.signs_from), (Made::Before, NOW + Duration::from_secs(DAY)), "not put off, and not a third one");
    let sooner = store.rotate(&tenant, Duration::from_secs(3600)).await.unwrap();
    assert_eq!((&sooner.certificate, sooner.signs_from), (&rotation.certificate, NOW + Duration::from_secs(3600)));
    clock.advance(Duration::from_secs(3600));
    assert_eq!(store.of(&tenant).await.unwrap().signing.certificate, rotation.certificate);
    // At once: the old one still decrypts, and both other certificates stay published.
    let at_once = store.rotate(&tenant, Duration::ZERO).await.unwrap();
    clock.advance(Duration::from_secs(1));
    let now = store.of(&tenant).await.unwrap();
    assert_eq!((&now.signing.certificate, now.published.len()), (&at_once.certificate, 3));
}

#[tokio::test]
async fn a_house_with_another_seal_neither_signs_nor_adds() {
    let (directory, clock, tenant) = (directory().await, Clock::movable(NOW), tenant());
    let before = ders(&node(&directory, &clock).of(&tenant).await.unwrap());
    let wrong = CredentialStore::open(directory.clone(), seal(8), clock.clone());
    assert_eq!(wrong.of(&tenant).await.unwrap_err().code, ErrorCode::KeysUnavailable);
    assert!(wrong.rotate(&tenant, Duration::ZERO).await.is_err());
    clock.advance(Duration::from_secs(95 * DAY));
    assert!(wrong.of(&tenant).await.is_err());
    assert_eq!(directory.credentials(&tenant.id).await.unwrap().len(), 1);
    assert_eq!(ders(&node(&directory, &clock).of(&tenant).await.unwrap())[..1], before);
}

#[tokio::test]
async fn a_sealed_row_opens_neither_at_another_tenant_nor_under_another_certificate() {
    let (directory, tenant) = (directory().await, tenant());
    node(&directory, &Clock::movable(NOW)).of(&tenant).await.unwrap();
    let stored = directory.credentials(&tenant.id).await.unwrap().remove(0);
    let other = Tenant { id: TenantId::parse("other").unwrap(), ..tenant.clone() };
    assert!(forge::open(&tenant.id, &stored, &seal(7)).is_ok());
    assert_eq!(forge::open(&other.id, &stored, &seal(7)).unwrap_err().to_string(), crate::store::seal::Unsealable.to_string());
    node(&directory, &Clock::movable(NOW)).of(&other).await.unwrap();
    let mut swapped = stored.clone();
    swapped.certificate = directory.credentials(&other.id).await.unwrap().remove(0).certificate;
    assert_eq!(forge::open(&tenant.id, &swapped, &seal(7)).unwrap_err(), CredentialError::Mismatch);
}

#[tokio::test]
async fn only_tenants_with_partners_get_credentials_unasked() {
    let (directory, tenant) = (directory().await, tenant());
    node(&directory, &Clock::movable(NOW)).maintain(&[Arc::new(tenant.clone())]).await;
    assert!(directory.credentials(&tenant.id).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_another_node_made_just_now_is_read_on_demand_and_seldom() {
    let (directory, clock, tenant) = (directory().await, Clock::movable(NOW), tenant());
    let (here, there) = (node(&directory, &clock), node(&directory, &clock));
    let first = here.of(&tenant).await.unwrap();
    there.of(&tenant).await.unwrap();
    assert!(Arc::ptr_eq(&here.newer_than(&tenant, &first).await, &first), "nothing is newer, and nothing looks so");
    there.rotate(&tenant, Duration::ZERO).await.unwrap();
    assert!(Arc::ptr_eq(&here.newer_than(&tenant, &first).await, &first), "the directory was asked a moment ago");
    clock.advance(Duration::from_secs(5));
    let second = here.newer_than(&tenant, &first).await;
    assert_eq!(second.published.len(), 2);
    assert_eq!(ders(&here.of(&tenant).await.unwrap()), ders(&second), "whoever asks next has it too");
}
