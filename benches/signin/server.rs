//! A real Gatehouse under measurement: its configuration in a folder of its own, one worker, one core.

use std::{ffi::OsStr, fs, net::SocketAddr};

use base64::{Engine, engine::general_purpose::STANDARD};
use gatehouse::random;
use tempfile::TempDir;

use crate::{
    Answer,
    process::{Process, SERVER_CORE, free_port},
    stub::{self, Stub},
    visitor::{APP, APP_SECRET, REDIRECT_URI, TENANT},
};

pub(crate) struct Server {
    pub(crate) at: SocketAddr,
    pub(crate) process: Process,
    _folder: TempDir,
}

/// What runs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Host {
    Bare,
    /// Valgrind, counting instructions.
    Callgrind,
}

/// Starts it on Redis, or on its embedded store.
pub(crate) async fn start(stub: &Stub, redis: Option<SocketAddr>, host: Host) -> Answer<Server> {
    let folder = tempfile::tempdir()?;
    let config = folder.path().join("config");
    fs::create_dir_all(config.join("tenants"))?;
    fs::create_dir_all(folder.path().join("data"))?;
    fs::write(folder.path().join("seal.key"), STANDARD.encode(random::bytes::<32>()))?;
    fs::write(folder.path().join("app"), APP_SECRET)?;
    fs::write(folder.path().join("upstream"), "not looked at")?;
    let at = SocketAddr::from(([127, 0, 0, 1], free_port()?));
    let upstream = &stub.issuer;
    let upstream_host = upstream.trim_start_matches("http://");
    let sessions = redis.map_or_else(String::new, |redis| format!("[sessions]\nredis = \"redis://{redis}\"\n"));
    let process = format!(
        r#"[server]
listen = "{at}"
public_url = "http://{at}"
workers = 1
{sessions}
[directory]
url = "sqlite:../data/gatehouse.db"
[keys]
seal = {{ file = "../seal.key" }}
[mail]
from = "bench@example.org"
folder = "../data/outbox"
[outbound]
allow_http = ["{upstream_host}"]
[telemetry]
log = "warn"
format = "json"
"#
    );
    let tenant = format!(
        r#"id = "{TENANT}"
name = "Bench"
domains = ["bench.example"]
locale = "en"
[guests]
admission = "open"
[passcode]
enabled = true
[clients.{APP}]
name = "Portal"
redirect_uris = ["{REDIRECT_URI}"]
authentication = "client_secret_basic"
secrets = [{{ file = "../../app" }}]
scopes = ["profile", "email"]
[oidc.upstream]
name = "Upstream"
issuer = "{upstream}"
client_id = "{client}"
client_secret = {{ file = "../../upstream" }}
domains = ["{domain}"]
scopes = ["openid", "profile", "email"]
algorithms = ["ES256"]
lookup = {{ domains = true }}
"#,
        client = stub::CLIENT,
        domain = stub::DOMAIN,
    );
    fs::write(config.join("gatehouse.toml"), process)?;
    fs::write(config.join(format!("tenants/{TENANT}.toml")), tenant)?;
    let counted = ["valgrind", "--tool=callgrind", "--quiet", "--callgrind-out-file=/dev/null"].map(OsStr::new);
    let command = [OsStr::new(env!("CARGO_BIN_EXE_gatehouse")), OsStr::new("serve"), OsStr::new("--config"), config.as_os_str()];
    let command = match host {
        Host::Bare => command.to_vec(),
        Host::Callgrind => [&counted[..], &command[..]].concat(),
    };
    let mut process = Process::start(SERVER_CORE, command[0], &command[1..])?;
    process.ready(at, "/health/ready").await?;
    Ok(Server { at, process, _folder: folder })
}
