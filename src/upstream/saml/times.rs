//! Times in a partner's messages, against our clock and the difference we forgive.
//!
//! Must not ask the clock.

use super::{
    checks::{Expectation, refuse},
    request::instant,
};
use crate::domain::{error_code::ErrorCode, rejection::Rejected, timestamp::Timestamp, verdict::Verdicts};

/// A stretch of time: closed at its beginning, open at its end, as NotBefore and NotOnOrAfter are (Core §2.5.1.2).
pub(super) struct Window {
    pub check: &'static str,
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
}

impl Window {
    /// Whether now is within it, `skew` forgiven at either end. `issued_at` tells how far apart the clocks are.
    pub(super) fn check(&self, want: &Expectation<'_>, issued_at: Timestamp, verdicts: &mut Verdicts) -> Result<(), Rejected> {
        let now = instant(want.now);
        if let Some(from) = self.from.filter(|from| *from > want.now + want.skew) {
            let got = format!("from {}, {} s after our clock", instant(from), from.since(want.now).as_secs());
            let detail = format!("not valid yet ({})", self.check);
            return Err(refuse(verdicts, self.check, ErrorCode::SamlNotYetValid, got, now, &detail));
        }
        if let Some(to) = self.to.filter(|to| *to + want.skew <= want.now) {
            let got = format!("until {}, {} s before our clock", instant(to), want.now.since(to).as_secs());
            let detail = format!("no longer valid ({})", self.check);
            return Err(refuse(verdicts, self.check, ErrorCode::SamlExpired, got, now, &detail));
        }
        verdicts.passed(self.check, distance(issued_at, want.now));
        Ok(())
    }
}

/// How a partner's moment stands to ours, for an operator.
fn distance(theirs: Timestamp, ours: Timestamp) -> String {
    if theirs > ours {
        format!("issued {} s ahead of our clock", theirs.since(ours).as_secs())
    } else {
        format!("issued {} s ago", ours.since(theirs).as_secs())
    }
}
