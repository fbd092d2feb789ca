//! The shared cupboard: Redis 7 or newer, single, behind Sentinel, or a Cluster; plain or TLS. Every method is one round trip.
//!
//! It must be there at start. When it goes away later, callers get [`SessionsError::Unreachable`] within the timeouts of
//! [`mod@line`], and when it comes back (or another master takes over) the next call finds it.

mod config;
mod line;
mod scripts;

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use async_trait::async_trait;
use redis::{Arg, Cmd, ErrorKind, RedisError, ServerErrorKind, Value};

pub use config::{RedisConfig, RedisUrlError};
use line::Line;
use scripts::Script;

use super::sessions::{Commit, Created, Key, Revision, Sessions, SessionsError, Shelf, Slot, Spent, Swap, Versioned};

/// Sessions in Redis.
#[derive(Debug)]
pub struct RedisSessions {
    line: Line,
    meter: Meter,
}

/// What went over the line so far, for benchmarks. Bytes are of arguments and payloads, without the protocol's own.
#[derive(Debug, Default)]
struct Meter {
    round_trips: AtomicU64,
    sent: AtomicU64,
    received: AtomicU64,
}

/// How many octets mark a revision.
const HEAD: usize = 8;
const TOMBSTONE: Revision = Revision(0);

impl RedisSessions {
    /// Connects and loads the scripts; fails if Redis doesn't answer.
    pub async fn connect(config: RedisConfig) -> Result<Self, SessionsError> {
        let line = Line::open(config).await.map_err(|error| refused(&error))?;
        Ok(Self { line, meter: Meter::default() })
    }

    /// Commands sent and answered (or not) since the start.
    pub fn round_trips(&self) -> u64 {
        self.meter.round_trips.load(Ordering::Relaxed)
    }

    /// Octets of arguments sent and of payloads received since the start.
    pub fn bytes(&self) -> (u64, u64) {
        (self.meter.sent.load(Ordering::Relaxed), self.meter.received.load(Ordering::Relaxed))
    }

    async fn ask(&self, command: &Cmd) -> Result<Value, RedisError> {
        let sent: usize = command.args_iter().map(|arg| if let Arg::Simple(octets) = arg { octets.len() } else { 0 }).sum();
        self.meter.round_trips.fetch_add(1, Ordering::Relaxed);
        self.meter.sent.fetch_add(sent as u64, Ordering::Relaxed);
        let answer = self.line.send(command).await?.extract_error()?;
        let received = if let Value::BulkString(payload) = &answer { payload.len() } else { 1 };
        self.meter.received.fetch_add(received as u64, Ordering::Relaxed);
        Ok(answer)
    }

    async fn send(&self, command: &Cmd) -> Result<Value, SessionsError> {
        self.ask(command).await.map_err(|error| refused(&error))
    }

    /// By digest; a server that has forgotten the script is told it once more.
    async fn run(&self, script: &Script, keys: &[Key], arguments: &[&[u8]]) -> Result<Value, SessionsError> {
        let call = |name: &str, body: &str| {
            let mut command = redis::cmd(name);
            command.arg(body).arg(keys.len());
            for key in keys {
                command.arg(key.as_str());
            }
            for argument in arguments {
                command.arg(argument);
            }
            command
        };
        match self.ask(&call("EVALSHA", script.digest())).await {
            Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => self.send(&call("EVAL", script.code)).await,
            answer => answer.map_err(|error| refused(&error)),
        }
    }
}

#[async_trait]
impl Sessions for RedisSessions {
    async fn create(&self, key: &Key, value: &[u8], ttl: Duration) -> Result<Created, SessionsError> {
        let mut command = set(key, &marked(Revision(1), value), ttl);
        match self.send(command.arg("NX")).await? {
            Value::Nil => Ok(Created::Occupied),
            _ => Ok(Created::New),
        }
    }

    async fn put(&self, slot: &Slot, values: &[(Shelf, Vec<u8>, Duration)]) -> Result<(), SessionsError> {
        let keys: Vec<Key> = values.iter().map(|(shelf, ..)| slot.key(shelf)).collect();
        match (keys.as_slice(), values) {
            ([], _) => {}
            ([key], [(_, value, ttl)]) => {
                self.send(&set(key, &marked(Revision(1), value), *ttl)).await?;
            }
            _ => {
                let arguments = written(values);
                self.run(&scripts::PUT, &keys, &borrowed(&arguments)).await?;
            }
        }
        Ok(())
    }

    async fn read(&self, key: &Key) -> Result<Option<Versioned>, SessionsError> {
        let Some((revision, value)) = parted(self.send(redis::cmd("GET").arg(key.as_str())).await?)? else { return Ok(None) };
        Ok((revision != TOMBSTONE).then_some(Versioned { revision, value }))
    }

    async fn commit(&self, commit: Commit) -> Result<Swap, SessionsError> {
        if commit.expected == TOMBSTONE {
            return Ok(Swap::Lost);
        }
        let revision = Revision(commit.expected.0 + 1);
        let mut keys = vec![commit.slot.key(&commit.shelf)];
        keys.extend(commit.alongside.iter().map(|(shelf, ..)| commit.slot.key(shelf)));
        let mut arguments = vec![marked(revision, &commit.value), milliseconds(commit.ttl)];
        arguments.extend(written(&commit.alongside));
        arguments.push(commit.expected.0.to_be_bytes().to_vec());
        match self.run(&scripts::COMMIT, &keys, &borrowed(&arguments)).await? {
            Value::Int(1) => Ok(Swap::Won(revision)),
            _ => Ok(Swap::Lost),
        }
    }

    async fn spend(&self, key: &Key, tombstone: &[u8], ttl: Duration) -> Result<Spent, SessionsError> {
        let left = marked(TOMBSTONE, tombstone);
        let held = self.run(&scripts::SPEND, std::slice::from_ref(key), &[&left, &milliseconds(ttl)]).await?;
        Ok(match parted(held)? {
            None => Spent::Never,
            Some((TOMBSTONE, left)) => Spent::Again(left),
            Some((_, value)) => Spent::First(value),
        })
    }

    async fn remove(&self, key: &Key) -> Result<(), SessionsError> {
        self.send(redis::cmd("DEL").arg(key.as_str())).await.map(|_| ())
    }

    async fn count(&self, key: &Key, window: Duration) -> Result<u64, SessionsError> {
        let count = self.run(&scripts::COUNT, std::slice::from_ref(key), &[&milliseconds(window)]).await?;
        redis::from_redis_value(count).map_err(|_| foreign())
    }

    async fn uncount(&self, key: &Key) -> Result<(), SessionsError> {
        self.run(&scripts::UNCOUNT, std::slice::from_ref(key), &[]).await.map(|_| ())
    }

    async fn counted(&self, key: &Key) -> Result<u64, SessionsError> {
        let count: Option<u64> = redis::from_redis_value(self.send(redis::cmd("GET").arg(key.as_str())).await?).map_err(|_| foreign())?;
        Ok(count.unwrap_or(0))
    }

    async fn enlist(&self, key: &Key, line: &[u8], ttl: Duration, most: usize) -> Result<(), SessionsError> {
        let most = most.to_string();
        self.run(&scripts::ENLIST, std::slice::from_ref(key), &[line, &milliseconds(ttl), most.as_bytes()]).await.map(|_| ())
    }

    async fn lines(&self, key: &Key) -> Result<Vec<Vec<u8>>, SessionsError> {
        let lines = self.run(&scripts::LINES, std::slice::from_ref(key), &[]).await?;
        redis::from_redis_value(lines).map_err(|_| foreign())
    }

    async fn is_ready(&self) -> bool {
        self.ask(&redis::cmd("PING")).await.is_ok()
    }
}

fn set(key: &Key, value: &[u8], ttl: Duration) -> Cmd {
    redis::cmd("SET").arg(key.as_str()).arg(value).arg("PX").arg(milliseconds(ttl)).take()
}

fn marked(revision: Revision, value: &[u8]) -> Vec<u8> {
    let mut stored = Vec::with_capacity(HEAD + value.len());
    stored.extend_from_slice(&revision.0.to_be_bytes());
    stored.extend_from_slice(value);
    stored
}

/// What [`marked`] put together.
fn parted(stored: Value) -> Result<Option<(Revision, Vec<u8>)>, SessionsError> {
    match stored {
        Value::Nil => Ok(None),
        Value::BulkString(mut stored) => {
            let head = stored.first_chunk::<HEAD>().copied().ok_or_else(foreign)?;
            stored.drain(..HEAD);
            Ok(Some((Revision(u64::from_be_bytes(head)), stored)))
        }
        _ => Err(foreign()),
    }
}

/// In Redis nothing lives for no time at all, so the least is one millisecond.
fn milliseconds(ttl: Duration) -> Vec<u8> {
    ttl.as_millis().max(1).to_string().into_bytes()
}

/// Value, lifetime, value, lifetime, …
fn written(values: &[(Shelf, Vec<u8>, Duration)]) -> Vec<Vec<u8>> {
    values.iter().flat_map(|(_, value, ttl)| [marked(Revision(1), value), milliseconds(*ttl)]).collect()
}

fn borrowed(arguments: &[Vec<u8>]) -> Vec<&[u8]> {
    arguments.iter().map(Vec::as_slice).collect()
}

fn foreign() -> SessionsError {
    SessionsError::Unreachable("a key holds something that Gatehouse did not write".into())
}

/// Why, in words that hold no key, value or password: what a server says in detail may.
fn refused(error: &RedisError) -> SessionsError {
    if error.code() == Some("OOM") {
        return SessionsError::Full;
    }
    SessionsError::Unreachable(match (error.kind(), error.code()) {
        (ErrorKind::Io, _) => error.to_string(),
        (_, Some(code)) => format!("{} ({code})", error.category()),
        (_, None) => error.category().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_value_is_its_revision_and_its_payload() {
        let stored = marked(Revision(258), b"flow");
        assert_eq!(stored, [0, 0, 0, 0, 0, 0, 1, 2, b'f', b'l', b'o', b'w']);
        assert_eq!(parted(Value::BulkString(stored)).unwrap(), Some((Revision(258), b"flow".to_vec())));
        assert!(parted(Value::BulkString(b"7".to_vec())).is_err());
    }

    #[test]
    fn what_redis_says_in_detail_stays_out_of_the_log() {
        let error = RedisError::from((ErrorKind::AuthenticationFailed, "authentication failed", "WRONGPASS hunter2".to_owned()));
        assert!(!refused(&error).to_string().contains("hunter2"));
    }
}
