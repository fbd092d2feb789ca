//! Whatever happens in whatever order, whatever somebody came for: no answer without an identity and every consent.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::domain::{
    consent::{Completion, ConsentRecord},
    errand::{Handoff, Redemption},
    grant::Grant,
    guest::State,
    id::{InvitationId, TermsId},
    terms::{Terms, TermsVersion},
};

/// What can happen to a flow. `Gate` is what the desk does when somebody is to be admitted.
#[derive(Debug, Clone)]
enum Event {
    Discovered(bool, Outcome, Approach),
    Chose(IdpId),
    Left,
    Mailed(Voucher),
    SentElsewhere,
    Proven,
    Mismatched(Remedy),
    Confirmed,
    Opened,
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
    let mut plain = vec![Event::Left, Event::Blocked, Event::Refused, Event::Restarted, Event::Mistyped, Event::SentElsewhere];
    plain.extend([Voucher::Passcode, Voucher::EmailVerified].map(Event::Mailed));
    let remedies = vec![Remedy::SwitchOrConfirm, Remedy::Switch, Remedy::AnotherGuests];
    prop_oneof![
        2 => discovered.prop_map(|(has_address, outcome, approach)| Event::Discovered(has_address, outcome, approach)),
        1 => prop::sample::select(vec!["fabrikam", "msa", "elsewhere"]).prop_map(|id| Event::Chose(idp(id))),
        3 => prop::sample::select(plain),
        4 => Just(Event::Proven),
        2 => prop::sample::select(remedies).prop_map(Event::Mismatched),
        2 => Just(Event::Confirmed),
        1 => Just(Event::Opened),
        9 => Just(Event::Agreed),
        9 => Just(Event::Gate),
    ]
}

/// Privacy, and two terms of use.
fn matters() -> [Matter; 3] {
    [Matter::Privacy, Matter::Terms(TermsId::parse("house").unwrap()), Matter::Terms(TermsId::parse("visitors").unwrap())]
}

fn terms() -> Vec<Terms> {
    let version = TermsVersion { label: "1".into(), effective_at: NOW, is_major: true, documents: BTreeMap::new() };
    let of = |id: &str| Terms {
        id: TermsId::parse(id).unwrap(),
        names: BTreeMap::from([(Locale::En, id.to_owned())]),
        clients: None,
        must_be_opened: false,
        versions: vec![version.clone()],
        default_language: Locale::En,
        schedule: None,
        lives: None,
        grace: std::time::Duration::ZERO,
    };
    ["house", "visitors"].map(of).into()
}

/// Everything somebody may come for.
fn errand(number: u8, prompt: Prompt) -> Errand {
    let redemption = Redemption {
        invitation: InvitationId::from_drawn(Uuid::from_u128(9)),
        guest: guest_id(),
        round: 1,
        invited: address(),
        destination: Destination::Apps,
    };
    match number {
        0 => flow(prompt, start()).errand,
        1 => Errand::Redemption(redemption),
        2 => Errand::Portal(Destination::Account),
        _ => Errand::Handoff(Handoff { flow: flow_id(), client: None, provider: idp("google"), digest: "d".into(), asked_at: NOW }),
    }
}

/// What is true of a sign-in, told independently of its stages.
struct Model {
    flow: Flow,
    guest: Guest,
    is_known: bool,
    /// Known, as somebody else than the one invited, and may say that they are the same.
    is_set_aside: bool,
    /// Agreed to since the person was last proven.
    agreed: Vec<Matter>,
    records: Vec<ConsentRecord>,
    has_answer: bool,
}

impl Model {
    fn happen(mut self, event: Event) -> Self {
        let flow = self.flow.clone();
        match event {
            Event::Proven => {
                (self.is_known, self.is_set_aside) = (true, false);
                self.agreed.clear();
            }
            Event::Mismatched(remedy) if matches!(flow.stage, Stage::Proven { .. }) => {
                (self.is_known, self.is_set_aside) = (false, remedy == Remedy::SwitchOrConfirm);
            }
            Event::Confirmed if self.is_set_aside => {
                (self.is_known, self.is_set_aside) = (true, false);
                self.agreed.clear();
            }
            Event::Mismatched(_) | Event::Confirmed | Event::Chose(_) | Event::Opened | Event::Agreed | Event::Gate => {}
            Event::Discovered(..)
            | Event::Left
            | Event::Mailed(_)
            | Event::SentElsewhere
            | Event::Blocked
            | Event::Refused
            | Event::Restarted
            | Event::Mistyped => (self.is_known, self.is_set_aside) = (false, false),
        }
        self.flow = match event {
            Event::Discovered(has_address, outcome, approach) => flow.discovered(has_address.then(address), outcome, approach),
            Event::Chose(id) => flow.chose(&id),
            Event::Left => flow.left(Some(address()), Approach::AsNeeded, correlation()),
            Event::Mailed(voucher) => flow.mailed(address(), voucher, challenge(), None),
            Event::SentElsewhere => flow.sent_elsewhere(Some(address()), idp("google"), Approach::AsNeeded, secret("BCDF-GHJK"), NOW),
            Event::Proven => flow.proven(identity(), "renewed".into(), renewal()),
            Event::Mismatched(remedy) => flow.mismatched(address(), remedy),
            Event::Confirmed => flow.confirmed(),
            Event::Opened => flow.opened(DocumentHash("d".into())),
            Event::Agreed => self.agree(),
            Event::Blocked => flow.blocked(ErrorCode::NotInvited),
            Event::Refused => flow.answered(Answer::Refused { redirect_uri: redirect_uri(), code: ErrorCode::ConsentDeclined }, None),
            Event::Restarted => flow.restarted(),
            Event::Mistyped => flow.mistyped("nobody".into()),
            Event::Gate => self.gate(),
        };
        self.has_answer &= is_answer(&self.flow);
        self
    }

    /// As `signin/consent` does it: the record, with the last one the guest's acceptance, and back to the gate.
    fn agree(&mut self) -> Flow {
        let flow = self.flow.clone();
        let Stage::Consent { owed, origin, .. } = &flow.stage else { return flow.agreed(Matter::Privacy) };
        let (matter, record) = (owed.first().clone(), accepted(owed.first()));
        self.agreed.push(matter.clone());
        self.records.push(record.clone());
        if let Some(completion) = owed.completed_by(&record, origin.identity()) {
            self.accept(&completion);
        }
        flow.agreed(matter)
    }

    /// The only way from pending to accepted.
    fn accept(&mut self, completion: &Completion) {
        let State::PendingAcceptance(pending) = self.guest.state.clone() else { return };
        self.guest.state = pending.bound(completion.identity().clone()).unwrap().accepted(completion).unwrap().into();
        assert_eq!(self.unmet(), [], "accepted, and something is owed");
    }

    /// What nobody has agreed to.
    fn unmet(&self) -> Vec<Matter> {
        matters().into_iter().filter(|matter| !self.records.iter().any(|record| record.matter == *matter)).collect()
    }

    /// As `signin/advance` and `signin/finish` do it: the only way to an answer is through the gate.
    fn gate(&mut self) -> Flow {
        let flow = self.flow.clone();
        let Next::Admit(known) = flow.next() else { return flow };
        let (identity, consented) = match known {
            Known::BySession(session, consented) => (session.identity.clone(), consented.to_vec()),
            Known::ByProof(identity, consented, _) => (identity.clone(), consented.to_vec()),
        };
        let is_asked_again = flow.errand.wants(Interaction::Consent) && !consented.contains(&Matter::Privacy);
        let again: &[Matter] = if is_asked_again { &[Matter::Privacy] } else { &[] };
        let terms = terms();
        let duties = Duties { is_privacy_asked: true, terms: terms.iter().collect(), now: NOW };
        let passed = match consent::gate(&self.guest, identity, &self.records, &duties, again) {
            Err(owed) => return flow.owing(guest_id(), owed),
            Ok(passed) => passed,
        };
        if let Some(completion) = passed.completion() {
            self.accept(&completion.clone());
        }
        assert!(self.is_known, "an answer for nobody");
        assert_eq!(self.unmet(), [], "an answer, and consent is owed");
        assert!(matches!(self.guest.state, State::Accepted(_)), "an answer for somebody who is not accepted");
        let wants_consent = flow.errand.wants(Interaction::Consent);
        assert!(!wants_consent || self.agreed.contains(&Matter::Privacy), "an answer, and the app's wish for consent unheard");
        assert_eq!(passed.guest(), guest_id());
        (self.has_answer, self.is_known) = (true, false);
        let answer = match flow.errand.request() {
            Some(request) => {
                assert_eq!(Grant::new(passed, SessionId::from(flow.id), request, NOW).guest(), guest_id());
                Answer::Code { redirect_uri: redirect_uri(), code: secret("code") }
            }
            None => Answer::Arrived { destination: Destination::Apps },
        };
        flow.answered(answer, None)
    }
}

fn is_answer(flow: &Flow) -> bool {
    matches!(&flow.stage, Stage::Answered { answer: Answer::Code { .. } | Answer::Arrived { .. }, .. })
}

fn accepted(matter: &Matter) -> ConsentRecord {
    ConsentRecord {
        guest: guest_id(),
        matter: matter.clone(),
        version: matches!(matter, Matter::Terms(_)).then(|| "1".into()),
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
    fn no_sequence_of_events_reaches_an_answer_without_an_identity_and_every_consent_owed(
        events in prop::collection::vec(any_event(), 0..40), number in 0..4_u8, wants_consent in any::<bool>(), has_session in any::<bool>(),
    ) {
        let prompt = if wants_consent { Prompt::Interactive(vec![Interaction::Consent]) } else { Prompt::AsNeeded };
        let stage = if has_session { Stage::Recognised { session: session(), consented: vec![] } } else { start() };
        let begun = Flow { errand: errand(number, prompt.clone()), ..flow(prompt, stage) };
        let mut model = Model {
            flow: begun, guest: guest(), is_known: has_session, is_set_aside: false, agreed: vec![], records: vec![], has_answer: false,
        };
        for event in events {
            let told = format!("{event:?}");
            model = model.happen(event);
            let is_admitted = matches!(model.flow.next(), Next::Admit(_) | Next::AskConsent { .. });
            prop_assert_eq!(is_admitted, model.is_known, "after {}: {}", told, name(&model.flow.stage));
            prop_assert_eq!(is_answer(&model.flow), model.has_answer, "after {}", told);
        }
    }
}
