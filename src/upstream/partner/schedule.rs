//! When a document is read again.

use std::time::Duration;

use crate::domain::timestamp::Timestamp;

use super::{Facts, document::Document};

/// No publisher makes us come more often.
const AT_LEAST: Duration = Duration::from_secs(10 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// From here on a certificate's end is near (`behaviour.md` §5.6).
pub(super) const NEAR: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// After a failed or quarantined scheduled reading, the next one.
pub(super) const RETRY: Duration = Duration::from_secs(5 * 60);

/// At the configured rhythm; sooner where the document says so, or where its life or its newest certificate comes to an end.
pub(super) fn due(document: &Document, read_at: Timestamp, refresh: Duration) -> Timestamp {
    let facts = &document.facts;
    let ends = facts.valid_until.map(|until| until.since(read_at) / 3);
    let rollover = newest_end(facts).filter(|end| end.since(read_at) <= NEAR).map(|_| DAY);
    let sooner = document.cache.into_iter().chain(ends).map(|wish| wish.max(AT_LEAST)).chain(rollover);
    read_at + sooner.fold(refresh, Duration::min)
}

/// When the last of its certificates ends.
pub(super) fn newest_end(facts: &Facts) -> Option<Timestamp> {
    facts.signing.iter().map(|certificate| certificate.not_after()).max()
}
