//! What a verified token must say to be the answer we wait for: from this issuer, for this realm, now. Each check leaves a verdict and
//! refuses with its own code.
//!
//! Must not read who the person is; that is [`crate::upstream::assertions`]'.

use std::time::Duration;

use crate::{
    domain::{error_code::ErrorCode, rejection::Rejected, timestamp::Timestamp, verdict::Verdicts},
    federation::xml::instant,
    upstream::{
        assertions::{Now, Window, audience, one_holds, refuse},
        signed_xml::{Assertion, Authentication, Confirmation, OpenedToken, SamlVersion},
    },
};

/// A token is a day old at most, whatever end it names: how long its use is remembered has an end, too.
const OLDEST: Duration = Duration::from_secs(24 * 60 * 60);

/// The bearer method of SAML 1.1 and 2.0; products mix them.
const BEARER: [&str; 2] = ["urn:oasis:names:tc:SAML:1.0:cm:bearer", "urn:oasis:names:tc:SAML:2.0:cm:bearer"];
const TYPES_V1_1: [&str; 3] = [
    "urn:oasis:names:tc:SAML:1.0:assertion",
    "urn:oasis:names:tc:SAML:1.1:assertion",
    "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV1.1",
];
const TYPES_V2_0: [&str; 2] =
    ["urn:oasis:names:tc:SAML:2.0:assertion", "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV2.0"];

/// An opened token, in the parts that are judged.
pub(in crate::upstream) struct Parts<'a> {
    pub applies_to: Option<&'a str>,
    pub token_type: Option<&'a str>,
    pub assertion: &'a Assertion,
}

impl<'a> Parts<'a> {
    pub(in crate::upstream) fn of(opened: &'a OpenedToken) -> Self {
        Self { applies_to: opened.applies_to.as_deref(), token_type: opened.token_type.as_deref(), assertion: &opened.assertion }
    }
}

/// The answer we wait for.
pub(in crate::upstream) struct Expectation<'a> {
    pub issuer: &'a str,
    pub realm: &'a str,
    /// Where it was delivered.
    pub callback: &'a str,
    pub now: Now,
    pub authenticated_since: Option<Timestamp>,
}

/// What is left to know of a token that passed.
pub(super) struct Accepted<'a> {
    pub authentication: &'a Authentication,
    /// After this it would be refused for its age.
    pub until: Timestamp,
}

/// One check, found to hold or not.
struct Found<'a> {
    check: &'static str,
    got: String,
    want: &'a str,
    code: ErrorCode,
}

impl Found<'_> {
    fn stands(self, is_right: bool, verdicts: &mut Verdicts) -> Result<(), Rejected> {
        if is_right {
            verdicts.passed(self.check, self.got);
            return Ok(());
        }
        let detail = format!("the {} of the token is not what we wait for", self.check);
        Err(refuse(verdicts, self.check, self.code, self.got, self.want, &detail))
    }
}

/// Every check, in the order of cheapness of a mistake: who, for whom, when, how.
pub(super) fn check<'a>(parts: &Parts<'a>, expected: &Expectation<'_>, verdicts: &mut Verdicts) -> Result<Accepted<'a>, Rejected> {
    let assertion = parts.assertion;
    Found { check: "issuer", got: assertion.issuer.clone(), want: expected.issuer, code: ErrorCode::SamlIssuer }
        .stands(assertion.issuer == expected.issuer, verdicts)?;
    token_type(parts, verdicts)?;
    if let Some(realm) = parts.applies_to {
        Found { check: "AppliesTo", got: realm.to_owned(), want: expected.realm, code: ErrorCode::WsFedAppliesTo }
            .stands(realm == expected.realm, verdicts)?;
    }
    let conditions = assertion.conditions.as_ref();
    audience(conditions, expected.realm, verdicts)?;
    let within = |check, from, to, verdicts: &mut Verdicts| bounded(check, (from, to), assertion, expected, verdicts);
    // `OLDEST` is the last second that is taken; a window is open at its end.
    let aged = assertion.issued_at + OLDEST + Duration::from_secs(1);
    within("issue instant", Some(assertion.issued_at), Some(aged), verdicts)?;
    within("not before", conditions.and_then(|conditions| conditions.not_before), None, verdicts)?;
    let end = conditions.and_then(|conditions| conditions.not_on_or_after);
    let Some(end) = end else {
        let none = Found { check: "not on or after", got: "none".into(), want: "a moment", code: ErrorCode::SamlExpired };
        return none.stands(false, verdicts).and(Err(Rejected::new(ErrorCode::SamlExpired, "the token never ends")));
    };
    within("not on or after", None, Some(end), verdicts)?;
    confirmation(assertion, expected, verdicts)?;
    let authentication = authentication(assertion, expected, verdicts)?;
    Ok(Accepted { authentication, until: end.min(aged) + expected.now.skew })
}

fn token_type(parts: &Parts<'_>, verdicts: &mut Verdicts) -> Result<(), Rejected> {
    let (types, version): (&[&str], _) = match parts.assertion.version {
        SamlVersion::V1_1 => (&TYPES_V1_1, "SAML 1.1"),
        SamlVersion::V2_0 => (&TYPES_V2_0, "SAML 2.0"),
    };
    let got = parts.token_type.unwrap_or(version).to_owned();
    Found { check: "token type", got, want: types[0], code: ErrorCode::WsFedTokenType }
        .stands(parts.token_type.is_none_or(|named| types.contains(&named)), verdicts)
}

/// A bound that is not there bounds nothing.
fn bounded(
    check: &'static str,
    (from, to): (Option<Timestamp>, Option<Timestamp>),
    assertion: &Assertion,
    expected: &Expectation<'_>,
    verdicts: &mut Verdicts,
) -> Result<(), Rejected> {
    match (from, to) {
        (None, None) => Ok(()),
        (from, to) => Window { check, from, to }.check(expected.now, assertion.issued_at, verdicts),
    }
}

/// A SAML 1.1 token may have none (SimpleSAMLphp writes none); what is there must be for whoever bears it.
fn confirmation(assertion: &Assertion, expected: &Expectation<'_>, verdicts: &mut Verdicts) -> Result<(), Rejected> {
    if assertion.confirmations.is_empty() && assertion.version == SamlVersion::V1_1 {
        verdicts.passed("subject confirmation", "none");
        return Ok(());
    }
    let bearers: Vec<_> = assertion.confirmations.iter().filter(|one| BEARER.contains(&one.method.as_str())).collect();
    let got = assertion.confirmations.iter().map(|one| one.method.as_str()).collect::<Vec<_>>().join(", ");
    Found { check: "subject confirmation", got, want: BEARER[1], code: ErrorCode::SamlConfirmation }
        .stands(!bearers.is_empty(), verdicts)?;
    let held = one_holds(bearers.into_iter(), verdicts, |bearer, verdicts| held(bearer, assertion, expected, verdicts));
    held.unwrap_or(Ok(()))
}

fn held(bearer: &Confirmation, assertion: &Assertion, expected: &Expectation<'_>, verdicts: &mut Verdicts) -> Result<(), Rejected> {
    if let Some(recipient) = &bearer.recipient {
        Found { check: "recipient", got: recipient.clone(), want: expected.callback, code: ErrorCode::SamlRecipient }
            .stands(recipient == expected.callback, verdicts)?;
    }
    if let Some(request) = &bearer.in_response_to {
        // We never sent a SAML request: this token answers somebody else's.
        Found { check: "InResponseTo", got: request.clone(), want: "none", code: ErrorCode::SamlInResponseTo }.stands(false, verdicts)?;
    }
    bounded("confirmation not before", (bearer.not_before, None), assertion, expected, verdicts)?;
    bounded("confirmation not on or after", (None, bearer.not_on_or_after), assertion, expected, verdicts)
}

/// The latest authentication. A token without one is about somebody, and from nobody.
fn authentication<'a>(
    assertion: &'a Assertion,
    expected: &Expectation<'_>,
    verdicts: &mut Verdicts,
) -> Result<&'a Authentication, Rejected> {
    let code = ErrorCode::SamlAuthentication;
    let Some(latest) = assertion.authentications.iter().max_by_key(|one| one.at) else {
        let none = Found { check: "authentication", got: "none".into(), want: "an authentication statement", code };
        return none.stands(false, verdicts).and(Err(Rejected::new(code, "nobody authenticated")));
    };
    let latest_moment = instant(expected.now.at + expected.now.skew);
    let want = format!("not after {latest_moment}");
    let is_past = latest.at <= expected.now.at + expected.now.skew;
    // Auth0's service writes the end of the token's life here. That proves no freshness, and does no harm where none was asked for.
    if is_past || expected.authenticated_since.is_some() {
        Found { check: "authentication instant", got: instant(latest.at), want: &want, code }.stands(is_past, verdicts)?;
    } else {
        verdicts.warned("authentication instant", instant(latest.at), want);
    }
    if let Some(since) = expected.authenticated_since {
        Found { check: "authentication age", got: instant(latest.at), want: &format!("not before {}", instant(since)), code }
            .stands(latest.at + expected.now.skew >= since, verdicts)?;
    }
    bounded("session", (None, latest.session_not_on_or_after), assertion, expected, verdicts)?;
    Ok(latest)
}

#[cfg(test)]
mod tests;
