//! When our credentials are born, sign, and leave: a pure function of time, the ones there are, and the tenant's policy.
//!
//! ```text
//!        |<- publish_ahead ->|<------ rotation ------>|<- publish_ahead ->|
//!   1    published           signs                    decrypts             gone
//!   2                        …  published             signs                …
//! ```
//!
//! A credential leaves only because its successor has signed for `publish_ahead`; so there is always one that signs, and whoever reads
//! our metadata that often knows it before it does. The very first can't be announced, nor one whose predecessor's certificate ran out
//! while the house slept: those sign at once.

use std::time::Duration;

use crate::domain::{federation::FederationPolicy, timestamp::Timestamp};

/// The life of one credential, as far as it is settled when it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life {
    pub signs_from: Timestamp,
    /// When its certificate ends.
    pub expires: Timestamp,
}

/// What a credential does at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Published and decrypting, not signing yet.
    Next,
    Signing,
    /// Published and decrypting, no longer signing.
    Last,
    Gone,
}

/// When a certificate made now ends: it must outlast its work by as long as it stays published.
pub fn expiry(signs_from: Timestamp, policy: &FederationPolicy) -> Timestamp {
    signs_from + policy.key_rotation + policy.key_publish_ahead
}

/// From when a credential to be made now should sign. `None`: none is due.
pub fn birth(now: Timestamp, newest: Option<Life>, policy: &FederationPolicy) -> Option<Timestamp> {
    let Some(newest) = newest else { return Some(now) };
    let end = newest.expires - policy.key_publish_ahead;
    let due = (newest.signs_from + policy.key_rotation).min(end).max(newest.signs_from + Duration::from_secs(1));
    let announced = now + policy.key_publish_ahead;
    // One is waiting already, or it is too early to announce one.
    if newest.signs_from > now || announced < due {
        return None;
    }
    // Late: announced as long as it should be, but never longer than the old certificate is good for.
    Some(due.max(announced.min(newest.expires)).max(now))
}

/// What each of a tenant's credentials does, given from when they sign, in that order.
pub fn standings(now: Timestamp, signs_from: &[Timestamp], policy: &FederationPolicy) -> Vec<Standing> {
    // Two nodes' clocks differ: a first one that signs from a moment still ahead of us signs.
    let signing = signs_from.iter().rposition(|from| *from <= now).unwrap_or(0);
    let standing = |(at, _): (usize, &Timestamp)| match at.cmp(&signing) {
        std::cmp::Ordering::Greater => Standing::Next,
        std::cmp::Ordering::Equal => Standing::Signing,
        std::cmp::Ordering::Less if now < signs_from[at + 1] + policy.key_publish_ahead => Standing::Last,
        std::cmp::Ordering::Less => Standing::Gone,
    };
    signs_from.iter().enumerate().map(standing).collect()
}

/// The next moment at which one of them begins to sign or leaves.
pub fn next_change(now: Timestamp, signs_from: &[Timestamp], policy: &FederationPolicy) -> Option<Timestamp> {
    let leaves = signs_from.iter().skip(1).map(|from| *from + policy.key_publish_ahead);
    signs_from.iter().copied().chain(leaves).filter(|moment| *moment > now).min()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DAY: u64 = 24 * 3600;
    const START: Timestamp = Timestamp::from_unix(1_800_000_000);

    fn days(days: u64) -> Duration {
        Duration::from_secs(days * DAY)
    }

    fn policy(rotation: u64, ahead: u64) -> FederationPolicy {
        FederationPolicy { key_rotation: days(rotation), key_publish_ahead: days(ahead) }
    }

    fn life(signs_from: Timestamp, policy: &FederationPolicy) -> Life {
        Life { signs_from, expires: expiry(signs_from, policy) }
    }

    #[test]
    fn the_next_is_made_when_it_is_time_to_announce_it_and_once() {
        let policy = policy(730, 60);
        let first = life(START, &policy);
        assert_eq!(birth(START, None, &policy), Some(START));
        assert_eq!(birth(START + days(669), Some(first), &policy), None);
        assert_eq!(birth(START + days(670), Some(first), &policy), Some(START + days(730)));
        let next = life(START + days(730), &policy);
        assert_eq!(birth(START + days(671), Some(next), &policy), None, "one is waiting");
    }

    #[test]
    fn a_house_that_slept_announces_as_long_as_the_old_certificate_lasts() {
        let policy = policy(730, 60);
        let first = life(START, &policy);
        assert_eq!(birth(START + days(700), Some(first), &policy), Some(START + days(760)));
        assert_eq!(birth(START + days(760), Some(first), &policy), Some(START + days(790)));
        assert_eq!(birth(START + days(800), Some(first), &policy), Some(START + days(800)));
    }

    #[test]
    fn a_shorter_rotation_counts_at_once_and_a_longer_one_never_outlives_the_certificate() {
        let first = life(START, &policy(100, 10));
        assert_eq!(birth(START + days(20), Some(first), &policy(30, 10)), Some(START + days(30)));
        assert_eq!(birth(START + days(90), Some(first), &policy(900, 10)), Some(START + days(100)));
    }

    #[test]
    fn a_credential_decrypts_until_its_successor_has_signed_for_a_while() {
        use Standing::{Gone, Last, Next, Signing};
        let (policy, from) = (policy(730, 60), [START, START + days(730)]);
        for (day, wanted) in [(0, [Signing, Next]), (729, [Signing, Next]), (730, [Last, Signing]), (789, [Last, Signing])] {
            assert_eq!(standings(START + days(day), &from, &policy), wanted, "day {day}");
        }
        assert_eq!(standings(START + days(790), &from, &policy), [Gone, Signing]);
        assert_eq!(standings(START - days(1), &from, &policy), [Signing, Next], "another node's clock is ahead");
        assert_eq!(next_change(START, &from, &policy), Some(START + days(730)));
        assert_eq!(next_change(START + days(730), &from, &policy), Some(START + days(790)));
        assert_eq!(next_change(START + days(790), &from, &policy), None);
    }

    proptest! {
        /// Whenever the house is awake: exactly one signs, its certificate is good, and no more than one waits.
        #[test]
        fn there_is_always_one_that_signs_under_a_certificate_that_lasts(
            rotation in 1_u64..900, ahead in 1_u64..90, naps in prop::collection::vec(1_u64..400, 1..40)
        ) {
            let policy = policy(rotation, ahead);
            let (mut now, mut lives) = (START, Vec::<Life>::new());
            for nap in naps {
                now = now + days(nap);
                while let Some(from) = birth(now, lives.last().copied(), &policy) {
                    prop_assert!(lives.last().is_none_or(|last| last.signs_from < from));
                    lives.push(life(from, &policy));
                }
                let from: Vec<_> = lives.iter().map(|life| life.signs_from).collect();
                let standings = standings(now, &from, &policy);
                let signing = standings.iter().position(|standing| *standing == Standing::Signing).unwrap();
                prop_assert_eq!(standings.iter().filter(|standing| **standing == Standing::Signing).count(), 1);
                prop_assert!(standings.iter().filter(|standing| **standing == Standing::Next).count() <= 1);
                prop_assert!(lives[signing].signs_from <= now && now < lives[signing].expires);
            }
        }
    }
}
