//! Who may hand the assertion over, and in answer to what: the bearer confirmation (Profiles §4.1.4.2) and `InResponseTo` at both levels.
//!
//! Must not look at what the assertion says of the person.

use super::{Answer, Answers, Expectation, same};
use crate::{
    domain::{error_code::ErrorCode, rejection::Rejected, timestamp::Timestamp, verdict::Verdicts},
    upstream::{
        assertions::{Window, one_holds, refuse},
        signed_xml::Confirmation,
    },
};

const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";

/// One bearer confirmation must hold as a whole.
pub(super) fn check(answer: &Answer<'_>, want: &Expectation<'_>, verdicts: &mut Verdicts) -> Result<(), Rejected> {
    envelope(answer, want, verdicts)?;
    one_holds(bearers(answer), verdicts, |confirmation, verdicts| holds(confirmation, answer, want, verdicts)).unwrap_or_else(|| {
        let methods: Vec<&str> = answer.assertion.confirmations.iter().map(|confirmation| confirmation.method.as_str()).collect();
        let got = if methods.is_empty() { "none".to_owned() } else { methods.join(", ") };
        Err(refuse(verdicts, "confirmation", ErrorCode::SamlConfirmation, got, BEARER, "no bearer confirmation"))
    })
}

/// The latest end of any: as long as that, somebody could show the assertion again.
pub(super) fn until(answer: &Answer<'_>) -> Option<Timestamp> {
    bearers(answer).filter_map(|confirmation| confirmation.not_on_or_after).max()
}

fn bearers<'a>(answer: &Answer<'a>) -> impl Iterator<Item = &'a Confirmation> {
    answer.assertion.confirmations.iter().filter(|confirmation| confirmation.method == BEARER)
}

/// What the envelope says it answers is held against the question even where nobody signed it.
fn envelope(answer: &Answer<'_>, want: &Expectation<'_>, verdicts: &mut Verdicts) -> Result<(), Rejected> {
    let named = answer.envelope.in_response_to.as_deref();
    request(named, "response in response to", want, verdicts)
}

fn request(named: Option<&str>, check: &'static str, want: &Expectation<'_>, verdicts: &mut Verdicts) -> Result<(), Rejected> {
    match (named, want.answers) {
        (Some(named), Answers::Request(asked)) => {
            same(verdicts, check, ErrorCode::SamlInResponseTo, named, asked, "it answers another request")
        }
        (Some(named), Answers::Nothing) => {
            let detail = "it names a request, and we asked nothing";
            Err(refuse(verdicts, check, ErrorCode::SamlInResponseTo, named, "none", detail))
        }
        (Some(named), Answers::Unknown) => {
            verdicts.warned(check, named, "not held against a request: none was given");
            Ok(())
        }
        (None, _) => {
            verdicts.passed(check, "none");
            Ok(())
        }
    }
}

fn holds(confirmation: &Confirmation, answer: &Answer<'_>, want: &Expectation<'_>, verdicts: &mut Verdicts) -> Result<(), Rejected> {
    let detail = "the assertion is to be delivered at another place than our assertion consumer service";
    let recipient = confirmation.recipient.as_deref().unwrap_or("none");
    same(verdicts, "recipient", ErrorCode::SamlRecipient, recipient, want.answer_at, detail)?;
    request(confirmation.in_response_to.as_deref(), "in response to", want, verdicts)?;
    // Somebody's unasked assertion, put into an envelope that names the request, answers nothing: what is named must be signed.
    let is_named = confirmation.in_response_to.is_some() || (answer.envelope.is_signed && answer.envelope.in_response_to.is_some());
    if let (Answers::Request(asked), false) = (want.answers, is_named) {
        let detail = "nothing that is signed says which request it answers";
        return Err(refuse(verdicts, "in response to", ErrorCode::SamlInResponseTo, "none", asked, detail));
    }
    if confirmation.not_on_or_after.is_none() {
        let detail = "the bearer confirmation has no NotOnOrAfter";
        return Err(refuse(verdicts, "confirmation", ErrorCode::SamlConfirmation, "no NotOnOrAfter", "NotOnOrAfter", detail));
    }
    if confirmation.not_before.is_some() {
        verdicts.warned("confirmation", "NotBefore", "none: Profiles §4.1.4.2 forbids it here; it is held to all the same");
    }
    let window = Window { check: "confirmation", from: confirmation.not_before, to: confirmation.not_on_or_after };
    window.check(want.now, answer.assertion.issued_at, verdicts)
}
