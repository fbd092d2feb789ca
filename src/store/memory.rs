//! The embedded cupboard: a sharded map in this process, bounded, for one node, the demo and tests.
//!
//! A full map refuses new values and never evicts a live one: a sign-in that began can always end. What has expired is never
//! returned, whether or not it was swept; every write sweeps a little of its shard, so memory follows without a task of its own.
//! Keys with the same hash tag (the part in braces) share a shard, so what belongs together changes under one lock.

use std::{
    collections::{BTreeMap, HashMap, hash_map::RandomState},
    fmt,
    hash::BuildHasher,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;

use super::sessions::{Commit, Created, Key, Revision, Sessions, SessionsError, Shelf, Slot, Spent, Swap, Versioned};
use crate::{clock::Clock, domain::timestamp::Timestamp};

const SHARDS: usize = 64;
/// Expired entries that one write throws out: more than it can add, so the rubbish shrinks while there is any.
const SWEPT_PER_WRITE: usize = 8;

/// Sessions in this process's memory. They end with it.
pub struct MemorySessions {
    clock: Clock,
    capacity: usize,
    held: AtomicUsize,
    hasher: RandomState,
    shards: Vec<Mutex<Shard>>,
}

#[derive(Default)]
struct Shard {
    entries: HashMap<Arc<str>, Entry>,
    /// Every entry once, by its due time.
    due: BTreeMap<Due, Arc<str>>,
    drawn: u64,
}

/// When an entry expires; the number tells entries of one second apart.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Due {
    at: Timestamp,
    number: u64,
}

struct Entry {
    due: Due,
    content: Content,
}

enum Content {
    Value {
        revision: u64,
        bytes: Box<[u8]>,
    },
    Tombstone(Box<[u8]>),
    Count(u64),
    /// Lines and when each ends, the last first.
    List(Vec<(Timestamp, Box<[u8]>)>),
}

impl Shard {
    fn live(&self, key: &str, now: Timestamp) -> Option<&Content> {
        self.entries.get(key).filter(|entry| now < entry.due.at).map(|entry| &entry.content)
    }

    /// Whether writing `key` takes a place that is not taken yet.
    fn has_place(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// Overwrites. The caller has reserved a place if the key has none.
    fn write(&mut self, key: &str, content: Content, until: Timestamp) {
        self.drawn += 1;
        let due = Due { at: until, number: self.drawn };
        let name = match self.entries.get_mut(key) {
            Some(entry) => {
                let name = self.due.remove(&entry.due);
                *entry = Entry { due, content };
                name.unwrap_or_else(|| key.into())
            }
            None => {
                let name: Arc<str> = key.into();
                self.entries.insert(Arc::clone(&name), Entry { due, content });
                name
            }
        };
        self.due.insert(due, name);
    }

    fn remove(&mut self, key: &str) -> usize {
        let gone = self.entries.remove(key);
        if let Some(entry) = &gone {
            self.due.remove(&entry.due);
        }
        usize::from(gone.is_some())
    }

    /// Throws out at most `most` expired entries, oldest first; returns how many.
    fn sweep(&mut self, now: Timestamp, most: usize) -> usize {
        let mut swept = 0;
        while swept < most
            && let Some(first) = self.due.first_entry().filter(|first| first.key().at <= now)
        {
            let name = first.remove();
            self.entries.remove(&name);
            swept += 1;
        }
        // A burst should not keep its memory for ever.
        if swept > 0 && self.entries.capacity() > 1024 && self.entries.len() < self.entries.capacity() / 8 {
            self.entries.shrink_to(self.entries.len() * 2);
        }
        swept
    }
}

impl MemorySessions {
    /// `capacity`: the most values held at once; counters count as values.
    pub fn new(clock: Clock, capacity: usize) -> Self {
        let shards = (0..SHARDS).map(|_| Mutex::default()).collect();
        Self { clock, capacity, held: AtomicUsize::new(0), hasher: RandomState::new(), shards }
    }

    /// How many values are held, expired ones that nobody swept yet among them.
    pub fn held(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }

    /// The shard of a key, swept a little.
    fn shard(&self, key: &Key, now: Timestamp) -> MutexGuard<'_, Shard> {
        let place = self.hasher.hash_one(hash_tag(key.as_str())) % SHARDS as u64;
        let mut shard = lock(&self.shards[usize::try_from(place).expect("less than the number of shards")]);
        self.release(shard.sweep(now, SWEPT_PER_WRITE));
        shard
    }

    fn reserve(&self, places: usize) -> Result<(), SessionsError> {
        self.held
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |held| held.checked_add(places).filter(|sum| *sum <= self.capacity))
            .map(|_| ())
            .map_err(|_| SessionsError::Full)
    }

    fn release(&self, places: usize) {
        self.held.fetch_sub(places, Ordering::Relaxed);
    }

    /// Runs `change` on a key's shard; where the map is full, throws out what expired elsewhere and tries once more.
    fn change<T>(&self, key: &Key, mut change: impl FnMut(&mut Shard, Timestamp) -> Result<T, SessionsError>) -> Result<T, SessionsError> {
        let now = self.clock.now();
        // Bound to a name, so that the shard is let go before the others are locked.
        let tried = change(&mut self.shard(key, now), now);
        if !matches!(tried, Err(SessionsError::Full)) {
            return tried;
        }
        for shard in &self.shards {
            self.release(lock(shard).sweep(now, usize::MAX));
        }
        change(&mut self.shard(key, now), now)
    }

    /// Reserves what `keys` need and have not; a key named twice needs one place.
    fn reserve_for(&self, shard: &Shard, keys: &[Key]) -> Result<(), SessionsError> {
        let is_new = |at: usize, key: &Key| !shard.has_place(key.as_str()) && !keys[..at].contains(key);
        self.reserve(keys.iter().enumerate().filter(|(at, key)| is_new(*at, key)).count())
    }
}

/// A panic elsewhere leaves a shard whole: every change to it is made of moves that can't stop half-way.
fn lock(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What stands in braces, as in Redis Cluster.
fn hash_tag(key: &str) -> &str {
    key.split_once('{').and_then(|(_, rest)| rest.split_once('}')).map_or(key, |(tag, _)| tag)
}

fn first_value(bytes: &[u8]) -> Content {
    Content::Value { revision: 1, bytes: bytes.into() }
}

fn write_all(shard: &mut Shard, now: Timestamp, keys: &[Key], values: &[(Shelf, Vec<u8>, Duration)]) {
    for (key, (_, value, ttl)) in keys.iter().zip(values) {
        shard.write(key.as_str(), first_value(value), now + *ttl);
    }
}

#[async_trait]
impl Sessions for MemorySessions {
    async fn create(&self, key: &Key, value: &[u8], ttl: Duration) -> Result<Created, SessionsError> {
        self.change(key, |shard, now| {
            if shard.live(key.as_str(), now).is_some() {
                return Ok(Created::Occupied);
            }
            self.reserve_for(shard, std::slice::from_ref(key))?;
            shard.write(key.as_str(), first_value(value), now + ttl);
            Ok(Created::New)
        })
    }

    async fn put(&self, slot: &Slot, values: &[(Shelf, Vec<u8>, Duration)]) -> Result<(), SessionsError> {
        let keys: Vec<Key> = values.iter().map(|(shelf, ..)| slot.key(shelf)).collect();
        let Some(first) = keys.first() else { return Ok(()) };
        self.change(first, |shard, now| {
            self.reserve_for(shard, &keys)?;
            write_all(shard, now, &keys, values);
            Ok(())
        })
    }

    async fn read(&self, key: &Key) -> Result<Option<Versioned>, SessionsError> {
        let now = self.clock.now();
        Ok(match self.shard(key, now).live(key.as_str(), now) {
            Some(Content::Value { revision, bytes }) => Some(Versioned { revision: Revision(*revision), value: bytes.to_vec() }),
            Some(Content::Tombstone(_) | Content::Count(_) | Content::List(_)) | None => None,
        })
    }

    async fn commit(&self, commit: Commit) -> Result<Swap, SessionsError> {
        let mut keys = vec![commit.slot.key(&commit.shelf)];
        keys.extend(commit.alongside.iter().map(|(shelf, ..)| commit.slot.key(shelf)));
        self.change(&keys[0], |shard, now| {
            match shard.live(keys[0].as_str(), now) {
                Some(Content::Value { revision, .. }) if *revision == commit.expected.0 => {}
                _ => return Ok(Swap::Lost),
            }
            self.reserve_for(shard, &keys)?;
            let revision = commit.expected.0 + 1;
            shard.write(keys[0].as_str(), Content::Value { revision, bytes: commit.value.as_slice().into() }, now + commit.ttl);
            write_all(shard, now, &keys[1..], &commit.alongside);
            Ok(Swap::Won(Revision(revision)))
        })
    }

    async fn spend(&self, key: &Key, tombstone: &[u8], ttl: Duration) -> Result<Spent, SessionsError> {
        self.change(key, |shard, now| {
            Ok(match shard.live(key.as_str(), now) {
                Some(Content::Value { bytes, .. }) => {
                    let taken = bytes.to_vec();
                    shard.write(key.as_str(), Content::Tombstone(tombstone.into()), now + ttl);
                    Spent::First(taken)
                }
                Some(Content::Tombstone(left)) => Spent::Again(left.to_vec()),
                Some(Content::Count(_) | Content::List(_)) | None => Spent::Never,
            })
        })
    }

    async fn remove(&self, key: &Key) -> Result<(), SessionsError> {
        let removed = self.shard(key, self.clock.now()).remove(key.as_str());
        self.release(removed);
        Ok(())
    }

    async fn count(&self, key: &Key, window: Duration) -> Result<u64, SessionsError> {
        self.change(key, |shard, now| {
            if let Some(entry) = shard.entries.get_mut(key.as_str()).filter(|entry| now < entry.due.at)
                && let Content::Count(count) = &mut entry.content
            {
                *count += 1;
                return Ok(*count);
            }
            self.reserve_for(shard, std::slice::from_ref(key))?;
            shard.write(key.as_str(), Content::Count(1), now + window);
            Ok(1)
        })
    }

    async fn uncount(&self, key: &Key) -> Result<(), SessionsError> {
        self.change(key, |shard, now| {
            if let Some(entry) = shard.entries.get_mut(key.as_str()).filter(|entry| now < entry.due.at)
                && let Content::Count(count) = &mut entry.content
            {
                *count = count.saturating_sub(1);
            }
            Ok(())
        })
    }

    async fn counted(&self, key: &Key) -> Result<u64, SessionsError> {
        let now = self.clock.now();
        Ok(match self.shard(key, now).live(key.as_str(), now) {
            Some(Content::Count(count)) => *count,
            _ => 0,
        })
    }

    async fn enlist(&self, key: &Key, line: &[u8], ttl: Duration, most: usize) -> Result<(), SessionsError> {
        self.change(key, |shard, now| {
            let mut lines = match shard.live(key.as_str(), now) {
                Some(Content::List(lines)) => lines.clone(),
                _ => Vec::new(),
            };
            lines.retain(|(until, known)| now < *until && **known != *line);
            lines.push((now + ttl, line.into()));
            lines.sort_by_key(|(until, _)| std::cmp::Reverse(*until));
            lines.truncate(most);
            let Some((last, _)) = lines.first() else { return Ok(()) };
            let last = *last;
            self.reserve_for(shard, std::slice::from_ref(key))?;
            shard.write(key.as_str(), Content::List(lines), last);
            Ok(())
        })
    }

    async fn lines(&self, key: &Key) -> Result<Vec<Vec<u8>>, SessionsError> {
        let now = self.clock.now();
        Ok(match self.shard(key, now).live(key.as_str(), now) {
            Some(Content::List(lines)) => lines.iter().filter(|(until, _)| now < *until).map(|(_, line)| line.to_vec()).collect(),
            _ => Vec::new(),
        })
    }

    async fn is_ready(&self) -> bool {
        true
    }
}

impl fmt::Debug for MemorySessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemorySessions").field("held", &self.held()).field("capacity", &self.capacity).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::TenantId;

    fn key(name: &str) -> Key {
        Key::counter(&TenantId::parse("contoso").unwrap(), "test", name)
    }

    #[test]
    fn keys_of_one_slot_have_one_hash_tag() {
        assert_eq!(hash_tag("gh:{contoso:1}:flow"), "contoso:1");
        assert_eq!(hash_tag("gh:{contoso:1}:code:abc"), "contoso:1");
        assert_eq!(hash_tag("no braces"), "no braces");
    }

    #[tokio::test]
    async fn memory_follows_what_expires_and_never_loses_count() {
        let clock = Clock::movable(Timestamp::from_unix(1_000));
        let sessions = MemorySessions::new(clock.clone(), 10_000);
        for round in 0..5 {
            for name in 0..1_000 {
                sessions.create(&key(&format!("{round}-{name}")), b"value", Duration::from_secs(60)).await.unwrap();
            }
            clock.advance(Duration::from_secs(61));
        }
        assert!(sessions.held() <= 1_000, "{sessions:?}");
        for shard in &sessions.shards {
            let shard = lock(shard);
            assert_eq!(shard.entries.len(), shard.due.len());
        }
        let held: usize = sessions.shards.iter().map(|shard| lock(shard).entries.len()).sum();
        assert_eq!(held, sessions.held());
    }

    #[tokio::test]
    async fn a_full_map_makes_room_out_of_what_expired_in_any_shard() {
        let clock = Clock::movable(Timestamp::from_unix(1_000));
        let sessions = MemorySessions::new(clock.clone(), 100);
        for name in 0..100 {
            assert_eq!(sessions.create(&key(&name.to_string()), b"", Duration::from_secs(60)).await.unwrap(), Created::New);
        }
        assert!(matches!(sessions.create(&key("late"), b"", Duration::from_secs(60)).await, Err(SessionsError::Full)));
        clock.advance(Duration::from_secs(60));
        for name in 100..200 {
            assert_eq!(sessions.create(&key(&name.to_string()), b"", Duration::from_secs(60)).await.unwrap(), Created::New);
        }
        assert_eq!(sessions.held(), 100);
    }
}
