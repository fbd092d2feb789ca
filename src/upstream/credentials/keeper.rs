//! Every tenant's credentials, kept at hand: reads the directory, makes what is due, opens what is published.
//!
//! Any number of nodes do this at once: the directory keeps one successor of each credential, and each node reads back what was kept.
//! Asking costs no statement: what is at hand is renewed by [`CredentialStore::maintain`], or by whoever finds it old.

use std::{collections::HashMap, fmt, sync::Arc, time::Duration};

use arc_swap::{ArcSwap, ArcSwapOption};
use tokio::{sync::Mutex, task::spawn_blocking};

use super::{
    Credential, CredentialError, Credentials,
    forge::{self, Wish},
    rollover::{self, Life, Standing},
};
use crate::{
    clock::Clock,
    domain::{
        certificate::Certificate, error_code::ErrorCode, id::TenantId, identity_provider::Kind, rejection::Rejected, tenant::Tenant,
        timestamp::Timestamp,
    },
    store::{
        directory::{Directory, DirectoryError, StoredCredential},
        seal::Seal,
    },
};

/// What is older than this is read anew by whoever asks for it: maintenance is late, or a test moved the clock.
const STALE: Duration = Duration::from_secs(5 * 60);
/// How long nobody asks again after a failure.
const RETRY: Duration = Duration::from_secs(15);
/// A message we can't decrypt asks for a new reading at most so often: nobody can make us hammer the directory.
const PAUSE_BETWEEN_DEMANDS: Duration = Duration::from_secs(5);

/// Every tenant's credentials: made when first needed, kept sealed in the directory, rolled over on schedule. Cheap to clone.
#[derive(Debug, Clone)]
pub struct CredentialStore(Arc<Inner>);

struct Inner {
    directory: Directory,
    seal: Arc<Seal>,
    clock: Clock,
    places: ArcSwap<HashMap<TenantId, Arc<Place>>>,
}

/// Where one tenant's credentials lie.
#[derive(Default)]
struct Place {
    known: ArcSwapOption<Known>,
    /// One refresh at a time.
    turn: Mutex<Turn>,
}

#[derive(Default)]
struct Turn {
    demanded_at: Option<Timestamp>,
}

/// What was last read of a tenant's credentials.
struct Known {
    /// All that were published then, in the order they sign.
    links: Vec<Link>,
    current: Arc<Credentials>,
    /// When another one begins to sign, or one leaves.
    changes_at: Option<Timestamp>,
    seen: Timestamp,
}

#[derive(Clone)]
struct Link {
    id: String,
    signs_from: Timestamp,
    credential: Arc<Credential>,
}

/// A rollover an operator asked for.
#[derive(Debug)]
pub struct Rotation {
    pub certificate: Certificate,
    pub signs_from: Timestamp,
    pub made: Made,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    Now,
    /// The next one was waiting already.
    Before,
}

/// Why credentials could not be had; for the log.
#[derive(Debug, thiserror::Error)]
enum KeeperError {
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    #[error(transparent)]
    Credential(#[from] CredentialError),
    #[error("making a key was interrupted")]
    Interrupted,
    #[error("the directory kept none")]
    Missing,
}

impl CredentialStore {
    pub fn open(directory: Directory, seal: Seal, clock: Clock) -> Self {
        Self(Arc::new(Inner { directory, seal: Arc::new(seal), clock, places: ArcSwap::default() }))
    }

    /// The tenant's credentials as of now. [`ErrorCode::KeysUnavailable`] when there are none to be had.
    pub async fn of(&self, tenant: &Tenant) -> Result<Arc<Credentials>, Rejected> {
        let (now, place) = (self.0.clock.now(), self.place(&tenant.id));
        if let Some(current) = place.fresh(now) {
            return Ok(current);
        }
        let _turn = place.turn.lock().await;
        if let Some(current) = place.fresh(now) {
            return Ok(current);
        }
        match self.0.refresh(tenant, &place, now).await {
            Ok(known) => Ok(Arc::clone(&known.current)),
            Err(error) => {
                told(tenant, &error);
                // What was read before is better than nothing, and knows who signs next.
                let kept = place.known.load_full().and_then(|known| Known::of(known.links.clone(), tenant, now));
                let kept = kept.ok_or_else(|| unavailable(&error))?;
                let current = Arc::clone(&kept.current);
                place.known.store(Some(Arc::new(Known { seen: now - STALE + RETRY, ..kept })));
                Ok(current)
            }
        }
    }

    /// A key that `seen` lacks is needed, perhaps one that another node made just now: reads anew, unless that was done a moment ago. The
    /// same value where nothing newer is there.
    pub async fn newer_than(&self, tenant: &Tenant, seen: &Arc<Credentials>) -> Arc<Credentials> {
        let place = self.place(&tenant.id);
        let newer = || place.known.load_full().map(|known| Arc::clone(&known.current)).filter(|known| !known.is_same(seen));
        if let Some(newer) = newer() {
            return newer;
        }
        let mut turn = place.turn.lock().await;
        let now = self.0.clock.now();
        let is_too_soon = turn.demanded_at.is_some_and(|when| now.since(when) < PAUSE_BETWEEN_DEMANDS);
        if let (None, false) = (newer(), is_too_soon) {
            turn.demanded_at = Some(now);
            if let Err(error) = self.0.refresh(tenant, &place, now).await {
                told(tenant, &error);
            }
        }
        newer().unwrap_or_else(|| Arc::clone(seen))
    }

    /// Makes and retires what is due, for tenants that have partners: others get theirs if they are ever asked for.
    pub async fn maintain(&self, tenants: &[Arc<Tenant>]) {
        for tenant in tenants.iter().filter(|tenant| has_partners(tenant)) {
            let place = self.place(&tenant.id);
            let _turn = place.turn.lock().await;
            if let Err(error) = self.0.refresh(tenant, &place, self.0.clock.now()).await {
                told(tenant, &error);
            }
        }
    }

    /// The operator's rollover: the next credential signs `after` this, made now if none is waiting. It is never put off.
    pub async fn rotate(&self, tenant: &Tenant, after: Duration) -> Result<Rotation, Rejected> {
        let place = self.place(&tenant.id);
        let _turn = place.turn.lock().await;
        self.0.rotate(tenant, &place, after).await.map_err(|error| unavailable(&error))
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
}

impl Inner {
    async fn refresh(&self, tenant: &Tenant, place: &Place, now: Timestamp) -> Result<Arc<Known>, KeeperError> {
        let mut stored = self.directory.credentials(&tenant.id).await?;
        let newest = stored.last().map(life).transpose()?;
        if let Some(signs_from) = rollover::birth(now, newest, &tenant.federation) {
            // A house with the wrong seal must not add what the others can't open.
            if let Some(newest) = stored.last() {
                forge::open(&tenant.id, newest, &self.seal)?;
            }
            match self.make(tenant, stored.last(), now, signs_from).await {
                // Another node may have been first: what the directory kept is what counts.
                Ok(()) => stored = self.directory.credentials(&tenant.id).await?,
                Err(error) if stored.is_empty() => return Err(error),
                // A directory that takes none, for now or because it is only looked at: those there are still serve.
                Err(error) => told(tenant, &error),
            }
        }
        let links = self.links(tenant, stored, place, now)?;
        let known = Arc::new(Known::of(links, tenant, now).ok_or(KeeperError::Missing)?);
        place.known.store(Some(Arc::clone(&known)));
        Ok(known)
    }

    async fn rotate(&self, tenant: &Tenant, place: &Place, after: Duration) -> Result<Rotation, KeeperError> {
        let now = self.clock.now();
        self.refresh(tenant, place, now).await?;
        let stored = self.directory.credentials(&tenant.id).await?;
        let newest = stored.last().ok_or(KeeperError::Missing)?;
        let made = if newest.signs_from > now {
            self.directory.hasten_credential(&tenant.id, &newest.id, now + after).await?;
            Made::Before
        } else {
            self.make(tenant, Some(newest), now, (now + after).max(newest.signs_from + Duration::from_secs(1))).await?;
            Made::Now
        };
        self.refresh(tenant, place, now).await?;
        let stored = self.directory.credentials(&tenant.id).await?;
        let next = stored.last().ok_or(KeeperError::Missing)?;
        let certificate = Certificate::from_der(&next.certificate).map_err(CredentialError::from)?;
        Ok(Rotation { certificate, signs_from: next.signs_from, made })
    }

    async fn make(
        &self,
        tenant: &Tenant,
        follows: Option<&StoredCredential>,
        now: Timestamp,
        signs_from: Timestamp,
    ) -> Result<(), KeeperError> {
        let wish = Wish {
            tenant: tenant.id.clone(),
            subject: forge::subject(tenant),
            follows: follows.map(|before| before.id.clone()),
            now,
            signs_from,
            policy: tenant.federation.clone(),
        };
        let seal = Arc::clone(&self.seal);
        let forged = spawn_blocking(move || forge::forge(&wish, &seal)).await.map_err(|_| KeeperError::Interrupted)??;
        self.directory.add_credential(&tenant.id, &forged).await?;
        tracing::info!(tenant.id = %tenant.id, credential.id = %forged.id, credential.signs_from = signs_from.unix(), "a credential was made");
        Ok(())
    }

    /// Opens what is published; what was open before stays so.
    fn links(&self, tenant: &Tenant, stored: Vec<StoredCredential>, place: &Place, now: Timestamp) -> Result<Vec<Link>, KeeperError> {
        let before = place.known.load_full();
        let signs_from: Vec<_> = stored.iter().map(|credential| credential.signs_from).collect();
        let standings = rollover::standings(now, &signs_from, &tenant.federation);
        let published = stored.into_iter().zip(standings).filter(|(_, standing)| *standing != Standing::Gone);
        let link = |(stored, _): (StoredCredential, Standing)| {
            let open = before.iter().flat_map(|known| &known.links).find(|link| link.id == stored.id);
            let credential = match open {
                Some(link) => Arc::clone(&link.credential),
                None => Arc::new(forge::open(&tenant.id, &stored, &self.seal)?),
            };
            Ok(Link { id: stored.id, signs_from: stored.signs_from, credential })
        };
        published.map(link).collect()
    }
}

impl Known {
    /// `None` where there is no link at all.
    fn of(links: Vec<Link>, tenant: &Tenant, now: Timestamp) -> Option<Self> {
        let signs_from: Vec<_> = links.iter().map(|link| link.signs_from).collect();
        let standings = rollover::standings(now, &signs_from, &tenant.federation);
        let with = |wanted: Standing| {
            links.iter().zip(&standings).filter(move |(_, standing)| **standing == wanted).map(|(link, _)| Arc::clone(&link.credential))
        };
        let signing = with(Standing::Signing).next()?;
        let published = with(Standing::Signing).chain(with(Standing::Next)).chain(with(Standing::Last)).collect();
        let changes_at = rollover::next_change(now, &signs_from, &tenant.federation);
        Some(Self { current: Arc::new(Credentials { signing, published }), links, changes_at, seen: now })
    }
}

impl Place {
    fn fresh(&self, now: Timestamp) -> Option<Arc<Credentials>> {
        let known = self.known.load();
        let known = known.as_ref()?;
        let holds = now.since(known.seen) < STALE && known.changes_at.is_none_or(|moment| now < moment);
        holds.then(|| Arc::clone(&known.current))
    }
}

fn life(stored: &StoredCredential) -> Result<Life, CredentialError> {
    Ok(Life { signs_from: stored.signs_from, expires: Certificate::from_der(&stored.certificate)?.not_after() })
}

fn has_partners(tenant: &Tenant) -> bool {
    tenant.providers.values().any(|provider| matches!(provider.kind, Kind::Saml(_) | Kind::WsFed(_)))
}

fn told(tenant: &Tenant, error: &KeeperError) {
    tracing::error!(tenant.id = %tenant.id, error = %error, "credentials towards partners could not be refreshed");
}

fn unavailable(error: &KeeperError) -> Rejected {
    Rejected::new(ErrorCode::KeysUnavailable, format!("our own keys towards partners: {error}"))
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialStore").field("tenants", &self.places.load().len()).finish_non_exhaustive()
    }
}
