//! What an assertion says, SAML 1.1 and 2.0 alike: plain values, read from the very nodes whose signature was verified.

use crate::domain::timestamp::Timestamp;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SamlVersion {
    V1_1,
    V2_0,
}

/// No `Debug`: it names a person.
pub struct Assertion {
    pub version: SamlVersion,
    pub id: String,
    pub issuer: String,
    pub issued_at: Timestamp,
    pub subject: Option<NameId>,
    pub confirmations: Vec<Confirmation>,
    /// `None`: no `Conditions` at all, which no protocol of ours accepts.
    pub conditions: Option<Conditions>,
    pub authentications: Vec<Authentication>,
    pub attributes: Vec<Attribute>,
}

pub struct NameId {
    pub value: String,
    pub format: Option<String>,
    pub name_qualifier: Option<String>,
    pub sp_name_qualifier: Option<String>,
}

/// `SubjectConfirmation` with its data. SAML 1.1 has methods only.
pub struct Confirmation {
    pub method: String,
    pub recipient: Option<String>,
    pub in_response_to: Option<String>,
    pub not_before: Option<Timestamp>,
    pub not_on_or_after: Option<Timestamp>,
}

pub struct Conditions {
    pub not_before: Option<Timestamp>,
    pub not_on_or_after: Option<Timestamp>,
    /// Each restriction is a list of which one must be us; all restrictions must hold (Core §2.5.1.4).
    pub audiences: Vec<Vec<String>>,
}

/// `AuthnStatement`, or SAML 1.1's `AuthenticationStatement`.
pub struct Authentication {
    pub at: Timestamp,
    pub session_index: Option<String>,
    pub session_not_on_or_after: Option<Timestamp>,
    /// `AuthnContextClassRef`, or SAML 1.1's `AuthenticationMethod`.
    pub context: Option<String>,
}

/// SAML 1.1's `AttributeNamespace` and `AttributeName` are joined by `/` into one name, as WIF and everybody after it did.
pub struct Attribute {
    pub name: String,
    pub friendly_name: Option<String>,
    pub values: Vec<String>,
}
