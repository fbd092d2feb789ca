//! A document at a URL: read at first use, kept, refreshed behind the reader's back, never lost because a refresh failed or looked wrong.
//!
//! Must not make anybody wait who can be served from what is kept: not for a slow publisher, not for a large document.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwapOption;
use tokio::{
    sync::Mutex,
    task::{AbortHandle, spawn_blocking},
};
use url::Url;

use crate::{
    clock::Clock,
    domain::{error_code::ErrorCode, rejection::Rejected, timestamp::Timestamp},
    federation::metadata::LARGEST,
    telemetry::partner::Name,
};

use super::{
    Facts, Quarantine, Standing, Suspicion,
    document::{Document, Reader, digest},
    is_current, schedule,
    suspicion::suspicions,
};

/// After a failure nobody waits for another try for so long: a dead publisher fails fast.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(5);
/// An unknown key asks for a new reading at most so often: nobody can make us hammer a publisher.
const PAUSE_BETWEEN_DEMANDS: Duration = Duration::from_secs(60);

pub(super) struct Published {
    shared: Arc<Shared>,
    refresh: std::sync::Mutex<Option<AbortHandle>>,
}

struct Shared {
    name: Name,
    reader: Reader,
    url: Url,
    rhythm: Duration,
    clock: Clock,
    held: ArcSwapOption<Held>,
    /// When the next scheduled reading is due.
    due: AtomicI64,
    /// Whoever holds it reads; everyone else who must wait, waits here and then looks at what was found.
    turn: Mutex<Turn>,
    put_aside: std::sync::Mutex<Aside>,
}

struct Held {
    document: Document,
    read_at: Timestamp,
}

#[derive(Default)]
struct Turn {
    demanded_at: Option<Timestamp>,
}

/// What the publisher sent.
struct Fetched {
    digest: String,
    document: Result<Document, Rejected>,
}

/// What came and was not adopted.
#[derive(Clone, Default)]
struct Aside {
    failure: Option<(Timestamp, Rejected)>,
    quarantine: Option<Quarantine>,
    /// The operator changed what is configured: the next document is taken as the first one was.
    is_released: bool,
}

impl Published {
    pub(super) fn new(reader: Reader, url: Url, rhythm: Duration, clock: Clock) -> Self {
        let shared = Shared {
            name: Name::default(),
            reader,
            url,
            rhythm,
            clock,
            held: ArcSwapOption::empty(),
            due: AtomicI64::new(i64::MIN),
            turn: Mutex::default(),
            put_aside: std::sync::Mutex::default(),
        };
        Self { shared: Arc::new(shared), refresh: std::sync::Mutex::default() }
    }

    /// Before first use; later it has its name.
    pub(super) fn name(&mut self, name: Name) {
        if let Some(shared) = Arc::get_mut(&mut self.shared) {
            shared.name = name;
        }
    }

    pub(super) async fn facts(&self) -> Result<Arc<Facts>, Rejected> {
        match self.shared.current() {
            Some(facts) => {
                self.refresh_if_due();
                Ok(facts)
            }
            None => self.shared.read_first().await,
        }
    }

    pub(super) async fn facts_newer_than(&self, seen: &Arc<Facts>) -> Arc<Facts> {
        self.shared.demand(seen).await
    }

    /// Begins a reading behind everybody's back, one at a time.
    pub(super) fn refresh_if_due(&self) {
        if self.shared.clock.now().unix() < self.shared.due.load(Ordering::SeqCst) {
            return;
        }
        let Ok(mut refresh) = self.refresh.lock() else { return };
        if refresh.as_ref().is_some_and(|running| !running.is_finished()) {
            return;
        }
        let shared = Arc::clone(&self.shared);
        *refresh = Some(tokio::spawn(async move { shared.read_if_due().await }).abort_handle());
    }

    pub(super) fn standing(&self) -> Standing {
        let held = self.shared.held.load_full();
        let Aside { failure, quarantine, .. } = self.shared.aside(|aside| aside.clone());
        Standing {
            read_at: held.as_ref().map(|held| held.read_at),
            facts: held.map(|held| Arc::clone(&held.document.facts)),
            failure,
            quarantine,
        }
    }

    /// After a reload, before first use. Facts stay where the same publisher is asked for the same under the same signature.
    pub(super) fn keep_what_is_known(&mut self, before: &Self) {
        let then = &before.shared;
        let Some(now) = Arc::get_mut(&mut self.shared) else { return };
        let is_same = |a: &Reader, b: &Reader| (a.role, &a.entity_id, &a.signed_by) == (b.role, &b.entity_id, &b.signed_by);
        if now.url != then.url || !is_same(&now.reader, &then.reader) {
            return;
        }
        now.held.store(then.held.load_full());
        if now.rhythm == then.rhythm {
            now.due = AtomicI64::new(then.due.load(Ordering::SeqCst));
            now.put_aside = std::sync::Mutex::new(then.aside(|aside| aside.clone()));
        } else {
            now.put_aside = std::sync::Mutex::new(Aside { is_released: true, ..Aside::default() });
        }
    }
}

impl Drop for Published {
    fn drop(&mut self) {
        if let Some(running) = self.refresh.get_mut().ok().and_then(Option::take) {
            running.abort();
        }
    }
}

impl Shared {
    fn current(&self) -> Option<Arc<Facts>> {
        let held = self.held.load_full()?;
        is_current(Arc::clone(&held.document.facts), self.clock.now()).ok()
    }

    /// Nothing usable is kept: whoever comes waits for one reading together, or hears why the last one failed.
    async fn read_first(&self) -> Result<Arc<Facts>, Rejected> {
        let mut turn = self.turn.lock().await;
        if let Some(facts) = self.current() {
            return Ok(facts);
        }
        let failed = self.aside(|aside| aside.failure.clone());
        match failed {
            Some((when, rejected)) if self.clock.now().since(when) < PAUSE_AFTER_FAILURE => self.fall_back(rejected),
            _ => self.read(&mut turn).await,
        }
    }

    async fn read_if_due(&self) {
        let mut turn = self.turn.lock().await;
        if self.clock.now().unix() >= self.due.load(Ordering::SeqCst) {
            // Whatever went wrong is told where it is found.
            let _ = self.read(&mut turn).await;
        }
    }

    async fn demand(&self, seen: &Arc<Facts>) -> Arc<Facts> {
        let newer = || self.current().filter(|facts| !Arc::ptr_eq(facts, seen));
        if let Some(newer) = newer() {
            return newer;
        }
        let mut turn = self.turn.lock().await;
        if let Some(newer) = newer() {
            return newer;
        }
        let now = self.clock.now();
        if turn.demanded_at.is_some_and(|when| now.since(when) < PAUSE_BETWEEN_DEMANDS) {
            return Arc::clone(seen);
        }
        turn.demanded_at = Some(now);
        self.read(&mut turn).await.unwrap_or_else(|_| Arc::clone(seen))
    }

    /// One reading, and what comes of it. `_turn` shows that nobody else reads.
    async fn read(&self, _turn: &mut Turn) -> Result<Arc<Facts>, Rejected> {
        let fetched = self.fetch().await;
        let now = self.clock.now();
        self.due.store((now + schedule::RETRY).unix(), Ordering::SeqCst);
        let Fetched { digest, document } = match fetched {
            Ok(fetched) => fetched,
            Err(rejected) => return self.fail(rejected, now),
        };
        let document = match document {
            // A document of another entity where ours was is a change of name, not a failure to read.
            Err(rejected) if rejected.code == ErrorCode::MetadataEntity && self.is_guarded() => {
                return self.quarantine(digest, vec![Suspicion::Entity(rejected.detail)], now);
            }
            Err(rejected) => return self.fail(rejected, now),
            Ok(document) => document,
        };
        if let Some(held) = self.held.load_full().filter(|_| self.is_guarded()) {
            let reasons = suspicions(&held.document, &document, now);
            if !reasons.is_empty() {
                return self.quarantine(digest, reasons, now);
            }
        }
        match document.usable().and_then(|facts| is_current(facts, now)) {
            Ok(facts) => Ok(self.adopt(document, facts, now)),
            Err(rejected) => self.fail(rejected, now),
        }
    }

    async fn fetch(&self) -> Result<Fetched, Rejected> {
        let fetched = self.reader.fetcher.xml(&self.url, LARGEST).await;
        let xml = fetched.map_err(|error| Rejected::new(ErrorCode::MetadataUnavailable, error.to_string()))?;
        let reader = self.reader.clone();
        // Megabytes take a while to parse, and others are served by this thread.
        let read = spawn_blocking(move || Fetched { digest: digest(&xml), document: reader.read(&xml) }).await;
        read.map_err(|_| Rejected::new(ErrorCode::Internal, "the metadata reader stopped"))
    }

    /// Whether a new document is held against what is known: not at first, and not once after the operator changed the settings.
    fn is_guarded(&self) -> bool {
        self.held.load().is_some() && !self.aside(|aside| aside.is_released)
    }

    fn adopt(&self, document: Document, facts: Arc<Facts>, now: Timestamp) -> Arc<Facts> {
        let held = self.held.load_full();
        let is_out = self.aside(|aside| std::mem::take(aside).quarantine.is_some());
        self.due.store(schedule::due(&document, now, self.rhythm).unix(), Ordering::SeqCst);
        self.name.metadata_adopted();
        if is_out {
            self.name.released();
        }
        // What did not change stays the same value: whoever compares sees that nothing is newer.
        let same = held.as_ref().map(|held| &held.document.facts).filter(|known| **known == facts).map(Arc::clone);
        if same.is_none() && held.is_some_and(|held| held.document.facts.signing != facts.signing) {
            self.name.keys_changed(facts.signing.len());
        }
        let facts = same.unwrap_or(facts);
        let document = Document { facts: Arc::clone(&facts), ..document };
        self.held.store(Some(Arc::new(Held { document, read_at: now })));
        facts
    }

    fn fail(&self, rejected: Rejected, now: Timestamp) -> Result<Arc<Facts>, Rejected> {
        self.aside(|aside| aside.failure = Some((now, rejected.clone())));
        self.name.metadata_failed(&rejected);
        self.fall_back(rejected)
    }

    fn quarantine(&self, digest: String, reasons: Vec<Suspicion>, now: Timestamp) -> Result<Arc<Facts>, Rejected> {
        let (quarantine, is_new) = self.aside(|aside| {
            let known = aside.quarantine.take().filter(|known| known.digest == digest);
            let is_new = known.is_none();
            let quarantine = known.unwrap_or(Quarantine { since: now, digest, reasons });
            aside.quarantine = Some(quarantine.clone());
            (quarantine, is_new)
        });
        let words = quarantine.in_words();
        if is_new {
            self.name.quarantined(&quarantine.digest, &words);
        }
        let rejected = Rejected::new(ErrorCode::MetadataQuarantined, words);
        self.aside(|aside| aside.failure = Some((now, rejected.clone())));
        self.fall_back(rejected)
    }

    /// What is kept, while it may be used; else why nothing newer is there.
    fn fall_back(&self, rejected: Rejected) -> Result<Arc<Facts>, Rejected> {
        match (self.current(), self.held.load_full()) {
            (Some(facts), _) => Ok(facts),
            (None, Some(_)) if rejected.code != ErrorCode::MetadataQuarantined => {
                let detail = format!("its validUntil has passed, and no newer document could be had: {rejected}");
                Err(Rejected::new(ErrorCode::MetadataExpired, detail))
            }
            (None, _) => Err(rejected),
        }
    }

    fn aside<T>(&self, with: impl FnOnce(&mut Aside) -> T) -> T {
        with(&mut self.put_aside.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

impl fmt::Debug for Published {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Published").field("is_held", &self.shared.held.load().is_some()).finish_non_exhaustive()
    }
}
