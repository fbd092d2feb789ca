//! When signing keys are born, sign, and leave: a pure function of time, the keys there are, and the tenant's policy.
//!
//! ```text
//!            |<- publish_ahead ->|<------- rotation ------->|<- until its last token expires ->|
//!   key 1    published           signs                      published
//!   key 2                              published            signs …
//! ```
//!
//! Three promises, in this order of strength, each a property test below:
//! 1. at every moment exactly one key of an algorithm signs;
//! 2. a key signs only while it will stay published until what it signs has expired;
//! 3. a key is published `publish_ahead` before it signs. The very first key can't be, nor one whose predecessor the house
//!    slept through: those sign at once.

use std::{borrow::Borrow, time::Duration};

use crate::domain::{
    timestamp::Timestamp,
    token_policy::{SigningAlgorithm, TokenPolicy},
};

/// Moments are rounded to this, so that two nodes that plan within it choose the same and the directory keeps one key.
const GRID: i64 = 600;

/// The life of one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life {
    pub algorithm: SigningAlgorithm,
    pub signs_from: Timestamp,
    pub published_until: Timestamp,
}

/// Keys to make now, at most one per algorithm.
pub fn plan(now: Timestamp, keys: &[Life], wanted: &[SigningAlgorithm], policy: &TokenPolicy) -> Vec<Life> {
    wanted.iter().filter_map(|algorithm| birth(now, keys, *algorithm, policy)).collect()
}

/// The key of `algorithm` that signs at `now`: the latest that has begun.
pub fn signing<K: Borrow<Life>>(now: Timestamp, algorithm: SigningAlgorithm, keys: &[K]) -> Option<&K> {
    let begun = keys.iter().filter(|key| (*key).borrow().algorithm == algorithm && (*key).borrow().signs_from <= now);
    begun.max_by_key(|key| (*key).borrow().signs_from)
}

/// The longest that anything signed stays valid.
pub fn longest_token(policy: &TokenPolicy) -> Duration {
    policy.id_token.max(policy.access_token)
}

fn birth(now: Timestamp, keys: &[Life], algorithm: SigningAlgorithm, policy: &TokenPolicy) -> Option<Life> {
    let newest = keys.iter().filter(|key| key.algorithm == algorithm).max_by_key(|key| key.signs_from);
    let signs_from = match (signing(now, algorithm, keys), newest) {
        (Some(current), Some(newest)) if now <= last_signature(current, policy) => successor(now, newest, policy)?,
        // The first key, or its predecessor can't sign any more: at once, and after that one.
        (current, _) => current.map_or(floor(now), |old| floor(now).max(old.signs_from + Duration::from_secs(1))),
    };
    // Its own successor may be planned up to `publish_ahead` late before promise 3 breaks.
    let published_until = signs_from + policy.key_rotation + policy.key_publish_ahead * 2 + longest_token(policy);
    Some(Life { algorithm, signs_from, published_until })
}

/// When the key after `newest` should begin, if it is time to announce it.
fn successor(now: Timestamp, newest: &Life, policy: &TokenPolicy) -> Option<Timestamp> {
    let last = last_signature(newest, policy);
    let due = (newest.signs_from + policy.key_rotation).min(last);
    let announced = now + policy.key_publish_ahead;
    if due > announced {
        return None;
    }
    // On time it begins when due; late, as soon as it has been announced long enough or the old key must stop.
    let begin = if due == announced { due } else { ceiling(announced).min(last) };
    Some(begin.max(newest.signs_from + Duration::from_secs(1)))
}

/// The last moment at which what a key signs still expires before the key leaves the set (promise 2).
fn last_signature(key: &Life, policy: &TokenPolicy) -> Timestamp {
    key.published_until - longest_token(policy)
}

fn floor(moment: Timestamp) -> Timestamp {
    Timestamp::from_unix(moment.unix() - moment.unix().rem_euclid(GRID))
}

fn ceiling(moment: Timestamp) -> Timestamp {
    let down = floor(moment);
    if down == moment { down } else { down + Duration::from_secs(GRID.unsigned_abs()) }
}

#[cfg(test)]
mod tests;
