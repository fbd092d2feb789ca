//! A small world: Redis, PostgreSQL, the upstream provider, and the real binary of Gatehouse in front of them, all on loopback.

use std::{
    fs,
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};

use crate::{
    peers::Peer,
    services::{ports::free_ports, postgres::Postgres, process::until, redis::Redis},
};

const SECRET: &str = "interop-secret-of-forty-characters-at-least";

pub struct World {
    pub redis: Redis,
    database: String,
    upstream: Option<Peer>,
    upstream_port: u16,
    nodes: Vec<Node>,
    /// Where browsers and apps go.
    pub public_port: u16,
    /// The app's; nobody listens there, the peer sees where it was sent.
    app_port: u16,
    pub spa_port: u16,
    home: Home,
    dir: tempfile::TempDir,
}

/// The guests' home, as the tenant's file names it.
pub enum Home {
    /// npm `oidc-provider`, which the world starts itself.
    OpenId,
    /// Somebody else's; who opens the world has started it.
    Partner(Partner),
}

/// A provider that is already there.
#[derive(Clone)]
pub struct Partner {
    /// Its table in the tenant's file.
    pub table: String,
    /// `host:port` that Gatehouse may call without TLS.
    pub place: String,
    /// Files beside the tenant's.
    pub files: Vec<(&'static str, String)>,
}

impl World {
    /// One Gatehouse, reached directly.
    pub async fn open() -> Self {
        Self::with(Nodes::One, Home::OpenId).await
    }

    /// One Gatehouse, whose guests come from this partner.
    pub async fn beside(partner: Partner) -> Self {
        Self::with(Nodes::One, Home::Partner(partner)).await
    }

    /// Two Gatehouses on the same stores, behind a balancer that sends every connection to the other one.
    pub async fn with_two_nodes() -> Self {
        Self::with(Nodes::Two, Home::OpenId).await
    }

    async fn with(count: Nodes, home: Home) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let [public_port, upstream_port, app_port, spa_port, first, second] = free_ports();
        let mut world = Self {
            redis: Redis::start().await,
            database: Postgres::shared().await.database().reveal().clone(),
            upstream: None,
            upstream_port,
            nodes: Vec::new(),
            public_port,
            app_port,
            spa_port,
            home,
            dir,
        };
        if matches!(world.home, Home::OpenId) {
            world.start_upstream();
        }
        let ports = match count {
            Nodes::One => vec![public_port],
            Nodes::Two => vec![first, second],
        };
        for (n, port) in ports.iter().enumerate() {
            let config = world.write_config(n, *port);
            world.nodes.push(Node::start(config, *port).await);
        }
        if matches!(count, Nodes::Two) {
            balance(public_port, ports);
        }
        world
    }

    pub fn issuer(&self) -> String {
        format!("http://127.0.0.1:{}/contoso", self.public_port)
    }

    pub fn start_upstream(&mut self) {
        let callback = format!("{}/callback/fabrikam", self.issuer());
        let client = json!({ "client_id": "gatehouse", "client_secret": SECRET, "redirect_uris": [callback] });
        let peer = Peer::start("op.mjs", &json!({ "port": self.upstream_port, "clients": [client] }));
        assert_eq!(peer.line()["ready"], true);
        self.upstream = Some(peer);
    }

    pub fn kill_upstream(&mut self) {
        self.upstream.take().expect("the upstream runs").kill();
    }

    /// Ends the process as a power cut would, and nothing is left to tidy up.
    pub fn kill_gatehouse(&mut self) {
        self.nodes.iter_mut().for_each(Node::kill);
    }

    pub async fn start_gatehouse_again(&mut self) {
        for node in &mut self.nodes {
            *node = Node::start(node.config.clone(), node.port).await;
        }
    }

    /// Other words about the partner, and Gatehouse starts anew with them.
    pub async fn reconfigure(&mut self, partner: Partner) {
        self.home = Home::Partner(partner);
        self.kill_gatehouse();
        for (n, port) in self.nodes.iter().map(|node| node.port).enumerate().collect::<Vec<_>>() {
            self.write_config(n, port);
        }
        self.start_gatehouse_again().await;
    }

    /// What Gatehouse publishes at `path` below its issuer.
    pub fn published(&self, path: &str) -> String {
        let (status, body) = get(self.public_port, &format!("/contoso/{path}")).expect("gatehouse answers");
        assert_eq!(status, 200, "{path}: {body}\n{}", self.logs());
        body
    }

    /// What the binary prints for `words`, asked about this world's configuration.
    pub fn cli(&self, words: &[&str]) -> String {
        let config = &self.nodes.first().expect("one node at least").config;
        let output =
            Command::new(env!("CARGO_BIN_EXE_gatehouse")).args(words).arg("--config").arg(config).output().expect("the binary starts");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{words:?}: {said}{}", String::from_utf8_lossy(&output.stderr));
        said
    }

    /// The app's launch address.
    pub fn launch_url(&self) -> String {
        format!("http://127.0.0.1:{}/launch", self.app_port)
    }

    /// The certified client, about to sign `address` in.
    pub fn app(&self, client: &str, address: &str, more: &Value) -> Peer {
        Peer::start("rp.mjs", &self.app_words(client, address, more))
    }

    /// Many people at once, each in a browser of their own, until [`Load::stop`].
    pub fn load(&self, client: &str, people: &[&str]) -> Load {
        Load(Peer::start("load.mjs", &self.app_words(client, people[0], &json!({ "people": people }))))
    }

    fn app_words(&self, client: &str, address: &str, more: &Value) -> Value {
        let mut spec = json!({
            "issuer": self.issuer(),
            "client_id": client,
            "client_secret": SECRET,
            "authentication": client.trim_start_matches("app-"),
            "redirect_uri": format!("http://127.0.0.1:{}/cb", self.app_port),
            "address": address,
        });
        let fields = spec.as_object_mut().expect("an object");
        fields.extend(more.as_object().expect("an object").clone());
        spec
    }

    /// Signs in from start to end.
    pub fn sign_in(&self, client: &str, address: &str, more: &Value) -> Value {
        self.app(client, address, more).line()
    }

    /// Signs in and insists on claims; what Gatehouse logged explains a failure.
    pub fn claims(&self, client: &str, address: &str, more: &Value) -> Value {
        let said = self.sign_in(client, address, more);
        self.must_be_claims(said, address)
    }

    /// Signs in, and again every second while that ends in a page: a peer that was down is not asked at every click.
    pub async fn claims_soon(&self, client: &str, address: &str) -> Value {
        for _ in 0..20 {
            let said = self.sign_in(client, address, &json!({}));
            if said["outcome"] == "claims" {
                return self.must_be_claims(said, address);
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        self.claims(client, address, &json!({}))
    }

    pub fn must_be_claims(&self, said: Value, address: &str) -> Value {
        assert_eq!(said["outcome"], "claims", "{said:#}\n{}", self.logs());
        assert_eq!(said["claims"]["iss"], self.issuer());
        assert_eq!(said["claims"]["email"], address);
        assert_eq!(said["userinfo"]["sub"], said["claims"]["sub"]);
        said
    }

    /// The passcode in the outbox: its only word of eight digits.
    pub async fn passcode(&self) -> String {
        let outbox = self.dir.path().join("outbox");
        let mut code = None;
        until("a passcode is mailed", || {
            let mails = fs::read_dir(&outbox).into_iter().flatten().filter_map(|entry| fs::read_to_string(entry.ok()?.path()).ok());
            let is_code = |word: &&str| word.len() == 8 && word.bytes().all(|b| b.is_ascii_digit());
            code = mails.filter_map(|mail| mail.split(|c: char| !c.is_alphanumeric()).find(is_code).map(str::to_owned)).next();
            code.is_some()
        })
        .await;
        code.expect("waited for it")
    }

    /// What the trail holds of the sign-in that took these steps: its events, in order.
    pub fn trail(&self, said: &Value) -> Vec<Value> {
        let mut steps = said["steps"].as_array().expect("steps").iter();
        let reference = steps.find_map(|step| step["reference"].as_str()).unwrap_or_else(|| panic!("no partner was asked: {said:#}"));
        let trail: Value = serde_json::from_str(&self.cli(&["trail", reference, "--json"])).expect("JSON");
        trail["tenants"].as_array().expect("tenants").iter().flat_map(|kept| kept["events"].as_array().expect("events").clone()).collect()
    }

    /// The last lines each node logged.
    pub fn logs(&self) -> String {
        let tail = |node: &Node| {
            let text = fs::read_to_string(node.log()).unwrap_or_default();
            let lines: Vec<&str> = text.lines().rev().take(30).collect();
            lines.into_iter().rev().collect::<Vec<_>>().join("\n")
        };
        self.nodes.iter().map(tail).collect::<Vec<_>>().join("\n--\n")
    }

    fn write_config(&self, node: usize, port: u16) -> PathBuf {
        let config = self.dir.path().join(format!("node-{node}"));
        fs::create_dir_all(config.join("tenants")).expect("a folder");
        let (app, spa) = (self.app_port, self.spa_port);
        let (home, place) = match &self.home {
            Home::OpenId => (openid_table(self.upstream_port), format!("localhost:{}", self.upstream_port)),
            Home::Partner(partner) => (partner.table.clone(), partner.place.clone()),
        };
        let gatehouse = format!(
            r#"[server]
listen = "127.0.0.1:{port}"
public_url = "http://127.0.0.1:{public}"
[sessions]
redis = "{redis}"
[directory]
url = "{postgres}"
[keys]
seal = {{ file = "../seal.key" }}
[mail]
from = "Contoso <no-reply@contoso.example>"
folder = "../outbox"
[outbound]
allow_http = ["{place}"]
[telemetry]
log = "info"
format = "json"
"#,
            public = self.public_port,
            redis = self.redis.url().reveal(),
            postgres = self.database,
        );
        let tenant = format!(
            r#"id = "contoso"
name = "Contoso"
domains = ["contoso.example"]
[guests]
admission = "open"
[passcode]
enabled = true
[clients.app-basic]
name = "Basic"
redirect_uris = ["http://127.0.0.1:{app}/cb"]
launch_url = "http://127.0.0.1:{app}/launch"
authentication = "client_secret_basic"
secrets = [{{ file = "../../secret" }}]
scopes = ["profile", "email"]
[clients.app-post]
name = "Post"
redirect_uris = ["http://127.0.0.1:{app}/cb"]
authentication = "client_secret_post"
secrets = [{{ file = "../../secret" }}]
scopes = ["profile", "email"]
id_token_signed_response_alg = "RS256"
[clients.spa]
name = "Single page"
redirect_uris = ["http://localhost:{spa}/cb"]
authentication = "none"
scopes = ["profile", "email"]
{home}"#
        );
        let write = |path: PathBuf, text: &str| fs::write(path, text).expect("a file in our own folder");
        write(config.join("gatehouse.toml"), &gatehouse);
        write(config.join("tenants/contoso.toml"), &tenant);
        if let Home::Partner(partner) = &self.home {
            for (name, text) in &partner.files {
                write(config.join("tenants").join(name), text);
            }
        }
        write(self.dir.path().join("secret"), SECRET);
        // 32 octets in base64: the same on every node, as an operator would mount it
        write(self.dir.path().join("seal.key"), "aW50ZXJvcC1pbnRlcm9wLWludGVyb3AtaW50ZXJvcCE=");
        config
    }
}

fn openid_table(port: u16) -> String {
    format!(
        r#"[oidc.fabrikam]
name = "Fabrikam"
issuer = "http://localhost:{port}"
client_id = "gatehouse"
client_secret = {{ file = "../../secret" }}
domains = ["fabrikam.example"]
lookup = {{ domains = true }}
"#
    )
}

/// Sign-ins that go on and on.
pub struct Load(Peer);

impl Load {
    /// Waits until `count` sign-ins more or less have ended, since the beginning.
    pub fn reach(&self, count: u64) {
        while self.0.line()["done"].as_u64().expect("the load counts") < count {}
    }

    /// Lets those under way end. Answers how many there were in all, and those that failed.
    pub fn stop(mut self) -> (u64, Vec<Value>) {
        self.0.go_on();
        loop {
            let said = self.0.line();
            if let Some(total) = said["total"].as_u64() {
                return (total, said["failed"].as_array().expect("a list").clone());
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Nodes {
    One,
    Two,
}

/// One process of Gatehouse.
struct Node {
    child: Child,
    config: PathBuf,
    port: u16,
}

impl Node {
    async fn start(config: PathBuf, port: u16) -> Self {
        let log = |config: &Path| fs::File::options().create(true).append(true).open(config.join("log")).expect("a log file");
        let child = Command::new(env!("CARGO_BIN_EXE_gatehouse"))
            .args(["serve", "--config"])
            .arg(&config)
            .stdin(Stdio::null())
            .stdout(log(&config))
            .stderr(log(&config))
            .spawn()
            .expect("the binary starts");
        let mut node = Self { child, config, port };
        node.ready().await;
        node
    }

    fn log(&self) -> PathBuf {
        self.config.join("log")
    }

    async fn ready(&mut self) {
        let log = self.log();
        let logged = || fs::read_to_string(&log).unwrap_or_default();
        until("gatehouse is ready", || {
            if let Some(status) = self.child.try_wait().expect("our own child") {
                panic!("gatehouse ended with {status}\n{}", logged());
            }
            status_of(self.port, "/health/ready") == Some(200)
        })
        .await;
    }

    fn kill(&mut self) {
        self.child.kill().expect("our own child");
        self.child.wait().expect("our own child");
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The status of one GET.
pub fn status_of(port: u16, path: &str) -> Option<u16> {
    get(port, path).map(|(status, _)| status)
}

/// Status and body of one GET, without any client that might retry or pool. In HTTP/1.0 no answer comes in chunks.
pub fn get(port: u16, path: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect_timeout(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)), Duration::from_secs(1)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    write!(stream, "GET {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.take(1 << 20).read_to_string(&mut answer).ok()?;
    let status = answer.split(' ').nth(1)?.parse().ok()?;
    Some((status, answer.split_once("\r\n\r\n")?.1.to_owned()))
}

/// Sends every connection to the next node in turn. Lives as long as the process; a world is small.
fn balance(port: u16, nodes: Vec<u16>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).expect("the public port");
    let turn = Arc::new(AtomicUsize::new(0));
    std::thread::spawn(move || {
        for near in listener.incoming().map_while(Result::ok) {
            let node = nodes[turn.fetch_add(1, Ordering::Relaxed) % nodes.len()];
            let Ok(far) = TcpStream::connect((Ipv4Addr::LOCALHOST, node)) else { continue };
            let (Ok(near_again), Ok(far_again)) = (near.try_clone(), far.try_clone()) else { continue };
            std::thread::spawn(move || pour(near, far));
            std::thread::spawn(move || pour(far_again, near_again));
        }
    });
}

fn pour(mut from: TcpStream, mut to: TcpStream) {
    let _ = std::io::copy(&mut from, &mut to);
    let _ = to.shutdown(std::net::Shutdown::Write);
}
