//! What each check of a partner's answer found, kept with the sign-in for the operator (`got`, `want`). Values that name a person are
//! marked as such and shown only where the operator asked for them.

use serde::{Serialize, Serializer, ser::SerializeStruct};

use super::error_code::ErrorCode;

/// The checks of one answer, in the order they were made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Verdicts(Vec<Verdict>);

/// One check. Its `Debug` and its JSON hide personal values.
#[derive(Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What was checked, in few words that never change: `issuer`, `audience`, `assertion signature`.
    pub check: &'static str,
    pub outcome: Outcome,
    pub got: Value,
    /// What would have passed, where that can be said in a line.
    pub want: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Passed,
    /// Accepted, though the operator should know.
    Warned,
    Refused(ErrorCode),
}

#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    None,
    Plain(String),
    /// Names a person: an address, a NameID, an attribute's value.
    Personal(String),
}

impl Verdicts {
    pub fn passed(&mut self, check: &'static str, got: impl Into<String>) {
        self.push(check, Outcome::Passed, Value::Plain(got.into()), None);
    }

    pub fn warned(&mut self, check: &'static str, got: impl Into<String>, want: impl Into<String>) {
        self.push(check, Outcome::Warned, Value::Plain(got.into()), Some(want.into()));
    }

    pub fn push(&mut self, check: &'static str, outcome: Outcome, got: Value, want: Option<String>) {
        self.0.push(Verdict { check, outcome, got, want });
    }

    pub fn iter(&self) -> std::slice::Iter<'_, Verdict> {
        self.0.iter()
    }

    /// Whether the operator should be told although the answer was accepted.
    pub fn warn(&self) -> bool {
        self.0.iter().any(|verdict| verdict.outcome == Outcome::Warned)
    }
}

impl Value {
    /// For people and logs that may not see whom it was about.
    pub fn redacted(&self) -> &str {
        match self {
            Self::None => "",
            Self::Plain(text) => text,
            Self::Personal(_) => "[personal]",
        }
    }

    /// Only where the operator asked for it.
    pub fn reveal(&self) -> &str {
        match self {
            Self::None => "",
            Self::Plain(text) | Self::Personal(text) => text,
        }
    }
}

impl std::fmt::Debug for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {:?}, got {:?}, want {:?}", self.check, self.outcome, self.got.redacted(), self.want)
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.redacted())
    }
}

impl Serialize for Verdict {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut object = to.serialize_struct("Verdict", 5)?;
        object.serialize_field("check", self.check)?;
        let (outcome, code) = match self.outcome {
            Outcome::Passed => ("passed", None),
            Outcome::Warned => ("warned", None),
            Outcome::Refused(code) => ("refused", Some(code.code())),
        };
        object.serialize_field("outcome", outcome)?;
        object.serialize_field("code", &code)?;
        object.serialize_field("got", self.got.redacted())?;
        object.serialize_field("want", &self.want)?;
        object.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_a_person_is_not_shown_unasked() {
        let mut verdicts = Verdicts::default();
        verdicts.push("name identifier", Outcome::Passed, Value::Personal("ana@fabrikam.example".into()), None);
        let (shown, written) = (format!("{verdicts:?}"), serde_json::to_string(&verdicts).unwrap());
        assert!(!shown.contains("ana@") && !written.contains("ana@"), "{shown} {written}");
        assert_eq!(verdicts.iter().next().unwrap().got.reveal(), "ana@fabrikam.example");
    }
}
