//! Whether a partner has shown that a domain is its own: by the host of its sign-in address, or by a TXT record (`behaviour.md` §5.2).
//!
//! Must not decide what an unproven domain means. A name server that does not answer is a stated reason, never an outage.

use std::{
    collections::HashMap,
    fmt,
    net::SocketAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use hickory_resolver::{
    TokioResolver,
    config::{ConnectionConfig, NameServerConfig, ResolverConfig},
    net::runtime::TokioRuntimeProvider,
    proto::rr::RData,
};
use url::Url;

use crate::{
    clock::Clock,
    domain::{address::DomainName, timestamp::Timestamp},
};

mod claim;
mod examination;
mod record;

pub(super) use claim::Claim;
pub use examination::{Examined, examine};
pub use record::is_host_within;

use record::{Wanted, places};

/// For all questions about one domain together.
const LIMIT: Duration = Duration::from_secs(5);
const PROVEN_FOR: Duration = Duration::from_secs(60 * 60);
const UNPROVEN_FOR: Duration = Duration::from_secs(5 * 60);
const UNASKED_FOR: Duration = Duration::from_secs(60);
/// While nobody can be asked, what was proven stays so for this long.
const PROVEN_AT_MOST: Duration = Duration::from_secs(24 * 60 * 60);
/// Configured domains are few; this only keeps a mistake from growing.
const MOST_REMEMBERED: usize = 10_000;

/// Whether a domain is the partner's, and how that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    Proven(Evidence),
    /// Everybody was asked, and nobody said so. The reason tells what to publish.
    Unproven(String),
    /// It could not be asked: nothing is known.
    Unasked(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Evidence {
    /// The sign-in address is in the domain.
    Host(String),
    /// A TXT record at this name says so.
    Record(String),
}

/// Asks, and remembers for a while.
pub struct DomainProver {
    /// `Err`: why no name server is known here.
    resolver: Result<TokioResolver, String>,
    clock: Clock,
    remembered: Mutex<HashMap<(DomainName, Url, String), Remembered>>,
}

#[derive(Clone)]
struct Remembered {
    proof: Proof,
    /// When somebody last said so.
    stated_at: Timestamp,
    until: Timestamp,
}

impl DomainProver {
    /// Asks the name server at `dns`, or those of this machine.
    pub fn new(dns: Option<SocketAddr>, clock: Clock) -> Self {
        Self { resolver: resolver(dns), clock, remembered: Mutex::default() }
    }

    /// Whether `domain` belongs to the partner called `entity_id` whose people sign in at `sign_in`.
    pub async fn prove(&self, domain: &DomainName, sign_in: &Url, entity_id: &str) -> Proof {
        if is_host_within(sign_in, domain) {
            return Proof::Proven(Evidence::Host(sign_in.host_str().unwrap_or_default().to_owned()));
        }
        let key = (domain.clone(), sign_in.clone(), entity_id.to_owned());
        let now = self.clock.now();
        let before = self.remembered(|all| all.get(&key).cloned());
        if let Some(Remembered { proof, .. }) = before.as_ref().filter(|before| now < before.until) {
            return proof.clone();
        }
        let asked = self.ask(domain, &Wanted { sign_in, entity_id }).await;
        let stands = before.filter(|before| matches!(before.proof, Proof::Proven(_)) && now.since(before.stated_at) < PROVEN_AT_MOST);
        let (proof, stated_at, keep) = match (asked, stands) {
            (Proof::Unasked(_), Some(before)) => (before.proof, before.stated_at, UNASKED_FOR),
            (unasked @ Proof::Unasked(_), None) => (unasked, now, UNASKED_FOR),
            (unproven @ Proof::Unproven(_), _) => (unproven, now, UNPROVEN_FOR),
            (proven @ Proof::Proven(_), _) => (proven, now, PROVEN_FOR),
        };
        self.remembered(|all| {
            if all.len() >= MOST_REMEMBERED {
                all.retain(|_, one| now < one.until);
            }
            if all.len() < MOST_REMEMBERED {
                all.insert(key, Remembered { proof: proof.clone(), stated_at, until: now + keep });
            }
        });
        proof
    }

    async fn ask(&self, domain: &DomainName, wanted: &Wanted<'_>) -> Proof {
        let resolver = match &self.resolver {
            Ok(resolver) => resolver,
            Err(why) => return Proof::Unasked(why.clone()),
        };
        let mut unheard = None;
        let asking = async {
            for (name, kind) in places(domain) {
                match texts(resolver, &name).await {
                    Ok(texts) if texts.iter().any(|text| wanted.is_said_by(kind, text)) => return Some(name),
                    Ok(_) => {}
                    Err(why) => unheard = unheard.take().or(Some(format!("{name}: {why}"))),
                }
            }
            None
        };
        match tokio::time::timeout(LIMIT, asking).await {
            Err(_) => Proof::Unasked("the name server did not answer in time".to_owned()),
            Ok(Some(name)) => Proof::Proven(Evidence::Record(name)),
            Ok(None) => match unheard {
                Some(why) => Proof::Unasked(why),
                None => Proof::Unproven(wanted.missing(domain)),
            },
        }
    }

    fn remembered<T>(&self, with: impl FnOnce(&mut HashMap<(DomainName, Url, String), Remembered>) -> T) -> T {
        with(&mut self.remembered.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// TXT records at `name`, the strings of each put together (RFC 7208 §3.3 reads them so, and so does everybody).
async fn texts(resolver: &TokioResolver, name: &str) -> Result<Vec<String>, String> {
    // The dot at the end keeps search lists out.
    match resolver.txt_lookup(format!("{name}.")).await {
        Ok(found) => {
            let texts = found.answers().iter().filter_map(|record| match &record.data {
                RData::TXT(txt) => String::from_utf8(txt.txt_data.concat()).ok(),
                _ => None,
            });
            Ok(texts.collect())
        }
        Err(error) if error.is_no_records_found() => Ok(Vec::new()),
        Err(error) => Err(error.to_string()),
    }
}

fn resolver(dns: Option<SocketAddr>) -> Result<TokioResolver, String> {
    let builder = match dns {
        None => TokioResolver::builder_tokio().map_err(|error| format!("this machine names no name server: {error}"))?,
        Some(address) => {
            let at = |mut connection: ConnectionConfig| {
                connection.port = address.port();
                connection
            };
            let connections = vec![at(ConnectionConfig::udp()), at(ConnectionConfig::tcp())];
            let servers = vec![NameServerConfig::new(address.ip(), true, connections)];
            TokioResolver::builder_with_config(ResolverConfig::from_name_servers(servers), TokioRuntimeProvider::default())
        }
    };
    let mut builder = builder;
    let options = builder.options_mut();
    options.timeout = Duration::from_secs(1);
    options.attempts = 2;
    // What is remembered is remembered above, by our own clock.
    options.cache_size = 0;
    builder.build().map_err(|error| format!("the name server can't be asked: {error}"))
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Proven(Evidence::Host(host)) => write!(f, "its people sign in at {host}"),
            Self::Proven(Evidence::Record(name)) => write!(f, "a TXT record at {name} says so"),
            Self::Unproven(why) => f.write_str(why),
            Self::Unasked(why) => write!(f, "could not ask: {why}"),
        }
    }
}

impl fmt::Debug for DomainProver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DomainProver").field("has_resolver", &self.resolver.is_ok()).finish_non_exhaustive()
    }
}
