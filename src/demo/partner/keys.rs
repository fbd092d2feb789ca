//! The keys of one partner: those it publishes, and the one it signs with. Rolling over is done in the steps that real partners take.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{KeyShape, PartnerError, Signer, Validity};
use crate::clock::Clock;

/// Clones share the keys.
#[derive(Clone)]
pub struct KeyRing(Arc<Shared>);

struct Shared {
    name: String,
    clock: Clock,
    ring: Mutex<Ring>,
}

struct Ring {
    published: Vec<Arc<Signer>>,
    signing: Arc<Signer>,
}

impl KeyRing {
    pub fn new(shape: KeyShape, name: &str, clock: &Clock) -> Result<Self, PartnerError> {
        let first = Arc::new(Signer::generate(shape, name, &Validity::around(clock.now()))?);
        let ring = Mutex::new(Ring { published: vec![Arc::clone(&first)], signing: first });
        Ok(Self(Arc::new(Shared { name: name.into(), clock: clock.clone(), ring })))
    }

    /// What signs now.
    pub fn signer(&self) -> Arc<Signer> {
        Arc::clone(&self.ring().signing)
    }

    /// Every published certificate in base64, the oldest first.
    pub fn certificates(&self) -> Vec<String> {
        self.ring().published.iter().map(|signer| signer.certificate_base64()).collect()
    }

    /// Publishes the next certificate ahead of its use.
    pub fn announce(&self, shape: KeyShape) -> Result<(), PartnerError> {
        let next = Signer::generate(shape, &self.0.name, &Validity::around(self.0.clock.now()))?;
        self.ring().published.push(Arc::new(next));
        Ok(())
    }

    /// Signs with the newest published key from now on.
    pub fn take_newest(&self) {
        let mut ring = self.ring();
        if let Some(newest) = ring.published.last().cloned() {
            ring.signing = newest;
        }
    }

    /// Publishes only what signs.
    pub fn retire(&self) {
        let mut ring = self.ring();
        ring.published = vec![Arc::clone(&ring.signing)];
    }

    /// Publishes a second certificate and signs with its key at once. A partner in a hurry; the first one stays published.
    pub fn roll_over(&self) -> Result<(), PartnerError> {
        self.announce(self.signer().shape())?;
        self.take_newest();
        Ok(())
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.0.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
