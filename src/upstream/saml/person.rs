//! Who a SAML 2.0 assertion is about: the NameID, or the attribute that the operator put in its place.
//!
//! Must not look at an assertion that was not checked: [`super::checks`] comes first.

use super::{
    checks::Judged,
    request::{TRANSIENT_FORMAT, name_id_format},
};
use crate::{
    domain::{
        error_code::ErrorCode,
        federation::SamlUpstream,
        identity::{AssertedAddress, AssertedNameId, PartnerSession, Subject, VerifiedIdentity, Voucher},
        identity_provider::IdentityProvider as Configured,
        rejection::Rejected,
        verdict::{Outcome, Value, Verdicts},
    },
    upstream::{
        assertions::{Speaker, amr, refuse},
        signed_xml::{Assertion, NameId},
    },
};

/// What attributes and NameID say.
pub(super) struct Person {
    subject: Subject,
    pub(super) address: AssertedAddress,
    name: Option<String>,
}

impl Person {
    pub(super) fn read(
        configured: &Configured,
        saml: &SamlUpstream,
        assertion: &Assertion,
        verdicts: &mut Verdicts,
    ) -> Result<Self, Rejected> {
        let speaker = Speaker { configured, names: &saml.attributes };
        let subject = match &saml.attributes.subject {
            Some(name) => speaker.lasting_name(assertion, name, ErrorCode::SamlSubject, verdicts)?,
            None => by_name_id(saml, assertion.subject.as_ref(), verdicts)?,
        };
        let address = speaker.address(assertion, verdicts)?;
        Ok(Self { subject, address, name: speaker.name(assertion) })
    }

    /// The person, proven by an assertion that was judged.
    pub(super) fn identity(self, configured: &Configured, assertion: &Assertion, judged: &Judged<'_>) -> VerifiedIdentity {
        let authentication = judged.authentication;
        VerifiedIdentity {
            voucher: Voucher::Provider(configured.id.clone()),
            amr: amr(assertion, authentication),
            subject: self.subject,
            address: Some(self.address),
            name: self.name,
            authenticated_at: authentication.at,
            acr: authentication.context.clone(),
            partner_session: Some(PartnerSession {
                index: authentication.session_index.clone(),
                name_id: assertion.subject.as_ref().and_then(asserted),
                until: judged.session_until,
            }),
        }
    }
}

/// The name the person is known by for ever.
fn by_name_id(saml: &SamlUpstream, name_id: Option<&NameId>, verdicts: &mut Verdicts) -> Result<Subject, Rejected> {
    const CHECK: &str = "name identifier";
    let refused =
        |verdicts: &mut Verdicts, got: &str, detail| Err(refuse(verdicts, CHECK, ErrorCode::SamlSubject, got, "a lasting name", detail));
    let Some(name_id) = name_id else { return refused(verdicts, "no NameID", "the assertion names nobody") };
    let format = name_id.format.as_deref();
    if format == Some(TRANSIENT_FORMAT) {
        return refused(verdicts, "transient", "a transient NameID is another one each time");
    }
    match (format, name_id_format(saml.name_id_format)) {
        (Some(got), Some(asked)) if got != asked => verdicts.warned("name identifier format", got, asked),
        _ => verdicts.passed("name identifier format", format.unwrap_or("none")),
    }
    let Some(subject) = Subject::new(name_id.value.as_str()) else {
        return refused(verdicts, "empty, or longer than 255 characters", "the person's name is none that can be kept");
    };
    verdicts.push(CHECK, Outcome::Passed, Value::Personal(name_id.value.clone()), None);
    Ok(subject)
}

/// A NameID in the words in which logout messages want it back. `None`: it can't be kept.
pub(super) fn asserted(name_id: &NameId) -> Option<AssertedNameId> {
    Some(AssertedNameId {
        value: Subject::new(name_id.value.as_str())?,
        format: name_id.format.clone(),
        name_qualifier: name_id.name_qualifier.clone(),
        sp_name_qualifier: name_id.sp_name_qualifier.clone(),
    })
}

#[cfg(test)]
mod tests;
