//! What a verified answer must say (Profiles §4.1.4.3, Core §2.5.1): each rule with its own verdict and its own code, over plain values.
//!
//! Must not verify signatures, and must not ask the clock: "now" is part of the expectation.

use std::time::Duration;

use crate::{
    domain::{error_code::ErrorCode, rejection::Rejected, timestamp::Timestamp, verdict::Verdicts},
    upstream::{
        assertions::{self, Now, Window, refuse},
        signed_xml::{Assertion, Authentication, ResponseEnvelope, SamlVersion},
    },
};

mod confirmation;
mod statement;

/// An answer is an hour old at most: older ones were kept by somebody.
pub(super) const OLDEST: Duration = Duration::from_secs(60 * 60);

/// What the answer is held against.
#[derive(Clone, Copy)]
pub(super) struct Expectation<'a> {
    pub issuer: &'a str,
    /// Our entity id.
    pub audience: &'a str,
    /// Our assertion consumer service: destination and recipient.
    pub answer_at: &'a str,
    pub answers: Answers<'a>,
    pub now: Now,
    pub authenticated_since: Option<Timestamp>,
    /// Class references of which one must be named; empty: any will do.
    pub contexts: &'a [String],
}

/// Which question it must answer.
#[derive(Clone, Copy)]
pub(super) enum Answers<'a> {
    Request(&'a str),
    /// None: it came unasked, and names no request.
    Nothing,
    /// A captured answer whose question is not known.
    Unknown,
}

/// What the checks found besides that all is well.
pub(super) struct Judged<'a> {
    pub authentication: &'a Authentication,
    /// From then on it would be refused for its age.
    pub until: Timestamp,
    pub session_until: Option<Timestamp>,
}

/// How far to go after a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// The live path stops at the first.
    FirstRefusal,
    /// An operator at a desk wants to see them all.
    All,
}

/// What is checked, in the order in which it is told.
type Check = fn(&Answer<'_>, &Expectation<'_>, &mut Verdicts) -> Result<(), Rejected>;

const CHECKS: [Check; 9] =
    [version, assertion_issuer, response_issuer, destination, issue_instants, confirmation::check, conditions, audience, statement::check];

/// Envelope and assertion together.
struct Answer<'a> {
    envelope: &'a ResponseEnvelope,
    assertion: &'a Assertion,
}

/// Whether `assertion` says what it must. The first refusal is the answer's.
pub(super) fn judge<'a>(
    envelope: &ResponseEnvelope,
    assertion: &'a Assertion,
    want: &Expectation<'_>,
    depth: Depth,
    verdicts: &mut Verdicts,
) -> Result<Judged<'a>, Rejected> {
    let answer = Answer { envelope, assertion };
    let mut first = None;
    for check in CHECKS {
        if let Err(rejected) = check(&answer, want, verdicts) {
            if depth == Depth::FirstRefusal {
                return Err(rejected);
            }
            first.get_or_insert(rejected);
        }
    }
    if let Some(rejected) = first {
        return Err(rejected);
    }
    // Whatever its confirmations say, its age ends it.
    let aged = assertion.issued_at + OLDEST + Duration::from_secs(1);
    let until = confirmation::until(&answer).map_or(aged, |until| until.min(aged)) + want.now.skew;
    Ok(Judged { authentication: statement::fitting(assertion, want)?, until, session_until: statement::session_until(assertion) })
}

/// Passed if `got` is `want`, to the letter (Core §1.3.1: no normalisation of any kind).
fn same(verdicts: &mut Verdicts, check: &'static str, code: ErrorCode, got: &str, want: &str, detail: &str) -> Result<(), Rejected> {
    if got == want {
        verdicts.passed(check, got);
        return Ok(());
    }
    Err(refuse(verdicts, check, code, got, want, detail))
}

fn version(answer: &Answer<'_>, _: &Expectation<'_>, verdicts: &mut Verdicts) -> Result<(), Rejected> {
    match answer.assertion.version {
        SamlVersion::V2_0 => {
            verdicts.passed("version", "2.0");
            Ok(())
        }
        SamlVersion::V1_1 => Err(refuse(verdicts, "version", ErrorCode::SamlVersion, "1.1", "2.0", "the assertion is not of SAML 2.0")),
    }
}

fn assertion_issuer(answer: &Answer<'_>, want: &Expectation<'_>, verdicts: &mut Verdicts) -> Result<(), Rejected> {
    let detail = "the assertion was issued by somebody else than the configured entity id";
    same(verdicts, "issuer", ErrorCode::SamlIssuer, &answer.assertion.issuer, want.issuer, detail)
}

fn response_issuer(answer: &Answer<'_>, want: &Expectation<'_>, verdicts: &mut Verdicts) -> Result<(), Rejected> {
    let Some(issuer) = &answer.envelope.issuer else {
        verdicts.passed("response issuer", "none");
        return Ok(());
    };
    let detail = "the response was issued by somebody else than the configured entity id";
    same(verdicts, "response issuer", ErrorCode::SamlIssuer, issuer, want.issuer, detail)
}

/// Bindings §3.5.5.2: a signed message must say where it goes. An unsigned one may, and then it must be right.
fn destination(answer: &Answer<'_>, want: &Expectation<'_>, verdicts: &mut Verdicts) -> Result<(), Rejected> {
    let detail = "the response is addressed to another place than our assertion consumer service";
    match &answer.envelope.destination {
        Some(destination) => same(verdicts, "destination", ErrorCode::SamlDestination, destination, want.answer_at, detail),
        None if answer.envelope.is_signed => {
            Err(refuse(verdicts, "destination", ErrorCode::SamlDestination, "none", want.answer_at, "a signed response has no Destination"))
        }
        None => {
            verdicts.passed("destination", "none");
            Ok(())
        }
    }
}

fn issue_instants(answer: &Answer<'_>, want: &Expectation<'_>, verdicts: &mut Verdicts) -> Result<(), Rejected> {
    for (check, issued_at) in [("response issue instant", answer.envelope.issued_at), ("issue instant", answer.assertion.issued_at)] {
        // `OLDEST` is the last second that is taken; a window is open at its end.
        let end = issued_at + OLDEST + Duration::from_secs(1);
        Window { check, from: Some(issued_at), to: Some(end) }.check(want.now, issued_at, verdicts)?;
    }
    Ok(())
}

fn conditions(answer: &Answer<'_>, want: &Expectation<'_>, verdicts: &mut Verdicts) -> Result<(), Rejected> {
    // Their absence is the audience's to refuse: without conditions there is none.
    let Some(conditions) = &answer.assertion.conditions else { return Ok(()) };
    let window = Window { check: "conditions", from: conditions.not_before, to: conditions.not_on_or_after };
    window.check(want.now, answer.assertion.issued_at, verdicts)
}

fn audience(answer: &Answer<'_>, want: &Expectation<'_>, verdicts: &mut Verdicts) -> Result<(), Rejected> {
    assertions::audience(answer.assertion.conditions.as_ref(), want.audience, verdicts)
}

#[cfg(test)]
mod tests;
