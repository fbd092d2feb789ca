//! Documents that others publish and change as they please (discovery, keys): fetched at first use, kept, refreshed behind the
//! reader's back, never lost because a refresh failed.
//!
//! Must not know what the documents say. A dead publisher delays only those who have nothing kept, once, for the time limit.

use std::{fmt, sync::Arc, time::Duration};

use arc_swap::ArcSwapOption;
use async_trait::async_trait;
use tokio::{sync::Mutex, task::AbortHandle};

use super::fetch::FetchError;
use crate::{clock::Clock, domain::timestamp::Timestamp};

/// Where a document comes from.
#[async_trait]
pub trait Source: Send + Sync + 'static {
    type Document: Send + Sync + 'static;

    /// Reads it anew; with how long its publisher says it keeps.
    async fn read(&self) -> Result<(Self::Document, Option<Duration>), FetchError>;
}

/// Without a word from the publisher; and the bounds for one.
const KEEP: Duration = Duration::from_secs(60 * 60);
const KEEP_AT_LEAST: Duration = Duration::from_secs(10 * 60);
const KEEP_AT_MOST: Duration = Duration::from_secs(24 * 60 * 60);
/// Older than this, a reader waits for the refresh before falling back to what is kept.
const TOO_OLD_TO_TRUST: Duration = Duration::from_secs(48 * 60 * 60);
/// After a failure nobody tries again for so long: a dead publisher fails fast.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(5);
/// An unknown key asks for a new reading at most so often: nobody can make us hammer a publisher.
const PAUSE_BETWEEN_DEMANDS: Duration = Duration::from_secs(60);

/// One document, kept. Dropping it stops its refresh.
pub struct Kept<S: Source> {
    shared: Arc<Shared<S>>,
    refresh: std::sync::Mutex<Option<AbortHandle>>,
}

struct Shared<S: Source> {
    source: S,
    clock: Clock,
    held: ArcSwapOption<Held<S::Document>>,
    /// Whoever holds it reads; everyone else who must wait, waits here and then looks at what was found.
    turn: Mutex<Turn>,
}

struct Held<D> {
    document: Arc<D>,
    read_at: Timestamp,
    keep: Duration,
}

#[derive(Default)]
struct Turn {
    failure: Option<(Timestamp, FetchError)>,
    demanded_at: Option<Timestamp>,
}

impl<S: Source> Kept<S> {
    pub fn new(source: S, clock: Clock) -> Self {
        let shared = Shared { source, clock, held: ArcSwapOption::empty(), turn: Mutex::default() };
        Self { shared: Arc::new(shared), refresh: std::sync::Mutex::default() }
    }

    /// The document as last read. Waits only at first use, or when what is kept is too old to trust unasked.
    pub async fn current(&self) -> Result<Arc<S::Document>, FetchError> {
        let Some(held) = self.shared.held.load_full() else {
            return self.shared.read_after(None).await;
        };
        let age = self.shared.clock.now().since(held.read_at);
        if age >= TOO_OLD_TO_TRUST {
            return Ok(self.shared.read_after(Some(&held.document)).await.unwrap_or_else(|_| Arc::clone(&held.document)));
        }
        if age >= held.keep {
            self.refresh_behind(&held.document);
        }
        Ok(Arc::clone(&held.document))
    }

    /// Something `seen` lacks is needed: reads anew unless that was just done. Falls back to what is kept.
    pub async fn newer_than(&self, seen: &Arc<S::Document>) -> Arc<S::Document> {
        self.shared.demand(seen).await
    }

    fn refresh_behind(&self, seen: &Arc<S::Document>) {
        let Ok(mut refresh) = self.refresh.lock() else { return };
        if refresh.as_ref().is_some_and(|running| !running.is_finished()) {
            return;
        }
        let (shared, seen) = (Arc::clone(&self.shared), Arc::clone(seen));
        let task = tokio::spawn(async move {
            if let Err(error) = shared.read_after(Some(&seen)).await {
                tracing::warn!(error.cause = %error, "a provider's metadata could not be refreshed: the last good one stays");
            }
        });
        *refresh = Some(task.abort_handle());
    }
}

impl<S: Source> Drop for Kept<S> {
    fn drop(&mut self) {
        if let Some(running) = self.refresh.get_mut().ok().and_then(Option::take) {
            running.abort();
        }
    }
}

impl<S: Source> Shared<S> {
    /// Reads, unless somebody else read something newer than `seen`, or failed, a moment ago.
    async fn read_after(&self, seen: Option<&Arc<S::Document>>) -> Result<Arc<S::Document>, FetchError> {
        let mut turn = self.turn.lock().await;
        if let Some(newer) = self.held_beside(seen) {
            return Ok(newer);
        }
        match &turn.failure {
            Some((when, error)) if self.clock.now().since(*when) < PAUSE_AFTER_FAILURE => Err(error.clone()),
            _ => self.read(&mut turn).await,
        }
    }

    async fn demand(&self, seen: &Arc<S::Document>) -> Arc<S::Document> {
        let mut turn = self.turn.lock().await;
        if let Some(newer) = self.held_beside(Some(seen)) {
            return newer;
        }
        let now = self.clock.now();
        if turn.demanded_at.is_some_and(|when| now.since(when) < PAUSE_BETWEEN_DEMANDS) {
            return Arc::clone(seen);
        }
        turn.demanded_at = Some(now);
        self.read(&mut turn).await.unwrap_or_else(|_| Arc::clone(seen))
    }

    fn held_beside(&self, seen: Option<&Arc<S::Document>>) -> Option<Arc<S::Document>> {
        let held = self.held.load_full()?;
        seen.is_none_or(|seen| !Arc::ptr_eq(seen, &held.document)).then(|| Arc::clone(&held.document))
    }

    async fn read(&self, turn: &mut Turn) -> Result<Arc<S::Document>, FetchError> {
        match self.source.read().await {
            Ok((document, keep)) => {
                let document = Arc::new(document);
                let keep = keep.unwrap_or(KEEP).clamp(KEEP_AT_LEAST, KEEP_AT_MOST);
                self.held.store(Some(Arc::new(Held { document: Arc::clone(&document), read_at: self.clock.now(), keep })));
                turn.failure = None;
                Ok(document)
            }
            Err(error) => {
                turn.failure = Some((self.clock.now(), error.clone()));
                Err(error)
            }
        }
    }
}

impl<S: Source> fmt::Debug for Kept<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").field("is_held", &self.shared.held.load().is_some()).finish_non_exhaustive()
    }
}
