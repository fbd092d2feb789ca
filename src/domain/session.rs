//! A browser already recognised at one tenant.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{
    id::{GuestId, SessionId},
    identity::VerifiedIdentity,
    secret::Secret,
    timestamp::Timestamp,
};

/// What signing in left behind. Its cookie carries a secret; the store keeps this under a digest of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BrowserSession {
    pub id: SessionId,
    pub guest: GuestId,
    pub identity: VerifiedIdentity,
    /// When the person signed in. Unsaid by older ones: before anything else.
    #[serde(default = "unsaid")]
    pub began_at: Timestamp,
    pub expires_at: Timestamp,
}

const fn unsaid() -> Timestamp {
    Timestamp::from_unix(0)
}

/// What its browser holds. It serialises with its secret: for the session store alone.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SessionCookie {
    /// The session's id and a secret.
    pub secret: Secret<String>,
    /// The session's end, so that a browser forgets it no later.
    pub until: Timestamp,
}

impl BrowserSession {
    /// Whether it may answer a request without a new sign-in: alive, and fresh enough for `max_age` seconds
    /// (OpenID Connect Core §3.1.2.1).
    pub fn satisfies(&self, now: Timestamp, max_age: Option<u64>) -> bool {
        let is_fresh = max_age.is_none_or(|limit| now.since(self.identity.authenticated_at).as_secs() <= limit);
        now < self.expires_at && is_fresh
    }

    /// Whether sessions of its guest that began up to `since` are over, and so this one. Times are whole seconds: a sign-in of the
    /// very second is over, too, rather than left.
    pub fn is_over(&self, since: Option<Timestamp>) -> bool {
        since.is_some_and(|since| self.began_at <= since)
    }

    /// When a session that begins `now` ends: after `lives`, and no later than the partner said (SAML Core §2.7.2
    /// `SessionNotOnOrAfter`). `None`: it would be over before it began.
    pub fn end(identity: &VerifiedIdentity, now: Timestamp, lives: Duration) -> Option<Timestamp> {
        let bound = identity.partner_session.as_ref().and_then(|session| session.until);
        let end = bound.map_or(now + lives, |until| until.min(now + lives));
        (now < end).then_some(end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::identity::{PartnerSession, Subject, Voucher};

    const NOW: Timestamp = Timestamp::from_unix(1_800_000_000);
    const HOUR: Duration = Duration::from_secs(3600);

    fn bounded(until: Option<Timestamp>) -> Option<Timestamp> {
        let identity = VerifiedIdentity {
            voucher: Voucher::Passcode,
            subject: Subject::new("s").unwrap(),
            address: None,
            name: None,
            authenticated_at: NOW,
            amr: Vec::new(),
            acr: None,
            partner_session: Some(PartnerSession { index: None, name_id: None, until }),
        };
        BrowserSession::end(&identity, NOW, HOUR)
    }

    #[test]
    fn the_partner_bounds_a_session_and_one_that_is_over_is_none() {
        let minute = Duration::from_secs(60);
        assert_eq!(bounded(None), Some(NOW + HOUR));
        assert_eq!(bounded(Some(NOW + minute)), Some(NOW + minute));
        assert_eq!(bounded(Some(NOW + HOUR + minute)), Some(NOW + HOUR));
        assert_eq!(bounded(Some(NOW)), None);
        assert_eq!(bounded(Some(NOW - minute)), None);
    }
}
