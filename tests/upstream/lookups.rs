//! "Is this account yours?": each way of asking, against a real server; memory, breaker, time limits.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::{Duration, Instant},
};

use gatehouse::{
    clock::Clock,
    domain::{
        address::DomainName,
        identity_provider::{Account, AccountStanding, Answer, DomainStanding, IdentityProvider, LookupSource, OpenId},
        secret::Secret,
        tenant::Tenant,
    },
    upstream::lookup::Lookups,
};

use crate::{
    directory_peer::{Directory, DirectoryPeer},
    oidc_provider::{OidcProvider, Transport},
    world::*,
};

const ISSUER: &str = "https://id.fabrikam.example";

struct Asking {
    clock: Clock,
    lookups: Lookups,
    tenant: Arc<Tenant>,
}

impl Asking {
    fn of(provider: IdentityProvider) -> Self {
        let clock = clock();
        Self { lookups: Lookups::new(fetcher(), clock.clone()), clock, tenant: tenant([provider]) }
    }

    async fn about(&self, who: &str) -> Answer {
        let id = self.tenant.providers.keys().next().unwrap();
        self.lookups.ask(&self.tenant, id, &address(who)).await
    }
}

fn fabrikam(source: LookupSource) -> IdentityProvider {
    with_lookup(provider("fabrikam", OpenId::Generic(oidc(ISSUER.into())), &["fabrikam.example"]), source)
}

fn stated(account: AccountStanding, domain: DomainStanding) -> Answer {
    Answer::Stated { account, domain }
}

fn directory() -> Directory {
    let accounts = [("ana@fabrikam.example".to_owned(), true), ("ida@fabrikam.example".to_owned(), false)];
    Directory { accounts: accounts.into(), issuer: ISSUER.into(), ..Directory::default() }
}

#[tokio::test]
async fn domains_answer_for_every_address_in_them() {
    let asking = Asking::of(fabrikam(LookupSource::Domains));
    assert_eq!(asking.about("anyone@fabrikam.example").await, stated(AccountStanding::Managed, DomainStanding::MANAGED));
    assert_eq!(asking.about("ana@other.example").await, stated(AccountStanding::Absent, DomainStanding::Unverified));
}

#[tokio::test]
async fn a_list_answers_by_what_stands_in_it() {
    let federated = DomainStanding::Verified { is_federated: true, allows_email_verified_users: true };
    let accounts =
        BTreeSet::from([Account::new(&address("ana@fabrikam.example"), true), Account::new(&address("ida@viral.example"), false)]);
    let domains = BTreeMap::from([(DomainName::parse("fedcorp.example").unwrap(), federated)]);
    let asking = Asking::of(fabrikam(LookupSource::Listed { accounts, domains }));
    assert_eq!(asking.about("ANA@fabrikam.example").await, stated(AccountStanding::Managed, DomainStanding::MANAGED));
    assert_eq!(asking.about("ida@viral.example").await, stated(AccountStanding::Unmanaged, DomainStanding::Unverified));
    assert_eq!(asking.about("x@fedcorp.example").await, stated(AccountStanding::Absent, federated));
    assert_eq!(asking.about("x@other.example").await, stated(AccountStanding::Absent, DomainStanding::Unverified));
}

#[tokio::test]
async fn entra_answers_for_domains_by_their_public_configuration() {
    let peer = OidcProvider::start().await;
    peer.verify_domain("fabrikam.example", TID);
    peer.verify_domain("litware.example", OTHER_TID);
    let authority = format!("{}/", peer.issuer()).parse().unwrap();
    let source = LookupSource::EntraDomain { authority };
    let asking = Asking::of(with_lookup(provider("microsoft", entra(peer.entra_issuer("organizations"), &[TID]), &[]), source));
    assert_eq!(asking.about("ana@fabrikam.example").await, stated(AccountStanding::Unstated, DomainStanding::MANAGED));
    assert_eq!(asking.about("bob@fabrikam.example").await, stated(AccountStanding::Unstated, DomainStanding::MANAGED));
    assert_eq!(peer.times_asked("/fabrikam.example/v2.0/.well-known/openid-configuration"), 1, "one answer per domain");
    assert_eq!(asking.about("ana@unknown.example").await, stated(AccountStanding::Unstated, DomainStanding::Unverified));
    assert_eq!(asking.about("ana@litware.example").await, stated(AccountStanding::Unstated, DomainStanding::Unverified), "not on the list");
    peer.verify_domain("broken.example", TID);
    peer.transport(Transport::Error500);
    assert!(matches!(asking.about("ana@broken.example").await, Answer::Unanswered(_)));
}

#[tokio::test]
async fn web_finger_answers_by_the_issuer_it_names() {
    let peer = DirectoryPeer::start(directory());
    let asking = Asking::of(fabrikam(LookupSource::WebFinger { base: Some(peer.base.clone()) }));
    assert_eq!(asking.about("ana@fabrikam.example").await, stated(AccountStanding::Managed, DomainStanding::MANAGED));
    assert_eq!(asking.about("nobody@fabrikam.example").await, stated(AccountStanding::Absent, DomainStanding::MANAGED));
    peer.set(|directory| directory.issuer = "https://evil.example".into());
    assert_eq!(asking.about("ida@fabrikam.example").await, stated(AccountStanding::Absent, DomainStanding::MANAGED));
}

#[tokio::test]
async fn web_finger_at_the_address_s_own_domain_reaches_no_private_network() {
    let asking = Asking::of(fabrikam(LookupSource::WebFinger { base: None }));
    assert!(matches!(asking.about("ana@host.localhost").await, Answer::Unanswered(_)));
}

#[tokio::test]
async fn scim_answers_by_the_user_it_finds() {
    let peer = DirectoryPeer::start(Directory { token: Some("t0ken".into()), ..directory() });
    let source = |token: &str| LookupSource::Scim { base: peer.at("scim/v2"), token: Some(Secret::new(token.into())) };
    let asking = Asking::of(fabrikam(source("t0ken")));
    assert_eq!(asking.about("ANA@fabrikam.example").await, stated(AccountStanding::Managed, DomainStanding::MANAGED));
    assert_eq!(asking.about("ida@fabrikam.example").await, stated(AccountStanding::Absent, DomainStanding::MANAGED), "not active");
    assert_eq!(asking.about("o'neil{x}@fabrikam.example").await, stated(AccountStanding::Absent, DomainStanding::MANAGED));
    peer.set(|directory| directory.answers_everything = true);
    assert_eq!(
        asking.about("zoe@fabrikam.example").await,
        stated(AccountStanding::Absent, DomainStanding::MANAGED),
        "a server without filters"
    );
    assert!(matches!(Asking::of(fabrikam(source("wrong"))).about("ana@fabrikam.example").await, Answer::Unanswered(_)));
}

#[tokio::test]
async fn a_hook_answers_whether_an_account_exists_and_is_managed() {
    let peer = DirectoryPeer::start(Directory { token: Some("t0ken".into()), ..directory() });
    let asking = Asking::of(fabrikam(LookupSource::Hook { url: peer.at("exists"), token: Some(Secret::new("t0ken".into())) }));
    assert_eq!(asking.about("ana@fabrikam.example").await, stated(AccountStanding::Managed, DomainStanding::MANAGED));
    assert_eq!(asking.about("ida@fabrikam.example").await, stated(AccountStanding::Unmanaged, DomainStanding::MANAGED));
    assert_eq!(asking.about("bob@other.example").await, stated(AccountStanding::Absent, DomainStanding::Unverified));
}

#[tokio::test]
async fn an_answer_is_remembered_as_long_as_configured() {
    let peer = DirectoryPeer::start(directory());
    let asking = Asking::of(fabrikam(LookupSource::Hook { url: peer.at("exists"), token: None }));
    for _ in 0..3 {
        asking.about("Ana@fabrikam.example").await;
        asking.about("ana@fabrikam.example").await;
    }
    // The peer is case-sensitive, the memory is not: whoever came first was asked about.
    assert_eq!(peer.times_asked(), 1);
    asking.clock.advance(Duration::from_secs(600));
    asking.about("ana@fabrikam.example").await;
    assert_eq!(peer.times_asked(), 2);
}

#[tokio::test]
async fn five_failures_open_the_breaker_and_one_probe_closes_it() {
    let peer = DirectoryPeer::start(Directory { is_broken: true, ..directory() });
    let asking = Asking::of(fabrikam(LookupSource::Hook { url: peer.at("exists"), token: None }));
    for _ in 0..8 {
        let Answer::Unanswered(why) = asking.about("ana@fabrikam.example").await else { panic!("it is broken") };
        assert!(!why.contains("ana"), "{why}");
    }
    assert_eq!(peer.times_asked(), 5);
    asking.clock.advance(Duration::from_secs(30));
    asking.about("ana@fabrikam.example").await;
    asking.about("ana@fabrikam.example").await;
    assert_eq!(peer.times_asked(), 6, "one probe");
    peer.set(|directory| directory.is_broken = false);
    asking.clock.advance(Duration::from_secs(30));
    assert_eq!(asking.about("ana@fabrikam.example").await, stated(AccountStanding::Managed, DomainStanding::MANAGED));
    assert_eq!(asking.about("bob@fabrikam.example").await, stated(AccountStanding::Absent, DomainStanding::MANAGED));
}

#[tokio::test]
async fn addresses_that_a_directory_will_not_look_up_do_not_silence_it() {
    let peer = DirectoryPeer::start(directory());
    let asking = Asking::of(fabrikam(LookupSource::Scim { base: peer.at("scim/v2"), token: None }));
    for n in 0..8 {
        let answer = asking.about(&format!("odd{n}@fabrikam.example")).await;
        assert_eq!(answer, Answer::Unanswered("it answered HTTP 400".into()));
    }
    assert_eq!(asking.about("ana@fabrikam.example").await, stated(AccountStanding::Managed, DomainStanding::MANAGED));
}

#[tokio::test]
async fn made_up_domains_do_not_open_the_breaker_for_others() {
    let asking = Asking::of(fabrikam(LookupSource::WebFinger { base: None }));
    for n in 0..8 {
        let Answer::Unanswered(why) = asking.about(&format!("ana@made-up-{n}.localhost")).await else { panic!("nobody is there") };
        assert!(!why.contains("left alone") && !why.contains("made-up"), "{why}");
    }
}

#[tokio::test]
async fn all_are_asked_at_the_same_time_and_none_beyond_its_limit() {
    let slow = Directory { delay: Some(Duration::from_secs(30)), ..directory() };
    let (slow, peer) = (DirectoryPeer::start(slow), DirectoryPeer::start(directory()));
    let hook = |id: &str, peer: &DirectoryPeer| {
        let source = LookupSource::Hook { url: peer.at("exists"), token: None };
        with_lookup(provider(id, OpenId::Generic(oidc(ISSUER.into())), &["fabrikam.example"]), source)
    };
    let ids = ["a", "b", "c", "e", "f", "g"];
    let tenant = tenant(ids.iter().map(|id| hook(id, &slow)).chain([hook("d", &peer)]));
    let lookups = Lookups::new(fetcher(), clock());
    let asked: Vec<_> = ids.iter().chain(&["d", "nobody"]).map(|id| idp(id)).collect();
    let begun = Instant::now();
    let answers = lookups.ask_all(&tenant, &asked, &address("ana@fabrikam.example")).await;
    assert!(begun.elapsed() < Duration::from_secs(4), "as slow as the slowest");
    assert!(answers.iter().map(|(id, _)| id).eq(&asked), "in the order asked");
    assert_eq!(answers[0].1, Answer::Unanswered("it did not answer in time".into()));
    assert_eq!(answers[6].1, stated(AccountStanding::Managed, DomainStanding::MANAGED));
    assert!(matches!(answers[7].1, Answer::Unanswered(_)));
}
