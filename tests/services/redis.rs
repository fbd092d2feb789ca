//! Redis in every shape: single, with TLS and users, behind Sentinels, as a Cluster.

use std::{fs, path::PathBuf};

use gatehouse::domain::secret::Secret;

use super::{
    certificates::Certificates,
    ports::free_ports,
    process::{Folder, Process, is_listening, program, run, until},
};

/// One server. Nothing it holds outlives it.
#[derive(Debug)]
pub struct Redis {
    pub port: u16,
    program: PathBuf,
    process: Option<Process>,
    folder: Folder,
}

impl Redis {
    pub async fn start() -> Self {
        let [port] = free_ports();
        Self::start_with(port, "").await
    }

    /// With lines of `redis.conf` of one's own.
    pub async fn start_with(port: u16, extra: &str) -> Self {
        let plain = if extra.contains("tls-port") { "port 0".to_owned() } else { format!("port {port}") };
        let config = format!("{plain}\nbind 127.0.0.1\nsave \"\"\nappendonly no\nrepl-diskless-sync-delay 0\n{extra}\n");
        let mut server = Self::written(port, &config, "redis-server", "redis-server");
        server.restart().await;
        server
    }

    fn written(port: u16, config: &str, name: &str, package: &str) -> Self {
        let program = program(name, package);
        let folder = Folder::new("redis");
        fs::write(folder.file("redis.conf"), config).expect("the folder is ours");
        Self { port, program, process: None, folder }
    }

    pub fn url(&self) -> Secret<String> {
        Secret::new(format!("redis://127.0.0.1:{}", self.port))
    }

    /// As if the machine lost power.
    pub fn kill(&mut self) {
        if let Some(process) = &mut self.process {
            process.signal("KILL");
        }
    }

    /// Starts it on the same port, or again after [`Redis::kill`].
    pub async fn restart(&mut self) {
        self.kill();
        let process = self.process.insert(Process::start(self.folder.path(), "KILL", &self.program, &["./redis.conf"]));
        until(&format!("Redis listens on {}: {}", self.port, process.log()), || is_listening(self.port)).await;
    }

    /// Sends `STOP` or `CONT`.
    pub fn signal(&mut self, name: &str) {
        self.process.as_mut().expect("it runs").signal(name);
    }

    /// What `redis-cli` answers.
    pub fn cli(&self, words: &[&str]) -> String {
        let port = self.port.to_string();
        run(&program("redis-cli", "redis-tools"), &[&["-h", "127.0.0.1", "-p", &port], words].concat())
    }
}

/// TLS only, `default` switched off, one user with a password full of reserved characters.
#[derive(Debug)]
pub struct TlsRedis {
    pub server: Redis,
    pub certificates: Certificates,
}

pub const TLS_USER: &str = "porter";
pub const TLS_PASSWORD: &str = "p@ss/w:rd?#%";

impl TlsRedis {
    pub async fn start() -> Self {
        let [port] = free_ports();
        let certificates = Certificates::issue();
        let extra = format!(
            "tls-port {port}\ntls-cert-file {}\ntls-key-file {}\ntls-ca-cert-file {}\ntls-auth-clients no\nuser default off\nuser {TLS_USER} on >{TLS_PASSWORD} ~* &* +@all",
            certificates.certificate.display(),
            certificates.key.display(),
            certificates.ca.display()
        );
        Self { server: Redis::start_with(port, &extra).await, certificates }
    }

    pub fn url(&self) -> Secret<String> {
        Secret::new(format!("rediss://{TLS_USER}:p%40ss%2Fw%3Ard%3F%23%25@localhost:{}", self.server.port))
    }
}

/// A primary, a replica, and three Sentinels that watch them as `mymaster`.
#[derive(Debug)]
pub struct SentinelRedis {
    pub primary: Redis,
    pub replica: Redis,
    pub sentinels: Vec<Redis>,
}

impl SentinelRedis {
    pub async fn start() -> Self {
        let [first, second, ports @ ..] = free_ports::<5>();
        let primary = Redis::start_with(first, "").await;
        let replica = Redis::start_with(second, &format!("replicaof 127.0.0.1 {first}")).await;
        until("the replica follows", || replica.cli(&["info", "replication"]).contains("master_link_status:up")).await;
        let mut sentinels = Vec::new();
        for port in ports {
            let config = format!(
                "port {port}\nbind 127.0.0.1\nsentinel monitor mymaster 127.0.0.1 {first} 2\nsentinel down-after-milliseconds mymaster 600\nsentinel failover-timeout mymaster 3000\n"
            );
            let mut sentinel = Redis::written(port, &config, "redis-sentinel", "redis-sentinel");
            sentinel.restart().await;
            sentinels.push(sentinel);
        }
        for sentinel in &sentinels {
            until("the Sentinels know each other and the replica", || {
                let known = sentinel.cli(&["sentinel", "master", "mymaster"]);
                let value = |name: &str| known.lines().skip_while(|line| *line != name).nth(1).map(str::to_owned);
                value("num-slaves").as_deref() == Some("1") && value("num-other-sentinels").as_deref() == Some("2")
            })
            .await;
        }
        Self { primary, replica, sentinels }
    }

    pub fn url(&self) -> Secret<String> {
        let hosts: Vec<String> = self.sentinels.iter().map(|sentinel| format!("127.0.0.1:{}", sentinel.port)).collect();
        Secret::new(format!("redis+sentinel://{}/mymaster", hosts.join(",")))
    }
}

/// A Cluster of three masters.
#[derive(Debug)]
pub struct ClusterRedis {
    pub nodes: Vec<Redis>,
}

impl ClusterRedis {
    pub async fn start() -> Self {
        let ports: [u16; 6] = free_ports();
        let mut nodes = Vec::new();
        for pair in ports.chunks(2) {
            let extra = format!("cluster-enabled yes\ncluster-port {}\ncluster-node-timeout 2000\ncluster-announce-ip 127.0.0.1", pair[1]);
            nodes.push(Redis::start_with(pair[0], &extra).await);
        }
        let addresses: Vec<String> = nodes.iter().map(|node| format!("127.0.0.1:{}", node.port)).collect();
        let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
        run(&program("redis-cli", "redis-tools"), &[&["--cluster", "create"], &*addresses, &["--cluster-yes"]].concat());
        let cluster = Self { nodes };
        cluster.settled().await;
        cluster
    }

    /// Waits until every node says that all slots are served.
    pub async fn settled(&self) {
        for node in &self.nodes {
            until("the cluster is whole", || node.cli(&["cluster", "info"]).contains("cluster_state:ok")).await;
        }
    }

    pub fn url(&self) -> Secret<String> {
        let hosts: Vec<String> = self.nodes.iter().map(|node| format!("127.0.0.1:{}", node.port)).collect();
        Secret::new(format!("redis+cluster://{}", hosts.join(",")))
    }
}
