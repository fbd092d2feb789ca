//! The `RequestSecurityTokenResponse` that carries an assertion through the browser (WS-Trust 2005/02 and 1.3, WS-Federation 1.2 §13).

use super::{
    Addressee, Assertion, OldAssertion, PartnerError, Person, Signer, Signing,
    xml::{Namespace, Prefixes, TRUST_1_3, TRUST_2005, Xml, date_time},
};
use crate::domain::timestamp::Timestamp;

const POLICY: &str = "http://schemas.xmlsoap.org/ws/2004/09/policy";
const ADDRESSING: &str = "http://www.w3.org/2005/08/addressing";
const UTILITY: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
const TOKEN_1_1: &str = "urn:oasis:names:tc:SAML:1.0:assertion";
const TOKEN_2_0: &str = "urn:oasis:names:tc:SAML:2.0:assertion";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrustVersion {
    /// February 2005: what AD FS posts to the browser.
    V2005,
    /// WS-Trust 1.3, in its collection.
    V1_3,
}

/// The assertion inside, of either version.
#[derive(Debug, Clone)]
pub enum Token {
    Old(OldAssertion),
    New(Assertion),
}

#[derive(Debug, Clone)]
pub struct TokenResponse {
    pub version: TrustVersion,
    pub created: Option<Timestamp>,
    pub expires: Option<Timestamp>,
    pub applies_to: Option<String>,
    pub token_type: Option<String>,
    pub token: Token,
}

/// How a token response is signed: WS-Federation services sign the assertion and nothing else.
#[derive(Clone, Copy)]
pub struct TokenSealing<'a> {
    pub assertion: Option<Signing<'a>>,
    pub prefixes: Prefixes,
}

impl<'a> TokenSealing<'a> {
    pub fn by(signer: &'a Signer) -> Self {
        Self { assertion: Some(Signing::by(signer)), prefixes: Prefixes::Short }
    }

    pub const fn nothing() -> Self {
        Self { assertion: None, prefixes: Prefixes::Short }
    }

    /// Writes all of it, the signature too, in another style.
    #[must_use]
    pub fn in_style(mut self, prefixes: Prefixes) -> Self {
        self.prefixes = prefixes;
        if let Some(signing) = &mut self.assertion {
            signing.prefixes = prefixes;
        }
        self
    }
}

impl TokenResponse {
    /// What an honest service answers about `person`: SAML 1.1 in WS-Trust 2005/02.
    pub fn about(person: &Person, issuer: &str, to: &Addressee, now: Timestamp) -> Self {
        Self::carrying(Token::Old(OldAssertion::about(person, issuer, to, now)), to, now)
    }

    /// The same with a SAML 2.0 assertion, which has the ImmutableID among its attributes.
    pub fn with_saml_2(person: &Person, issuer: &str, to: &Addressee, now: Timestamp) -> Self {
        let mut assertion = Assertion::about(person, issuer, to, now);
        assertion.attributes.push(super::Attribute::new(super::CLAIM_IMMUTABLE_ID, &person.subject));
        Self::carrying(Token::New(assertion), to, now)
    }

    fn carrying(token: Token, to: &Addressee, now: Timestamp) -> Self {
        let token_type = match &token {
            Token::Old(_) => TOKEN_1_1,
            Token::New(_) => TOKEN_2_0,
        };
        Self {
            version: TrustVersion::V2005,
            created: Some(now),
            expires: Some(now + super::LIFETIME),
            applies_to: Some(to.entity_id.clone()),
            token_type: Some(token_type.into()),
            token,
        }
    }

    /// The whole document: `wresult`.
    pub fn seal(&self, sealing: &TokenSealing<'_>) -> Result<String, PartnerError> {
        let assertion = match &self.token {
            Token::Old(assertion) => assertion.to_xml(sealing.prefixes, sealing.assertion.as_ref())?,
            Token::New(assertion) => assertion.to_xml(sealing.prefixes, sealing.assertion.as_ref())?,
        };
        Ok(self.around(&assertion, sealing.prefixes))
    }

    /// The whole document around a token that was written before, whatever it is.
    pub fn around(&self, token: &str, prefixes: Prefixes) -> String {
        let trust = self.namespace();
        let name = |local: &str| prefixes.name(trust, local);
        let mut xml = Xml::new();
        if self.version == TrustVersion::V1_3 {
            xml.open(&name("RequestSecurityTokenResponseCollection")).attribute(&prefixes.declaration(trust), trust.uri);
            xml.open(&name("RequestSecurityTokenResponse"));
        } else {
            xml.open(&name("RequestSecurityTokenResponse")).attribute(&prefixes.declaration(trust), trust.uri);
        }
        if self.created.is_some() || self.expires.is_some() {
            xml.open(&name("Lifetime"));
            for (local, at) in [("wsu:Created", self.created), ("wsu:Expires", self.expires)] {
                if let Some(at) = at {
                    xml.open(local).attribute("xmlns:wsu", UTILITY).text(&date_time(at)).close();
                }
            }
            xml.close();
        }
        if let Some(realm) = &self.applies_to {
            xml.open("wsp:AppliesTo").attribute("xmlns:wsp", POLICY);
            xml.open("wsa:EndpointReference").attribute("xmlns:wsa", ADDRESSING).leaf("wsa:Address", realm).close().close();
        }
        xml.open(&name("RequestedSecurityToken")).raw(token).close();
        if let Some(kind) = &self.token_type {
            xml.leaf(&name("TokenType"), kind);
        }
        xml.leaf(&name("RequestType"), &format!("{}/Issue", trust.uri));
        xml.finish()
    }

    const fn namespace(&self) -> Namespace {
        match self.version {
            TrustVersion::V2005 => TRUST_2005,
            TrustVersion::V1_3 => TRUST_1_3,
        }
    }
}
