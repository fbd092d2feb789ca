//! A captured answer, judged at an operator's desk: the live path, every verdict told, nothing stored and nobody signed in.
//!
//! Must not be reachable from the door.

use url::form_urlencoded;

use crate::domain::{error_code::ErrorCode, identity::VerifiedIdentity, timestamp::Timestamp, verdict::Verdicts};

use super::Rejected;

/// What the operator has: a browser's form post, its one field, or the XML inside.
pub struct Captured {
    pub text: String,
    /// The ID of the request it should answer; not held against any if not given.
    pub request: Option<String>,
    /// As of when it is judged; now if not given.
    pub at: Option<Timestamp>,
}

/// What the live path says of it.
#[derive(Debug)]
pub struct Examination {
    pub verdicts: Verdicts,
    pub outcome: Result<VerifiedIdentity, Rejected>,
}

/// A captured answer, out of the form it may have come in.
pub(super) enum Document<'a> {
    Xml(&'a str),
    /// A field's value, as its protocol encodes it.
    Field(String),
}

impl Captured {
    /// Finds `field` in a form body; else takes the text for XML, or for the field's value.
    pub(super) fn document(&self, field: &str) -> Document<'_> {
        let text = self.text.trim_start_matches('\u{feff}').trim();
        if text.starts_with('<') {
            return Document::Xml(text);
        }
        let has_field = text.split('&').any(|pair| pair.strip_prefix(field).is_some_and(|rest| rest.starts_with('=')));
        match form_urlencoded::parse(text.as_bytes()).find(|(name, _)| has_field && name == field) {
            Some((_, value)) => Document::Field(value.into_owned()),
            None => Document::Field(text.to_owned()),
        }
    }
}

impl Examination {
    /// For a provider whose answers can't be captured and shown again.
    pub(super) fn not_supported() -> Self {
        let rejected = Rejected::new(ErrorCode::SamlBinding, "this provider's answers are no signed documents");
        Self { verdicts: Verdicts::default(), outcome: Err(rejected) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_captured_answer_is_found_in_a_form_a_field_or_bare() {
        let captured = |text: &str| Captured { text: text.to_owned(), request: None, at: None };
        let field = |text: &str| match captured(text).document("SAMLResponse") {
            Document::Field(value) => value,
            Document::Xml(_) => panic!("{text} is no XML"),
        };
        assert_eq!(field("RelayState=a&SAMLResponse=PHg%2B%3D"), "PHg+=");
        assert_eq!(field(" PHg+\n"), "PHg+");
        assert!(matches!(captured("\u{feff} <x/>").document("SAMLResponse"), Document::Xml("<x/>")));
    }
}
