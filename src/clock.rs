//! The only file that reads the time.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use crate::domain::timestamp::Timestamp;

/// Where "now" comes from: the system, or a hand that a test moves.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System,
    Movable(Arc<AtomicI64>),
}

impl Clock {
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still at `start` until [`Clock::advance`]. Clones share the hand.
    pub fn movable(start: Timestamp) -> Self {
        Self(Source::Movable(Arc::new(AtomicI64::new(start.unix()))))
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Timestamp::from_unix(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
            }
            Source::Movable(hand) => Timestamp::from_unix(hand.load(Ordering::SeqCst)),
        }
    }

    /// Moves a movable clock; a system clock goes its own way.
    pub fn advance(&self, span: std::time::Duration) {
        if let Source::Movable(hand) = &self.0 {
            hand.fetch_add(i64::try_from(span.as_secs()).unwrap_or(i64::MAX), Ordering::SeqCst);
        }
    }
}
