//! The line to Redis: one multiplexed connection for each thread that asks (or a cluster's), replaced when it breaks. Sends commands,
//! knows no keys.
//!
//! A connection is driven by the thread that dialled it. Were it shared, every answer would wake two threads instead of none.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwapOption;
use redis::{
    AsyncConnectionConfig, Client, Cmd, ConnectionAddr, ErrorKind, PushInfo, PushKind, RedisError, RedisResult, ServerErrorKind,
    TlsCertificates, TlsMode, Value,
    aio::{ConnectionLike, MultiplexedConnection, SendError},
    cluster::ClusterClientBuilder,
    cluster_async::ClusterConnection,
    sentinel::{SentinelClient, SentinelClientBuilder, SentinelServerType},
};
use thread_local::ThreadLocal;
use tokio::{sync::Mutex, time::Instant};

use super::{
    config::{RedisConfig, Shape},
    scripts,
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(2);
/// All of dialling: asking Sentinels, connecting, loading scripts.
const DIAL_TIMEOUT: Duration = Duration::from_secs(3);
/// After a failed attempt everyone gets its error for this long, rather than queue up behind the next.
const DIAL_PAUSE: Duration = Duration::from_millis(200);
/// Commands waiting to be written.
const QUEUE: usize = 1024;
/// How often the cluster client follows a move or a failover within one command.
const CLUSTER_RETRIES: u32 = 6;

pub(super) enum Line {
    One(Box<Redialled>),
    /// Finds its nodes and reconnects by itself.
    Cluster(ClusterConnection),
}

/// Connections to one server, or to the master that Sentinels name, made anew after they broke.
pub(super) struct Redialled {
    dialler: Dialler,
    places: ThreadLocal<Place>,
}

/// One thread's connection.
#[derive(Default)]
struct Place {
    current: ArcSwapOption<Live>,
    /// Held while dialling; when and why the last attempt failed.
    attempt: Mutex<Option<(Instant, RedisError)>>,
}

enum Dialler {
    Single(Box<Client>),
    Sentinel(Box<Mutex<SentinelClient>>),
}

struct Live {
    connection: MultiplexedConnection,
    is_broken: Arc<AtomicBool>,
}

impl Line {
    /// Connects; fails when nobody answers.
    pub(super) async fn open(config: RedisConfig) -> RedisResult<Self> {
        let certificates = || TlsCertificates { client_tls: None, root_cert: config.ca.clone() };
        let first = config.nodes.first().cloned().ok_or((ErrorKind::InvalidClientConfig, "no node"))?;
        let dialler = match config.shape {
            Shape::Single if config.is_encrypted => Dialler::Single(Box::new(Client::build_with_tls(first, certificates())?)),
            Shape::Single => Dialler::Single(Box::new(Client::open(first)?)),
            Shape::Cluster => {
                let mut builder = ClusterClientBuilder::new(config.nodes.clone())
                    .connection_timeout(CONNECT_TIMEOUT)
                    .response_timeout(RESPONSE_TIMEOUT)
                    .overall_response_timeout(Some(DIAL_TIMEOUT))
                    .retries(CLUSTER_RETRIES)
                    .min_retry_wait(10)
                    .max_retry_wait(500);
                if config.is_encrypted {
                    builder = builder.tls(TlsMode::Secure).certs(certificates());
                }
                let mut connection = within(DIAL_TIMEOUT, builder.build()?.get_async_connection()).await?;
                scripts::load(&mut connection).await?;
                return Ok(Self::Cluster(connection));
            }
            Shape::Sentinel { ref master, ref username, ref password, database } => {
                let addresses = config.nodes.iter().map(|node| node.addr().clone());
                let mut builder = SentinelClientBuilder::new(addresses, master, SentinelServerType::Master)?
                    .set_client_to_redis_protocol(first.redis_settings().protocol())
                    .set_client_to_redis_db(database);
                if let Some(username) = first.redis_settings().username() {
                    builder = builder.set_client_to_redis_username(username);
                }
                if let Some(password) = first.redis_settings().password() {
                    builder = builder.set_client_to_redis_password(password);
                }
                if let Some(username) = username {
                    builder = builder.set_client_to_sentinel_username(username);
                }
                if let Some(password) = password {
                    builder = builder.set_client_to_sentinel_password(password.reveal());
                }
                if matches!(first.addr(), ConnectionAddr::TcpTls { .. }) {
                    builder = builder
                        .set_client_to_redis_tls_mode(TlsMode::Secure)
                        .set_client_to_redis_certificates(certificates())
                        .set_client_to_sentinel_tls_mode(TlsMode::Secure)
                        .set_client_to_sentinel_certificates(certificates());
                }
                Dialler::Sentinel(Box::new(Mutex::new(builder.build()?)))
            }
        };
        let line = Redialled { dialler, places: ThreadLocal::new() };
        line.live().await?;
        Ok(Self::One(Box::new(line)))
    }

    /// One command, one answer. It is never repeated on a new connection: whether the old one carried it out, nobody knows.
    pub(super) async fn send(&self, command: &Cmd) -> RedisResult<Value> {
        match self {
            Self::One(line) => line.send(command).await,
            Self::Cluster(connection) => connection.clone().req_packed_command(command).await,
        }
    }
}

impl Redialled {
    async fn send(&self, command: &Cmd) -> RedisResult<Value> {
        let live = self.live().await?;
        let answer = live.connection.clone().send_packed_command(command).await;
        if answer.as_ref().is_err_and(means_redial) {
            live.is_broken.store(true, Ordering::Relaxed);
        }
        answer
    }

    async fn live(&self) -> RedisResult<Arc<Live>> {
        let place = self.places.get_or_default();
        if let Some(live) = place.working() {
            return Ok(live);
        }
        let mut failed = place.attempt.lock().await;
        if let Some(live) = place.working() {
            return Ok(live);
        }
        if let Some((at, error)) = &*failed
            && at.elapsed() < DIAL_PAUSE
        {
            return Err(error.clone());
        }
        match within(DIAL_TIMEOUT, self.dial()).await {
            Ok(live) => {
                let live = Arc::new(live);
                place.current.store(Some(Arc::clone(&live)));
                *failed = None;
                Ok(live)
            }
            Err(error) => {
                *failed = Some((Instant::now(), error.clone()));
                Err(error)
            }
        }
    }

    async fn dial(&self) -> RedisResult<Live> {
        let is_broken = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&is_broken);
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT_TIMEOUT))
            .set_response_timeout(Some(RESPONSE_TIMEOUT))
            .set_pipeline_buffer_size(QUEUE)
            .set_push_sender(move |push: PushInfo| {
                if push.kind == PushKind::Disconnection {
                    flag.store(true, Ordering::Relaxed);
                }
                Ok::<(), SendError>(())
            });
        let client = match &self.dialler {
            Dialler::Single(client) => Client::clone(client),
            Dialler::Sentinel(sentinels) => sentinels.lock().await.async_get_client().await?,
        };
        let mut connection = client.get_multiplexed_async_connection_with_config(&config).await?;
        scripts::load(&mut connection).await?;
        Ok(Live { connection, is_broken })
    }
}

impl Place {
    fn working(&self) -> Option<Arc<Live>> {
        self.current.load_full().filter(|live| !live.is_broken.load(Ordering::Relaxed))
    }
}

/// Whether another connection would do better: this one is gone or silent, or its server is no longer the master.
fn means_redial(error: &RedisError) -> bool {
    error.is_unrecoverable_error()
        || error.is_timeout()
        || matches!(error.kind(), ErrorKind::Server(ServerErrorKind::ReadOnly | ServerErrorKind::MasterDown))
}

async fn within<T>(limit: Duration, work: impl Future<Output = RedisResult<T>>) -> RedisResult<T> {
    match tokio::time::timeout(limit, work).await {
        Ok(done) => done,
        Err(_) => Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into()),
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::One(line) => match line.dialler {
                Dialler::Single(_) => "single",
                Dialler::Sentinel(_) => "sentinel",
            },
            Self::Cluster(_) => "cluster",
        })
    }
}
