//! Email one-time passcodes: what a challenge is, when it may be sent again, and what an entry is answered.
//! Drawing the digits, mailing them and counting across sign-ins belong to the step.

use serde::{Deserialize, Serialize};

use super::{tenant::PasscodePolicy, timestamp::Timestamp};

/// One mailed code, remembered by its keyed digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// HMAC-SHA-256 of the digits under the house's key, bound to the flow.
    pub digest: Vec<u8>,
    pub sent_at: Timestamp,
    pub expires_at: Timestamp,
    pub wrong_entries: u8,
}

/// What an entered code is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Right,
    Wrong {
        tries_left: u8,
    },
    /// Right or wrong no longer matters: too many entries, or too late. A new code may be asked for.
    Dead,
}

impl Challenge {
    pub fn is_alive(&self, policy: &PasscodePolicy, now: Timestamp) -> bool {
        now < self.expires_at && self.wrong_entries < policy.attempts
    }

    /// Judges an entry. `is_match` is the constant-time comparison of digests.
    pub fn judge(&self, policy: &PasscodePolicy, now: Timestamp, is_match: bool) -> Answer {
        if !self.is_alive(policy, now) {
            return Answer::Dead;
        }
        if is_match {
            return Answer::Right;
        }
        match policy.attempts.saturating_sub(self.wrong_entries + 1) {
            0 => Answer::Dead,
            tries_left => Answer::Wrong { tries_left },
        }
    }

    /// When another mail may be asked for.
    pub fn resend_at(&self, policy: &PasscodePolicy) -> Timestamp {
        self.sent_at + policy.resend_gap
    }
}
