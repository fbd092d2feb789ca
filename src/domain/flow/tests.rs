//! What holds for every sign-in, whatever happens in whatever order; and that a stored one is read back as it was.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::domain::{
    authorization_request::{AuthorizationRequest, Prompt, ResponseMode},
    client::{RedirectUri, Scope},
    consent::{self, ConsentRecord, Duties},
    correlation::{Awaited, OpenIdBinding},
    errand::Destination,
    grant::Grant,
    guest::{Creation, Guest, PrincipalName},
    id::{ClientId, SessionId},
    identity::{AssertedAddress, Subject, Voucher},
};

const NOW: Timestamp = Timestamp::from_unix(1_800_000_000);

fn idp(name: &str) -> IdpId {
    IdpId::parse(name).unwrap()
}

fn address() -> EmailAddress {
    EmailAddress::parse("ana@fabrikam.example").unwrap()
}

fn guest_id() -> GuestId {
    GuestId::from_drawn(Uuid::from_u128(7))
}

fn secret(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

fn redirect_uri() -> RedirectUri {
    serde_json::from_value(json!("https://portal.contoso.example/cb")).unwrap()
}

fn identity() -> VerifiedIdentity {
    VerifiedIdentity {
        voucher: Voucher::Provider(idp("fabrikam")),
        subject: Subject::new("s-1").unwrap(),
        address: Some(AssertedAddress { address: address(), is_owner_verified: true }),
        name: Some("Ana".into()),
        authenticated_at: NOW,
        amr: vec!["pwd".into()],
        acr: Some("1".into()),
        partner_session: None,
    }
}

fn session() -> BrowserSession {
    BrowserSession { id: SessionId::from(flow_id()), guest: guest_id(), identity: identity(), began_at: NOW, expires_at: NOW }
}

fn flow_id() -> FlowId {
    FlowId::from_drawn(Uuid::from_u128(1))
}

fn correlation() -> Correlation {
    let (state, nonce, pkce_verifier) = (secret("st"), secret("no"), secret("ve"));
    Correlation {
        provider: idp("fabrikam"),
        state,
        awaited: Awaited::OpenId(OpenIdBinding { nonce, pkce_verifier }),
        left_at: NOW,
        authenticated_since: Some(NOW),
    }
}

fn challenge() -> Challenge {
    Challenge { digest: vec![1, 2, 3], sent_at: NOW, expires_at: NOW, wrong_entries: 2 }
}

fn renewal() -> Renewal {
    Renewal { from: "old".into(), proof: "proof".into(), to: secret("new") }
}

fn flow(prompt: Prompt, stage: Stage) -> Flow {
    let request = AuthorizationRequest {
        client: ClientId::parse("portal").unwrap(),
        redirect_uri: redirect_uri(),
        response_mode: ResponseMode::FormPost,
        state: Some("s".into()),
        nonce: Some("n".into()),
        scopes: vec![Scope::Openid, Scope::Email],
        code_challenge: Some("c".into()),
        prompt,
        max_age: None,
        login_hint: Some("ana@fabrikam.example".into()),
        domain_hint: None,
        hinted_guest: None,
    };
    Flow {
        id: flow_id(),
        errand: Errand::App(request),
        entry: Entry::Direct,
        locale: Locale::En,
        browser: "digest".into(),
        renewal: None,
        form_secret: secret("form"),
        expires_at: NOW,
        stage,
    }
}

fn start() -> Stage {
    Stage::Address { prefill: None, notice: None, approach: Approach::AsNeeded }
}

fn owed() -> Owed {
    consent::gate(&guest(), identity(), &[], &duties(), &[]).unwrap_err()
}

fn duties() -> Duties<'static> {
    Duties { is_privacy_asked: true, terms: vec![], now: NOW }
}

fn guest() -> Guest {
    let name = PrincipalName::of(&address(), "contoso.example");
    Guest::pending(guest_id(), name, address(), Creation::Invitation, NOW)
}

/// At least one of each, in all that they can hold.
fn every_stage() -> Vec<Stage> {
    let (consented, session) = (vec![Matter::Privacy], session());
    let mut stages = vec![
        start(),
        Stage::Address { prefill: Some("x".into()), notice: Some(ErrorCode::InvalidAddress), approach: Approach::Login },
        Stage::Account { address: address(), homes: vec![idp("fabrikam"), idp("msa")] },
        Stage::NewAccount { address: address(), provider: idp("msa") },
        Stage::Routed { address: Some(address()), road: Road::Passcode },
        Stage::Routed { address: None, road: Road::Passcode },
        Stage::Routed { address: None, road: Road::Provider { id: idp("fabrikam"), approach: Approach::Create } },
        Stage::Away { address: Some(address()), approach: Approach::SelectAccount, correlation: correlation() },
        Stage::Recognised { session: session.clone(), consented: consented.clone() },
        Stage::Proven { identity: identity(), consented: consented.clone(), alias: Alias::Unsaid },
        Stage::Proven { identity: identity(), consented: vec![], alias: Alias::Confirmed },
        Stage::Mismatch { invited: address(), identity: identity(), remedy: Remedy::SwitchOrConfirm },
        Stage::Mismatch { invited: address(), identity: identity(), remedy: Remedy::Switch },
        Stage::Elsewhere {
            address: Some(address()),
            provider: idp("google"),
            approach: Approach::AsNeeded,
            code: secret("BCDF-GHJK"),
            until: NOW,
            proven: None,
        },
        Stage::Routed { address: Some(address()), road: Road::EmailVerified },
        Stage::Answered { answer: Answer::Arrived { destination: Destination::Apps }, session: None },
        Stage::Answered {
            answer: Answer::Code { redirect_uri: redirect_uri(), code: secret("code") },
            session: Some(SessionCookie { secret: secret("s"), until: NOW }),
        },
        Stage::Answered { answer: Answer::Refused { redirect_uri: redirect_uri(), code: ErrorCode::ConsentDeclined }, session: None },
    ];
    let notices = [PasscodeNotice::Wrong { tries_left: 2 }, PasscodeNotice::Dead, PasscodeNotice::TooSoon, PasscodeNotice::Resent];
    let notices = notices.into_iter().map(Some).chain([None]);
    stages.extend(notices.map(|notice| Stage::Passcode { address: address(), proves: Voucher::Passcode, challenge: challenge(), notice }));
    let origins =
        [Origin::Recognised { session, consented: vec![] }, Origin::Proven { identity: identity(), consented, alias: Alias::Unsaid }];
    stages.extend(origins.map(|origin| Stage::Consent {
        guest: guest_id(),
        owed: owed(),
        origin: Box::new(origin),
        opened: vec![],
        is_reminded: false,
    }));
    stages.extend(ErrorCode::ALL.iter().map(|code| Stage::Blocked { address: Some(address()), code: *code }));
    stages
}

fn name(stage: &Stage) -> &'static str {
    match stage {
        Stage::Address { .. } => "address",
        Stage::Account { .. } => "account",
        Stage::NewAccount { .. } => "new account",
        Stage::Routed { .. } => "routed",
        Stage::Away { .. } => "away",
        Stage::Passcode { .. } => "passcode",
        Stage::Elsewhere { .. } => "elsewhere",
        Stage::Mismatch { .. } => "mismatch",
        Stage::Blocked { .. } => "blocked",
        Stage::Recognised { .. } => "recognised",
        Stage::Proven { .. } => "proven",
        Stage::Consent { .. } => "consent",
        Stage::Answered { .. } => "answered",
    }
}

#[test]
fn every_stage_is_read_back_as_it_was_stored() {
    let names: BTreeSet<_> = every_stage().iter().map(name).collect();
    assert_eq!(names.len(), 13, "a stage is missing from the table: {names:?}");
    for stage in every_stage() {
        let stored = Flow { renewal: Some(renewal()), ..flow(Prompt::Interactive(vec![Interaction::Login]), stage) };
        let octets = serde_json::to_vec(&stored).unwrap();
        let read: Flow = serde_json::from_slice(&octets).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), serde_json::to_value(&stored).unwrap());
        assert_eq!(format!("{:?}", read.next()), format!("{:?}", stored.next()));
    }
}

#[test]
fn only_who_is_known_is_admitted_and_only_who_is_not_may_type_another_address() {
    for stage in every_stage() {
        let is_known = ["recognised", "proven", "consent"].contains(&name(&stage));
        let is_over = name(&stage) == "answered";
        let flow = flow(Prompt::AsNeeded, stage);
        assert_eq!(matches!(flow.next(), Next::Admit(_) | Next::AskConsent { .. }), is_known, "{}", name(&flow.stage));
        assert_eq!(flow.is_anyones(), !is_known && !is_over, "{}", name(&flow.stage));
    }
}

#[test]
fn the_same_question_asked_twice_is_one_question() {
    let away =
        || flow(Prompt::AsNeeded, Stage::Away { address: Some(address()), approach: Approach::AsNeeded, correlation: correlation() });
    let again = away().discovered(Some(address()), Outcome::Provider(idp("fabrikam")), Approach::AsNeeded);
    assert!(matches!(again.stage, Stage::Away { .. }), "a double click");
    for (to, provider, approach) in [
        (Some(address()), "contoso", Approach::AsNeeded),
        (None, "fabrikam", Approach::AsNeeded),
        (Some(address()), "fabrikam", Approach::SelectAccount),
    ] {
        let other = away().discovered(to, Outcome::Provider(idp(provider)), approach);
        assert!(matches!(other.stage, Stage::Routed { .. }));
    }
    let seen = away().seen_from_outside();
    assert!(matches!(seen.next(), Next::AskAddress { prefill: Some("ana@fabrikam.example"), notice: None }));
}

#[test]
fn a_home_that_was_not_offered_is_no_choice() {
    for stage in every_stage() {
        let before = serde_json::to_value(&stage).unwrap();
        assert_eq!(serde_json::to_value(&flow(Prompt::AsNeeded, stage).chose(&idp("elsewhere")).stage).unwrap(), before);
    }
}

/// What can happen to a flow. `Gate` is what the desk does when somebody is to be admitted.
#[derive(Debug, Clone)]
enum Event {
    Discovered(bool, Outcome, Approach),
    Chose(IdpId),
    Left,
    Mailed,
    Proven,
    Owing,
    Agreed,
    Blocked,
    Refused,
    Restarted,
    Mistyped,
    Gate,
}

fn any_event() -> impl Strategy<Value = Event> {
    let outcomes = vec![
        Outcome::AskAddress,
        Outcome::Provider(idp("fabrikam")),
        Outcome::Picker(vec![idp("fabrikam"), idp("msa")]),
        Outcome::Passcode,
        Outcome::CreateMicrosoftAccount(idp("msa")),
        Outcome::SelfServiceAccount,
        Outcome::Blocked(ErrorCode::NoRoad),
    ];
    let approaches = vec![Approach::AsNeeded, Approach::Login, Approach::SelectAccount, Approach::Create];
    let discovered = (any::<bool>(), prop::sample::select(outcomes), prop::sample::select(approaches));
    let plain = vec![Event::Left, Event::Mailed, Event::Owing, Event::Blocked, Event::Refused, Event::Restarted, Event::Mistyped];
    prop_oneof![
        2 => discovered.prop_map(|(has_address, outcome, approach)| Event::Discovered(has_address, outcome, approach)),
        1 => prop::sample::select(vec!["fabrikam", "msa", "elsewhere"]).prop_map(|id| Event::Chose(idp(id))),
        4 => prop::sample::select(plain),
        2 => Just(Event::Proven),
        3 => Just(Event::Agreed),
        4 => Just(Event::Gate),
    ]
}

/// What is true of a sign-in, told independently of its stages.
struct Model {
    flow: Flow,
    is_known: bool,
    /// Agreed to since the person was last proven.
    agreed: Vec<Matter>,
    records: Vec<ConsentRecord>,
    has_code: bool,
}

impl Model {
    fn happen(mut self, event: Event) -> Self {
        let (is_known, is_consent) = (self.is_known, matches!(self.flow.stage, Stage::Consent { .. }));
        self.is_known = match event {
            Event::Proven => true,
            Event::Chose(_) | Event::Owing | Event::Agreed | Event::Gate => is_known,
            Event::Discovered(..) | Event::Left | Event::Mailed | Event::Blocked | Event::Refused | Event::Restarted | Event::Mistyped => {
                false
            }
        };
        let flow = self.flow.clone();
        self.flow = match event {
            Event::Discovered(has_address, outcome, approach) => flow.discovered(has_address.then(address), outcome, approach),
            Event::Chose(id) => flow.chose(&id),
            Event::Left => flow.left(Some(address()), Approach::AsNeeded, correlation()),
            Event::Mailed => flow.mailed(address(), Voucher::Passcode, challenge(), None),
            Event::Proven => {
                self.agreed.clear();
                flow.proven(identity(), "renewed".into(), renewal())
            }
            Event::Owing => flow.owing(guest_id(), owed()),
            Event::Agreed => {
                if is_consent {
                    self.agreed.push(Matter::Privacy);
                    self.records.push(accepted());
                }
                flow.agreed(Matter::Privacy)
            }
            Event::Blocked => flow.blocked(ErrorCode::NotInvited),
            Event::Refused => flow.answered(Answer::Refused { redirect_uri: redirect_uri(), code: ErrorCode::ConsentDeclined }, None),
            Event::Restarted => flow.restarted(),
            Event::Mistyped => flow.mistyped("nobody".into()),
            Event::Gate => self.gate(),
        };
        let is_code = matches!(&self.flow.stage, Stage::Answered { answer: Answer::Code { .. }, .. });
        self.has_code &= is_code;
        self
    }

    /// As `signin/advance` and `signin/finish` do it: the only way to a grant is through the gate.
    fn gate(&mut self) -> Flow {
        let flow = self.flow.clone();
        let Next::Admit(known) = flow.next() else { return flow };
        let (identity, consented) = match known {
            Known::BySession(session, consented) => (session.identity.clone(), consented.to_vec()),
            Known::ByProof(identity, consented, _) => (identity.clone(), consented.to_vec()),
        };
        let is_asked_again = flow.errand.wants(Interaction::Consent) && !consented.contains(&Matter::Privacy);
        let again: &[Matter] = if is_asked_again { &[Matter::Privacy] } else { &[] };
        match consent::gate(&guest(), identity, &self.records, &duties(), again) {
            Err(owed) => flow.owing(guest_id(), owed),
            Ok(passed) => {
                let grant = Grant::new(passed, SessionId::from(flow.id), flow.errand.request().unwrap(), NOW);
                assert!(self.is_known, "a grant for nobody");
                assert!(!self.records.is_empty(), "a grant, and consent is owed");
                let wants_consent = flow.errand.wants(Interaction::Consent);
                assert!(!wants_consent || self.agreed.contains(&Matter::Privacy), "a grant, and the app's wish for consent unheard");
                assert_eq!(grant.guest(), guest_id());
                (self.has_code, self.is_known) = (true, false);
                flow.answered(Answer::Code { redirect_uri: redirect_uri(), code: secret("code") }, None)
            }
        }
    }
}

fn accepted() -> ConsentRecord {
    ConsentRecord {
        guest: guest_id(),
        matter: Matter::Privacy,
        version: None,
        document: DocumentHash("d".into()),
        locale: Locale::En,
        is_accepted: true,
        client: "portal".into(),
        voucher: "fabrikam".into(),
        at: NOW,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn no_sequence_of_events_reaches_a_code_without_an_identity_and_every_consent_owed(
        events in prop::collection::vec(any_event(), 0..25), wants_consent in any::<bool>(), has_session in any::<bool>(),
    ) {
        let prompt = if wants_consent { Prompt::Interactive(vec![Interaction::Consent]) } else { Prompt::AsNeeded };
        let stage = if has_session { Stage::Recognised { session: session(), consented: vec![] } } else { start() };
        let mut model = Model { flow: flow(prompt, stage), is_known: has_session, agreed: vec![], records: vec![], has_code: false };
        for event in events {
            let told = format!("{event:?}");
            model = model.happen(event);
            let is_admitted = matches!(model.flow.next(), Next::Admit(_) | Next::AskConsent { .. });
            prop_assert_eq!(is_admitted, model.is_known, "after {}: {}", told, name(&model.flow.stage));
            let is_code = matches!(model.flow.next(), Next::Answer { answer: Answer::Code { .. }, .. });
            prop_assert_eq!(is_code, model.has_code, "after {}", told);
        }
    }
}
