//! A whole Gatehouse of one's own for one test: a real server on a free port, two identity providers, a mailbox, a clock to move.
//!
//! ```ignore
//! let world = World::open().await;                                    // or Setup::new().tenant("contoso", TOML).open().await
//! let (mut browser, portal) = (world.browser(), world.app("contoso", "portal").await);
//! let ask = portal.asks(&[("login_hint", ANA)]);                      // the app's authorization request, with what it must remember
//! let page = browser.open(&ask.url).await;                            // follows redirects, upstream and back, until a page or the app
//! let page = browser.press(&page, "accept", &[]).await;               // a button of the page, by id or by value
//! let tokens = portal.tokens(&ask, &page).await;                      // state, iss, PKCE, signature, aud, exp, nonce … all checked
//! ```
//! `open`/`press` follow redirects between the servers of the world; `get`/`send`/`post` make one request. The app's own redirect URI
//! is never fetched: the page that leads there is what [`RelyingParty`] reads. All of the world ends with it.

mod browser;
mod configuration;
mod mailbox;
mod page;
mod partners;
mod relying_party;
mod smtp;

use std::{net::TcpListener, sync::Arc};

use gatehouse::{
    app,
    clock::Clock,
    domain::{
        address::EmailAddress,
        flow::Flow,
        guest::Guest,
        id::{FlowId, TenantId},
        secret::Secret,
        timestamp::Timestamp,
    },
    server::{self, Running, Signals},
    settings::{self, Purpose, Settings},
    store::{
        directory::{Directory, GuestFile, RecordedEvent},
        memory::MemorySessions,
        sessions::{Sessions, Shelf, Slot},
    },
    tenants::{self, Tenants},
};
use tempfile::TempDir;

pub use browser::Browser;
pub use configuration::{SECRET, Setup};
pub use mailbox::Mail;
pub use page::Page;
pub use partners::{PAM, Partners, WIN, parameter, person};
pub use relying_party::{Ask, RelyingParty, Tokens};
pub use smtp::Smtp;

use crate::oidc_provider::OidcProvider;

/// Guests of Fabrikam, the default tenant's provider, whose domain is `fabrikam.example`.
pub const ANA: &str = "ana@fabrikam.example";
/// A guest of nobody: passcodes by mail.
pub const SOL: &str = "sol@nowhere.example";

/// When every world begins.
const NOON: i64 = 1_800_000_000;

pub struct World {
    /// Moves for Gatehouse and for both providers.
    pub clock: Clock,
    /// `[oidc.fabrikam]` of every default tenant: whoever `login_hint` names, unless told otherwise.
    pub fabrikam: OidcProvider,
    /// Another provider, configured nowhere unless a fragment says so (`issuer = "{litware}"`).
    pub litware: OidcProvider,
    /// The nodes' own directory, by a second handle.
    pub directory: Directory,
    /// The nodes' own session store.
    pub sessions: Arc<dyn Sessions>,
    /// The origin people see, without a trailing slash.
    pub url: String,
    mailbox: mailbox::Mailbox,
    memory: Option<Arc<MemorySessions>>,
    nodes: Vec<Running>,
    partners: Option<Partners>,
    folder: TempDir,
}

impl World {
    /// One tenant, `contoso`, as [`configuration`] writes it.
    pub async fn open() -> Self {
        Setup::new().open().await
    }

    async fn of(mut setup: Setup) -> Self {
        app::choose_cryptography();
        let clock = Clock::movable(Timestamp::from_unix(NOON));
        let (fabrikam, litware) = (OidcProvider::start().await, OidcProvider::start().await);
        for provider in [&fabrikam, &litware] {
            let clock = clock.clone();
            provider.keep_time_by(move || clock.now().unix());
        }
        let their_clock = if setup.is_by_machine_time { Clock::system() } else { clock.clone() };
        let partners = setup.has_partners.then(|| Partners::start(&their_clock));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let folder = tempfile::tempdir().unwrap();
        let directory = setup.write(folder.path(), &url, &fabrikam, &litware, partners.as_ref());
        let memory = (!setup.says_sessions()).then(|| Arc::new(MemorySessions::new(clock.clone(), 1_000_000)));
        let store = setup.store.take().or_else(|| memory.clone().map(|memory| memory as Arc<dyn Sessions>));
        let (running, sessions) = node(&folder, &clock, Some(listener), store).await;
        let directory = Directory::open(&Secret::new(directory)).await.unwrap();
        let mailbox = mailbox::Mailbox::new(folder.path().join("outbox"));
        Self { clock, fabrikam, litware, directory, sessions, url, mailbox, memory, nodes: vec![running], partners, folder }
    }

    /// One more node on the same stores (embedded ones, too), for [`Browser::through`]. Nodes count from 0.
    pub async fn add_node(&mut self) -> usize {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (running, _) = node(&self.folder, &self.clock, Some(listener), Some(Arc::clone(&self.sessions))).await;
        self.nodes.push(running);
        self.nodes.len() - 1
    }

    /// `host:port` where a node really listens.
    pub fn address_of(&self, node: usize) -> String {
        self.nodes[node].address.to_string()
    }

    /// `host:port` where a node's operator listens, if apart.
    pub fn operator_of(&self, node: usize) -> Option<String> {
        self.nodes[node].operator.map(|address| address.to_string())
    }

    /// How much the embedded session store holds.
    pub fn held(&self) -> usize {
        self.memory.as_ref().expect("sessions are embedded").held()
    }

    /// A new person's browser.
    pub fn browser(&self) -> Browser {
        Browser::new(&self.url)
    }

    /// A client of a tenant, which knows its issuer and learns the rest by discovery.
    pub async fn app(&self, tenant: &str, client: &str) -> RelyingParty {
        RelyingParty::discover(&format!("{}/{tenant}", self.url), client, self.folder.path(), self.clock.clone()).await
    }

    /// Signs `address` in from start to end, by whatever road and whatever is asked.
    pub async fn sign_in(&self, browser: &mut Browser, app: &RelyingParty, address: &str) -> Tokens {
        let ask = app.asks(&[]);
        let mut page = browser.open(&ask.url).await;
        loop {
            page = match page.shows() {
                "address" => browser.press(&page, "continue", &[("address", address)]).await,
                "passcode" => browser.press(&page, "continue", &[("code", &self.next_mail(address).await.code())]).await,
                "consent" => browser.press(&page, "accept", &[]).await,
                _ => return app.tokens(&ask, &page).await,
            };
        }
    }

    /// The next mail to `address` that this was not yet asked for. Mails are sent behind the page's back: waited for, not for ever.
    pub async fn next_mail(&self, address: &str) -> Mail {
        self.mailbox.next(address).await
    }

    /// How many mails to `address` there are by now.
    pub fn mails_to(&self, address: &str) -> usize {
        self.mailbox.count(address)
    }

    /// The guest with this address, with every consent on record.
    pub async fn guest(&self, tenant: &str, address: &str) -> Option<GuestFile> {
        let (tenant, address) = (TenantId::parse(tenant).unwrap(), EmailAddress::parse(address).unwrap());
        self.directory.guest_by_address(&tenant, &address).await.unwrap()
    }

    /// A guest as the operator entered them.
    pub async fn add_guest(&self, tenant: &str, guest: &Guest) {
        self.directory.add_guest(&TenantId::parse(tenant).unwrap(), guest).await.unwrap();
    }

    /// What an operator may do to the embedded directory by hand.
    pub async fn sql(&self, statement: &'static str) {
        let file = self.folder.path().join("gatehouse.db");
        let pool = sqlx::SqlitePool::connect_with(sqlx::sqlite::SqliteConnectOptions::new().filename(file)).await.unwrap();
        sqlx::query(statement).execute(&pool).await.unwrap();
        pool.close().await;
    }

    /// The audit trail of a tenant, oldest first.
    pub async fn events(&self, tenant: &str) -> Vec<RecordedEvent> {
        let mut events = self.directory.audit_events(&TenantId::parse(tenant).unwrap(), 1000).await.unwrap();
        events.reverse();
        events
    }

    /// The sign-in as the store holds it, with how often it was written: what a refused request must leave as it was.
    pub async fn stored(&self, tenant: &str, flow: FlowId) -> Option<(u64, Flow)> {
        let key = Slot::of_flow(&TenantId::parse(tenant).unwrap(), flow).key(&Shelf::Flow);
        let stored = self.sessions.read(&key).await.unwrap()?;
        Some((stored.revision.0, serde_json::from_slice(&stored.value).unwrap()))
    }

    /// The configuration as the nodes read it.
    pub fn configuration(&self) -> (Settings, Tenants) {
        configuration(&self.folder, &self.clock)
    }

    /// Where the configuration, the mails and the database lie.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }
}

/// What `gatehouse serve` does, but that the stores stay within reach of the test.
async fn node(
    folder: &TempDir,
    clock: &Clock,
    listener: Option<TcpListener>,
    shared: Option<Arc<dyn Sessions>>,
) -> (Running, Arc<dyn Sessions>) {
    let (settings, tenants) = configuration(folder, clock);
    let mut house = app::open(&settings, tenants, clock.clone()).await.unwrap();
    let door = Arc::get_mut(&mut house.door).expect("nobody else has it yet");
    if let Some(shared) = shared {
        door.porter.sessions = shared;
    }
    let sessions = Arc::clone(&door.porter.sessions);
    (server::start(&settings, house, listener, Signals::Leave).unwrap(), sessions)
}

fn configuration(folder: &TempDir, clock: &Clock) -> (Settings, Tenants) {
    let config = folder.path().join("config");
    let told = |problems: Vec<settings::Problem>| -> String { problems.iter().map(|problem| format!("{problem}\n")).collect() };
    let settings = settings::load_for(Purpose::Serve, &config, &|_| None).unwrap_or_else(|problems| panic!("{}", told(problems)));
    let tenants = tenants::load(&config, &settings, clock.now(), &|_| None).unwrap_or_else(|problems| panic!("{}", told(problems)));
    (settings, tenants)
}
