//! An OpenID provider with real keys over real HTTP, which can be told to misbehave in every way that has hurt somebody.
//!
//! It has no pages: `/authorize` sends the browser straight back with a code for whoever [`OidcProvider::next_identity`] named.
//! `{issuer}` is a plain provider; `{issuer}/{tenant}/v2.0` is one in Entra's manner (`organizations`, a GUID, or a domain).

use std::{
    collections::{BTreeMap, BTreeSet},
    net::TcpListener,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use actix_web::dev::ServerHandle;
use aws_lc_rs::signature::EcdsaKeyPair;
use serde_json::{Map, Value};

#[path = "oidc_tokens.rs"]
mod tokens;
#[path = "oidc_wire.rs"]
mod wire;

use tokens::{ec_jwk, new_ec_key};
use wire::serve;

/// One way to be wrong. Several can be on at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    WrongAudience,
    MissingAudience,
    /// `aud` has a stranger beside us, and no `azp`.
    ExtraAudience,
    /// `aud` has a stranger beside us, and `azp` is us: allowed.
    ExtraAudienceWithUsAsAzp,
    ForeignAzp,
    WrongNonce,
    MissingNonce,
    WrongIssuer,
    MissingSub,
    AlgNone,
    /// HS256, keyed with the published key's JSON.
    Hs256WithPublicKey,
    /// Signed by a key that was never published, under an unpublished kid.
    UnknownKid,
    /// Signed by a key that was never published, under the published kid.
    ForgedSignature,
    HeaderCrit,
    HeaderJku,
    HeaderJwk,
    HeaderX5u,
    KidTraversal,
    /// `typ` says it is an access token.
    HeaderTyp,
    WrongAtHash,
    WrongCHash,
    Expired,
    FromTheFuture,
    NotYetValid,
    TooOld,
    RepeatedSub,
    NoIssParameter,
    WrongIssParameter,
    /// The token endpoint answers `invalid_grant`.
    CodeRefused,
    NoIdToken,
    UserinfoOfSomebodyElse,
    /// The discovery document names another issuer.
    ForeignDiscovery,
}

/// How the HTTP side behaves; `/authorize` always answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Transport {
    #[default]
    Fine,
    Slow(Duration),
    Error500,
    HugeBody,
    Garbage,
    Redirecting,
}

/// Which key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    Es256,
    Rs256,
}

/// One request the provider got.
#[derive(Debug, Clone)]
pub struct Asked {
    pub path: String,
    /// Of the query, or of the form.
    pub parameters: BTreeMap<String, String>,
    pub authorization: Option<String>,
}

pub struct OidcProvider {
    base: String,
    shared: Arc<Shared>,
    handle: Mutex<Option<ServerHandle>>,
}

struct Shared {
    base: String,
    script: Mutex<Script>,
}

type Timepiece = Box<dyn Fn() -> i64 + Send>;

struct Script {
    client: (String, Option<String>),
    auth_methods: Vec<String>,
    announces_iss: bool,
    identity: Option<Value>,
    denial: Option<(String, Option<String>)>,
    is_profile_for_userinfo: bool,
    faults: BTreeSet<Fault>,
    transport: Transport,
    algorithm: Algorithm,
    generation: u32,
    key: EcdsaKeyPair,
    retired: Vec<Value>,
    key_issuer: Option<String>,
    codes: BTreeMap<String, Pending>,
    access_tokens: BTreeMap<String, Value>,
    entra_domains: BTreeMap<String, String>,
    asked: Vec<Asked>,
    now: Timepiece,
}

/// What a code stands for.
struct Pending {
    redirect_uri: String,
    challenge: String,
    nonce: Option<String>,
    issuer: String,
    claims: Map<String, Value>,
}

impl OidcProvider {
    /// A provider on a free port. Client `gatehouse` with secret `upstream-secret`, ES256, the machine's time.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let script = Script {
            client: ("gatehouse".into(), Some("upstream-secret".into())),
            auth_methods: vec!["client_secret_basic".into(), "client_secret_post".into()],
            announces_iss: true,
            identity: None,
            denial: None,
            is_profile_for_userinfo: false,
            faults: BTreeSet::new(),
            transport: Transport::Fine,
            algorithm: Algorithm::Es256,
            generation: 1,
            key: new_ec_key(),
            retired: Vec::new(),
            key_issuer: None,
            codes: BTreeMap::new(),
            access_tokens: BTreeMap::new(),
            entra_domains: BTreeMap::new(),
            asked: Vec::new(),
            now: Box::new(machine_time),
        };
        let shared = Arc::new(Shared { base: base.clone(), script: Mutex::new(script) });
        let handle = serve(listener, Arc::clone(&shared));
        Self { base, shared, handle: Mutex::new(Some(handle)) }
    }

    /// The plain provider's issuer, without a trailing slash.
    pub fn issuer(&self) -> String {
        self.base.clone()
    }

    /// `{base}/{tenant}/v2.0`: for `organizations`, `common` or a GUID.
    pub fn entra_issuer(&self, tenant: &str) -> String {
        format!("{}/{tenant}/v2.0", self.base)
    }

    /// `host:port`, as an operator lists it in `allow_http`.
    pub fn host(&self) -> String {
        self.base.trim_start_matches("http://").to_owned()
    }

    /// Who signs in from now on; these claims go over the standard ones (so `iss` or `aud` can be forged, too). `None` before the
    /// first call: whoever `login_hint` names, verified.
    pub fn next_identity(&self, claims: Value) {
        self.script().identity = Some(claims);
    }

    /// The person cancels, or the provider fails: `/authorize` answers with `error`.
    pub fn deny(&self, error: &str, description: Option<&str>) {
        self.script().denial = Some((error.into(), description.map(str::to_owned)));
    }

    pub fn allow(&self) {
        self.script().denial = None;
    }

    pub fn misbehave(&self, faults: impl IntoIterator<Item = Fault>) {
        self.script().faults = faults.into_iter().collect();
    }

    pub fn behave(&self) {
        self.script().faults.clear();
        self.script().transport = Transport::Fine;
    }

    pub fn transport(&self, transport: Transport) {
        self.script().transport = transport;
    }

    pub fn sign_with(&self, algorithm: Algorithm) {
        self.script().algorithm = algorithm;
    }

    /// `secret: None`: a public client.
    pub fn expect_client(&self, id: &str, secret: Option<&str>) {
        self.script().client = (id.into(), secret.map(str::to_owned));
    }

    pub fn offer_auth_methods(&self, methods: &[&str]) {
        self.script().auth_methods = methods.iter().map(|method| (*method).to_owned()).collect();
    }

    /// Whether the metadata says that answers carry `iss` (RFC 9207).
    pub fn announce_iss(&self, announces: bool) {
        self.script().announces_iss = announces;
    }

    /// The ID token then only says who; userinfo says what.
    pub fn keep_profile_for_userinfo(&self) {
        self.script().is_profile_for_userinfo = true;
    }

    /// A new signing key under a new kid; the old one is no longer published.
    pub fn rotate_key(&self) {
        let mut script = self.script();
        (script.key, script.generation) = (new_ec_key(), script.generation + 1);
    }

    /// A new signing key; the old one stays published.
    pub fn roll_key_over(&self) {
        let old = ec_jwk(&self.script());
        self.script().retired.push(old);
        self.rotate_key();
    }

    /// Publishes the keys for one issuer only, as Entra does.
    pub fn bind_keys_to(&self, issuer: &str) {
        self.script().key_issuer = Some(issuer.into());
    }

    /// `domain` has been verified by the Entra tenant `tid`.
    pub fn verify_domain(&self, domain: &str, tid: &str) {
        self.script().entra_domains.insert(domain.into(), tid.into());
    }

    /// Seconds since 1970, for tokens: give it the world's movable clock.
    pub fn keep_time_by(&self, now: impl Fn() -> i64 + Send + 'static) {
        self.script().now = Box::new(now);
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.script().asked.clone()
    }

    /// The last request to `path`.
    pub fn last_asked(&self, path: &str) -> Option<Asked> {
        self.script().asked.iter().rev().find(|asked| asked.path == path).cloned()
    }

    pub fn times_asked(&self, path: &str) -> usize {
        self.script().asked.iter().filter(|asked| asked.path == path).count()
    }

    /// Nobody listens any more.
    pub async fn die(&self) {
        let handle = self.handle.lock().expect("no test panicked with it").take();
        if let Some(handle) = handle {
            handle.stop(false).await;
        }
    }

    /// Listens again, where it was.
    pub async fn revive(&self) {
        let listener = TcpListener::bind(self.host()).expect("the port is still ours");
        *self.handle.lock().expect("no test panicked with it") = Some(serve(listener, Arc::clone(&self.shared)));
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.shared.script()
    }
}

impl Drop for OidcProvider {
    fn drop(&mut self) {
        if let Some(handle) = self.handle.lock().ok().and_then(|mut handle| handle.take()) {
            // The order is sent at once; only its receipt would be awaited.
            drop(handle.stop(false));
        }
    }
}

impl Shared {
    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().expect("no handler panics")
    }
}

#[expect(clippy::disallowed_methods, reason = "a peer keeps its own time")]
fn machine_time() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    i64::try_from(since.as_secs()).expect("before the sun dies")
}
