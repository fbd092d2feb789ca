//! What an attacker, or an operator's second thoughts, could do to a sign-in: stories on embedded stores, without HTTP.

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use super::*;
use crate::{
    domain::{
        address::{DomainName, EmailAddress},
        flow::{Approach, Renewal, Road, Stage},
        home_realm::Outcome,
        id::{GuestId, IdpId, SessionId},
        identity::{AssertedAddress, Subject, VerifiedIdentity, Voucher},
        identity_provider::{IdentityProvider, Kind, Lookup, LookupSource, OidcUpstream, OpenId},
        locale::Locale,
        session::BrowserSession,
        tenant::Admission,
        timestamp::Timestamp,
    },
    mail::{MailError, Mailer, Message},
    oidc::{fixture, parameters::Parameters, request},
    random,
    store::{
        memory::MemorySessions,
        seal::Seal,
        sessions::{Commit, Key, Shelf, Slot, Swap},
    },
    upstream::{
        credentials::CredentialStore,
        domain_proof::DomainProver,
        fetch::{Fetcher, OutboundPolicy},
    },
};

mod guess_tests;
mod guest_tests;
mod partner_tests;

const NOW: Timestamp = Timestamp::from_unix(1_800_000_000);

#[derive(Debug, Default)]
struct Outbox(AtomicUsize);

#[async_trait::async_trait]
impl Mailer for Outbox {
    async fn send(&self, _: Message) -> Result<(), MailError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

async fn porter(tenant: &Tenant) -> Porter {
    let clock = Clock::movable(NOW);
    let policy = OutboundPolicy { allow_http: Vec::new(), ca: None, timeout: Duration::from_millis(200) };
    let fetcher = Fetcher::new(policy).unwrap();
    let directory = Directory::open(&Secret::new("sqlite::memory:".into())).await.unwrap();
    let credentials = CredentialStore::open(directory.clone(), Seal::new(&Secret::new([8; 32])), clock.clone());
    let outbox = crate::mail::Outbox::new(directory.clone(), Seal::new(&Secret::new([8; 32])), clock.clone(), Arc::new(Outbox::default()));
    Porter {
        inviter: guests::Inviter { directory: directory.clone(), outbox: Some(outbox), clock: clock.clone() },
        sessions: Arc::new(MemorySessions::new(clock.clone(), 1000)),
        directory,
        upstreams: Arc::new(Upstreams::new(
            fetcher.clone(),
            clock.clone(),
            credentials,
            Arc::new(DomainProver::new(None, clock.clone())),
            &[Arc::new(tenant.clone())],
        )),
        lookups: Lookups::new(fetcher, clock.clone()),
        passcode_key: Secret::new([7; 32]),
        clock,
    }
}

fn provider(id: &str, domains: &[&str]) -> IdentityProvider {
    let upstream = OidcUpstream {
        issuer: "https://127.0.0.1".into(),
        client_id: "gatehouse".into(),
        client_secret: None,
        scopes: Vec::new(),
        id_token_algorithms: Vec::new(),
        clock_skew: Duration::ZERO,
    };
    let domains = domains.iter().map(|domain| DomainName::parse(domain).unwrap()).collect();
    IdentityProvider {
        id: IdpId::parse(id).unwrap(),
        name: id.into(),
        kind: Kind::OpenId(OpenId::Generic(upstream)),
        domains,
        lookup: None,
    }
}

/// Contoso with one provider for each of `with`: its id and its domains.
fn tenant(with: &[(&str, &[&str])]) -> Tenant {
    let providers = with.iter().map(|(id, domains)| (IdpId::parse(id).unwrap(), provider(id, domains))).collect();
    Tenant { providers, ..fixture::tenant() }
}

fn arrival(tenant: &Tenant, more: &[(&str, &str)], session: Option<String>) -> begin::Arrival {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs([("client_id", "portal"), ("redirect_uri", fixture::CALLBACK), ("response_type", "code"), ("scope", "openid")]);
    query.extend_pairs([("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"), ("code_challenge_method", "S256")]);
    query.extend_pairs(more);
    let request = request::read(tenant, &Parameters::parse(query.finish().as_bytes()).unwrap()).unwrap();
    begin::Arrival { request, locale: Locale::En, session }
}

fn visitor(browser: Option<&str>, proof: Option<&str>) -> Visitor {
    Visitor { ip: IpAddr::from([192, 0, 2, 1]), is_embedded: false, browser: browser.map(str::to_owned), proof: proof.map(str::to_owned) }
}

fn identity(voucher: &str, subject: &str, address: &str) -> VerifiedIdentity {
    VerifiedIdentity {
        voucher: Voucher::parse(voucher).unwrap(),
        subject: Subject::new(subject).unwrap(),
        address: Some(AssertedAddress { address: EmailAddress::parse(address).unwrap(), is_owner_verified: true }),
        name: None,
        authenticated_at: NOW,
        amr: Vec::new(),
        acr: None,
        partner_session: None,
    }
}

/// A session in the store, and the cookie that names it.
async fn signed_in(porter: &Porter, tenant: &Tenant, guest: GuestId, identity: VerifiedIdentity) -> String {
    let (id, secret) = (SessionId::from_drawn(random::ordered_uuid(NOW)), random::token());
    let session = BrowserSession { id, guest, identity, began_at: NOW, expires_at: NOW + Duration::from_secs(3600) };
    let shelf = Shelf::Session { digest: random::sha256_base64url(secret.reveal().as_bytes()) };
    let value = serde_json::to_vec(&session).unwrap();
    porter.sessions.put(&Slot::of_session(&tenant.id, id), &[(shelf, value, Duration::from_secs(3600))]).await.unwrap();
    format!("{id}.{}", secret.reveal())
}

/// A guest whose identity is bound.
async fn guest(porter: &Porter, tenant: &Tenant, identity: &VerifiedIdentity) -> GuestId {
    let admitted = guests::admit(&porter.directory, &porter.clock, tenant, identity).await.unwrap();
    admitted.file.guest.id
}

/// A flow as `begin` makes one, at the address page.
async fn flow(porter: &Porter, tenant: &Tenant, more: &[(&str, &str)]) -> (Flow, String) {
    let visit = begin::begin(porter, tenant, arrival(tenant, more, None), &visitor(None, None)).await.unwrap();
    (visit.flow, visit.keepsakes.browser.unwrap().reveal().clone())
}

/// The flow in the store after a proof by "right"; returns the browser's renewed secret.
async fn proven(porter: &Porter, tenant: &Tenant, flow: Flow, identity: VerifiedIdentity) -> Secret<String> {
    let slot = Slot::of_flow(&tenant.id, flow.id);
    let stored = porter.sessions.read(&slot.key(&Shelf::Flow)).await.unwrap().unwrap();
    let renewed = random::token();
    let renewal = Renewal { from: flow.browser.clone(), proof: "right".into(), to: renewed.clone() };
    let moved = flow.proven(identity, random::sha256_base64url(renewed.reveal().as_bytes()), renewal);
    let (value, ttl) = (serde_json::to_vec(&moved).unwrap(), Duration::from_secs(600));
    let commit = Commit { slot, shelf: Shelf::Flow, expected: stored.revision, value, ttl, alongside: Vec::new() };
    assert!(matches!(porter.sessions.commit(commit).await.unwrap(), Swap::Won(_)));
    renewed
}

#[tokio::test]
async fn whoever_planted_the_old_secret_can_not_guess_the_passcode_as_a_double_click() {
    let tenant = tenant(&[]);
    let porter = porter(&tenant).await;
    let (flow, planted) = flow(&porter, &tenant, &[]).await;
    let id = flow.id;
    let renewed = proven(&porter, &tenant, flow, identity("mail", "a@b.example", "a@b.example")).await;
    // An honest double click gets in.
    assert!(held::Held::load(&porter, &tenant, id, &visitor(Some(&planted), Some("right"))).await.is_ok());
    for guess in 0..10 {
        let guess = format!("wrong {guess}");
        assert!(held::Held::load(&porter, &tenant, id, &visitor(Some(&planted), Some(&guess))).await.is_err());
    }
    let late = held::Held::load(&porter, &tenant, id, &visitor(Some(&planted), Some("right"))).await;
    assert_eq!(late.unwrap_err().code, ErrorCode::FlowGone);
    assert!(held::Held::load(&porter, &tenant, id, &visitor(Some(renewed.reveal()), None)).await.is_ok());
}

#[tokio::test]
async fn a_session_ends_with_the_provider_that_proved_it() {
    let with = tenant(&[("fabrikam", &["fabrikam.example"])]);
    let porter = porter(&with).await;
    let ana = identity("fabrikam", "ana", "ana@fabrikam.example");
    let cookie = signed_in(&porter, &with, guest(&porter, &with, &ana).await, ana).await;
    let silent = [("prompt", "none")];
    let answer = async |tenant: &Tenant| {
        let visit = begin::begin(&porter, tenant, arrival(tenant, &silent, Some(cookie.clone())), &visitor(None, None)).await.unwrap();
        match visit.reply {
            Reply::Answer(answer) => answer.fields().iter().find(|(name, _)| *name == "error").map(|(_, error)| error.clone()),
            Reply::Page | Reply::Leave(_) | Reply::Arrive(_) => None,
        }
    };
    assert_eq!(answer(&with).await.as_deref(), Some("consent_required"), "known, and has not yet accepted");
    let without = Tenant { providers: Default::default(), ..with.clone() };
    assert_eq!(answer(&without).await.as_deref(), Some("login_required"));
}

#[tokio::test]
async fn an_old_session_makes_no_guest_anew() {
    let tenant = tenant(&[("fabrikam", &["fabrikam.example"])]);
    let porter = porter(&tenant).await;
    let ana = identity("fabrikam", "ana", "ana@fabrikam.example");
    // The directory knows her no more: her redemption was reset, or she was deleted.
    let cookie = signed_in(&porter, &tenant, GuestId::from_drawn(random::ordered_uuid(NOW)), ana.clone()).await;
    let visit = begin::begin(&porter, &tenant, arrival(&tenant, &[], Some(cookie)), &visitor(None, None)).await.unwrap();
    assert!(matches!(visit.flow.stage, Stage::Address { .. }), "{:?}", visit.flow.stage);
    let address = EmailAddress::parse("ana@fabrikam.example").unwrap();
    assert_eq!(porter.directory.guest_by_address(&tenant.id, &address).await.unwrap(), None);
}

#[tokio::test]
async fn a_network_over_its_limit_uses_up_no_one_s_mails() {
    let tenant = tenant(&[]);
    let porter = porter(&tenant).await;
    let post = async |address: &str| {
        let (flow, browser) = flow(&porter, &tenant, &[]).await;
        let form = form::token(&tenant, &flow);
        let typed = discover::Answer::Typed(address.to_owned());
        discover::discover(&porter, &tenant, flow.id, &visitor(Some(&browser), None), &form, typed).await.unwrap().flow.stage
    };
    for n in 0..tenant.passcode.sends_per_ip {
        assert!(matches!(post(&format!("u{n}@made-up.example")).await, Stage::Passcode { .. }));
    }
    for _ in 0..10 {
        assert!(matches!(post("victim@made-up.example").await, Stage::Blocked { code: ErrorCode::TooManyPasscodes, .. }));
    }
    let whom = random::sha256_base64url(b"victim@made-up.example");
    assert_eq!(porter.sessions.counted(&Key::counter(&tenant.id, "mails-to", &whom)).await.unwrap(), 0);
}

#[tokio::test]
async fn a_network_that_tries_address_after_address_is_stopped_before_other_houses_are_asked() {
    let asking = |source| {
        let lookup = Lookup { source, timeout: Duration::from_millis(50), cache: Duration::ZERO };
        let directory = IdentityProvider { lookup: Some(lookup), ..provider("fabrikam", &["fabrikam.example"]) };
        Tenant { providers: [(directory.id.clone(), directory)].into(), ..fixture::tenant() }
    };
    let hook = LookupSource::Hook { url: "https://127.0.0.1/exists".parse().unwrap(), token: None };
    for (tenant, is_stopped) in [(asking(hook), true), (asking(LookupSource::Domains), false)] {
        let porter = porter(&tenant).await;
        let mut asked = 0;
        while asked < 300 && limits::may_look_up(&porter, &tenant, IpAddr::from([192, 0, 2, 1])).await.unwrap() {
            asked += 1;
        }
        assert_eq!(asked, 300);
        let (flow, browser) = flow(&porter, &tenant, &[]).await;
        let (form, typed) = (form::token(&tenant, &flow), discover::Answer::Typed("ana@fabrikam.example".into()));
        let visit = discover::discover(&porter, &tenant, flow.id, &visitor(Some(&browser), None), &form, typed).await.unwrap();
        let is_blocked = matches!(visit.flow.stage, Stage::Blocked { code: ErrorCode::TooManyLookups, .. });
        assert_eq!(is_blocked, is_stopped, "{:?}", visit.flow.stage);
        // Another network is not held to account for the first.
        assert!(limits::may_look_up(&porter, &tenant, IpAddr::from([192, 0, 2, 2])).await.unwrap());
    }
}

#[tokio::test]
async fn an_app_that_wants_a_new_login_gets_one_by_every_road() {
    let tenant = tenant(&[]);
    let porter = porter(&tenant).await;
    let (fabrikam, address) = (IdpId::parse("fabrikam").unwrap(), EmailAddress::parse("hal@x.example").unwrap());
    for (more, wanted) in [
        (&[("prompt", "login")][..], Approach::Login),
        (&[("max_age", "60")], Approach::Login),
        (&[("prompt", "login select_account")], Approach::Login),
        (&[], Approach::SelectAccount),
    ] {
        let (flow, _) = flow(&porter, &tenant, more).await;
        let picker = Outcome::Picker(vec![fabrikam.clone(), IdpId::parse("msa").unwrap()]);
        let approach = flow.approach();
        let chosen = flow.discovered(Some(address.clone()), picker, approach).chose(&fabrikam);
        let Stage::Routed { road: Road::Provider { approach, .. }, .. } = chosen.stage else { panic!("{:?}", chosen.stage) };
        assert_eq!(approach, wanted, "{more:?}");
    }
    let hinted = arrival(&tenant, &[("prompt", "login select_account"), ("domain_hint", "fabrikam")], None);
    let tenant = self::tenant(&[("fabrikam", &["fabrikam.example"])]);
    let visit = begin::begin(&porter, &tenant, hinted, &visitor(None, None)).await.unwrap();
    // The provider can't be reached here; what it would have been asked is what counts.
    assert!(matches!(visit.flow.stage, Stage::Blocked { .. } | Stage::Away { .. }), "{:?}", visit.flow.stage);
}

#[tokio::test]
async fn a_partner_s_address_is_not_for_another_provider_to_prove() {
    let tenant = tenant(&[("fabrikam", &["fabrikam.example"]), ("rival", &[])]);
    let porter = porter(&tenant).await;
    for (voucher, address, is_let_in) in
        [("rival", "ceo@fabrikam.example", false), ("rival", "ceo@elsewhere.example", true), ("fabrikam", "ceo@fabrikam.example", true)]
    {
        let (flow, _) = flow(&porter, &tenant, &[]).await;
        let id = flow.id;
        let browser = proven(&porter, &tenant, flow, identity(voucher, address, address)).await;
        let visit = show::show(&porter, &tenant, id, &visitor(Some(browser.reveal()), None), None).await.unwrap();
        match visit.flow.stage {
            Stage::Consent { .. } => assert!(is_let_in, "{voucher}"),
            Stage::Blocked { code, .. } => assert!(!is_let_in && code == ErrorCode::WrongAccount, "{voucher} {code:?}"),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn an_app_that_names_somebody_is_not_answered_for_somebody_else() {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let tenant = tenant(&[("fabrikam", &["fabrikam.example"])]);
    let porter = porter(&tenant).await;
    let (ana, bob) = (identity("fabrikam", "ana", "ana@fabrikam.example"), identity("fabrikam", "bob", "bob@fabrikam.example"));
    let (ana_s, bob_s) = (guest(&porter, &tenant, &ana).await, guest(&porter, &tenant, &bob).await);
    let claims = format!(r#"{{"iss":"{}","sub":"{ana_s}"}}"#, tenant.issuer.url);
    let hint = format!("e30.{}.", URL_SAFE_NO_PAD.encode(claims));
    for (cookie, error) in [
        (signed_in(&porter, &tenant, ana_s, ana).await, "consent_required"),
        (signed_in(&porter, &tenant, bob_s, bob.clone()).await, "login_required"),
    ] {
        let asked = arrival(&tenant, &[("prompt", "none"), ("id_token_hint", &hint)], Some(cookie));
        let visit = begin::begin(&porter, &tenant, asked, &visitor(None, None)).await.unwrap();
        let Reply::Answer(answer) = visit.reply else { panic!("{:?}", visit.reply) };
        assert!(answer.fields().contains(&("error", error.to_owned())), "{:?}", answer.fields());
    }
    let (flow, _) = flow(&porter, &tenant, &[("id_token_hint", &hint)]).await;
    let id = flow.id;
    let browser = proven(&porter, &tenant, flow, bob).await;
    let visit = show::show(&porter, &tenant, id, &visitor(Some(browser.reveal()), None), None).await.unwrap();
    assert!(matches!(visit.flow.stage, Stage::Blocked { code: ErrorCode::WrongAccount, .. }), "{:?}", visit.flow.stage);
}

#[test]
fn who_stands_at_the_door_is_told_to_no_log() {
    let tenant = tenant(&[]);
    let arrival = arrival(&tenant, &[("state", "hidden"), ("nonce", "hidden"), ("login_hint", "hidden@b.example")], Some("hidden".into()));
    let told = format!("{arrival:?} {:?}", visitor(Some("hidden"), Some("hidden")));
    assert!(told.contains("portal") && !told.contains("hidden") && !told.contains("192.0.2.1"), "{told}");
}
