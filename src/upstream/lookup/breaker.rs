//! A circuit breaker per host that is asked: who fails again and again is left alone for a while, then tried by one.
//!
//! Must not know what was asked.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use moka::sync::Cache;

use crate::domain::{
    address::DomainName,
    id::{IdpId, TenantId},
    timestamp::Timestamp,
};

/// Failures in a row that open it.
const TOO_MANY: u32 = 5;
/// How long it stays open before one may try.
const REST: Duration = Duration::from_secs(30);
/// Hosts that are watched at once; forgetting one costs a few questions, no more.
const WATCHED: u64 = 10_000;

/// Who is asked: the provider's own directory, or, with WebFinger, a domain that a person typed. Those must not share a breaker: five
/// made-up domains would silence the provider for everyone.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Target {
    pub tenant: TenantId,
    pub provider: IdpId,
    pub domain: Option<DomainName>,
}

#[derive(Debug)]
pub(super) struct Breakers(Cache<Target, Arc<Breaker>>);

impl Breakers {
    pub(super) fn new() -> Self {
        Self(Cache::new(WATCHED))
    }

    pub(super) fn of(&self, target: Target) -> Arc<Breaker> {
        self.0.get_with(target, Arc::default)
    }
}

#[derive(Debug, Default)]
pub(super) struct Breaker(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    failures: u32,
    rests_until: Option<Timestamp>,
}

impl Breaker {
    /// Whether to try now. After a rest exactly one is let through; until it reports, the rest begins again for everyone else (so one
    /// that never reports blocks nobody for good).
    pub(super) fn lets_through(&self, now: Timestamp) -> bool {
        let mut state = self.state();
        match state.rests_until {
            Some(until) if now < until => false,
            Some(_) => {
                state.rests_until = Some(now + REST);
                true
            }
            None => true,
        }
    }

    pub(super) fn succeeded(&self) {
        *self.state() = State::default();
    }

    pub(super) fn failed(&self, now: Timestamp) {
        let mut state = self.state();
        state.failures = state.failures.saturating_add(1);
        if state.failures >= TOO_MANY {
            state.rests_until = Some(now + REST);
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_failures_in_a_row_open_it_and_one_probe_closes_it() {
        let (breaker, start) = (Breaker::default(), Timestamp::from_unix(0));
        for _ in 0..4 {
            breaker.failed(start);
        }
        assert!(breaker.lets_through(start));
        breaker.failed(start);
        assert!(!breaker.lets_through(start));
        let later = start + REST;
        assert!(breaker.lets_through(later), "one may try");
        assert!(!breaker.lets_through(later), "and only one");
        breaker.succeeded();
        assert!(breaker.lets_through(later));
    }
}
