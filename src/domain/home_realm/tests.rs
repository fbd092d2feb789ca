//! `behaviour.md` §3.5 whole, as a table; and what holds for every address.

use std::{collections::BTreeMap, time::Duration};

use proptest::prelude::*;
use url::Url;

use super::*;
use crate::domain::{
    id::TenantId,
    identity_provider::{AccountStanding, DomainStanding, IdentityProvider, Kind, Lookup, LookupSource, OidcUpstream, OpenId},
    locale::Locale,
    tenant::{Admission, Branding, Issuer, PasscodePolicy, Privacy},
    token_policy::TokenPolicy,
};

fn id(text: &str) -> IdpId {
    IdpId::parse(text).unwrap()
}

fn domain(text: &str) -> DomainName {
    DomainName::parse(text).unwrap()
}

fn provider(name: &str, open_id: fn(OidcUpstream) -> OpenId, domains: &[&str], is_asked: bool) -> (IdpId, IdentityProvider) {
    let oidc = OidcUpstream {
        issuer: format!("https://{name}.example"),
        client_id: "gatehouse".into(),
        client_secret: None,
        scopes: vec![],
        id_token_algorithms: vec![],
        clock_skew: Duration::ZERO,
    };
    let lookup = Lookup { source: LookupSource::Domains, timeout: Duration::ZERO, cache: Duration::ZERO };
    let provider = IdentityProvider {
        id: id(name),
        name: name.into(),
        kind: Kind::OpenId(open_id(oidc)),
        domains: domains.iter().map(|d| domain(d)).collect(),
        lookup: is_asked.then_some(lookup),
    };
    (id(name), provider)
}

fn tenant(edition: Edition, is_passcode_on: bool) -> Tenant {
    let providers = BTreeMap::from([
        provider("entra", OpenId::Generic, &[], true),
        provider("partner", OpenId::Generic, &["partner.example", "verified.example"], false),
        provider("google", OpenId::Google, &[], false),
        provider("msa", OpenId::MicrosoftAccount, &[], true),
    ]);
    Tenant {
        id: TenantId::parse("contoso").unwrap(),
        name: "Contoso".into(),
        domains: vec![],
        issuer: Issuer::new(&Url::parse("https://login.example").unwrap(), "contoso"),
        default_locale: Locale::En,
        branding: Branding::default(),
        privacy: Privacy::default(),
        home_realm: RealmPolicy {
            edition,
            order: RedemptionOrder::default(),
            partners: BTreeMap::new(),
            is_passcode_on,
            consumer_domains: ["yahoo.com", "outlook.com", "gmail.com"].map(domain).into(),
        },
        passcode: PasscodePolicy::default(),
        admission: Admission::Open,
        clients: BTreeMap::new(),
        providers,
        tokens: TokenPolicy::default(),
        federation: crate::domain::federation::FederationPolicy::default(),
        invitations: Default::default(),
        terms: Default::default(),
    }
}

/// What the directories of the table know.
fn world(who: &str, asked: &IdpId) -> Answer {
    let federated = DomainStanding::Verified { is_federated: true, allows_email_verified_users: true };
    let (account, domain) = match (asked.as_str(), who) {
        ("entra", "ana@managed.example" | "hal@x.example" | "jo@verified.example") => (AccountStanding::Managed, DomainStanding::MANAGED),
        ("entra", "gus@fedcorp.example") => (AccountStanding::Absent, federated),
        ("entra", "ida@viral.example") => (AccountStanding::Unmanaged, DomainStanding::Unverified),
        ("msa", "cal@gmail.com" | "dee@outlook.com" | "hal@x.example" | "kim@outlook.com") => {
            (AccountStanding::Managed, DomainStanding::Unverified)
        }
        _ => (AccountStanding::Absent, DomainStanding::Unverified),
    };
    Answer::Stated { account, domain }
}

fn ask(tenant: &Tenant, who: &str, entry: Entry, answer: impl Fn(&IdpId) -> Answer) -> Decision {
    let address = EmailAddress::parse(who).unwrap();
    let query = Query { address: Some(&address), entry, hint: None };
    let mut facts = Facts::default();
    for _ in 0..4 {
        match decide(tenant, &query, &facts) {
            Progress::Decided(decision) => return decision,
            Progress::Ask(unheard) => facts.answers.extend(unheard.into_iter().map(|id| (id.clone(), answer(&id)))),
        }
    }
    panic!("discovery asks the same question twice")
}

fn outcome(edition: Edition, is_passcode_on: bool, entry: Entry, who: &str) -> Outcome {
    ask(&tenant(edition, is_passcode_on), who, entry, |idp| world(who, idp)).outcome
}

#[test]
fn every_vector_of_the_fact_sheet_is_answered_as_the_table_says() {
    use ErrorCode::*;
    let to = |name: &str| Outcome::Provider(id(name));
    let picker = || Outcome::Picker(vec![id("entra"), id("msa")]);
    let create = || Outcome::CreateMicrosoftAccount(id("msa"));
    let blocked = Outcome::Blocked;
    // who, passcodes on, 2021 link, 2021 just-in-time, 2024
    let table: Vec<(&str, &[bool], Outcome, Outcome, Outcome)> = vec![
        ("ana@managed.example", &[true, false], to("entra"), to("entra"), to("entra")),
        ("bob@partner.example", &[true, false], to("partner"), to("partner"), to("partner")),
        ("cal@gmail.com", &[true, false], to("google"), to("google"), to("google")),
        ("dee@outlook.com", &[true], Outcome::Passcode, to("msa"), to("msa")),
        ("eve@corp.example", &[true], Outcome::Passcode, Outcome::Passcode, Outcome::Passcode),
        ("eve@corp.example", &[false], Outcome::SelfServiceAccount, blocked(InvitationLinkNeeded), create()),
        ("fay@yahoo.com", &[false], create(), blocked(InvitationLinkNeeded), create()),
        ("gus@fedcorp.example", &[false], blocked(HomeDirectoryFederated), blocked(InvitationLinkNeeded), blocked(NoRoad)),
        ("gus@fedcorp.example", &[true], Outcome::Passcode, Outcome::Passcode, Outcome::Passcode),
        ("hal@x.example", &[true, false], picker(), picker(), picker()),
        ("ida@viral.example", &[true], to("entra"), to("entra"), Outcome::Passcode),
        ("jo@verified.example", &[true, false], blocked(FederationOfVerifiedDomain), blocked(FederationOfVerifiedDomain), to("entra")),
    ];
    for (who, passcode, link, jit, now) in table {
        for on in passcode {
            assert_eq!(outcome(Edition::E2021, *on, Entry::Link, who), link, "{who}, passcodes {on}, 2021 link");
            assert_eq!(outcome(Edition::E2021, *on, Entry::Direct, who), jit, "{who}, passcodes {on}, 2021 just-in-time");
            for entry in [Entry::Link, Entry::Direct] {
                assert_eq!(outcome(Edition::E2024, *on, entry, who), now, "{who}, passcodes {on}, 2024 {entry:?}");
            }
        }
    }
}

#[test]
fn the_picker_remembers_the_choice() {
    let tenant = tenant(Edition::E2024, true);
    let address = EmailAddress::parse("hal@x.example").unwrap();
    let query = Query { address: Some(&address), entry: Entry::Direct, hint: None };
    let answers = ["entra", "msa"].map(|name| (id(name), world("hal@x.example", &id(name)))).into();
    for chosen in ["entra", "msa"] {
        let facts = Facts { proven_as: Some(Voucher::Provider(id(chosen))), answers: BTreeMap::clone(&answers), ..Facts::default() };
        let Progress::Decided(decision) = decide(&tenant, &query, &facts) else { panic!("everything is known") };
        assert_eq!(decision.outcome, Outcome::Provider(id(chosen)));
    }
}

#[test]
fn external_federation_ordered_first_wins_over_a_verified_domain() {
    let mut tenant = tenant(Edition::E2024, true);
    tenant.home_realm.order.primaries = vec![Primary::ExternalFederation, Primary::AzureActiveDirectory];
    let who = "jo@verified.example";
    assert_eq!(ask(&tenant, who, Entry::Link, |idp| world(who, idp)).outcome, Outcome::Provider(id("partner")));
}

#[test]
fn the_passcode_fallback_never_leads_to_a_microsoft_account() {
    let mut tenant = tenant(Edition::E2024, true);
    tenant.home_realm.order.fallback = Fallback::EmailOneTimePasscode;
    assert_eq!(ask(&tenant, "kim@outlook.com", Entry::Direct, |idp| world("kim@outlook.com", idp)).outcome, Outcome::Passcode);
    // …and the picker does not offer it: one home is left, so there is no picker.
    assert_eq!(ask(&tenant, "hal@x.example", Entry::Direct, |idp| world("hal@x.example", idp)).outcome, Outcome::Provider(id("entra")));
}

#[test]
fn the_microsoft_account_fallback_never_leads_to_a_passcode() {
    let mut tenant = tenant(Edition::E2024, true);
    tenant.home_realm.order.fallback = Fallback::MicrosoftAccount;
    for (who, want) in [
        ("dee@outlook.com", Outcome::Provider(id("msa"))),
        ("eve@corp.example", Outcome::CreateMicrosoftAccount(id("msa"))),
        ("gus@fedcorp.example", Outcome::Blocked(ErrorCode::NoRoad)),
    ] {
        assert_eq!(ask(&tenant, who, Entry::Direct, |idp| world(who, idp)).outcome, want, "{who}");
    }
}

#[test]
fn a_partner_domain_may_have_its_own_order() {
    let mut tenant = tenant(Edition::E2024, true);
    let order = RedemptionOrder { primaries: vec![], fallback: Fallback::EmailOneTimePasscode };
    tenant.home_realm.partners.insert(domain("partner.example"), order);
    assert_eq!(ask(&tenant, "bob@partner.example", Entry::Direct, |idp| world("", idp)).outcome, Outcome::Passcode);
    let cal = ask(&tenant, "cal@gmail.com", Entry::Direct, |idp| world("cal@gmail.com", idp));
    assert_eq!(cal.outcome, Outcome::Provider(id("google")));
}

#[test]
fn a_directory_is_asked_only_where_the_order_needs_it() {
    let mut tenant = tenant(Edition::E2024, true);
    tenant.home_realm.order.primaries = vec![Primary::ExternalFederation];
    tenant.home_realm.order.fallback = Fallback::EmailOneTimePasscode;
    let nobody_asks = |idp: &IdpId| -> Answer { panic!("{idp} was asked") };
    assert_eq!(ask(&tenant, "eve@corp.example", Entry::Direct, nobody_asks).outcome, Outcome::Passcode);
}

#[test]
fn a_directory_that_can_t_answer_is_a_stated_verdict_and_not_an_outage() {
    let decision = ask(&tenant(Edition::E2024, true), "eve@corp.example", Entry::Direct, |_| Answer::Unanswered("timed out".into()));
    assert_eq!(decision.outcome, Outcome::Passcode);
    let unanswered: Vec<_> = decision.tried.iter().filter(|t| t.verdict == Verdict::Unanswered).map(|t| t.reason.to_string()).collect();
    assert_eq!(unanswered, ["entra could not be asked: timed out", "msa could not be asked: timed out"]);
}

#[test]
fn an_accepted_guest_is_sticky() {
    let tenant = tenant(Edition::E2024, true);
    let address = EmailAddress::parse("cal@gmail.com").unwrap();
    let query = Query { address: Some(&address), entry: Entry::Direct, hint: Some("partner") };
    let decided = |voucher| match decide(&tenant, &query, &Facts { accepted_as: Some(voucher), ..Facts::default() }) {
        Progress::Decided(decision) => decision.outcome,
        Progress::Ask(_) => panic!("a sticky guest needs no lookup"),
    };
    assert_eq!(decided(Voucher::Passcode), Outcome::Passcode);
    assert_eq!(decided(Voucher::Provider(id("entra"))), Outcome::Provider(id("entra")));
    assert_eq!(decided(Voucher::Provider(id("gone"))), Outcome::Blocked(ErrorCode::NoRoad));
}

#[test]
fn a_hint_selects_only_a_provider_of_this_tenant() {
    let tenant = tenant(Edition::E2024, true);
    let hinted =
        |hint: &'static str| match decide(&tenant, &Query { address: None, entry: Entry::Direct, hint: Some(hint) }, &Facts::default()) {
            Progress::Decided(decision) => decision.outcome,
            Progress::Ask(_) => panic!("a hint needs no lookup"),
        };
    assert_eq!(hinted("partner.example"), Outcome::Provider(id("partner")));
    assert_eq!(hinted("PARTNER.example"), Outcome::Provider(id("partner")));
    assert_eq!(hinted("google.com"), Outcome::Provider(id("google")));
    assert_eq!(hinted("consumers"), Outcome::Provider(id("msa")));
    for stranger in ["organizations", "other.example", "sub.partner.example", "", "https://evil.example", "partner.example.evil.example"] {
        assert_eq!(hinted(stranger), Outcome::AskAddress, "{stranger:?}");
    }
}

#[test]
fn a_provider_that_is_off_is_neither_offered_nor_hinted_at() {
    let mut tenant = tenant(Edition::E2024, true);
    tenant.home_realm.order = RedemptionOrder { primaries: vec![Primary::ExternalFederation], fallback: Fallback::EmailOneTimePasscode };
    assert_eq!(offered(&tenant).map(|p| p.id.as_str()).collect::<Vec<_>>(), ["partner"]);
    for hint in ["google", "gmail.com", "consumers", "entra", "msa"] {
        let query = Query { address: None, entry: Entry::Direct, hint: Some(hint) };
        let Progress::Decided(decision) = decide(&tenant, &query, &Facts::default()) else { panic!("a hint needs no lookup") };
        assert_eq!(decision.outcome, Outcome::AskAddress, "{hint}");
    }
    // One partner's own order is enough to keep a provider on.
    tenant.home_realm.partners.insert(domain("partner.example"), RedemptionOrder::default());
    assert_eq!(offered(&tenant).count(), 4);
}

fn any_standing() -> impl Strategy<Value = Answer> {
    let account = prop_oneof![
        Just(AccountStanding::Managed),
        Just(AccountStanding::Unmanaged),
        Just(AccountStanding::Absent),
        Just(AccountStanding::Unstated)
    ];
    let domain = prop_oneof![
        Just(DomainStanding::Unverified),
        any::<(bool, bool)>()
            .prop_map(|(is_federated, allows_email_verified_users)| DomainStanding::Verified { is_federated, allows_email_verified_users })
    ];
    prop_oneof![(account, domain).prop_map(|(account, domain)| Answer::Stated { account, domain }), Just(Answer::Unanswered("down".into()))]
}

fn any_order() -> impl Strategy<Value = RedemptionOrder> {
    let all = vec![Primary::AzureActiveDirectory, Primary::ExternalFederation, Primary::SocialIdentityProviders];
    let fallback =
        prop_oneof![Just(Fallback::DefaultConfiguredIdp), Just(Fallback::EmailOneTimePasscode), Just(Fallback::MicrosoftAccount)];
    (proptest::sample::subsequence(all, 0..=3).prop_shuffle(), fallback)
        .prop_map(|(primaries, fallback)| RedemptionOrder { primaries, fallback })
}

proptest! {
    #[test]
    fn every_address_gets_exactly_one_outcome(
        who in "[a-z]{1,8}@(partner|verified|corp|viral)\\.example|[a-z]{1,8}@(gmail|outlook|yahoo)\\.com",
        entra in any_standing(), msa in any_standing(), order in any_order(),
        is_2021 in any::<bool>(), is_link in any::<bool>(), is_passcode_on in any::<bool>(),
    ) {
        let edition = if is_2021 { Edition::E2021 } else { Edition::E2024 };
        let entry = if is_link { Entry::Link } else { Entry::Direct };
        let mut tenant = tenant(edition, is_passcode_on);
        tenant.home_realm.order = order.clone();
        let decision = ask(&tenant, &who, entry, |idp| if idp.as_str() == "entra" { entra.clone() } else { msa.clone() });
        prop_assert_ne!(&decision.outcome, &Outcome::AskAddress);
        // Off means off, for every outcome.
        if order.fallback == Fallback::EmailOneTimePasscode {
            prop_assert_ne!(&decision.outcome, &Outcome::Provider(id("msa")));
        }
        if order.fallback == Fallback::MicrosoftAccount {
            prop_assert_ne!(&decision.outcome, &Outcome::Passcode);
        }
        if !order.primaries.contains(&Primary::ExternalFederation) {
            prop_assert_ne!(&decision.outcome, &Outcome::Provider(id("partner")));
        }
        // Exactly one rule decided, and it is the last one tried.
        let hits = decision.tried.iter().filter(|t| t.verdict == Verdict::Hit).count();
        let is_picker = matches!(decision.outcome, Outcome::Picker(_));
        prop_assert!(is_picker || hits == 1 || matches!(decision.outcome, Outcome::Blocked(_)), "{:?}", decision);
        // The same facts always give the same decision.
        prop_assert_eq!(&decision, &ask(&tenant, &who, entry, |idp| if idp.as_str() == "entra" { entra.clone() } else { msa.clone() }));
    }

    #[test]
    fn a_look_alike_suffix_never_matches(prefix in "[a-z0-9]{1,10}", tail in "[a-z]{2,8}") {
        let tenant = tenant(Edition::E2024, true);
        let absent = |_: &IdpId| Answer::Stated { account: AccountStanding::Absent, domain: DomainStanding::Unverified };
        for look_alike in [
            format!("a@{prefix}partner.example"),
            format!("a@{prefix}.partner.example"),
            format!("a@partner.example.{tail}"),
            format!("a@partner-example.{tail}"),
            format!("a@{prefix}gmail.com"),
            format!("a@gmail.com.{tail}"),
        ] {
            prop_assert_eq!(ask(&tenant, &look_alike, Entry::Direct, absent).outcome, Outcome::Passcode, "{}", look_alike);
        }
    }

    #[test]
    fn case_and_idna_spelling_make_no_difference(upper in "[A-Z]{1,6}") {
        let mut tenant = tenant(Edition::E2024, true);
        tenant.providers.get_mut(&id("partner")).unwrap().domains.insert(domain("bücher.example"));
        for spelling in [format!("{upper}@PARTNER.Example"), format!("{upper}@BÜCHER.example"), format!("{upper}@xn--bcher-kva.EXAMPLE")] {
            let decision = ask(&tenant, &spelling, Entry::Direct, |idp| world("", idp));
            prop_assert_eq!(decision.outcome, Outcome::Provider(id("partner")));
        }
    }
}
