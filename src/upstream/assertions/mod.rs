//! WHAT AN ASSERTION SAYS, whichever protocol carried it: who the person is, where they authenticated, for whom and until when.
//!
//! [`person`] reads names and address, [`methods`] how they authenticated, [`bounds`] holds times and audiences against what we expect.
//! Must not verify signatures, and must not know what was asked: each protocol's own checks do. Values name people: verdicts keep them as
//! personal, and no detail repeats them.

mod bounds;
mod methods;
mod names;
mod person;
#[cfg(test)]
mod tests;

pub(super) use bounds::{Now, Window, audience};
pub(super) use methods::amr;
pub(super) use names::{EMAIL_ADDRESS, IMMUTABLE_ID};
pub(super) use person::Speaker;

use super::{Once, signed_xml::Assertion};
use crate::{
    domain::{
        error_code::ErrorCode,
        rejection::Rejected,
        timestamp::Timestamp,
        verdict::{Outcome, Value, Verdicts},
    },
    random,
};

/// A verdict that refuses, and the rejection that says so.
pub(super) fn refuse(
    verdicts: &mut Verdicts,
    check: &'static str,
    code: ErrorCode,
    got: impl Into<String>,
    want: impl Into<String>,
    detail: &str,
) -> Rejected {
    verdicts.push(check, Outcome::Refused(code), Value::Plain(shortened(got.into())), Some(want.into()));
    Rejected::new(code, detail)
}

/// A partner's text in a verdict is for reading, not for filling disks.
fn shortened(text: String) -> String {
    match text.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// One that holds is enough (SAML 2.0 Profiles §4.1.4.2); where none does, the first says why. `None`: there was none to try.
pub(super) fn one_holds<T>(
    candidates: impl Iterator<Item = T>,
    verdicts: &mut Verdicts,
    holds: impl Fn(T, &mut Verdicts) -> Result<(), Rejected>,
) -> Option<Result<(), Rejected>> {
    let mut first = None;
    for candidate in candidates {
        let mut tried = verdicts.clone();
        match holds(candidate, &mut tried) {
            Ok(()) => {
                *verdicts = tried;
                return Some(Ok(()));
            }
            Err(rejected) => drop(first.get_or_insert((rejected, tried))),
        }
    }
    let (rejected, tried) = first?;
    *verdicts = tried;
    Some(Err(rejected))
}

/// What must be remembered of an assertion that would be refused for its age from `until` on.
pub(super) fn once(assertion: &Assertion, until: Timestamp) -> Once {
    // Neither part can hold a zero in XML, so no two pairs have the same spelling.
    Once { digest: random::sha256_base64url(format!("{}\0{}", assertion.issuer, assertion.id).as_bytes()), until }
}
