//! A small world: Redis, PostgreSQL, the upstream provider, and the real binary of Gatehouse in front of them, all on loopback.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Output},
    time::Duration,
};

use serde_json::{Value, json};

use crate::{
    node::{Node, balance, get},
    peers::{Load, Peer},
    services::{ports::free_ports, postgres::Postgres, process::until, redis::Redis},
    tls::Tls,
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
    /// Before the door, where there is https.
    tls: Option<Tls>,
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
        Self::with(Nodes::One, Home::OpenId, None).await
    }

    /// One Gatehouse, whose guests come from this partner.
    pub async fn beside(partner: Partner) -> Self {
        Self::with(Nodes::One, Home::Partner(partner), None).await
    }

    /// The same, and people come by https.
    pub async fn beside_by_tls(partner: Partner, tls: Tls) -> Self {
        Self::with(Nodes::One, Home::Partner(partner), Some(tls)).await
    }

    /// Two Gatehouses on the same stores, behind a balancer that sends every connection to the other one.
    pub async fn with_two_nodes() -> Self {
        Self::with(Nodes::Two, Home::OpenId, None).await
    }

    async fn with(count: Nodes, home: Home, tls: Option<Tls>) -> Self {
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
            tls,
            dir,
        };
        if matches!(world.home, Home::OpenId) {
            world.start_upstream();
        }
        let ports = match (count, &mut world.tls) {
            (Nodes::One, None) => vec![public_port],
            (Nodes::One, Some(tls)) => {
                tls.before(public_port, first);
                vec![first]
            }
            (Nodes::Two, _) => vec![first, second],
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
        format!("{}/contoso", self.origin())
    }

    /// By https it has a name, while partners have an address: they are of another site, as they are outside.
    fn origin(&self) -> String {
        match self.tls {
            None => format!("http://127.0.0.1:{}", self.public_port),
            Some(_) => format!("https://localhost:{}", self.public_port),
        }
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
        let (status, body) = get(self.first().port, &format!("/contoso/{path}")).expect("gatehouse answers");
        assert_eq!(status, 200, "{path}: {body}\n{}", self.logs());
        body
    }

    /// What the binary prints for `words`, asked about this world's configuration.
    pub fn cli(&self, words: &[&str]) -> String {
        let output = self.run(words);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{words:?}: {said}{}", String::from_utf8_lossy(&output.stderr));
        said
    }

    fn run(&self, words: &[&str]) -> Output {
        let config = &self.first().config;
        Command::new(env!("CARGO_BIN_EXE_gatehouse")).args(words).arg("--config").arg(config).output().expect("the binary starts")
    }

    /// What `gatehouse saml verify` finds in this file: that it would be accepted, or refused with this code.
    pub fn judged(&self, file: &str, more: &[&str], code: Option<&str>) -> Value {
        let words = [&["saml", "verify", file, "--tenant", "contoso", "--idp", "fabrikam", "--json"], more].concat();
        let output = self.run(&words);
        let text = String::from_utf8_lossy(&output.stdout);
        let seen: Value = serde_json::from_str(&text).unwrap_or_else(|why| panic!("{why}: {text}"));
        assert_eq!((output.status.success(), seen["code"].as_str()), (code.is_none(), code), "{words:?}: {seen:#}");
        seen
    }

    fn first(&self) -> &Node {
        self.nodes.first().expect("one node at least")
    }

    /// A file beside the configuration, for what a test wants read.
    pub fn file(&self, name: &str, text: &str) -> String {
        let path = self.dir.path().join(name);
        fs::write(&path, text).expect("a file in our own folder");
        path.to_str().expect("a plain path").to_owned()
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
            "ca": self.tls.as_ref().map(Tls::ca),
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

    /// An app by itself, as `machine.mjs` says.
    pub fn machine(&self, spec: &Value) -> Value {
        let mut whole = json!({ "issuer": self.issuer(), "client_secret": SECRET });
        whole.as_object_mut().expect("an object").extend(spec.as_object().expect("an object").clone());
        Peer::start("machine.mjs", &whole).line()
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
public_url = "{origin}"
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
{ca}
[telemetry]
log = "info"
format = "json"
"#,
            origin = self.origin(),
            redis = self.redis.url().reveal(),
            ca = self.tls.as_ref().map_or_else(String::new, |tls| format!("ca = \"{}\"", tls.ca())),
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
permissions = ["User.Invite.All"]
[clients.script]
name = "Script"
authentication = "client_secret_basic"
secrets = [{{ file = "../../secret" }}]
permissions = ["User.Read.All"]
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

#[derive(Clone, Copy)]
enum Nodes {
    One,
    Two,
}
