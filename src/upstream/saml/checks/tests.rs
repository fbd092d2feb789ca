use super::*;
use crate::{
    domain::verdict::Outcome,
    upstream::signed_xml::{Conditions, Confirmation, NameId},
};

const ISSUER: &str = "https://sts.fabrikam.example/adfs/services/trust";
const OURS: &str = "https://gate.example/contoso/saml";
const ACS: &str = "https://gate.example/contoso/callback/fabrikam";
const REQUEST: &str = "_1f0e";
const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
const PASSWORD: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:Password";
const NOW: i64 = 1_800_000_000;
const SKEW: i64 = 60;
const HOUR: i64 = 3600;

fn at(offset: i64) -> Timestamp {
    Timestamp::from_unix(NOW + offset)
}

/// A good answer, as AD FS makes them.
fn envelope() -> ResponseEnvelope {
    ResponseEnvelope {
        id: "_r".into(),
        issued_at: at(-5),
        destination: Some(ACS.into()),
        in_response_to: Some(REQUEST.into()),
        issuer: Some(ISSUER.into()),
        is_signed: false,
    }
}

fn bearer() -> Confirmation {
    Confirmation {
        method: BEARER.into(),
        recipient: Some(ACS.into()),
        in_response_to: Some(REQUEST.into()),
        not_before: None,
        not_on_or_after: Some(at(300)),
    }
}

fn statement() -> Authentication {
    Authentication { at: at(-20), session_index: Some("_s".into()), session_not_on_or_after: None, context: Some(PASSWORD.into()) }
}

fn assertion() -> Assertion {
    Assertion {
        version: SamlVersion::V2_0,
        id: "_a".into(),
        issuer: ISSUER.into(),
        issued_at: at(-5),
        subject: Some(NameId { value: "u1".into(), format: None, name_qualifier: None, sp_name_qualifier: None }),
        confirmations: vec![bearer()],
        conditions: Some(Conditions { not_before: Some(at(-5)), not_on_or_after: Some(at(HOUR)), audiences: vec![vec![OURS.into()]] }),
        authentications: vec![statement()],
        attributes: Vec::new(),
    }
}

fn wanted() -> Expectation<'static> {
    Expectation {
        issuer: ISSUER,
        audience: OURS,
        answer_at: ACS,
        answers: Answers::Request(REQUEST),
        now: Now { at: at(0), skew: Duration::from_secs(SKEW.unsigned_abs()) },
        authenticated_since: None,
        contexts: &[],
    }
}

/// The code that refuses, `None` when all is well; and that the last verdict says the same.
fn outcome(envelope: &ResponseEnvelope, assertion: &Assertion, want: &Expectation<'_>) -> Option<ErrorCode> {
    let mut verdicts = Verdicts::default();
    let refused = judge(envelope, assertion, want, Depth::FirstRefusal, &mut verdicts).err().map(|rejected| rejected.code);
    let last = verdicts.iter().last().expect("something was checked").outcome;
    match refused {
        Some(code) => assert_eq!(last, Outcome::Refused(code)),
        None => assert!(!verdicts.iter().any(|verdict| matches!(verdict.outcome, Outcome::Refused(_)))),
    }
    refused
}

/// What one change to a good answer leads to.
fn after(change: impl FnOnce(&mut ResponseEnvelope, &mut Assertion, &mut Expectation<'static>)) -> Option<ErrorCode> {
    let (mut envelope, mut assertion, mut want) = (envelope(), assertion(), wanted());
    change(&mut envelope, &mut assertion, &mut want);
    outcome(&envelope, &assertion, &want)
}

#[test]
fn a_good_answer_passes_every_check_and_each_has_a_verdict() {
    let (envelope, assertion, mut verdicts) = (envelope(), assertion(), Verdicts::default());
    let judged = judge(&envelope, &assertion, &wanted(), Depth::FirstRefusal, &mut verdicts).ok().unwrap();
    assert_eq!(judged.authentication.session_index.as_deref(), Some("_s"));
    assert_eq!(judged.until, at(300 + SKEW));
    let checks: Vec<&str> = verdicts.iter().map(|verdict| verdict.check).collect();
    for check in [
        "version",
        "issuer",
        "response issuer",
        "destination",
        "response issue instant",
        "issue instant",
        "response in response to",
        "recipient",
        "in response to",
        "confirmation",
        "conditions",
        "audience",
        "authentication",
        "authentication context",
    ] {
        assert!(checks.contains(&check), "{check} is missing in {checks:?}");
    }
    assert!(!verdicts.warn());
}

#[test]
fn every_bound_of_time_holds_to_the_second_on_both_sides_of_the_skew() {
    type Set = fn(&mut ResponseEnvelope, &mut Assertion, Timestamp);
    let (early, late) = (ErrorCode::SamlNotYetValid, ErrorCode::SamlExpired);
    // What is set, the last second that is good, the first that is not, and what refuses it.
    let rows: [(&str, Set, i64, i64, ErrorCode); 10] = [
        ("Conditions NotBefore", |_, a, t| a.conditions.as_mut().unwrap().not_before = Some(t), SKEW, SKEW + 1, early),
        ("Conditions NotOnOrAfter", |_, a, t| a.conditions.as_mut().unwrap().not_on_or_after = Some(t), 1 - SKEW, -SKEW, late),
        ("confirmation NotBefore", |_, a, t| a.confirmations[0].not_before = Some(t), SKEW, SKEW + 1, early),
        ("confirmation NotOnOrAfter", |_, a, t| a.confirmations[0].not_on_or_after = Some(t), 1 - SKEW, -SKEW, late),
        ("assertion IssueInstant ahead", |_, a, t| a.issued_at = t, SKEW, SKEW + 1, early),
        ("assertion IssueInstant old", |_, a, t| a.issued_at = t, -HOUR - SKEW, -HOUR - SKEW - 1, late),
        ("response IssueInstant ahead", |e, _, t| e.issued_at = t, SKEW, SKEW + 1, early),
        ("response IssueInstant old", |e, _, t| e.issued_at = t, -HOUR - SKEW, -HOUR - SKEW - 1, late),
        ("SessionNotOnOrAfter", |_, a, t| a.authentications[0].session_not_on_or_after = Some(t), 1 - SKEW, -SKEW, late),
        ("AuthnInstant ahead", |_, a, t| a.authentications[0].at = t, SKEW, SKEW + 1, early),
    ];
    for (name, set, good, bad, code) in rows {
        assert_eq!(after(|e, a, _| set(e, a, at(good))), None, "{name}: the last good second");
        assert_eq!(after(|e, a, _| set(e, a, at(bad))), Some(code), "{name}: the first bad second");
    }
}

#[test]
fn a_forced_login_must_have_happened_since_to_the_second() {
    let since = |authenticated: i64| {
        after(|_, a, want| {
            a.authentications[0].at = at(authenticated);
            want.authenticated_since = Some(at(-10));
        })
    };
    assert_eq!(since(-10 - SKEW), None);
    assert_eq!(since(-11 - SKEW), Some(ErrorCode::SamlAuthentication));
}

#[test]
fn each_thing_that_must_be_ours_or_theirs_has_its_own_refusal() {
    type Change = fn(&mut ResponseEnvelope, &mut Assertion);
    let rows: [(&str, Change, ErrorCode); 19] = [
        ("version", |_, a| a.version = SamlVersion::V1_1, ErrorCode::SamlVersion),
        ("assertion issuer", |_, a| a.issuer += "/", ErrorCode::SamlIssuer),
        ("response issuer", |e, _| e.issuer = Some("https://evil.example".into()), ErrorCode::SamlIssuer),
        ("destination", |e, _| e.destination = Some(format!("{ACS}?x")), ErrorCode::SamlDestination),
        ("empty destination", |e, _| e.destination = Some(String::new()), ErrorCode::SamlDestination),
        ("signed, no destination", |e, _| (e.destination, e.is_signed) = (None, true), ErrorCode::SamlDestination),
        ("no conditions", |_, a| a.conditions = None, ErrorCode::SamlAudience),
        ("no audience", |_, a| a.conditions.as_mut().unwrap().audiences.clear(), ErrorCode::SamlAudience),
        ("empty restriction", |_, a| a.conditions.as_mut().unwrap().audiences.push(Vec::new()), ErrorCode::SamlAudience),
        (
            "another restriction besides ours",
            |_, a| a.conditions.as_mut().unwrap().audiences.push(vec!["https://other.example".into()]),
            ErrorCode::SamlAudience,
        ),
        ("longer audience", |_, a| a.conditions.as_mut().unwrap().audiences[0][0] += "/", ErrorCode::SamlAudience),
        ("recipient", |_, a| a.confirmations[0].recipient = Some("https://evil.example".into()), ErrorCode::SamlRecipient),
        ("no recipient", |_, a| a.confirmations[0].recipient = None, ErrorCode::SamlRecipient),
        ("response to another", |e, _| e.in_response_to = Some("_2".into()), ErrorCode::SamlInResponseTo),
        ("confirmed for another", |_, a| a.confirmations[0].in_response_to = Some("_2".into()), ErrorCode::SamlInResponseTo),
        ("no confirmation", |_, a| a.confirmations.clear(), ErrorCode::SamlConfirmation),
        (
            "holder of key",
            |_, a| a.confirmations[0].method = "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key".into(),
            ErrorCode::SamlConfirmation,
        ),
        ("no end of confirmation", |_, a| a.confirmations[0].not_on_or_after = None, ErrorCode::SamlConfirmation),
        ("no authentication", |_, a| a.authentications.clear(), ErrorCode::SamlAuthentication),
    ];
    for (name, change, code) in rows {
        assert_eq!(after(|e, a, _| change(e, a)), Some(code), "{name}");
    }
}

#[test]
fn what_sloppy_partners_leave_out_is_forgiven_where_nothing_hangs_on_it() {
    type Change = fn(&mut ResponseEnvelope, &mut Assertion);
    let rows: [(&str, Change); 7] = [
        ("no issuer of the response", |e, _| e.issuer = None),
        ("no destination, unsigned", |e, _| e.destination = None),
        ("no InResponseTo outside", |e, _| e.in_response_to = None),
        ("no InResponseTo inside, signed outside", |e, a| (e.is_signed, a.confirmations[0].in_response_to) = (true, None)),
        ("no times in conditions", |_, a| {
            let conditions = a.conditions.as_mut().unwrap();
            (conditions.not_before, conditions.not_on_or_after) = (None, None);
        }),
        ("several audiences in one restriction", |_, a| {
            a.conditions.as_mut().unwrap().audiences[0].insert(0, "https://other.example".into());
        }),
        ("a second confirmation that does not hold, first", |_, a| {
            a.confirmations.insert(0, Confirmation { recipient: Some("https://other.example".into()), ..bearer() });
        }),
    ];
    for (name, change) in rows {
        assert_eq!(after(|e, a, _| change(e, a)), None, "{name}");
    }
}

#[test]
fn a_request_that_only_an_unsigned_envelope_names_is_not_answered() {
    let refused = after(|_, a, _| a.confirmations[0].in_response_to = None);
    assert_eq!(refused, Some(ErrorCode::SamlInResponseTo));
}

#[test]
fn an_unasked_answer_names_no_request_at_either_level() {
    let unasked = |e: &mut ResponseEnvelope, a: &mut Assertion, want: &mut Expectation<'static>| {
        (e.in_response_to, a.confirmations[0].in_response_to, want.answers) = (None, None, Answers::Nothing);
    };
    assert_eq!(after(unasked), None);
    let outside = after(|e, a, want| {
        unasked(e, a, want);
        e.in_response_to = Some(REQUEST.into());
    });
    let inside = after(|e, a, want| {
        unasked(e, a, want);
        a.confirmations[0].in_response_to = Some(REQUEST.into());
    });
    assert_eq!((outside, inside), (Some(ErrorCode::SamlInResponseTo), Some(ErrorCode::SamlInResponseTo)));
    // And in a sign-in, one that names none is nobody's answer.
    let in_a_flow = after(|e, a, _| (e.in_response_to, a.confirmations[0].in_response_to) = (None, None));
    assert_eq!(in_a_flow, Some(ErrorCode::SamlInResponseTo));
}

#[test]
fn freshness_and_context_must_come_from_one_statement() {
    static MFA: [String; 1] = [String::new()];
    let contexts: &'static [String] = Box::leak(Box::new(["https://refeds.org/profile/mfa".to_owned()]));
    let refused = Some(ErrorCode::SamlAuthentication);
    assert_eq!(after(|_, _, want| want.contexts = contexts), refused, "another context");
    assert_eq!(after(|_, _, want| want.contexts = &MFA), refused, "an empty one is none");
    let with_old_mfa = |age: i64| {
        after(|_, a, want| {
            a.authentications.push(Authentication { at: at(-age), context: Some(contexts[0].clone()), ..statement() });
            want.contexts = contexts;
            want.authenticated_since = Some(at(-30));
        })
    };
    assert_eq!(with_old_mfa(600), refused, "fresh by password, the second factor from long ago");
    assert_eq!(with_old_mfa(25), None);
}

#[test]
fn an_assertion_is_remembered_as_long_as_it_could_be_shown_again() {
    let until = |change: fn(&mut Assertion)| {
        let mut assertion = assertion();
        change(&mut assertion);
        judge(&envelope(), &assertion, &wanted(), Depth::FirstRefusal, &mut Verdicts::default()).ok().unwrap().until
    };
    assert_eq!(until(|a| a.confirmations.push(Confirmation { not_on_or_after: Some(at(900)), ..bearer() })), at(900 + SKEW));
    // A year's validity ends with its age all the same.
    assert_eq!(until(|a| a.confirmations[0].not_on_or_after = Some(at(365 * 24 * HOUR))), at(-5 + HOUR + 1 + SKEW));
}

#[test]
fn at_a_desk_every_refusal_is_told() {
    let (envelope, mut assertion, mut verdicts) = (envelope(), assertion(), Verdicts::default());
    assertion.issuer = "https://evil.example".into();
    assertion.authentications.clear();
    let want = Expectation { answers: Answers::Unknown, ..wanted() };
    let rejected = judge(&envelope, &assertion, &want, Depth::All, &mut verdicts).err().unwrap();
    let refused: Vec<_> = verdicts.iter().filter(|verdict| matches!(verdict.outcome, Outcome::Refused(_))).map(|v| v.check).collect();
    assert_eq!((rejected.code, refused), (ErrorCode::SamlIssuer, vec!["issuer", "authentication"]));
    assert!(verdicts.warn(), "the request was not known");
}

#[test]
fn a_partners_text_does_not_fill_the_verdicts() {
    let (envelope, mut assertion, mut verdicts) = (envelope(), assertion(), Verdicts::default());
    assertion.issuer = "é".repeat(100_000);
    assert!(judge(&envelope, &assertion, &wanted(), Depth::FirstRefusal, &mut verdicts).is_err());
    assert!(format!("{verdicts:?}").len() < 2000);
}
