//! A SAML 2.0 `Response` (Core §3.3.3): its values, and how it is signed and encrypted.

use super::{
    Addressee, Assertion, Encryption, PartnerError, Person, Signer, Signing, fresh_id,
    xml::{ASSERTION, PROTOCOL, Prefixes, Xml, date_time},
};
use crate::domain::timestamp::Timestamp;

pub const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";
pub const RESPONDER: &str = "urn:oasis:names:tc:SAML:2.0:status:Responder";
pub const AUTHN_FAILED: &str = "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed";

#[derive(Debug, Clone)]
pub struct Response {
    pub id: String,
    pub issuer: Option<String>,
    pub destination: Option<String>,
    pub in_response_to: Option<String>,
    pub issued_at: Timestamp,
    pub status: Status,
    pub assertions: Vec<Assertion>,
}

#[derive(Debug, Clone)]
pub struct Status {
    pub code: String,
    pub second: Option<String>,
    pub message: Option<String>,
}

impl Status {
    pub fn success() -> Self {
        Self { code: SUCCESS.into(), second: None, message: None }
    }

    pub fn failed(second: &str, message: &str) -> Self {
        Self { code: RESPONDER.into(), second: Some(second.into()), message: Some(message.into()) }
    }

    pub(super) fn write(&self, xml: &mut Xml, prefixes: Prefixes) {
        let name = |local: &str| prefixes.name(PROTOCOL, local);
        xml.open(&name("Status")).open(&name("StatusCode")).attribute("Value", &self.code);
        if let Some(second) = &self.second {
            xml.open(&name("StatusCode")).attribute("Value", second).close();
        }
        xml.close();
        if let Some(message) = &self.message {
            xml.leaf(&name("StatusMessage"), message);
        }
        xml.close();
    }
}

/// What is signed, how, and whether the assertions are encrypted (after they were signed, before the response is).
#[derive(Clone, Copy)]
pub struct Sealing<'a> {
    pub assertion: Option<Signing<'a>>,
    pub response: Option<Signing<'a>>,
    pub encryption: Option<Encryption<'a>>,
    pub prefixes: Prefixes,
}

impl<'a> Sealing<'a> {
    pub const fn nothing() -> Self {
        Self { assertion: None, response: None, encryption: None, prefixes: Prefixes::Short }
    }

    /// Only the assertion is signed, as most do.
    pub fn assertion(signer: &'a Signer) -> Self {
        Self { assertion: Some(Signing::by(signer)), ..Self::nothing() }
    }

    /// Only the response is signed.
    pub fn response(signer: &'a Signer) -> Self {
        Self { response: Some(Signing::by(signer)), ..Self::nothing() }
    }

    pub fn both(signer: &'a Signer) -> Self {
        Self { assertion: Some(Signing::by(signer)), ..Self::response(signer) }
    }

    /// AES-256-GCM under RSA-OAEP, for the holder of this certificate (DER).
    #[must_use]
    pub fn encrypted_for(self, recipient: &'a [u8]) -> Self {
        Self { encryption: Some(Encryption::to(recipient)), ..self }
    }

    /// Writes all of it, signatures too, in another style.
    #[must_use]
    pub fn in_style(mut self, prefixes: Prefixes) -> Self {
        self.prefixes = prefixes;
        for signing in [&mut self.assertion, &mut self.response].into_iter().flatten() {
            signing.prefixes = prefixes;
        }
        self
    }

    /// Changes how every signature is made.
    #[must_use]
    pub fn signing(mut self, change: impl Fn(&mut Signing<'a>)) -> Self {
        for signing in [&mut self.assertion, &mut self.response].into_iter().flatten() {
            change(signing);
        }
        self
    }
}

impl Response {
    /// What an honest partner answers about `person`.
    pub fn about(person: &Person, issuer: &str, to: &Addressee, now: Timestamp) -> Self {
        let assertions = vec![Assertion::about(person, issuer, to, now)];
        Self { assertions, ..Self::without_assertion(Status::success(), issuer, to, now) }
    }

    /// The partner could not, or the person would not.
    pub fn failed(status: Status, issuer: &str, to: &Addressee, now: Timestamp) -> Self {
        Self::without_assertion(status, issuer, to, now)
    }

    fn without_assertion(status: Status, issuer: &str, to: &Addressee, now: Timestamp) -> Self {
        Self {
            id: fresh_id(),
            issuer: Some(issuer.into()),
            destination: Some(to.acs.clone()),
            in_response_to: to.in_response_to.clone(),
            issued_at: now,
            status,
            assertions: Vec::new(),
        }
    }

    /// The whole document.
    pub fn seal(&self, sealing: &Sealing<'_>) -> Result<String, PartnerError> {
        let mut assertions = Vec::new();
        for assertion in &self.assertions {
            assertions.push(assertion.to_xml(sealing.prefixes, sealing.assertion.as_ref())?);
        }
        self.around(&assertions, sealing)
    }

    /// The whole document around assertions that were written before, whatever they are. They are encrypted, and the response is
    /// signed, as `sealing` says.
    pub fn around(&self, assertions: &[String], sealing: &Sealing<'_>) -> Result<String, PartnerError> {
        let mut carried = String::new();
        for assertion in assertions {
            match &sealing.encryption {
                None => carried.push_str(assertion),
                Some(encryption) => carried.push_str(&encrypted_assertion(assertion, encryption, sealing.prefixes)?),
            }
        }
        let unsigned = self.write(&carried, sealing.prefixes, "");
        match &sealing.response {
            None => Ok(unsigned),
            Some(signing) => Ok(self.write(&carried, sealing.prefixes, &signing.over(&unsigned, &self.id)?)),
        }
    }

    fn write(&self, assertions: &str, prefixes: Prefixes, signature: &str) -> String {
        let mut xml = Xml::new();
        xml.open(&prefixes.name(PROTOCOL, "Response"))
            .attribute(&prefixes.declaration(PROTOCOL), PROTOCOL.uri)
            .attribute("ID", &self.id)
            .attribute("Version", "2.0")
            .attribute("IssueInstant", &date_time(self.issued_at))
            .maybe("Destination", self.destination.as_deref())
            .maybe("InResponseTo", self.in_response_to.as_deref());
        if let Some(issuer) = &self.issuer {
            write_issuer(&mut xml, prefixes, issuer);
        }
        xml.raw(signature);
        self.status.write(&mut xml, prefixes);
        xml.raw(assertions).finish()
    }
}

pub(super) fn write_issuer(xml: &mut Xml, prefixes: Prefixes, issuer: &str) {
    xml.open(&prefixes.name(ASSERTION, "Issuer")).attribute(&prefixes.declaration(ASSERTION), ASSERTION.uri).text(issuer).close();
}

fn encrypted_assertion(assertion: &str, encryption: &Encryption<'_>, prefixes: Prefixes) -> Result<String, PartnerError> {
    let mut xml = Xml::new();
    xml.open(&prefixes.name(ASSERTION, "EncryptedAssertion")).attribute(&prefixes.declaration(ASSERTION), ASSERTION.uri);
    Ok(xml.raw(&encryption.of(assertion.as_bytes())?).finish())
}
