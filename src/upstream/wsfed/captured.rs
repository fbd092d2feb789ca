//! A captured answer, out of whatever an operator got hold of: the `wresult` itself, or the whole form.
//!
//! Must not judge it.

use url::form_urlencoded;

use crate::domain::secret::Secret;

/// The text of the `wresult`.
pub(super) fn result(text: &str) -> Secret<String> {
    let text = text.trim_start_matches('\u{feff}').trim();
    let in_form = || form_urlencoded::parse(text.as_bytes()).find(|(name, _)| name == "wresult").map(|(_, value)| value.into_owned());
    let found = if text.starts_with('<') { None } else { in_form() };
    Secret::new(found.unwrap_or_else(|| text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_captured_answer_is_found_bare_or_in_a_form() {
        for text in ["wa=wsignin1.0&wresult=%3Cx%2F%3E&wctx=a", "wresult=%3Cx/%3E", "\u{feff} <x/>\n"] {
            assert_eq!(result(text).reveal(), "<x/>", "{text}");
        }
        assert_eq!(result("nothing of the kind").reveal(), "nothing of the kind");
    }
}
