//! Publishers of metadata that hang, lie, shrink, grow, babble and come back; and what that costs others.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use gatehouse::{
    clock::Clock,
    domain::{error_code::ErrorCode, federation::TrustSource, rejection::Rejected},
    upstream::partner::{Facts, Partner, Role, Suspicion},
};
use rcgen::{CertificateParams, KeyPair};

use crate::{
    metadata_peer::{MetadataPeer, Serve},
    world::{NOON, clock, fetcher, idp, tenant},
};

const ENTITY: &str = "https://idp.fabrikam.example/saml";
const DAY: Duration = Duration::from_secs(24 * 3600);

pub fn certificate() -> String {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(Vec::new()).unwrap().self_signed(&key).unwrap();
    base64::Engine::encode(&base64::engine::general_purpose::STANDARD, certificate.der())
}

/// What a partner publishes; every field may be changed by a test.
#[derive(Clone)]
struct Published {
    entity: &'static str,
    attributes: String,
    keys: Vec<String>,
    sign_in: &'static str,
}

impl Published {
    fn new(keys: &[&String]) -> Self {
        let keys = keys.iter().map(|key| (*key).clone()).collect();
        Self { entity: ENTITY, attributes: String::new(), keys, sign_in: "https://idp.fabrikam.example/sso" }
    }

    fn xml(&self) -> Serve {
        let Self { entity, attributes, keys, sign_in } = self;
        let keys: String = keys
            .iter()
            .map(|key| format!("<KeyDescriptor><KeyInfo xmlns='http://www.w3.org/2000/09/xmldsig#'><X509Data><X509Certificate>{key}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>"))
            .collect();
        Serve::Text(format!(
            "<EntityDescriptor xmlns='urn:oasis:names:tc:SAML:2.0:metadata' entityID='{entity}' {attributes}><IDPSSODescriptor protocolSupportEnumeration='urn:oasis:names:tc:SAML:2.0:protocol'>{keys}\
             <SingleSignOnService Binding='urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect' Location='{sign_in}'/></IDPSSODescriptor></EntityDescriptor>"
        ))
    }
}

fn partner(peer: &MetadataPeer, clock: &Clock) -> Partner {
    with_refresh(peer, clock, DAY)
}

fn with_refresh(peer: &MetadataPeer, clock: &Clock, refresh: Duration) -> Partner {
    let source = TrustSource::Url { url: peer.url(), refresh, signed_by: Vec::new() };
    Partner::new(Role::Saml, ENTITY, &source, fetcher(), clock.clone()).named(&tenant([]).id, &idp("fabrikam"))
}

async fn code(partner: &Partner) -> ErrorCode {
    partner.facts().await.unwrap_err().code
}

/// Lets what runs behind finish: until the peer was asked so often and the partner says so.
async fn settle(peer: &MetadataPeer, times: usize, is_done: impl Fn() -> bool) {
    let begun = Instant::now();
    while peer.times_asked() < times || !is_done() {
        assert!(begun.elapsed() < Duration::from_secs(10), "asked {} times", peer.times_asked());
        tokio::task::yield_now().await;
    }
}

async fn known() -> (MetadataPeer, Clock, Partner, Arc<Facts>, String) {
    let (key, clock) = (certificate(), clock());
    let peer = MetadataPeer::start(Published::new(&[&key]).xml()).await;
    let partner = partner(&peer, &clock);
    let facts = partner.facts().await.unwrap();
    (peer, clock, partner, facts, key)
}

#[tokio::test]
async fn metadata_is_read_once_for_many_who_come_at_the_same_time() {
    let key = certificate();
    let peer = MetadataPeer::start(Published::new(&[&key]).xml()).await;
    let partner = Arc::new(partner(&peer, &clock()));
    let many: Vec<_> = (0..20).map(|_| Arc::clone(&partner)).map(|p| tokio::spawn(async move { p.facts().await.is_ok() })).collect();
    for one in many {
        assert!(one.await.unwrap());
    }
    assert_eq!(peer.times_asked(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_publisher_that_hangs_delays_nobody_else_and_its_own_only_at_first() {
    let (slow, key) = (MetadataPeer::start(Serve::Hang).await, certificate());
    let quick = MetadataPeer::start(Published::new(&[&key]).xml()).await;
    let clock = clock();
    let (hanging, other) = (Arc::new(partner(&slow, &clock)), partner(&quick, &clock));
    let waiting: Vec<_> =
        (0..10).map(|_| Arc::clone(&hanging)).map(|p| tokio::spawn(async move { p.facts().await.unwrap_err().code })).collect();
    let begun = Instant::now();
    for _ in 0..100 {
        other.facts().await.unwrap();
    }
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    for one in waiting {
        assert_eq!(one.await.unwrap(), ErrorCode::MetadataUnavailable);
    }
    assert!(begun.elapsed() < Duration::from_secs(5), "ten who waited, waited once: {:?}", begun.elapsed());
    // Once something good is held, a hang costs its own nothing either.
    slow.serve(Published::new(&[&key]).xml());
    clock.advance(Duration::from_secs(5));
    hanging.facts().await.unwrap();
    slow.serve(Serve::Hang);
    clock.advance(2 * DAY);
    let begun = Instant::now();
    for _ in 0..100 {
        hanging.facts().await.unwrap();
        hanging.maintain().await;
    }
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn whatever_a_publisher_serves_at_first_is_refused_by_its_own_code() {
    let (key, other) = (certificate(), Published { entity: "https://evil.example/", ..Published::new(&[]) });
    let http = Published { sign_in: "http://idp.fabrikam.example/sso", ..Published::new(&[&key]) };
    let ended = Published { attributes: "validUntil='2020-01-01T00:00:00Z'".into(), ..Published::new(&[&key]) };
    for (serve, expected) in [
        (Serve::Status(404), ErrorCode::MetadataUnavailable),
        (Serve::Redirect("http://169.254.169.254/latest/meta-data".into()), ErrorCode::MetadataUnavailable),
        (Serve::Cut, ErrorCode::MetadataUnavailable),
        (Serve::Garbage, ErrorCode::MetadataUnreadable),
        (Serve::Text("<html><body>Sign in</body></html>".into()), ErrorCode::MetadataUnreadable),
        (Serve::Text(String::new()), ErrorCode::MetadataUnreadable),
        (other.xml(), ErrorCode::MetadataEntity),
        (http.xml(), ErrorCode::NoEndpoint),
        (ended.xml(), ErrorCode::MetadataExpired),
        (Published::new(&[]).xml(), ErrorCode::NoTrustedKey),
    ] {
        let told = format!("{serve:?}");
        let peer = MetadataPeer::start(serve).await;
        assert_eq!(code(&partner(&peer, &clock())).await, expected, "{told:.60}");
        assert_eq!(peer.times_asked(), 1);
    }
}

#[tokio::test]
async fn private_networks_and_plain_http_are_not_asked_unless_listed() {
    for url in ["https://10.0.0.1/metadata", "https://localhost:9/metadata", "http://fabrikam.example/metadata", "https://[::1]/"] {
        let source = TrustSource::Url { url: url.parse().unwrap(), refresh: DAY, signed_by: Vec::new() };
        let partner = Partner::new(Role::Saml, ENTITY, &source, fetcher(), clock());
        assert_eq!(code(&partner).await, ErrorCode::MetadataUnavailable, "{url}");
    }
}

/// 1 GB in a body of that length, in one without end, and in one that unpacks to it: time and memory stay small.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_that_grows_without_end_costs_little() {
    let begun = Instant::now();
    let before = resident();
    for serve in [Serve::Endless, Serve::Zipped(64 * 1024 * 1024), Serve::Text(" ".repeat(5 * 1024 * 1024))] {
        let peer = MetadataPeer::start(serve).await;
        let rejected = partner(&peer, &clock()).facts().await.unwrap_err();
        // On a busy machine time may be up before the limit is reached.
        let is_bounded = ["more than we read", "in time"].iter().any(|why| rejected.detail.contains(why));
        assert_eq!((rejected.code, is_bounded), (ErrorCode::MetadataUnavailable, true), "{rejected}");
        assert!(peer.octets_sent() < 64 * 1024 * 1024, "{} octets were taken", peer.octets_sent());
    }
    let peer = MetadataPeer::start(Serve::Text(format!("<a>{}", "<b><c></c></b>".repeat(290_000)))).await;
    assert_eq!(code(&partner(&peer, &clock())).await, ErrorCode::MetadataUnreadable);
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    assert!(resident().saturating_sub(before) < 256 * 1024, "{} kB more", resident().saturating_sub(before));
}

/// In kB, as it is now.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}

#[tokio::test]
async fn the_last_good_document_stays_through_every_failure() {
    let (peer, clock, partner, facts, _) = known().await;
    for (index, serve) in [
        Serve::Status(500),
        Serve::Garbage,
        Serve::Cut,
        Serve::Text("<html/>".into()),
        Serve::Redirect("http://10.0.0.1/".into()),
        Serve::Endless,
        Serve::Closed,
    ]
    .into_iter()
    .enumerate()
    {
        let told = format!("{serve:?}");
        peer.serve(serve);
        clock.advance(2 * DAY);
        let when = clock.now();
        partner.maintain().await;
        settle(&peer, index + 2, || partner.standing().failure.is_some_and(|(at, _)| at == when)).await;
        assert!(Arc::ptr_eq(&partner.facts().await.unwrap(), &facts), "{told}");
        assert!(partner.standing().quarantine.is_none(), "{told}");
    }
}

#[tokio::test]
async fn a_rollover_with_overlap_is_followed_on_an_unknown_key_and_on_schedule() {
    let (peer, clock, partner, facts, old) = known().await;
    let (new, next) = (certificate(), certificate());
    peer.serve(Published::new(&[&old, &new]).xml());
    let seen = partner.facts_newer_than(&facts).await;
    assert_eq!((seen.signing.len(), peer.times_asked()), (2, 2));
    assert!(Arc::ptr_eq(&partner.facts_newer_than(&facts).await, &seen), "what is newer already is given at once");
    for _ in 0..5 {
        assert!(Arc::ptr_eq(&partner.facts_newer_than(&seen).await, &seen));
    }
    assert_eq!(peer.times_asked(), 2, "an unknown key asks once a minute");
    clock.advance(Duration::from_secs(60));
    peer.serve(Published::new(&[&new, &next]).xml());
    assert_eq!(partner.facts_newer_than(&seen).await.signing.len(), 2);
    assert_eq!(peer.times_asked(), 3);
    peer.serve(Published::new(&[&next]).xml());
    clock.advance(DAY);
    assert_eq!(partner.facts().await.unwrap().signing.len(), 2, "nobody waits for a refresh");
    settle(&peer, 4, || partner.standing().facts.is_some_and(|facts| facts.signing.len() == 1)).await;
    assert!(partner.standing().quarantine.is_none());
}

#[tokio::test]
async fn what_did_not_change_is_not_newer() {
    let (_peer, _clock, partner, facts, _) = known().await;
    assert!(Arc::ptr_eq(&partner.facts_newer_than(&facts).await, &facts));
}

#[tokio::test]
async fn a_suspicious_change_is_quarantined_and_the_last_good_one_stays() {
    let weak = include_str!("weak_certificate.txt").trim().to_owned();
    let (other, key) = (certificate(), certificate());
    type Told = fn(&Suspicion) -> bool;
    let odd: Vec<(Published, Told)> = vec![
        (Published { entity: "https://evil.example/", ..Published::new(&[&key]) }, |s| matches!(s, Suspicion::Entity(_))),
        (Published { sign_in: "http://idp.fabrikam.example/sso", ..Published::new(&[&key]) }, |s| matches!(s, Suspicion::PlainHttp(_))),
        (Published { sign_in: "https://idp.fabrikam.example.evil.example/", ..Published::new(&[&key]) }, |s| {
            matches!(s, Suspicion::Elsewhere(_))
        }),
        (Published::new(&[&weak]), |s| matches!(s, Suspicion::WeakKeys)),
        (Published::new(&[]), |s| matches!(s, Suspicion::NoKeys)),
        (Published::new(&[&other]), |s| matches!(s, Suspicion::VanishedKeys)),
    ];
    for (changed, is_told) in odd {
        let clock = clock();
        let peer = MetadataPeer::start(Published::new(&[&key]).xml()).await;
        let partner = partner(&peer, &clock);
        let facts = partner.facts().await.unwrap();
        peer.serve(changed.xml());
        assert!(Arc::ptr_eq(&partner.facts_newer_than(&facts).await, &facts));
        let quarantine = partner.standing().quarantine.expect("it is put aside");
        assert!(quarantine.reasons.iter().any(is_told), "{}", quarantine.in_words());
        assert!(quarantine.digest.starts_with("sha256:"));
        // As long as it stays like this, so does everything.
        clock.advance(Duration::from_secs(3600));
        partner.facts_newer_than(&facts).await;
        assert_eq!(partner.standing().quarantine.map(|q| q.since), Some(quarantine.since));
        // And the publisher can take it back.
        peer.serve(Published::new(&[&key, &other]).xml());
        clock.advance(Duration::from_secs(60));
        assert_eq!(partner.facts_newer_than(&facts).await.signing.len(), 2);
        assert!(partner.standing().quarantine.is_none());
    }
}

#[tokio::test]
async fn a_quarantine_outlives_a_reload_and_ends_when_the_operator_changes_the_settings() {
    let (peer, clock, before, facts, _) = known().await;
    let new = certificate();
    peer.serve(Published::new(&[&new]).xml());
    before.facts_newer_than(&facts).await;
    assert!(before.standing().quarantine.is_some());
    let reloaded = partner(&peer, &clock).keeping_what_is_known(&before);
    assert!(Arc::ptr_eq(&reloaded.facts().await.unwrap(), &facts));
    clock.advance(Duration::from_secs(60));
    reloaded.facts_newer_than(&facts).await;
    assert!(reloaded.standing().quarantine.is_some());
    let changed = with_refresh(&peer, &clock, DAY / 2).keeping_what_is_known(&reloaded);
    assert!(Arc::ptr_eq(&changed.facts().await.unwrap(), &facts), "nobody waits for the network because of a reload");
    let asked = peer.times_asked();
    settle(&peer, asked, || changed.standing().facts.is_some_and(|now| now.signing != facts.signing)).await;
    assert!(changed.standing().quarantine.is_none());
}

#[tokio::test]
async fn a_reload_keeps_what_was_read_from_the_same_place_alone() {
    let (peer, clock, before, facts, key) = known().await;
    let reloaded = partner(&peer, &clock).keeping_what_is_known(&before);
    assert!(Arc::ptr_eq(&reloaded.facts().await.unwrap(), &facts));
    assert_eq!(peer.times_asked(), 1);
    let moved = MetadataPeer::start(Published::new(&[&key]).xml()).await;
    let elsewhere = partner(&moved, &clock).keeping_what_is_known(&before);
    elsewhere.facts().await.unwrap();
    assert_eq!(moved.times_asked(), 1);
}

#[tokio::test]
async fn metadata_that_has_ended_signs_nobody_in_until_newer_comes() {
    let (key, clock) = (certificate(), clock());
    let until = |unix: i64| Published {
        attributes: format!("validUntil='{}'", jiff::Timestamp::from_second(unix).unwrap()),
        ..Published::new(&[&key])
    };
    let peer = MetadataPeer::start(until(NOON + 7200).xml()).await;
    let partner = partner(&peer, &clock);
    partner.facts().await.unwrap();
    peer.serve(Serve::Status(503));
    clock.advance(Duration::from_secs(7199));
    partner.facts().await.unwrap();
    clock.advance(Duration::from_secs(60));
    assert_eq!(code(&partner).await, ErrorCode::MetadataExpired);
    assert_eq!(code(&partner).await, ErrorCode::MetadataExpired);
    peer.serve(until(NOON + 3 * 7200).xml());
    clock.advance(Duration::from_secs(5));
    partner.facts().await.unwrap();
}

#[tokio::test]
async fn a_reading_that_failed_is_not_tried_again_by_everybody() {
    let (peer, clock) = (MetadataPeer::start(Serve::Status(500)).await, clock());
    let partner = partner(&peer, &clock);
    for _ in 0..10 {
        assert_eq!(code(&partner).await, ErrorCode::MetadataUnavailable);
    }
    assert_eq!(peer.times_asked(), 1);
    clock.advance(Duration::from_secs(5));
    code(&partner).await;
    assert_eq!(peer.times_asked(), 2);
}

#[tokio::test]
async fn nothing_told_about_a_failure_holds_more_than_the_host() {
    let peer = MetadataPeer::start(Serve::Status(500)).await;
    let mut url = peer.url();
    url.set_query(Some("token=secret"));
    let source = TrustSource::Url { url, refresh: DAY, signed_by: Vec::new() };
    let Rejected { detail, .. } = Partner::new(Role::Saml, ENTITY, &source, fetcher(), clock()).facts().await.unwrap_err();
    assert!(detail.contains("127.0.0.1") && !detail.contains("secret"), "{detail}");
}

#[tokio::test]
async fn age_end_and_quarantine_are_metrics_by_tenant_and_provider() {
    let metrics = gatehouse::telemetry::recorder();
    let (key, clock) = (certificate(), clock());
    let peer = MetadataPeer::start(Published::new(&[&key]).xml()).await;
    let source = TrustSource::Url { url: peer.url(), refresh: DAY, signed_by: Vec::new() };
    let partner = Partner::new(Role::Saml, ENTITY, &source, fetcher(), clock.clone()).named(&tenant([]).id, &idp("measured"));
    let facts = partner.facts().await.unwrap();
    clock.advance(Duration::from_secs(60));
    peer.serve(Published::new(&[&certificate()]).xml());
    partner.facts_newer_than(&facts).await;
    partner.maintain().await;
    let shown = metrics.render();
    let line = |name: &str| {
        let start = format!("gatehouse_partner_{name}{{tenant=\"contoso\",provider=\"measured\"}} ");
        shown.lines().find_map(|line| line.strip_prefix(&start)).unwrap_or_else(|| panic!("{name} in {shown}")).to_owned()
    };
    assert_eq!((line("metadata_age_seconds"), line("metadata_quarantined")), ("60".to_owned(), "1".to_owned()));
    let left = facts.signing[0].not_after().unix() - clock.now().unix();
    assert_eq!(line("certificate_expires_seconds"), left.min(i64::from(i32::MAX)).to_string());
}
