//! PostgreSQL: one server for all tests of a binary, an empty database for each.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, chown},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use gatehouse::domain::secret::Secret;
use tokio::sync::OnceCell;

use super::certificates::Certificates;
use super::ports::free_ports;
use super::process::{Folder, Process, is_listening, program, run, until};

/// A server of our own. It trusts everyone on loopback.
#[derive(Debug)]
pub struct Postgres {
    pub port: u16,
    bin: PathBuf,
    databases: AtomicU32,
    process: Process,
    folder: Folder,
    pub certificates: Certificates,
}

static SHARED: OnceCell<Postgres> = OnceCell::const_new();

impl Postgres {
    /// The server that all tests of this binary share; it ends with the binary.
    pub async fn shared() -> &'static Self {
        SHARED.get_or_init(Self::start).await
    }

    /// One for a test that stops it.
    pub async fn start() -> Self {
        let bin = newest_bin();
        let folder = Folder::new("postgres");
        let [port] = free_ports();
        let data = folder.file("data");
        let certificates = Certificates::issue();
        fs::copy(&certificates.certificate, folder.file("server.crt")).expect("the folder is ours");
        fs::copy(&certificates.key, folder.file("server.key")).expect("the folder is ours");
        fs::set_permissions(folder.file("server.key"), fs::Permissions::from_mode(0o600)).expect("the key is ours");
        if is_root() {
            // PostgreSQL refuses to run as root.
            let id = |kind: &str| run(&program("id", "coreutils"), &[kind, "postgres"]).trim().parse().expect("a number");
            let (user, group) = (Some(id("-u")), Some(id("-g")));
            for file in [folder.file(""), folder.file("server.crt"), folder.file("server.key")] {
                chown(file, user, group).expect("root may");
            }
        }
        let (initdb, options) = as_postgres(&bin.join("initdb"));
        let mut words: Vec<&str> = options.iter().map(String::as_str).collect();
        words.extend(["-D", &data, "-U", "gatehouse", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]);
        run(&initdb, &words);
        let process = serve(&bin, folder.path(), port);
        let server = Self { port, bin, databases: AtomicU32::new(0), process, folder, certificates };
        server.ready().await;
        server
    }

    /// The address of a new, empty database, without TLS.
    pub fn database(&self) -> Secret<String> {
        Secret::new(format!("{}?sslmode=disable", self.created()))
    }

    /// The same over TLS, if `ca` (a PEM file) is the authority of this server's certificate.
    pub fn tls_database(&self, ca: &Path) -> Secret<String> {
        Secret::new(format!("{}?sslmode=verify-full&sslrootcert={}", self.created(), ca.display()))
    }

    fn created(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name}"));
        format!("postgres://gatehouse@127.0.0.1:{}/{name}", self.port)
    }

    /// Runs SQL in a database and returns what `psql` prints.
    pub fn sql(&self, database: &str, sql: &str) -> String {
        let port = self.port.to_string();
        run(&self.bin.join("psql"), &["-X", "-A", "-t", "-h", "127.0.0.1", "-p", &port, "-U", "gatehouse", "-d", database, "-c", sql])
    }

    /// Ends it at once; [`Postgres::restart`] brings it back with what was committed.
    pub fn kill(&mut self) {
        self.process.signal("QUIT");
    }

    pub async fn restart(&mut self) {
        self.kill();
        self.process = serve(&self.bin, self.folder.path(), self.port);
        self.ready().await;
    }

    async fn ready(&self) {
        let is_ready = self.bin.join("pg_isready");
        until(&format!("PostgreSQL listens on {}: {}", self.port, self.process.log()), || {
            is_listening(self.port)
                && std::process::Command::new(&is_ready)
                    .args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()])
                    .status()
                    .is_ok_and(|status| status.success())
        })
        .await;
    }
}

fn serve(bin: &Path, folder: &Path, port: u16) -> Process {
    let (program, options) = as_postgres(&bin.join("postgres"));
    let (port, data) = (port.to_string(), folder.join("data"));
    let mut words: Vec<&str> = options.iter().map(String::as_str).collect();
    words.extend(["-D", data.to_str().expect("a plain path"), "-p", &port, "-c", "listen_addresses=127.0.0.1"]);
    let (certificate, key) =
        (format!("ssl_cert_file={}/server.crt", folder.display()), format!("ssl_key_file={}/server.key", folder.display()));
    words.extend(["-c", "ssl=on", "-c", &certificate, "-c", &key]);
    words.extend(["-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "max_connections=200", "-c", "shared_buffers=16MB"]);
    Process::start(folder, "QUIT", &program, &words)
}

/// The program and first words that run `program` as the user `postgres` when we are root.
fn as_postgres(wanted: &Path) -> (PathBuf, Vec<String>) {
    if !is_root() {
        return (wanted.to_owned(), Vec::new());
    }
    let words = ["--reuid=postgres", "--regid=postgres", "--init-groups", "--"].map(str::to_owned);
    (program("setpriv", "util-linux"), words.into_iter().chain([wanted.to_str().expect("a plain path").to_owned()]).collect())
}

fn is_root() -> bool {
    run(&program("id", "coreutils"), &["-u"]).trim() == "0"
}

fn newest_bin() -> PathBuf {
    let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path());
    let version = |path: &PathBuf| path.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok()).unwrap_or(0);
    let mut bins: Vec<PathBuf> = installed.filter(|path| path.join("bin/initdb").is_file()).collect();
    bins.sort_by_key(version);
    bins.pop().expect("this test needs PostgreSQL 15 or newer: apt-get install postgresql").join("bin")
}
