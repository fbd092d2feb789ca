//! Whether the mail server took our last mails. While it does not, nobody is told to wait for a code.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use crate::domain::timestamp::Timestamp;

/// Shared by the sender, who knows, and the passcode road, which asks.
#[derive(Debug, Default, Clone)]
pub struct MailHealth(Arc<AtomicI64>);

impl MailHealth {
    /// The server failed; it will be tried again after `pause`, and `GRACE` is what a try may take.
    pub(super) fn failed(&self, now: Timestamp, pause: Duration) {
        const GRACE: Duration = Duration::from_secs(10);
        self.0.store((now + pause + GRACE).unix(), Ordering::Relaxed);
    }

    pub(super) fn recovered(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    pub fn is_closed(&self, now: Timestamp) -> bool {
        now.unix() < self.0.load(Ordering::Relaxed)
    }
}
