//! Whatever happens in whatever order, in two sign-ins of one person at once, whatever they came for: no answer without an identity and
//! every consent, nobody Accepted who owes something, nothing accepted unopened that must be opened.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::domain::{
    consent::{Acceptance, Completion, ConsentRecord},
    errand::{Handoff, Redemption},
    grant::Grant,
    guest::State,
    id::{InvitationId, TermsId},
    terms::{Media, Terms, TermsDocument, TermsVersion},
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
    Opened(Matter),
    Agreed,
    Blocked,
    Refused,
    Restarted,
    Mistyped,
    Gate,
    /// The operator begins the guest's redemption anew.
    Reset,
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
        5 => prop::sample::select(matters().to_vec()).prop_map(Event::Opened),
        9 => Just(Event::Agreed),
        9 => Just(Event::Gate),
        1 => Just(Event::Reset),
    ]
}

/// Privacy, and two terms of use.
fn matters() -> [Matter; 3] {
    [Matter::Privacy, Matter::Terms(TermsId::parse("house").unwrap()), Matter::Terms(TermsId::parse("visitors").unwrap())]
}

fn hash(matter: &Matter) -> DocumentHash {
    DocumentHash(matter.as_text().into_owned())
}

/// Those for visitors must be opened first.
fn terms() -> Vec<Terms> {
    let of = |id: &str| {
        let id = TermsId::parse(id).unwrap();
        let document = TermsDocument { hash: hash(&Matter::Terms(id.clone())), media: Media::Html, bytes: [].into() };
        let documents = BTreeMap::from([(Locale::En, document)]);
        Terms {
            names: BTreeMap::from([(Locale::En, id.to_string())]),
            clients: None,
            must_be_opened: id.as_str() == "visitors",
            versions: vec![TermsVersion { label: "1".into(), effective_at: NOW, is_major: true, documents }],
            default_language: Locale::En,
            schedule: None,
            lives: None,
            grace: std::time::Duration::ZERO,
            id,
        }
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

/// What the directory holds: the guest, and what was agreed to in this redemption.
struct Records {
    guest: Guest,
    consents: Vec<ConsentRecord>,
    is_privacy_asked: bool,
}

impl Records {
    /// As `record_agreement` does it: nothing of somebody who is not known by this identity, and nobody Accepted by what was owed in an
    /// earlier redemption.
    fn record(&mut self, record: &ConsentRecord, completion: Option<&Completion>) {
        if self.guest.identity() != Some(&(&identity()).into()) {
            return;
        }
        self.consents.push(record.clone());
        if let Some(completion) = completion.filter(|completion| completion.round() == self.guest.round) {
            self.accept(completion);
        }
    }

    fn bind(&mut self) {
        if let State::PendingAcceptance(pending) = self.guest.state.clone() {
            self.guest.state = pending.bound((&identity()).into()).unwrap().into();
        }
    }

    /// The only way from pending to accepted.
    fn accept(&mut self, completion: &Completion) {
        let State::PendingAcceptance(pending) = self.guest.state.clone() else { return };
        self.guest.state = pending.accepted(completion).unwrap().into();
        assert_eq!(self.unmet(), [], "accepted, and something is owed");
        let has_said = self.consents.iter().any(|record| record.matter == Matter::Privacy);
        assert!(completion.acceptance() == Acceptance::ByPolicy || has_said, "said to be by the guest, who was not asked");
    }

    /// What nobody has agreed to.
    fn unmet(&self) -> Vec<Matter> {
        let is_met = |matter: &Matter| {
            (*matter == Matter::Privacy && !self.is_privacy_asked) || self.consents.iter().any(|record| record.matter == *matter)
        };
        matters().into_iter().filter(|matter| !is_met(matter)).collect()
    }

    fn reset(&mut self) {
        self.guest = Guest { state: State::reset(NOW), round: self.guest.round + 1, ..self.guest.clone() };
        self.consents.clear();
    }
}

/// What is true of one sign-in, told independently of its stages.
struct Visit {
    flow: Flow,
    is_known: bool,
    /// Known, as somebody else than the one invited, and may say that they are the same.
    is_set_aside: bool,
    /// Agreed to since the person was last proven.
    agreed: Vec<Matter>,
    /// Since consent was asked.
    opened: Vec<Matter>,
    has_answer: bool,
}

impl Visit {
    fn begun(flow: Flow, is_known: bool) -> Self {
        Self { flow, is_known, is_set_aside: false, agreed: vec![], opened: vec![], has_answer: false }
    }

    fn happen(&mut self, event: Event, directory: &mut Records) {
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
            Event::Mismatched(_) | Event::Confirmed | Event::Chose(_) | Event::Agreed | Event::Gate | Event::Reset => {}
            Event::Opened(ref matter) => self.opened.push(matter.clone()),
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
            Event::Opened(matter) => flow.opened(hash(&matter)),
            Event::Agreed => self.agree(directory),
            Event::Blocked => flow.blocked(ErrorCode::NotInvited),
            Event::Refused => flow.answered(Answer::Refused { redirect_uri: redirect_uri(), code: ErrorCode::ConsentDeclined }, None),
            Event::Restarted => flow.restarted(),
            Event::Mistyped => flow.mistyped("nobody".into()),
            Event::Gate => self.gate(directory),
            Event::Reset => {
                directory.reset();
                flow
            }
        };
        self.has_answer &= is_answer(&self.flow);
    }

    /// As `signin/consent` does it: the record, with the last one the guest's acceptance, and back to the gate.
    fn agree(&mut self, directory: &mut Records) -> Flow {
        let flow = self.flow.clone();
        let Stage::Consent { owed, origin, opened, .. } = &flow.stage else { return flow.agreed(Matter::Privacy) };
        let matter = owed.first().clone();
        let terms = terms();
        let shown = terms.iter().filter_map(|terms| terms.shown(Locale::En, owed.since()));
        let mut must_open = shown.filter(|shown| shown.terms.must_be_opened && matter == Matter::Terms(shown.terms.id.clone()));
        if let Some(shown) = must_open.next() {
            let is_opened = opened.contains(&shown.document.hash);
            assert_eq!(is_opened, self.opened.contains(&matter), "what was opened, and when it was asked");
            if !is_opened {
                return flow.reminded();
            }
        }
        let record = accepted(&matter);
        self.agreed.push(matter.clone());
        directory.record(&record, owed.completed_by(&record, origin.identity()).as_ref());
        flow.agreed(matter)
    }

    /// As `signin/advance` and `signin/finish` do it: the only way to an answer is through the gate.
    fn gate(&mut self, directory: &mut Records) -> Flow {
        let flow = self.flow.clone();
        let Next::Admit(known) = flow.next() else { return flow };
        let (identity, consented) = match known {
            // A session of a redemption before proves nothing.
            Known::BySession(..) if directory.guest.round > 1 => {
                self.is_known = false;
                return flow.restarted();
            }
            Known::BySession(session, consented) => (session.identity.clone(), consented.to_vec()),
            Known::ByProof(identity, consented, _) => (identity.clone(), consented.to_vec()),
        };
        directory.bind();
        let is_asked_again = flow.errand.wants(Interaction::Consent) && !consented.contains(&Matter::Privacy);
        let again: &[Matter] = if is_asked_again { &[Matter::Privacy] } else { &[] };
        let terms = terms();
        let duties = Duties { is_privacy_asked: directory.is_privacy_asked, terms: terms.iter().collect(), now: NOW };
        let passed = match consent::gate(&directory.guest, identity, &directory.consents, &duties, again) {
            Err(owed) => {
                self.opened.clear();
                return flow.owing(guest_id(), owed);
            }
            Ok(passed) => passed,
        };
        if let Some(completion) = passed.completion() {
            directory.accept(&completion.clone());
        }
        assert!(self.is_known, "an answer for nobody");
        assert_eq!(directory.unmet(), [], "an answer, and consent is owed");
        assert!(matches!(directory.guest.state, State::Accepted(_)), "an answer for somebody who is not accepted");
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
        document: hash(matter),
        locale: Locale::En,
        is_accepted: true,
        client: "portal".into(),
        voucher: "fabrikam".into(),
        at: NOW,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]
    #[test]
    fn no_sequence_of_events_reaches_an_answer_without_an_identity_and_every_consent_owed(
        events in prop::collection::vec((0..2_usize, any_event()), 0..60), number in 0..4_u8, wants_consent in any::<bool>(),
        has_session in any::<bool>(), is_privacy_asked in prop::bool::weighted(0.8),
    ) {
        let prompt = if wants_consent { Prompt::Interactive(vec![Interaction::Consent]) } else { Prompt::AsNeeded };
        let stage = if has_session { Stage::Recognised { session: session(), consented: vec![] } } else { start() };
        let begun = Flow { errand: errand(number, prompt.clone()), ..flow(prompt, stage) };
        let other = Flow { errand: errand(number / 2, Prompt::AsNeeded), ..flow(Prompt::AsNeeded, start()) };
        let mut visits = [Visit::begun(begun, has_session), Visit::begun(other, false)];
        let mut directory = Records { guest: guest(), consents: vec![], is_privacy_asked };
        for (which, event) in events {
            let told = format!("{event:?} in {which}");
            visits[which].happen(event, &mut directory);
            for visit in &visits {
                let is_admitted = matches!(visit.flow.next(), Next::Admit(_) | Next::AskConsent { .. });
                prop_assert_eq!(is_admitted, visit.is_known, "after {}: {}", told, name(&visit.flow.stage));
                prop_assert_eq!(is_answer(&visit.flow), visit.has_answer, "after {}", told);
            }
            let is_accepted = matches!(directory.guest.state, State::Accepted(_));
            prop_assert!(!is_accepted || directory.unmet().is_empty(), "after {}", told);
        }
    }
}

/// What random orders seldom hit.
#[test]
fn a_second_sign_in_and_a_reset_in_between_change_nothing_of_what_is_owed() {
    let all = |which: usize| {
        let visitors = matters()[2].clone();
        let mut events = vec![(which, Event::Proven)];
        events.extend(
            [Event::Gate, Event::Agreed, Event::Gate, Event::Agreed, Event::Gate, Event::Opened(visitors)].map(|event| (which, event)),
        );
        events
    };
    let asks = Prompt::Interactive(vec![Interaction::Consent]);
    let begin = || [Visit::begun(flow(asks.clone(), start()), false), Visit::begun(flow(Prompt::AsNeeded, start()), false)];
    let directory = || Records { guest: guest(), consents: vec![], is_privacy_asked: true };
    let run = |visits: &mut [Visit; 2], directory: &mut Records, events: Vec<(usize, Event)>| {
        for (which, event) in events {
            visits[which].happen(event, directory);
        }
    };
    // The other sign-in agreed to everything; this app wants to hear it again.
    let (mut visits, mut records) = (begin(), directory());
    run(&mut visits, &mut records, [all(1), vec![(1, Event::Agreed), (1, Event::Gate), (0, Event::Proven), (0, Event::Gate)]].concat());
    assert!(visits[1].has_answer && !visits[0].has_answer);
    assert!(matches!(visits[0].flow.next(), Next::AskConsent { owed, .. } if *owed.first() == Matter::Privacy));
    // One is asked for the last thing, redemption begins anew, and the other proves the same person again.
    let (mut visits, mut records) = (begin(), directory());
    let reset = vec![(0, Event::Reset), (1, Event::Proven), (1, Event::Gate), (0, Event::Agreed)];
    run(&mut visits, &mut records, [all(0), reset].concat());
    assert!(matches!(records.guest.state, State::PendingAcceptance(_)) && records.unmet().len() == 2);
}
