//! What holds for every sign-in, whatever happens in whatever order; and that a stored one is read back as it was.

use std::collections::BTreeSet;

use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::domain::{
    authorization_request::{AuthorizationRequest, Prompt, ResponseMode},
    client::{RedirectUri, Scope},
    consent::{self, Duties},
    correlation::{Awaited, OpenIdBinding},
    errand::Destination,
    guest::{Creation, Guest, PrincipalName},
    id::{ClientId, SessionId},
    identity::{AssertedAddress, Subject, Voucher},
    session::BrowserSession,
};

mod orders;

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
        expected: None,
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
