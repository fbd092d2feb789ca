//! Verdicts as they are kept: JSON without what names a person, bounded, and read back as lines.

use serde::Deserialize;
use serde_json::Value;

use crate::domain::verdict::Verdicts;

/// More checks than any answer is put through.
const MOST: usize = 100;
/// A partner wrote some of these values; nobody reads more of one.
const LONGEST: usize = 300;

/// Redacted, each value bounded.
pub(super) fn written(verdicts: &Verdicts) -> Value {
    // Strings, numbers and names alone: this can't fail; if it did, no verdicts are better than none of the event.
    let mut kept = serde_json::to_value(verdicts).unwrap_or_default();
    if let Value::Array(all) = &mut kept {
        // The refusing one is the last.
        all.drain(..all.len().saturating_sub(MOST));
        for value in all.iter_mut().filter_map(Value::as_object_mut).flat_map(|verdict| verdict.values_mut()) {
            if let Value::String(text) = value {
                *text = clipped(text);
            }
        }
    }
    kept
}

pub(super) fn clipped(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// One check, as it was kept.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Line {
    pub check: String,
    pub outcome: String,
    pub code: Option<String>,
    pub got: String,
    pub want: Option<String>,
}

/// The checks that an event's details hold; none where it has none.
pub fn lines(details: &Value) -> Vec<Line> {
    details.get("verdicts").and_then(|kept| serde_json::from_value(kept.clone()).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{error_code::ErrorCode, verdict};

    #[test]
    fn what_is_kept_is_bounded_redacted_and_read_back() {
        let mut verdicts = Verdicts::default();
        for _ in 0..200 {
            verdicts.passed("issuer", "ü".repeat(5000));
        }
        let personal = verdict::Value::Personal("ana@fabrikam.example".into());
        verdicts.push("address", verdict::Outcome::Refused(ErrorCode::UpstreamDomain), personal, Some("fabrikam.example".into()));
        let kept = written(&verdicts);
        assert!(!kept.to_string().contains("ana@") && kept.to_string().len() < 100_000);
        let lines = lines(&serde_json::json!({ "verdicts": kept }));
        let last = lines.last().unwrap();
        assert_eq!((lines.len(), last.outcome.as_str(), last.code.as_deref()), (MOST, "refused", Some("GH3010")));
        assert_eq!((last.got.as_str(), last.want.as_deref()), ("[personal]", Some("fabrikam.example")));
    }
}
