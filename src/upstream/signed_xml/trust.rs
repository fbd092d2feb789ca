//! Whom and what to believe, which cannot be nobody and nothing.

use std::sync::Arc;

use super::{
    keys::{self, TrustedKeys},
    refusal::{Checked, refuse},
    signature::{self, Sha1, Shaped},
};
use crate::{
    domain::{
        certificate::Certificate,
        error_code::ErrorCode,
        federation::{Acceptance, SignedPart},
        rejection::Rejected,
        timestamp::Timestamp,
        verdict::Verdicts,
    },
    federation::xml::Xml,
    upstream::credentials::Credential,
};

/// Whom and what to believe. There is no way to verify without keys: no keys, no `Trust` (A11).
pub struct Trust<'a> {
    pub(super) signing: TrustedKeys,
    pub(super) acceptance: &'a Acceptance,
    pub(super) decryption: &'a [Arc<Credential>],
}

impl<'a> Trust<'a> {
    /// Refused when no key is there, or none that is strong enough.
    pub fn new(signing: &[Certificate], acceptance: &'a Acceptance, decryption: &'a [Arc<Credential>]) -> Result<Self, Rejected> {
        Self::of(&TrustedKeys::from(signing.to_vec()), acceptance, decryption)
    }

    /// The same with keys that are kept, and so parsed only once.
    pub fn of(signing: &TrustedKeys, acceptance: &'a Acceptance, decryption: &'a [Arc<Credential>]) -> Result<Self, Rejected> {
        if signing.is_empty() {
            return Err(Rejected::new(ErrorCode::NoTrustedKey, "no key is configured or published for this provider"));
        }
        if !signing.iter().any(|certificate| certificate.key().is_strong_enough()) {
            return Err(Rejected::new(ErrorCode::WeakKey, "every key of this provider is weaker than RSA-2048 or P-256"));
        }
        Ok(Self { signing: signing.clone(), acceptance, decryption })
    }

    pub(super) const fn sha1(&self) -> Sha1 {
        if self.acceptance.allows_sha1 { Sha1::Taken } else { Sha1::Refused }
    }

    /// Verifies these signatures and says whose they are.
    pub(super) fn verify<'t>(&'t self, xml: &Xml<'_>, shaped: &[Shaped<'_, '_>], verdicts: &mut Verdicts) -> Checked<Vec<&'t Certificate>> {
        let by = signature::verify(xml, shaped, &self.signing)?;
        for certificate in &by {
            verdicts.passed("verifying key", format!("{} {}", certificate.key(), keys::fingerprint(certificate)));
        }
        Ok(by)
    }
}

/// A certificate is a container for a key and its dates bind nobody, but the operator should know that they have passed.
pub(super) fn note_dates(certificates: &[&Certificate], signed_at: Timestamp, verdicts: &mut Verdicts) {
    for certificate in certificates {
        if certificate.not_after() < signed_at {
            verdicts.warned("certificate dates", "expired when this was signed", "a certificate that is still valid");
        } else if certificate.not_before() > signed_at {
            verdicts.warned("certificate dates", "not valid yet when this was signed", "a certificate that is valid already");
        }
    }
}

/// Which parts of an answer carry a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Signed {
    pub(super) response: bool,
    pub(super) assertion: bool,
}

impl Signed {
    /// Whether that is what the operator wants; nothing signed is never enough.
    pub(super) fn check(self, wanted: SignedPart, verdicts: &mut Verdicts) -> Checked<()> {
        let (is_enough, want) = match wanted {
            SignedPart::Either => (true, "response or assertion"),
            SignedPart::Assertion => (self.assertion, "assertion"),
            SignedPart::Response => (self.response, "response"),
            SignedPart::Both => (self.response && self.assertion, "response and assertion"),
        };
        let got = match (self.response, self.assertion) {
            (false, false) => return Err(refuse("signed parts", ErrorCode::SignatureMissing, "nothing is signed").want(want)),
            (true, false) => "response",
            (false, true) => "assertion",
            (true, true) => "response and assertion",
        };
        if !is_enough {
            return Err(refuse("signed parts", ErrorCode::SignedPartMissing, format!("signed is the {got}")).got(got).want(want));
        }
        verdicts.passed("signed parts", got);
        Ok(())
    }
}
