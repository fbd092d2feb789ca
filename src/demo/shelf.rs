//! What a demo server remembers between two requests: in memory, for a while, and never without bound.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::{clock::Clock, domain::timestamp::Timestamp, random};

const CAPACITY: usize = 10_000;

/// Values under random keys.
#[derive(Debug)]
pub(super) struct Shelf<T> {
    held: Mutex<HashMap<String, (Timestamp, T)>>,
    lifetime: Duration,
    clock: Clock,
}

impl<T: Clone> Shelf<T> {
    pub(super) fn new(clock: Clock, lifetime: Duration) -> Self {
        Self { held: Mutex::default(), lifetime, clock }
    }

    fn open(&self) -> MutexGuard<'_, HashMap<String, (Timestamp, T)>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts `value` on the shelf and answers the key it lies under.
    pub(super) fn put(&self, value: T) -> String {
        let key = random::token().reveal().clone();
        let now = self.clock.now();
        let mut held = self.open();
        if held.len() >= CAPACITY {
            held.retain(|_, (until, _)| *until > now);
        }
        if held.len() >= CAPACITY {
            held.clear();
        }
        held.insert(key.clone(), (now + self.lifetime, value));
        key
    }

    /// Takes it away: the second who asks finds nothing.
    pub(super) fn take(&self, key: &str) -> Option<T> {
        let (until, value) = self.open().remove(key)?;
        (until > self.clock.now()).then_some(value)
    }

    /// Looks without taking.
    pub(super) fn look(&self, key: &str) -> Option<T> {
        self.open().get(key).filter(|(until, _)| *until > self.clock.now()).map(|(_, value)| value.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_gone_and_what_is_old_too() {
        let clock = Clock::movable(Timestamp::from_unix(0));
        let shelf = Shelf::new(clock.clone(), Duration::from_secs(60));
        let (once, late) = (shelf.put(1), shelf.put(2));
        assert_eq!((shelf.look(&once), shelf.take(&once), shelf.take(&once)), (Some(1), Some(1), None));
        clock.advance(Duration::from_secs(60));
        assert_eq!(shelf.look(&late), None);
    }
}
