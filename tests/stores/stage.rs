//! What a session case plays on: a store, its time, and names that no other case uses.

use std::{sync::Arc, time::Duration};

use gatehouse::{
    clock::Clock,
    domain::{
        id::{FlowId, TenantId},
        secret::Secret,
        timestamp::Timestamp,
    },
    random,
    store::{
        memory::MemorySessions,
        redis::{RedisConfig, RedisSessions},
        sessions::{Key, Sessions, Shelf, Slot},
    },
};

pub const LONG: Duration = Duration::from_secs(600);

pub struct Stage {
    pub sessions: Arc<dyn Sessions>,
    /// Absent: time passes by itself.
    clock: Option<Clock>,
    /// The shortest lifetime to try on this store.
    pub short: Duration,
}

impl Stage {
    pub fn memory() -> Self {
        let clock = Clock::movable(Timestamp::from_unix(1_700_000_000));
        let sessions = Arc::new(MemorySessions::new(clock.clone(), 100_000));
        Self { sessions, clock: Some(clock), short: Duration::from_secs(60) }
    }

    pub async fn redis(url: &Secret<String>) -> Self {
        let config = RedisConfig::parse(url).expect("a good address");
        Self::connected(RedisSessions::connect(config).await.expect("Redis is there"))
    }

    pub fn connected(sessions: RedisSessions) -> Self {
        Self { sessions: Arc::new(sessions), clock: None, short: Duration::from_secs(1) }
    }

    /// Lets `part` of the short lifetime go by, in hundredths.
    pub async fn pass(&self, hundredths: u32) {
        let span = self.short * hundredths / 100;
        match &self.clock {
            Some(clock) => clock.advance(span),
            None => tokio::time::sleep(span).await,
        }
    }
}

pub fn tenant() -> TenantId {
    TenantId::parse("contoso").expect("a tenant")
}

/// A slot that nobody used before.
pub fn slot() -> Slot {
    Slot::of_flow(&tenant(), flow())
}

pub fn flow() -> FlowId {
    FlowId::from_drawn(random::ordered_uuid(Timestamp::from_unix(1_700_000_000)))
}

pub fn code() -> Shelf {
    Shelf::Code { digest: random::sha256_base64url(random::token().reveal().as_bytes()) }
}

pub fn counter() -> Key {
    Key::counter(&tenant(), "mails", random::token().reveal())
}
