//! When and for whom an assertion holds, against our clock and our name.
//!
//! Must not ask the clock.

use std::time::Duration;

use super::refuse;
use crate::{
    domain::{error_code::ErrorCode, rejection::Rejected, timestamp::Timestamp, verdict::Verdicts},
    federation::xml::instant,
    upstream::signed_xml::Conditions,
};

/// Our clock, and the difference to theirs that we forgive.
#[derive(Debug, Clone, Copy)]
pub(in crate::upstream) struct Now {
    pub at: Timestamp,
    pub skew: Duration,
}

/// A stretch of time: closed at its beginning, open at its end, as NotBefore and NotOnOrAfter are (Core §2.5.1.2).
pub(in crate::upstream) struct Window {
    pub check: &'static str,
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
}

impl Window {
    /// Whether now is within it, the skew forgiven at either end. `issued_at` tells how far apart the clocks are.
    pub(in crate::upstream) fn check(&self, now: Now, issued_at: Timestamp, verdicts: &mut Verdicts) -> Result<(), Rejected> {
        let want = || format!("by our clock it is {}, and {} s are forgiven", instant(now.at), now.skew.as_secs());
        if let Some(from) = self.from.filter(|from| *from > now.at + now.skew) {
            let got = format!("from {}, {} s after our clock", instant(from), from.since(now.at).as_secs());
            let detail = format!("not valid yet ({})", self.check);
            return Err(refuse(verdicts, self.check, ErrorCode::SamlNotYetValid, got, want(), &detail));
        }
        if let Some(to) = self.to.filter(|to| *to + now.skew <= now.at) {
            let got = format!("until {}, {} s before our clock", instant(to), now.at.since(to).as_secs());
            let detail = format!("no longer valid ({})", self.check);
            return Err(refuse(verdicts, self.check, ErrorCode::SamlExpired, got, want(), &detail));
        }
        verdicts.passed(self.check, distance(issued_at, now.at));
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

/// At least one restriction, and in each of them us, to the letter (SAML 1.1 Core §2.3.2.1.3, SAML 2.0 Core §2.5.1.4).
pub(in crate::upstream) fn audience(conditions: Option<&Conditions>, us: &str, verdicts: &mut Verdicts) -> Result<(), Rejected> {
    const CHECK: &str = "audience";
    let restrictions = conditions.map_or(&[][..], |conditions| &conditions.audiences);
    if restrictions.is_empty() {
        return Err(refuse(verdicts, CHECK, ErrorCode::SamlAudience, "none", us, "the assertion is restricted to no audience"));
    }
    if let Some(other) = restrictions.iter().find(|one_of| !one_of.iter().any(|name| name == us)) {
        let detail = "the assertion is meant for another audience";
        return Err(refuse(verdicts, CHECK, ErrorCode::SamlAudience, other.join(" or "), us, detail));
    }
    verdicts.passed(CHECK, us);
    Ok(())
}
