//! Verdicts as a table: what was checked, how it went, what was there and what should have been.

use std::io::{self, Write};

use crate::{
    domain::verdict::{Outcome, Verdict},
    trail::Line,
};

/// Whether values that name a person are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Personal {
    Shown,
    Hidden,
}

impl Personal {
    pub fn of(self, value: &str) -> &str {
        match self {
            Self::Shown => value,
            Self::Hidden => "[personal]",
        }
    }
}

pub(super) fn line(verdict: &Verdict, personal: Personal) -> Line {
    let (outcome, code) = match verdict.outcome {
        Outcome::Passed => ("passed", None),
        Outcome::Warned => ("warned", None),
        Outcome::Refused(code) => ("refused", Some(code.code().to_owned())),
    };
    let got = match personal {
        Personal::Shown => verdict.got.reveal(),
        Personal::Hidden => verdict.got.redacted(),
    };
    Line { check: verdict.check.to_owned(), outcome: outcome.to_owned(), code, got: got.to_owned(), want: verdict.want.clone() }
}

pub(super) fn table(lines: &[Line], out: &mut dyn Write) -> io::Result<()> {
    let width = lines.iter().map(|line| line.check.chars().count()).max().unwrap_or_default();
    for line in lines {
        let code = line.code.as_deref().map(|code| format!("{code}: ")).unwrap_or_default();
        let want = line.want.as_deref().map(|want| format!(" (want {})", plain(want))).unwrap_or_default();
        writeln!(out, "  {:<7}  {:<width$}  {code}{}{want}", line.outcome, line.check, plain(&line.got))?;
    }
    Ok(())
}

/// A partner wrote it: nothing in it moves a terminal's cursor.
pub(super) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        error_code::ErrorCode,
        verdict::{Value, Verdicts},
    };

    #[test]
    fn a_table_shows_got_and_want_and_hides_persons_unless_asked() {
        let mut verdicts = Verdicts::default();
        verdicts.passed("issuer", "https://sts.fabrikam.example\u{1b}[2J");
        let personal = Value::Personal("ana@fabrikam.example".into());
        verdicts.push("address", Outcome::Refused(ErrorCode::UpstreamDomain), personal, Some("litware.example".into()));
        let shown = |personal| {
            let (mut out, lines) = (Vec::new(), verdicts.iter().map(|verdict| line(verdict, personal)).collect::<Vec<_>>());
            table(&lines, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        let hidden = shown(Personal::Hidden);
        assert!(hidden.contains("passed   issuer   https://sts.fabrikam.example\u{fffd}[2J\n"), "{hidden}");
        assert!(hidden.contains("refused  address  GH3010: [personal] (want litware.example)"), "{hidden}");
        assert!(shown(Personal::Shown).contains("GH3010: ana@fabrikam.example (want"));
    }
}
