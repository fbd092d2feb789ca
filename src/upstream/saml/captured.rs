//! A captured response, out of whatever an operator got hold of: XML, the field, or the whole form.
//!
//! Must not judge it.

use url::form_urlencoded;

use super::binding::{self, Parameter};
use crate::domain::rejection::Rejected;

/// The response's octets.
pub(super) fn document(text: &str) -> Result<Vec<u8>, Rejected> {
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.starts_with('<') {
        return Ok(text.as_bytes().to_vec());
    }
    let field = Parameter::Response.name();
    // Base64 may hold a `+`, which a form would take for a blank: only a form is read as one.
    let is_form = text.split('&').any(|pair| pair.strip_prefix(field).is_some_and(|rest| rest.starts_with('=')));
    match form_urlencoded::parse(text.as_bytes()).find(|(name, _)| is_form && name == field) {
        Some((_, value)) => binding::from_base64(&value),
        None => binding::from_base64(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_captured_response_is_found_in_a_form_a_field_or_bare() {
        for text in ["RelayState=a&SAMLResponse=PHg%2BPC94Pg%3D%3D", " PHg+PC94Pg==\n", "PHg+\r\nPC94Pg==", "\u{feff} <x></x> "] {
            assert_eq!(document(text).unwrap(), b"<x></x>", "{text}");
        }
        assert!(document("nothing of the kind").is_err());
    }
}
