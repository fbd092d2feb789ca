//! A captured answer, out of whatever an operator got hold of: the `wresult` as XML or base64, or the whole form.
//!
//! Must not judge it.

use base64::{Engine, engine::general_purpose::STANDARD};
use url::form_urlencoded;

use crate::domain::{error_code::ErrorCode, rejection::Rejected, secret::Secret};

/// The `wresult`.
pub(super) fn result(text: &str) -> Result<Secret<String>, Rejected> {
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.starts_with('<') {
        return Ok(Secret::new(text.to_owned()));
    }
    if let Some((_, value)) = form_urlencoded::parse(text.as_bytes()).find(|(name, _)| name == "wresult") {
        return Ok(Secret::new(value.into_owned()));
    }
    let text: String = text.split_ascii_whitespace().collect();
    let octets = STANDARD.decode(text).ok().and_then(|octets| String::from_utf8(octets).ok());
    octets.map(Secret::new).ok_or_else(|| Rejected::new(ErrorCode::WsFedResponse, "there is no wresult in it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_captured_token_is_found_in_a_form_in_base64_or_bare() {
        for text in ["wa=wsignin1.0&wresult=%3Cx%3E%3C%2Fx%3E&wctx=a", "PHg+\nPC94Pg==", "\u{feff}<x></x>\n"] {
            assert_eq!(result(text).unwrap().reveal(), "<x></x>", "{text}");
        }
        assert_eq!(result("nothing of the kind").unwrap_err().code, ErrorCode::WsFedResponse);
    }
}
