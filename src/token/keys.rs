//! Every tenant's ring, kept fresh: reads the directory, plans, forges what is missing, opens what is there.
//!
//! Any number of nodes do this at once: the directory keeps one key per (tenant, algorithm, `signs_from`), [`super::plan`] makes them
//! choose the same moments, and each reads back what was kept.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use arc_swap::{ArcSwap, ArcSwapOption};
use tokio::{sync::Mutex, task::spawn_blocking};

use crate::{
    clock::Clock,
    domain::{error_code::ErrorCode, id::TenantId, tenant::Tenant, timestamp::Timestamp, token_policy::SigningAlgorithm},
    store::{
        directory::{Directory, DirectoryError, StoredKey},
        seal::Seal,
    },
};

use super::{
    access_token::VerifiedTokens,
    forge::{self, ForgeError},
    plan::{self, Life},
    ring::{ACCESS_TOKEN_ALGORITHM, Ring},
};

/// How often [`Keys::maintain`] should be called.
pub const MAINTENANCE: Duration = Duration::from_secs(60);
/// A ring older than this is refreshed by whoever asks for it: the task is late, or a test moved the clock.
const STALE: Duration = Duration::from_secs(5 * 60);
/// How long nobody asks again after a failure.
const RETRY: Duration = Duration::from_secs(15);
/// About half a kilobyte each.
const MOST_VERIFIED: u64 = 10_000;

/// The rings of all tenants. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Keys(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    directory: Directory,
    seal: Arc<Seal>,
    clock: Clock,
    places: ArcSwap<HashMap<TenantId, Arc<Place>>>,
    verified: VerifiedTokens,
}

/// Where one tenant's ring hangs.
#[derive(Debug, Default)]
struct Place {
    ring: ArcSwapOption<Ring>,
    /// Unix seconds of the last look into the directory.
    seen: AtomicI64,
    /// One refresh at a time.
    turn: Mutex<()>,
}

/// Why a ring could not be refreshed; for the log.
#[derive(Debug, thiserror::Error)]
enum KeysError {
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    #[error(transparent)]
    Forge(#[from] ForgeError),
    #[error("forging a key was interrupted")]
    Interrupted,
}

impl Keys {
    pub fn open(directory: Directory, seal: Seal, clock: Clock) -> Self {
        let verified = VerifiedTokens::holding(MOST_VERIFIED);
        Self(Arc::new(Inner { directory, seal: Arc::new(seal), clock, places: ArcSwap::default(), verified }))
    }

    /// The tenant's ring, from memory unless it is new or stale. [`ErrorCode::KeysUnavailable`] when there is none to be had.
    pub async fn ring(&self, tenant: &Tenant) -> Result<Arc<Ring>, ErrorCode> {
        self.ring_for(tenant, ACCESS_TOKEN_ALGORITHM).await
    }

    /// The same, and certain to sign with `algorithm`: a client's choice of RS256 may be newer than the ring.
    pub async fn ring_for(&self, tenant: &Tenant, algorithm: SigningAlgorithm) -> Result<Arc<Ring>, ErrorCode> {
        let now = self.0.clock.now();
        let place = self.place(&tenant.id);
        if let Some(ring) = place.fresh(now, algorithm) {
            return Ok(ring);
        }
        let _turn = place.turn.lock().await;
        if let Some(ring) = place.fresh(now, algorithm) {
            return Ok(ring);
        }
        match self.refresh(tenant, &place, now).await {
            Ok(ring) => Ok(ring),
            // A ring that can sign is better than a directory that can't answer.
            Err(error) => {
                tracing::error!(tenant.id = %tenant.id, error = %error, "signing keys could not be refreshed");
                place.seen.store((now - STALE + RETRY).unix(), Ordering::Release);
                place.ring.load_full().ok_or(ErrorCode::KeysUnavailable)
            }
        }
    }

    /// Refreshes the rings of all tenants, one after another: rotation happens here. Call it every [`MAINTENANCE`], and after a reload.
    pub async fn maintain(&self, tenants: &[Arc<Tenant>]) {
        for tenant in tenants {
            let place = self.place(&tenant.id);
            let _turn = place.turn.lock().await;
            if let Err(error) = self.refresh(tenant, &place, self.0.clock.now()).await {
                tracing::error!(tenant.id = %tenant.id, error = %error, "signing keys could not be refreshed");
            }
        }
    }

    fn place(&self, tenant: &TenantId) -> Arc<Place> {
        if let Some(place) = self.0.places.load().get(tenant) {
            return Arc::clone(place);
        }
        let new = Arc::new(Place::default());
        self.0.places.rcu(|places| {
            let mut places = HashMap::clone(places);
            places.entry(tenant.clone()).or_insert_with(|| Arc::clone(&new));
            places
        });
        // Whoever was first; nothing ever leaves the map.
        self.0.places.load().get(tenant).map_or(new, Arc::clone)
    }

    async fn refresh(&self, tenant: &Tenant, place: &Place, now: Timestamp) -> Result<Arc<Ring>, KeysError> {
        let mut stored = self.0.directory.keys(&tenant.id, now).await?;
        let births = plan::plan(now, &lives(&stored), &wanted(tenant), &tenant.tokens);
        if !births.is_empty() {
            for life in births {
                let key = self.forge(&tenant.id, life, now).await?;
                self.0.directory.add_key(&tenant.id, &key).await?;
                tracing::info!(tenant.id = %tenant.id, key.id = %key.kid, key.algorithm = key.algorithm.as_str(), "a signing key was made");
            }
            // Another node may have been first: what the directory kept is what counts.
            stored = self.0.directory.keys(&tenant.id, now).await?;
        }
        place.seen.store(now.unix(), Ordering::Release);
        if let Some(same) = place.ring.load_full().filter(|ring| ring.is_of(&stored)) {
            return Ok(same);
        }
        let ring = Arc::new(Ring::open(&tenant.id, &stored, &self.0.seal, self.0.verified.clone())?);
        place.ring.store(Some(Arc::clone(&ring)));
        Ok(ring)
    }

    async fn forge(&self, tenant: &TenantId, life: Life, now: Timestamp) -> Result<StoredKey, KeysError> {
        let (tenant, seal) = (tenant.clone(), Arc::clone(&self.0.seal));
        let forged = spawn_blocking(move || forge::forge(&tenant, life, now, &seal)).await;
        Ok(forged.map_err(|_| KeysError::Interrupted)??)
    }
}

impl Place {
    fn fresh(&self, now: Timestamp, algorithm: SigningAlgorithm) -> Option<Arc<Ring>> {
        let age = now.since(Timestamp::from_unix(self.seen.load(Ordering::Acquire)));
        self.ring.load_full().filter(|ring| age < STALE && ring.can_sign(algorithm, now))
    }
}

fn lives(stored: &[StoredKey]) -> Vec<Life> {
    let life = |key: &StoredKey| Life { algorithm: key.algorithm, signs_from: key.signs_from, published_until: key.published_until };
    stored.iter().map(life).collect()
}

/// RSA keys are dear to make and to sign with: a tenant has them only if a client asks.
fn wanted(tenant: &Tenant) -> Vec<SigningAlgorithm> {
    let is_wanted = |algorithm: &SigningAlgorithm| {
        *algorithm == ACCESS_TOKEN_ALGORITHM || tenant.clients.values().any(|client| client.id_token_signed_response_alg == *algorithm)
    };
    SigningAlgorithm::ALL.into_iter().filter(is_wanted).collect()
}

#[cfg(test)]
mod tests;
