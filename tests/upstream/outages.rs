//! Providers that change, die, crawl or babble; and what that costs others.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use gatehouse::{
    domain::{error_code::ErrorCode, identity_provider::OpenId},
    upstream::Upstreams,
};

use crate::{
    oidc_provider::{Fault, OidcProvider, Transport},
    world::*,
};

const DISCOVERY: &str = "/.well-known/openid-configuration";

async fn fabrikam() -> (OidcProvider, World) {
    let peer = OidcProvider::start().await;
    let world = World::with(provider("fabrikam", OpenId::Generic(oidc(peer.issuer())), &["fabrikam.example"]));
    let clock = world.clock.clone();
    peer.keep_time_by(move || clock.now().unix());
    (peer, world)
}

#[tokio::test]
async fn metadata_is_read_once_for_many_who_come_at_the_same_time() {
    let (peer, world) = fabrikam().await;
    peer.transport(Transport::Slow(Duration::from_millis(50)));
    let many: Vec<_> = (0..20)
        .map(|_| (Arc::clone(&world.provider), ask()))
        .map(|(p, a)| tokio::spawn(async move { p.request(&a).await.is_ok() }))
        .collect();
    for one in many {
        assert!(one.await.unwrap());
    }
    assert_eq!((peer.times_asked(DISCOVERY), peer.times_asked("/jwks")), (1, 1));
}

#[tokio::test]
async fn a_rotated_key_is_fetched_at_once() {
    let (peer, world) = fabrikam().await;
    world.sign_in().await.unwrap();
    peer.rotate_key();
    assert!(world.sign_in().await.is_ok());
    assert_eq!(peer.times_asked("/jwks"), 2);
    peer.roll_key_over();
    world.clock.advance(Duration::from_secs(60));
    assert!(world.sign_in().await.is_ok());
}

#[tokio::test]
async fn an_unknown_key_causes_at_most_one_refetch_a_minute() {
    let (peer, world) = fabrikam().await;
    world.sign_in().await.unwrap();
    peer.misbehave([Fault::UnknownKid]);
    for _ in 0..5 {
        assert_eq!(world.refusal().await, ErrorCode::UpstreamSignature);
    }
    assert_eq!(peer.times_asked("/jwks"), 2);
    world.clock.advance(Duration::from_secs(60));
    world.refusal().await;
    world.refusal().await;
    assert_eq!(peer.times_asked("/jwks"), 3);
}

#[tokio::test]
async fn stale_metadata_is_refreshed_behind_the_reader_and_kept_when_that_fails() {
    let (peer, world) = fabrikam().await;
    world.leave(&ask()).await;
    peer.transport(Transport::Error500);
    world.clock.advance(Duration::from_secs(2 * 3600));
    world.leave(&ask()).await;
    while peer.times_asked(DISCOVERY) < 2 {
        tokio::task::yield_now().await;
    }
    world.leave(&ask()).await;
    world.clock.advance(Duration::from_secs(72 * 3600));
    world.leave(&ask()).await;
    peer.behave();
    world.clock.advance(Duration::from_secs(10));
    assert!(world.sign_in().await.is_ok());
}

#[tokio::test]
async fn a_dead_provider_fails_fast_and_comes_back() {
    let (peer, world) = fabrikam().await;
    peer.die().await;
    assert_eq!(world.refusal().await, ErrorCode::UpstreamUnavailable);
    peer.revive().await;
    assert_eq!(world.refusal().await, ErrorCode::UpstreamUnavailable, "it is left alone for a moment");
    assert_eq!(peer.times_asked(DISCOVERY), 0);
    world.clock.advance(Duration::from_secs(5));
    assert!(world.sign_in().await.is_ok());
}

#[tokio::test]
async fn a_provider_that_dies_during_a_sign_in_is_unavailable() {
    let (peer, world) = fabrikam().await;
    let (url, correlation) = world.leave(&ask()).await;
    let back = come_back(&url).await;
    for transport in [Transport::Error500, Transport::Garbage, Transport::HugeBody, Transport::Redirecting] {
        peer.transport(transport);
        assert_eq!(world.provider.verify(&back, &correlation).await.unwrap_err().code, ErrorCode::UpstreamUnavailable, "{transport:?}");
    }
    peer.die().await;
    assert_eq!(world.provider.verify(&back, &correlation).await.unwrap_err().code, ErrorCode::UpstreamUnavailable);
}

#[tokio::test]
async fn babbling_metadata_is_unavailable() {
    for transport in [Transport::Error500, Transport::Garbage, Transport::HugeBody, Transport::Redirecting] {
        let (peer, world) = fabrikam().await;
        peer.transport(transport);
        assert_eq!(world.refusal().await, ErrorCode::UpstreamUnavailable, "{transport:?}");
    }
    let (peer, world) = fabrikam().await;
    peer.misbehave([Fault::ForeignDiscovery]);
    assert_eq!(world.refusal().await, ErrorCode::UpstreamUnavailable);
}

#[tokio::test]
async fn a_slow_provider_delays_only_its_own_and_only_up_to_the_limit() {
    let (slow, quick) = (OidcProvider::start().await, OidcProvider::start().await);
    quick.keep_time_by(|| NOON);
    slow.transport(Transport::Slow(Duration::from_secs(30)));
    let tenant = tenant([
        provider("slow", OpenId::Generic(oidc(slow.issuer())), &["slow.example"]),
        provider("quick", OpenId::Generic(oidc(quick.issuer())), &["quick.example"]),
    ]);
    let upstreams = Upstreams::new(fetcher(), clock(), credentials(), nobody_to_ask(&clock()), &[Arc::clone(&tenant)]);
    let of = |id: &str| upstreams.provider(&tenant.id, &idp(id)).unwrap();
    let begun = Instant::now();
    let waiting: Vec<_> =
        (0..10).map(|_| of("slow")).map(|p| tokio::spawn(async move { p.request(&ask()).await.unwrap_err().code })).collect();
    tokio::task::yield_now().await;
    for _ in 0..10 {
        of("quick").request(&ask()).await.unwrap();
    }
    assert!(waiting.iter().all(|one| !one.is_finished()), "the quick one did not wait for the slow one");
    for one in waiting {
        assert_eq!(one.await.unwrap(), ErrorCode::UpstreamUnavailable);
    }
    assert!(begun.elapsed() < Duration::from_secs(10), "ten who waited, waited once");
    assert_eq!(slow.times_asked(DISCOVERY), 1);
}

#[tokio::test]
async fn a_reload_keeps_what_was_read() {
    let (peer, world) = fabrikam().await;
    world.sign_in().await.unwrap();
    let tenant = tenant([provider("fabrikam", OpenId::Generic(oidc(peer.issuer())), &["fabrikam.example"])]);
    let reloaded = world.upstreams.reloaded(&[Arc::clone(&tenant)]);
    reloaded.provider(&tenant.id, &idp("fabrikam")).unwrap().request(&ask()).await.unwrap();
    assert_eq!(peer.times_asked(DISCOVERY), 1);
    assert!(reloaded.provider(&tenant.id, &idp("gone")).is_none());
}
