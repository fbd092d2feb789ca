//! What Redis does in one step on our behalf. Every key of one call has one hash tag.
//!
//! A stored value is its revision, eight octets big-endian, and then its payload; revision 0 marks a tombstone.

use std::sync::LazyLock;

use redis::{RedisResult, aio::ConnectionLike};

/// A script, to be called by its digest.
pub(super) struct Script {
    pub(super) code: &'static str,
    loaded: redis::Script,
}

impl Script {
    fn new(code: &'static str) -> Self {
        Self { code, loaded: redis::Script::new(code) }
    }

    /// SHA-1 in hexadecimal.
    pub(super) fn digest(&self) -> &str {
        self.loaded.get_hash()
    }
}

/// Overwrites `KEYS[i]` with `ARGV[2i-1]` for `ARGV[2i]` ms.
pub(super) static PUT: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "for i = 1, #KEYS do redis.call('SET', KEYS[i], ARGV[2 * i - 1], 'PX', ARGV[2 * i]) end
return 1",
    )
});

/// The same, if `KEYS[1]` is at the revision that `ARGV` ends in.
pub(super) static COMMIT: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "if redis.call('GETRANGE', KEYS[1], 0, 7) ~= ARGV[#ARGV] then return 0 end
for i = 1, #KEYS do redis.call('SET', KEYS[i], ARGV[2 * i - 1], 'PX', ARGV[2 * i]) end
return 1",
    )
});

/// Returns what is at `KEYS[1]`; unless it is a tombstone, leaves the tombstone `ARGV[1]` for `ARGV[2]` ms.
pub(super) static SPEND: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local held = redis.call('GET', KEYS[1])
if held and string.sub(held, 1, 8) ~= string.rep('\\0', 8) then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
return held",
    )
});

/// Counts at `KEYS[1]`, in a window of `ARGV[1]` ms that the first count opens.
pub(super) static COUNT: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return count",
    )
});

/// Takes one count back at `KEYS[1]`, whose window stays as it is.
pub(super) static UNCOUNT: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local count = tonumber(redis.call('GET', KEYS[1]) or '0')
if count > 0 then return redis.call('DECR', KEYS[1]) end
return 0",
    )
});

/// Adds the line `ARGV[1]` to the list at `KEYS[1]` for `ARGV[2]` ms, and keeps the `ARGV[3]` that end last.
pub(super) static ENLIST: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
redis.call('ZADD', KEYS[1], string.format('%.0f', now + ARGV[2]), ARGV[1])
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, string.format('%.0f', -1 - ARGV[3]))
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 1",
    )
});

/// The lines of the list at `KEYS[1]` that have not ended.
pub(super) static LINES: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
return redis.call('ZREVRANGEBYSCORE', KEYS[1], '+inf', string.format('(%.0f', now))",
    )
});

/// Makes every script known by its digest (on each master, if it is a cluster).
pub(super) async fn load(connection: &mut impl ConnectionLike) -> RedisResult<()> {
    for script in [&PUT, &COMMIT, &SPEND, &COUNT, &UNCOUNT, &ENLIST, &LINES] {
        script.loaded.load_async(connection).await?;
    }
    Ok(())
}
