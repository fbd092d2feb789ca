//! How a partner's metadata stands, and the reminders about it: in metrics at every round, in words once a day.

use std::{sync::Arc, time::Duration};

use crate::{
    domain::{rejection::Rejected, timestamp::Timestamp},
    telemetry::partner::Name,
};

use super::{Facts, Suspicion, schedule};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How it stands now.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// What is in use. `None`: nothing was read yet.
    pub facts: Option<Arc<Facts>>,
    /// When that was last confirmed by its publisher. `None`: it is no published document, or nothing was read yet.
    pub read_at: Option<Timestamp>,
    /// The last reading, if it failed.
    pub failure: Option<(Timestamp, Rejected)>,
    /// A newer document that is not believed.
    pub quarantine: Option<Quarantine>,
}

/// A document put aside for a person to look at (`gatehouse metadata show` tells what is in it).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantine {
    pub since: Timestamp,
    /// Of the document, as `gatehouse metadata show` prints it.
    pub digest: String,
    pub reasons: Vec<Suspicion>,
}

impl Quarantine {
    pub fn in_words(&self) -> String {
        self.reasons.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    }
}

/// When the operator was last reminded.
#[derive(Debug, Default)]
pub(super) struct Reminders(std::sync::Mutex<Option<Timestamp>>);

impl Reminders {
    pub(super) fn tell(&self, name: &Name, standing: &Standing, now: Timestamp) {
        name.quarantine(standing.quarantine.is_some());
        if let Some(read_at) = standing.read_at {
            name.metadata_age(left(read_at, now));
        }
        let Some(facts) = &standing.facts else { return };
        let end = schedule::newest_end(facts);
        if let Some(end) = end {
            name.certificate_expires(left(now, end));
        }
        if !self.is_due(now) {
            return;
        }
        if let Some(end) = end.filter(|end| end.since(now) <= schedule::NEAR) {
            name.certificate_ends(left(now, end));
        }
        if let Some(until) = facts.valid_until.filter(|until| is_near(standing.read_at, *until, now)) {
            name.metadata_ends(left(now, until));
        }
    }

    fn is_due(&self, now: Timestamp) -> bool {
        let Ok(mut told) = self.0.lock() else { return false };
        let is_due = told.is_none_or(|when| now.since(when) >= DAY);
        if is_due {
            *told = Some(now);
        }
        is_due
    }
}

/// Whether less than a third of a document's life is left; of a file, whose life began unseen, a day.
fn is_near(read_at: Option<Timestamp>, until: Timestamp, now: Timestamp) -> bool {
    let near = read_at.map_or(DAY, |read_at| until.since(read_at) / 3);
    until.since(now) <= near
}

fn left(from: Timestamp, to: Timestamp) -> i64 {
    to.unix().saturating_sub(from.unix())
}
