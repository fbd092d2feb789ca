//! Codes read back, and the keys of their texts.

use super::ErrorCode;

impl ErrorCode {
    /// Fluent keys are `{text_key}-title` and `{text_key}-text`. A person can do the same about most of what a partner's message has
    /// wrong, so those codes share their texts; the runbook tells the operator each one.
    pub fn text_key(self) -> String {
        let number: u16 = self.code()[2..].parse().unwrap_or_default();
        match number {
            3138 | 3139 => "error-partner-clock".to_owned(),
            3130 => "error-partner-refused".to_owned(),
            3142 | 3143 | 3154 => "error-partner-profile".to_owned(),
            3101..=3159 => "error-partner-answer".to_owned(),
            3160..=3179 => "error-partner-setup".to_owned(),
            _ => format!("error-{}", self.code().to_ascii_lowercase()),
        }
    }

    /// Reads what [`ErrorCode::code`] wrote.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_unique_and_shaped() {
        let codes: BTreeSet<_> = ErrorCode::ALL.iter().map(|code| code.code()).collect();
        assert_eq!(codes.len(), ErrorCode::ALL.len());
        assert!(codes.iter().all(|c| c.len() == 6 && c.starts_with("GH")));
    }
}
