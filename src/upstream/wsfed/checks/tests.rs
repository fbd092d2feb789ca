use super::*;
use crate::{
    domain::verdict::Outcome,
    upstream::{signed_xml::Conditions, wsfed::fixture::*},
};

/// What becomes of a changed token: the code it is refused with, and the name of the check that refused it.
fn judged(parts: &Parts<'_>, expected: &Expectation<'_>) -> Option<(ErrorCode, &'static str)> {
    let mut verdicts = Verdicts::default();
    let refused = check(parts, expected, &mut verdicts).err()?;
    let last = verdicts.iter().last().unwrap();
    assert_eq!(last.outcome, Outcome::Refused(refused.code), "the refusing verdict is the last");
    assert_eq!(verdicts.iter().filter(|verdict| matches!(verdict.outcome, Outcome::Refused(_))).count(), 1);
    Some((refused.code, last.check))
}

type Change = fn(&mut Assertion);
type Moved = fn(&mut Assertion, i64);

fn of(base: fn() -> Assertion, change: Change) -> Option<(ErrorCode, &'static str)> {
    let mut assertion = base();
    change(&mut assertion);
    judged(&parts(&assertion), &expected())
}

fn conditions(assertion: &mut Assertion) -> &mut Conditions {
    assertion.conditions.as_mut().unwrap()
}

#[test]
fn a_token_as_ad_fs_writes_it_passes_every_check_and_says_so() {
    let (assertion, mut verdicts) = (assertion(), Verdicts::default());
    let accepted = check(&parts(&assertion), &expected(), &mut verdicts).unwrap_or_else(|rejected| panic!("{rejected}"));
    assert_eq!((accepted.authentication.at, accepted.until), (at(-5), at(3660)));
    let passed: Vec<_> = verdicts.iter().map(|verdict| verdict.check).collect();
    let wanted = [
        "issuer",
        "token type",
        "AppliesTo",
        "audience",
        "issue instant",
        "not before",
        "not on or after",
        "subject confirmation",
        "authentication instant",
    ];
    assert_eq!(passed, wanted);
    assert!(verdicts.iter().all(|verdict| verdict.outcome == Outcome::Passed));
    assert_eq!(of(assertion_v2, |_| ()), None);
}

#[test]
fn every_mistake_has_its_own_code() {
    use ErrorCode::*;
    let table: &[(&str, Change, ErrorCode)] = &[
        ("another issuer", |a| a.issuer = "http://sts.evil.example/adfs/services/trust".into(), SamlIssuer),
        ("an issuer with a slash more", |a| a.issuer.push('/'), SamlIssuer),
        ("another audience", |a| conditions(a).audiences = vec![vec!["https://other.example".into()]], SamlAudience),
        ("our realm in another case", |a| conditions(a).audiences = vec![vec![REALM.to_uppercase()]], SamlAudience),
        ("two audiences of which one is not us", |a| conditions(a).audiences.push(vec!["urn:other".into()]), SamlAudience),
        ("no audience", |a| conditions(a).audiences.clear(), SamlAudience),
        ("an empty restriction", |a| conditions(a).audiences = vec![Vec::new()], SamlAudience),
        ("no conditions", |a| a.conditions = None, SamlAudience),
        ("no end", |a| conditions(a).not_on_or_after = None, SamlExpired),
        ("nobody authenticated", |a| a.authentications.clear(), SamlAuthentication),
        (
            "another method of confirmation",
            |a| {
                a.confirmations = vec![Confirmation { method: "urn:oasis:names:tc:SAML:1.0:cm:holder-of-key".into(), ..bearer() }];
            },
            SamlConfirmation,
        ),
    ];
    for (what, change, code) in table {
        for base in [assertion as fn() -> Assertion, assertion_v2] {
            assert_eq!(of(base, *change).map(|(code, _)| code), Some(*code), "{what}");
        }
    }
}

#[test]
fn one_restriction_may_name_others_beside_us() {
    assert_eq!(of(assertion, |a| conditions(a).audiences = vec![vec!["urn:other".into(), REALM.into()], vec![REALM.into()]]), None);
}

#[test]
fn every_time_bound_is_kept_to_the_second_of_the_skew() {
    use ErrorCode::{SamlExpired, SamlNotYetValid};
    let skew = i64::try_from(SKEW).unwrap();
    let table: &[(&str, Moved, i64, i64, ErrorCode)] = &[
        ("issue instant", |a, s| a.issued_at = at(s), skew, skew + 1, SamlNotYetValid),
        ("not before", |a, s| conditions(a).not_before = Some(at(s)), skew, skew + 1, SamlNotYetValid),
        ("not on or after", |a, s| conditions(a).not_on_or_after = Some(at(s)), 1 - skew, -skew, SamlExpired),
        ("confirmation not before", |a, s| a.confirmations[0].not_before = Some(at(s)), skew, skew + 1, SamlNotYetValid),
        ("confirmation not on or after", |a, s| a.confirmations[0].not_on_or_after = Some(at(s)), 1 - skew, -skew, SamlExpired),
        ("session", |a, s| a.authentications[0].session_not_on_or_after = Some(at(s)), 1 - skew, -skew, SamlExpired),
    ];
    for (check, change, good, bad, code) in table {
        for (offset, wanted) in [(*good, None), (*bad, Some((*code, *check)))] {
            let mut assertion = assertion_v2();
            change(&mut assertion, offset);
            assert_eq!(judged(&parts(&assertion), &expected()), wanted, "{check} at {offset}");
        }
    }
}

#[test]
fn a_token_older_than_a_day_is_refused_to_the_second_however_long_it_says_it_lasts() {
    let (day, skew) = (24 * 3600, i64::try_from(SKEW).unwrap());
    for (age, wanted) in [(day + skew - 1, None), (day + skew, None), (day + skew + 1, Some((ErrorCode::SamlExpired, "issue instant")))] {
        let mut assertion = assertion();
        assertion.issued_at = at(-age);
        conditions(&mut assertion).not_on_or_after = Some(at(365 * day));
        assert_eq!(judged(&parts(&assertion), &expected()), wanted, "{age}");
    }
    // Its use is remembered for as long as it is taken, and no longer.
    let mut lasting = assertion();
    conditions(&mut lasting).not_on_or_after = Some(at(365 * day));
    let aged = lasting.issued_at + OLDEST + Duration::from_secs(SKEW + 1);
    let accepted = check(&parts(&lasting), &expected(), &mut Verdicts::default()).unwrap_or_else(|rejected| panic!("{rejected}"));
    assert_eq!(accepted.until, aged);
}

#[test]
fn an_authentication_older_than_asked_for_is_refused_to_the_second() {
    let expected = Expectation { authenticated_since: Some(at(-100)), ..expected() };
    let refused = |check| Some((ErrorCode::SamlAuthentication, check));
    for (offset, wanted) in [(-160, None), (-161, refused("authentication age")), (60, None), (61, refused("authentication instant"))] {
        let mut assertion = assertion();
        assertion.authentications[0].at = at(offset);
        assert_eq!(judged(&parts(&assertion), &expected), wanted, "{offset}");
    }
    // Where nobody asked for freshness, an instant to come proves none and harms nobody.
    let mut later = assertion();
    later.authentications[0].at = at(28_800);
    assert_eq!(judged(&parts(&later), &self::expected()), None);
    // Of several the latest counts.
    let mut assertion = assertion();
    let old = Authentication { at: at(-5000), session_index: None, session_not_on_or_after: None, context: None };
    assertion.authentications.insert(0, old);
    assert_eq!(judged(&parts(&assertion), &expected), None);
}

#[test]
fn applies_to_must_name_our_realm_where_it_is_there() {
    let assertion = assertion();
    for (applies_to, wanted) in [
        (None, None),
        (Some(REALM), None),
        (Some("https://other.example"), Some((ErrorCode::WsFedAppliesTo, "AppliesTo"))),
        (Some(""), Some((ErrorCode::WsFedAppliesTo, "AppliesTo"))),
    ] {
        assert_eq!(judged(&Parts { applies_to, ..parts(&assertion) }, &expected()), wanted, "{applies_to:?}");
    }
}

#[test]
fn the_token_must_be_of_the_type_it_is_said_to_be() {
    let (one, two) = (assertion(), assertion_v2());
    let refused = Some((ErrorCode::WsFedTokenType, "token type"));
    for (assertion, named, wanted) in [
        (&one, "urn:oasis:names:tc:SAML:1.0:assertion", None),
        (&one, "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV1.1", None),
        (&two, "urn:oasis:names:tc:SAML:2.0:assertion", None),
        (&two, "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV2.0", None),
        (&one, "urn:oasis:names:tc:SAML:2.0:assertion", refused),
        (&two, "urn:oasis:names:tc:SAML:1.0:assertion", refused),
        (&one, "urn:ietf:params:oauth:token-type:jwt", refused),
    ] {
        assert_eq!(judged(&Parts { token_type: Some(named), ..parts(assertion) }, &expected()), wanted, "{named}");
    }
}

#[test]
fn only_saml_1_1_may_come_without_a_confirmation() {
    assert_eq!(of(assertion, |a| a.confirmations.clear()), None);
    assert_eq!(of(assertion_v2, |a| a.confirmations.clear()), Some((ErrorCode::SamlConfirmation, "subject confirmation")));
    assert_eq!(of(assertion, |a| a.confirmations = vec![Confirmation { method: BEARER[0].into(), ..bearer() }]), None);
}

#[test]
fn a_bearer_confirmation_is_for_our_callback_and_answers_no_request() {
    assert_eq!(of(assertion_v2, |a| a.confirmations[0].recipient = Some(CALLBACK.into())), None);
    let elsewhere: Change = |a| a.confirmations[0].recipient = Some("https://login.example.org/contoso/callback/other".into());
    assert_eq!(of(assertion_v2, elsewhere), Some((ErrorCode::SamlRecipient, "recipient")));
    let answering: Change = |a| a.confirmations[0].in_response_to = Some("_someone-elses".into());
    assert_eq!(of(assertion_v2, answering), Some((ErrorCode::SamlInResponseTo, "InResponseTo")));
    // One that holds is enough, wherever it stands.
    let second: Change = |a| {
        a.confirmations = vec![Confirmation { recipient: Some("https://other.example".into()), ..bearer() }, bearer()];
    };
    assert_eq!(of(assertion_v2, second), None);
}
