//! An OpenID provider with real keys over real HTTP, which can be told to misbehave in every way that has hurt somebody.
//!
//! It has no pages: `/authorize` sends the browser straight back with a code for whoever [`OidcProvider::next_identity`] named.
//! `{issuer}` is a plain provider; `{issuer}/{tenant}/v2.0` is one in Entra's manner (`organizations`, a GUID, or a domain).

use std::{
    collections::{BTreeMap, BTreeSet},
    net::TcpListener,
    sync::{Arc, Mutex, MutexGuard, OnceLock},
    time::Duration,
};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, dev::ServerHandle, http::header::LOCATION, web};
use aws_lc_rs::{
    digest::{SHA256, digest},
    hmac,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::{Map, Value, json};

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

fn serve(listener: TcpListener, shared: Arc<Shared>) -> ServerHandle {
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let shared = web::Data::from(shared);
        actix_web::rt::System::new().block_on(async move {
            let app = move || {
                App::new()
                    .app_data(shared.clone())
                    .route("/.well-known/openid-configuration", web::get().to(discovery))
                    .route("/jwks", web::get().to(jwks))
                    .route("/authorize", web::get().to(authorize))
                    .route("/token", web::post().to(token))
                    .route("/userinfo", web::get().to(userinfo))
                    .route("/{tenant}/v2.0/.well-known/openid-configuration", web::get().to(discovery))
                    .route("/{tenant}/v2.0/authorize", web::get().to(authorize))
            };
            let server = HttpServer::new(app).workers(1).disable_signals().listen(listener).expect("it is bound").run();
            sender.send(server.handle()).expect("the starter waits");
            server.await.expect("it runs until stopped");
        });
    });
    receiver.recv().expect("the thread starts")
}

fn note(shared: &Shared, request: &HttpRequest, form: Option<&BTreeMap<String, String>>) -> BTreeMap<String, String> {
    let query = web::Query::<BTreeMap<String, String>>::from_query(request.query_string()).map(web::Query::into_inner).unwrap_or_default();
    let parameters = form.cloned().unwrap_or(query);
    let authorization = request.headers().get("authorization").and_then(|value| value.to_str().ok()).map(str::to_owned);
    shared.script().asked.push(Asked { path: request.path().to_owned(), parameters: parameters.clone(), authorization });
    parameters
}

/// What the transport makes of an answer.
async fn send(shared: &Shared, status: u16, body: Value) -> HttpResponse {
    let transport = shared.script().transport;
    let mut response = HttpResponse::build(actix_web::http::StatusCode::from_u16(status).expect("a status"));
    match transport {
        Transport::Fine => response.json(body),
        Transport::Slow(delay) => {
            tokio::time::sleep(delay).await;
            response.json(body)
        }
        Transport::Error500 => HttpResponse::InternalServerError().body("<h1>Oops</h1>"),
        Transport::HugeBody => response.content_type("application/json").body(vec![b' '; 3 * 1024 * 1024]),
        Transport::Garbage => response.content_type("application/json").body("{\"issuer\": \u{7}"),
        Transport::Redirecting => HttpResponse::Found().insert_header((LOCATION, "/elsewhere")).finish(),
    }
}

async fn discovery(shared: web::Data<Shared>, request: HttpRequest) -> HttpResponse {
    note(&shared, &request, None);
    let tenant = request.match_info().get("tenant").map(str::to_owned);
    let document = {
        let script = shared.script();
        let base = &shared.base;
        let (issuer, below) = match tenant.as_deref() {
            None => (base.clone(), base.clone()),
            Some(any @ ("organizations" | "common")) => (format!("{base}/{{tenantid}}/v2.0"), format!("{base}/{any}/v2.0")),
            Some(domain) if domain.contains('.') => match script.entra_domains.get(domain) {
                Some(tid) => (format!("{base}/{tid}/v2.0"), format!("{base}/{tid}/v2.0")),
                None => return HttpResponse::BadRequest().json(json!({"error": "invalid_tenant", "error_description": "AADSTS90002"})),
            },
            Some(tid) => (format!("{base}/{tid}/v2.0"), format!("{base}/{tid}/v2.0")),
        };
        let issuer = if script.faults.contains(&Fault::ForeignDiscovery) { "https://evil.example".to_owned() } else { issuer };
        json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{below}/authorize"),
            "token_endpoint": format!("{base}/token"),
            "userinfo_endpoint": format!("{base}/userinfo"),
            "jwks_uri": format!("{base}/jwks"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256", "RS256"],
            "token_endpoint_auth_methods_supported": script.auth_methods,
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": script.announces_iss,
        })
    };
    send(&shared, 200, document).await
}

async fn jwks(shared: web::Data<Shared>, request: HttpRequest) -> HttpResponse {
    note(&shared, &request, None);
    let keys = {
        let script = shared.script();
        let mut keys = vec![ec_jwk(&script), rsa_jwk(&script)];
        keys.extend(script.retired.iter().cloned());
        if let Some(issuer) = &script.key_issuer {
            keys.iter_mut().for_each(|key| key["issuer"] = json!(issuer));
        }
        json!({ "keys": keys })
    };
    send(&shared, 200, keys).await
}

async fn authorize(shared: web::Data<Shared>, request: HttpRequest) -> HttpResponse {
    let asked = note(&shared, &request, None);
    let is_entra = request.match_info().get("tenant").is_some();
    let field = |name: &str| asked.get(name).cloned();
    let mut script = shared.script();
    let is_sound = field("response_type").as_deref() == Some("code")
        && field("client_id") == Some(script.client.0.clone())
        && field("code_challenge_method").as_deref() == Some("S256")
        && field("scope").is_some_and(|scope| scope.split(' ').any(|word| word == "openid"));
    let (Some(redirect_uri), Some(challenge), true) = (field("redirect_uri"), field("code_challenge"), is_sound) else {
        return HttpResponse::BadRequest().body("not an authorization request of this client");
    };
    let identity = script.identity.clone().unwrap_or_else(|| person_of(field("login_hint").as_deref().unwrap_or("nobody@nowhere.example")));
    let claims = identity.as_object().cloned().unwrap_or_default();
    let issuer = match claims.get("tid").and_then(Value::as_str) {
        Some(tid) if is_entra => format!("{}/{tid}/v2.0", shared.base),
        _ => shared.base.clone(),
    };
    let mut back = vec![("state", field("state").unwrap_or_default())];
    match script.denial.clone() {
        Some((error, description)) => {
            back.push(("error", error));
            back.extend(description.map(|text| ("error_description", text)));
        }
        None => {
            let code = random_text();
            back.push(("code", code.clone()));
            script.codes.insert(
                code,
                Pending { redirect_uri: redirect_uri.clone(), challenge, nonce: field("nonce"), issuer: issuer.clone(), claims },
            );
        }
    }
    if script.faults.contains(&Fault::WrongIssParameter) {
        back.push(("iss", "https://evil.example".into()));
    } else if script.announces_iss && !script.faults.contains(&Fault::NoIssParameter) {
        back.push(("iss", issuer));
    }
    let mut url = url::Url::parse(&redirect_uri).expect("a URL");
    url.query_pairs_mut().extend_pairs(back);
    HttpResponse::Found().insert_header((LOCATION, url.as_str())).finish()
}

async fn token(shared: web::Data<Shared>, request: HttpRequest, form: web::Form<BTreeMap<String, String>>) -> HttpResponse {
    let asked = note(&shared, &request, Some(&form));
    let (status, body) = answer_token(&shared, &request, &asked);
    send(&shared, status, body).await
}

fn answer_token(shared: &Shared, request: &HttpRequest, asked: &BTreeMap<String, String>) -> (u16, Value) {
    let mut script = shared.script();
    if !is_client(&script, request, asked) {
        return (401, json!({"error": "invalid_client"}));
    }
    let refused = (400, json!({"error": "invalid_grant", "error_description": "secret words about ana@fabrikam.example"}));
    let Some(pending) = asked.get("code").and_then(|code| script.codes.remove(code)) else { return refused };
    let verifier = asked.get("code_verifier").map(String::as_str).unwrap_or_default();
    let is_bound = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes())) == pending.challenge;
    if !is_bound || asked.get("redirect_uri") != Some(&pending.redirect_uri) || script.faults.contains(&Fault::CodeRefused) {
        return refused;
    }
    let access_token = random_text();
    let id_token = id_token(&script, &pending, &access_token, asked.get("code").map(String::as_str).unwrap_or_default());
    script.access_tokens.insert(access_token.clone(), Value::Object(pending.claims));
    let mut body = json!({"access_token": access_token, "token_type": "Bearer", "expires_in": 3600});
    if !script.faults.contains(&Fault::NoIdToken) {
        body["id_token"] = json!(id_token);
    }
    (200, body)
}

/// RFC 6749 §2.3.1, by a method that was offered.
fn is_client(script: &Script, request: &HttpRequest, asked: &BTreeMap<String, String>) -> bool {
    let (id, secret) = &script.client;
    let basic = request.headers().get("authorization").and_then(|value| value.to_str().ok()).and_then(|value| value.strip_prefix("Basic "));
    let offers = |method: &str| script.auth_methods.iter().any(|offered| offered == method);
    match (secret, basic) {
        (None, None) => asked.get("client_id") == Some(id) && !asked.contains_key("client_secret"),
        (Some(secret), Some(basic)) => offers("client_secret_basic") && basic == STANDARD.encode(format!("{id}:{secret}")),
        (Some(secret), None) => {
            offers("client_secret_post") && asked.get("client_id") == Some(id) && asked.get("client_secret") == Some(secret)
        }
        (None, Some(_)) => false,
    }
}

async fn userinfo(shared: web::Data<Shared>, request: HttpRequest) -> HttpResponse {
    note(&shared, &request, None);
    let bearer =
        request.headers().get("authorization").and_then(|value| value.to_str().ok()).and_then(|value| value.strip_prefix("Bearer "));
    let (found, is_other) = {
        let script = shared.script();
        let found = bearer.and_then(|token| script.access_tokens.get(token).cloned());
        (found, script.faults.contains(&Fault::UserinfoOfSomebodyElse))
    };
    match found {
        None => HttpResponse::Unauthorized().finish(),
        Some(mut claims) => {
            if is_other {
                claims["sub"] = json!("somebody-else");
            }
            send(&shared, 200, claims).await
        }
    }
}

fn id_token(script: &Script, pending: &Pending, access_token: &str, code: &str) -> String {
    let has = |fault: Fault| script.faults.contains(&fault);
    let now = (script.now)();
    let us = &script.client.0;
    let mut claims = json!({
        "iss": pending.issuer, "aud": us, "iat": now, "exp": now + 600, "auth_time": now, "at_hash": half_hash(access_token),
    });
    if let Some(nonce) = &pending.nonce {
        claims["nonce"] = json!(nonce);
    }
    for (name, value) in &pending.claims {
        if !script.is_profile_for_userinfo || ["sub", "tid", "oid", "iss"].contains(&name.as_str()) {
            claims[name] = value.clone();
        }
    }
    let mut set = |fault: Fault, name: &str, value: Value| {
        if has(fault) {
            claims[name] = value;
        }
    };
    set(Fault::WrongAudience, "aud", json!("somebody-else"));
    set(Fault::MissingAudience, "aud", json!([]));
    set(Fault::ExtraAudience, "aud", json!([us, "somebody-else"]));
    set(Fault::ExtraAudienceWithUsAsAzp, "aud", json!([us, "somebody-else"]));
    set(Fault::ExtraAudienceWithUsAsAzp, "azp", json!(us));
    set(Fault::ForeignAzp, "azp", json!("somebody-else"));
    set(Fault::WrongNonce, "nonce", json!("another"));
    set(Fault::MissingNonce, "nonce", Value::Null);
    set(Fault::WrongIssuer, "iss", json!("https://evil.example"));
    set(Fault::MissingSub, "sub", Value::Null);
    set(Fault::WrongAtHash, "at_hash", json!(half_hash("another")));
    set(Fault::WrongCHash, "c_hash", json!(half_hash(&format!("{code}x"))));
    set(Fault::Expired, "exp", json!(now - 600));
    set(Fault::FromTheFuture, "iat", json!(now + 600));
    set(Fault::NotYetValid, "nbf", json!(now + 600));
    set(Fault::TooOld, "iat", json!(now - 86_400));
    let mut payload = claims.to_string();
    if has(Fault::RepeatedSub) {
        payload.insert_str(1, "\"sub\":\"admin\",");
    }
    sign(script, &payload)
}

fn sign(script: &Script, payload: &str) -> String {
    let has = |fault: Fault| script.faults.contains(&fault);
    let algorithm = script.algorithm;
    let mut header = json!({"typ": "JWT", "alg": "ES256", "kid": format!("ec-{}", script.generation)});
    if algorithm == Algorithm::Rs256 {
        (header["alg"], header["kid"]) = (json!("RS256"), json!("rsa"));
    }
    let mut set = |fault: Fault, name: &str, value: Value| {
        if has(fault) {
            header[name] = value;
        }
    };
    set(Fault::AlgNone, "alg", json!("none"));
    set(Fault::Hs256WithPublicKey, "alg", json!("HS256"));
    set(Fault::UnknownKid, "kid", json!("never-published"));
    set(Fault::KidTraversal, "kid", json!("../../../../dev/null"));
    set(Fault::HeaderCrit, "crit", json!(["exp"]));
    set(Fault::HeaderJku, "jku", json!("https://evil.example/jwks"));
    set(Fault::HeaderX5u, "x5u", json!("https://evil.example/cert"));
    let foreign = new_ec_key();
    set(Fault::HeaderJwk, "jwk", ec_jwk_of(&foreign, "foreign"));
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(payload));
    let is_foreign =
        [Fault::UnknownKid, Fault::ForgedSignature, Fault::HeaderJwk, Fault::HeaderJku, Fault::KidTraversal].into_iter().any(has);
    let random = SystemRandom::new();
    let signature = if has(Fault::AlgNone) {
        Vec::new()
    } else if has(Fault::Hs256WithPublicKey) {
        hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, ec_jwk(script).to_string().as_bytes()), signed.as_bytes()).as_ref().to_vec()
    } else if algorithm == Algorithm::Rs256 && !is_foreign {
        let mut signature = vec![0; rsa_key().public_modulus_len()];
        rsa_key().sign(&RSA_PKCS1_SHA256, &random, signed.as_bytes(), &mut signature).expect("RSA signs");
        signature
    } else {
        let key = if is_foreign { &foreign } else { &script.key };
        key.sign(&random, signed.as_bytes()).expect("ECDSA signs").as_ref().to_vec()
    };
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn person_of(address: &str) -> Value {
    let local = address.split('@').next().unwrap_or_default();
    json!({"sub": format!("sub-{local}"), "email": address, "email_verified": true, "name": local})
}

fn half_hash(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(&digest(&SHA256, text.as_bytes()).as_ref()[..16])
}

fn new_ec_key() -> EcdsaKeyPair {
    EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key")
}

/// Making one takes a while: one for all providers of a test binary.
fn rsa_key() -> &'static RsaKeyPair {
    static KEY: OnceLock<RsaKeyPair> = OnceLock::new();
    KEY.get_or_init(|| RsaKeyPair::generate(KeySize::Rsa2048).expect("a key"))
}

fn ec_jwk(script: &Script) -> Value {
    ec_jwk_of(&script.key, &format!("ec-{}", script.generation))
}

fn ec_jwk_of(key: &EcdsaKeyPair, kid: &str) -> Value {
    // Uncompressed: 4, x, y.
    let point = key.public_key().as_ref();
    let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..65]));
    json!({"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": kid, "x": x, "y": y})
}

fn rsa_jwk(_script: &Script) -> Value {
    // PKCS#1 RSAPublicKey of a 2048-bit key: SEQUENCE (4), INTEGER (4), a zero, then the modulus; then INTEGER 65537.
    let der = rsa_key().public_key().as_ref();
    let modulus = &der[der.len() - 5 - 256..der.len() - 5];
    json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "rsa", "n": URL_SAFE_NO_PAD.encode(modulus), "e": "AQAB"})
}

fn random_text() -> String {
    // A fresh key's public half is as random as anything, and keeps this file free of another door to the DRBG.
    let key = new_ec_key();
    let point: Vec<u8> = key.public_key().as_ref().to_vec();
    URL_SAFE_NO_PAD.encode(&point[1..33])
}

#[expect(clippy::disallowed_methods, reason = "a peer keeps its own time")]
fn machine_time() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    i64::try_from(since.as_secs()).expect("before the sun dies")
}
