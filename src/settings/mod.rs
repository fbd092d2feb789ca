//! Process settings: `gatehouse.toml` and the environment, read once, checked whole. The only room that reads the environment.
//!
//! Also the tools with which every configuration file is read: exact places ([`at`]), shapes (`shape`), [`problem`]s.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use ipnet::IpNet;
use url::Url;

use crate::domain::{address::EmailAddress, secret::Secret};

pub mod at;
mod check;
mod check_stores;
mod dkim;
pub mod document;
pub mod file;
pub mod problem;
mod render;
pub mod secrets;
mod shape;
pub mod source;
pub mod values;

pub use check::{Reading, read};
pub use dkim::{Dkim, DkimKey, DkimKeyError};
pub use file::{Encryption, LogFormat};
pub use problem::{Code, Problem, Severity};

/// Looks up an environment variable.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The real environment.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Everything the process was told.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The folder of `gatehouse.toml`.
    pub config_dir: PathBuf,
    pub server: Server,
    /// Where `/metrics` and `/health` listen, if apart.
    pub operator: Option<String>,
    pub sessions: Sessions,
    /// `sqlite:…` with its path resolved, or `postgres://…`.
    pub directory: Secret<String>,
    pub seal_key: Secret<[u8; 32]>,
    /// `None`: nothing can be mailed, and no tenant has passcodes on.
    pub mail: Option<Mail>,
    pub outbound: Outbound,
    pub telemetry: Telemetry,
}

#[derive(Debug, Clone)]
pub struct Server {
    /// `host:port`.
    pub listen: String,
    /// An origin: its path is `/`.
    pub public_url: Url,
    pub tls: Option<Tls>,
    pub trusted_proxies: Vec<IpNet>,
    pub workers: Option<u16>,
    /// Octets.
    pub body_limit: usize,
}

/// Certificates and a key in PEM that belong together.
#[derive(Debug, Clone)]
pub struct Tls {
    pub certificates: Vec<u8>,
    pub key: Secret<String>,
}

#[derive(Debug, Clone)]
pub enum Sessions {
    Memory {
        /// Most values held.
        capacity: usize,
    },
    Redis {
        /// `redis://`, `rediss://`, or either with `+sentinel` or `+cluster`.
        url: Secret<String>,
        /// PEM of an extra trust anchor.
        ca: Option<Vec<u8>>,
    },
}

#[derive(Debug, Clone)]
pub struct Mail {
    pub from: Sender,
    pub transport: MailTransport,
    pub dkim: Option<Dkim>,
}

#[derive(Debug, Clone)]
pub struct Sender {
    pub name: Option<String>,
    pub address: EmailAddress,
}

#[derive(Debug, Clone)]
pub enum MailTransport {
    Smtp(Smtp),
    /// Development: one `.eml` file per mail.
    Folder(PathBuf),
}

#[derive(Debug, Clone)]
pub struct Smtp {
    pub host: String,
    pub port: u16,
    pub encryption: Encryption,
    pub login: Option<Login>,
    /// PEM of an extra trust anchor.
    pub ca: Option<Vec<u8>>,
}

#[derive(Debug, Clone)]
pub struct Login {
    pub username: String,
    pub password: Secret<String>,
}

#[derive(Debug, Clone)]
pub struct Outbound {
    /// `host:port`, lower case, for which plain http and private addresses are permitted.
    pub allow_http: Vec<String>,
    /// PEM of an extra trust anchor.
    pub ca: Option<Vec<u8>>,
    /// The resolver that is asked who owns a domain. `None`: the system's.
    pub dns: Option<SocketAddr>,
    pub timeout: Duration,
}

#[derive(Debug, Clone)]
pub struct Telemetry {
    /// A `tracing` filter.
    pub log: String,
    pub format: LogFormat,
}

impl Server {
    /// The address, when `listen` is one and not a name to be resolved.
    pub fn socket_address(&self) -> Option<SocketAddr> {
        self.listen.parse().ok()
    }
}

/// What the settings are read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Everything must be there.
    Serve,
    /// Like `Serve`, but a missing seal key is drawn anew: `serve --dev` and the demonstration.
    Develop,
    /// Nothing is served: secrets that are not here get stand-ins, and what only a serving process uses is not read.
    Look,
    /// Like `Look`, but something will be sealed: the seal key must be here.
    Seal,
}

impl Purpose {
    /// Whether what only a serving process uses may be missing.
    pub const fn serves_nothing(self) -> bool {
        matches!(self, Self::Look | Self::Seal)
    }
}

/// The settings for serving: every problem, or none that would stop it.
pub fn load(config_dir: &Path, environment: Environment<'_>) -> Result<Settings, Vec<Problem>> {
    load_for(Purpose::Serve, config_dir, environment)
}

pub fn load_for(purpose: Purpose, config_dir: &Path, environment: Environment<'_>) -> Result<Settings, Vec<Problem>> {
    let Reading { settings, mut problems, .. } = read(purpose, config_dir, environment);
    problem::sort(&mut problems);
    match settings {
        Some(settings) => problem::stop(problems).map(|()| settings),
        None => {
            problem::stop(problems.clone())?;
            Err(problems)
        }
    }
}
