//! Fabrikam: a sample upstream OpenID provider, small but true to the specification, so that a sign-in leaves Gatehouse
//! and comes back. Everybody's password stands on its page: never a model for a real provider's accounts.

use std::{net::TcpListener, time::Duration};

use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer,
    dev::{Server, ServerHandle},
    http::header,
    web,
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::{
    company::{FABRIKAM, SignIn},
    page::{self, Look},
    shelf::Shelf,
    signing_key::SigningKey,
};
use crate::{
    clock::Clock,
    domain::{secret::Secret, timestamp::Timestamp},
    random,
};

const LOOK: Look = FABRIKAM.look;

/// The one client Fabrikam knows: a tenant of Gatehouse.
#[derive(Debug)]
pub(super) struct Registration {
    pub(super) client_id: String,
    pub(super) client_secret: Secret<String>,
    pub(super) redirect_uri: String,
}

struct Provider {
    issuer: String,
    client: Registration,
    key: SigningKey,
    clock: Clock,
    /// Authorization requests whose person has not signed in yet.
    waiting: Shelf<AuthorizationRequest>,
    codes: Shelf<Grant>,
    access_tokens: Shelf<Person>,
}

/// RFC 6749 §4.1.1 with OpenID Connect Core §3.1.2.1 and RFC 7636 §4.3.
#[derive(Debug, Clone, Deserialize)]
struct AuthorizationRequest {
    client_id: String,
    redirect_uri: String,
    #[serde(default)]
    response_type: String,
    #[serde(default)]
    scope: String,
    state: Option<String>,
    nonce: Option<String>,
    #[serde(default)]
    code_challenge: String,
    #[serde(default)]
    code_challenge_method: String,
    prompt: Option<String>,
    login_hint: Option<String>,
}

#[derive(Debug, Clone)]
struct Person {
    address: String,
    name: String,
}

#[derive(Debug, Clone)]
struct Grant {
    person: Person,
    nonce: Option<String>,
    redirect_uri: String,
    code_challenge: String,
    signed_in: Timestamp,
}

/// Begins to answer on `listener`; `issuer` is how the world reaches it.
pub(super) fn start(listener: TcpListener, issuer: &str, client: Registration, clock: &Clock) -> std::io::Result<(Server, ServerHandle)> {
    let key = SigningKey::generate().map_err(|_| std::io::Error::other("no ES256 key could be made"))?;
    let provider = web::Data::new(Provider {
        issuer: issuer.to_owned(),
        client,
        key,
        clock: clock.clone(),
        waiting: Shelf::new(clock.clone(), Duration::from_secs(15 * 60)),
        codes: Shelf::new(clock.clone(), Duration::from_secs(60)),
        access_tokens: Shelf::new(clock.clone(), Duration::from_secs(10 * 60)),
    });
    let server = HttpServer::new(move || {
        App::new()
            .app_data(provider.clone())
            .route("/", web::get().to(home))
            .route("/.well-known/openid-configuration", web::get().to(discovery))
            .route("/keys", web::get().to(keys))
            .route("/authorize", web::get().to(authorize))
            .route("/signin", web::post().to(sign_in))
            .route("/token", web::post().to(token))
            .route("/userinfo", web::get().to(userinfo))
            .route("/userinfo", web::post().to(userinfo))
    })
    .workers(1)
    .disable_signals()
    .listen(listener)?
    .run();
    let handle = server.handle();
    Ok((server, handle))
}

async fn home() -> HttpResponse {
    let body = "<section><h1>Fabrikam</h1><p>The sample identity provider. Nothing begins here: sign in at an app with an address \
                at <code>fabrikam.example</code>, and you are sent here to prove it.</p></section>";
    page::page(LOOK, "Identity provider", body)
}

/// OpenID Connect Discovery 1.0 §3.
async fn discovery(provider: web::Data<Provider>) -> HttpResponse {
    let issuer = &provider.issuer;
    HttpResponse::Ok().json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/keys"),
        "scopes_supported": ["openid", "profile", "email"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "claims_supported": ["sub", "iss", "auth_time", "name", "preferred_username", "email", "email_verified"],
    }))
}

async fn keys(provider: web::Data<Provider>) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "public, max-age=300")).json(provider.key.jwks())
}

async fn authorize(provider: web::Data<Provider>, query: web::Query<AuthorizationRequest>) -> HttpResponse {
    let request = query.into_inner();
    if request.client_id != provider.client.client_id || request.redirect_uri != provider.client.redirect_uri {
        return page::refusal(LOOK, "Fabrikam does not know this app, or not under this address.");
    }
    let error = if request.response_type != "code" {
        Some("unsupported_response_type")
    } else if !request.scope.split(' ').any(|scope| scope == "openid") {
        Some("invalid_scope")
    } else if request.code_challenge_method != "S256" || request.code_challenge.len() != 43 {
        Some("invalid_request")
    } else if request.prompt.as_deref() == Some("none") {
        Some("login_required")
    } else {
        None
    };
    if let Some(error) = error {
        return provider.answer(&request, &[("error", error)]);
    }
    let hint = request.login_hint.clone().unwrap_or_default();
    FABRIKAM.sign_in_page("/signin", &provider.waiting.put(request), &hint, "")
}

async fn sign_in(provider: web::Data<Provider>, form: web::Form<SignIn>) -> HttpResponse {
    let form = form.into_inner();
    let Some(request) = provider.waiting.look(&form.request) else {
        return page::refusal(LOOK, "This sign-in is over, or was begun too long ago.");
    };
    let Some((address, name)) = FABRIKAM.admit(&form) else {
        return FABRIKAM.try_again("/signin", &form);
    };
    // shown until now, spent here
    if provider.waiting.take(&form.request).is_none() {
        return page::refusal(LOOK, "This sign-in is over.");
    }
    let code = provider.codes.put(Grant {
        person: Person { address, name },
        nonce: request.nonce.clone(),
        redirect_uri: request.redirect_uri.clone(),
        code_challenge: request.code_challenge.clone(),
        signed_in: provider.clock.now(),
    });
    provider.answer(&request, &[("code", &code)])
}

impl Person {
    /// Stable over restarts, and no address.
    fn subject(&self) -> String {
        random::sha256_base64url(format!("fabrikam:{}", self.address).as_bytes())
    }

    fn claims(&self) -> Value {
        json!({
            "sub": self.subject(), "name": self.name, "preferred_username": self.address,
            "email": self.address, "email_verified": true, "locale": "en",
        })
    }
}

impl Provider {
    /// RFC 6749 §4.1.2, with the issuer of RFC 9207. The redirect URI has been matched before.
    fn answer(&self, request: &AuthorizationRequest, parameters: &[(&str, &str)]) -> HttpResponse {
        let Ok(mut to) = Url::parse(&request.redirect_uri) else {
            return page::refusal(LOOK, "The app's address can't be read.");
        };
        to.query_pairs_mut().extend_pairs(parameters).append_pair("iss", &self.issuer);
        if let Some(state) = &request.state {
            to.query_pairs_mut().append_pair("state", state);
        }
        page::see_other(to.as_str())
    }

    /// RFC 6749 §2.3.1: in the header, else in the body.
    fn is_client(&self, request: &HttpRequest, form: &TokenRequest) -> bool {
        let header = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let basic = header.and_then(|value| value.strip_prefix("Basic ")).and_then(|pair| STANDARD.decode(pair).ok());
        let (id, secret) = match basic.and_then(|pair| String::from_utf8(pair).ok()) {
            Some(pair) => {
                let (id, secret) = pair.split_once(':').unwrap_or_default();
                (form_decoded(id), form_decoded(secret))
            }
            None => (form.client_id.clone(), form.client_secret.clone()),
        };
        id == self.client.client_id
            && bool::from(subtle::ConstantTimeEq::ct_eq(secret.as_bytes(), self.client.client_secret.reveal().as_bytes()))
    }
}

fn form_decoded(text: &str) -> String {
    url::form_urlencoded::parse(format!("v={text}").as_bytes()).next().map_or_else(String::new, |(_, value)| value.into_owned())
}

#[derive(Deserialize)]
struct TokenRequest {
    #[serde(default)]
    grant_type: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    redirect_uri: String,
    #[serde(default)]
    code_verifier: String,
    #[serde(default)]
    client_id: String,
    #[serde(default)]
    client_secret: String,
}

async fn token(provider: web::Data<Provider>, request: HttpRequest, form: web::Form<TokenRequest>) -> HttpResponse {
    if !provider.is_client(&request, &form) {
        return HttpResponse::Unauthorized().insert_header((header::WWW_AUTHENTICATE, "Basic")).json(json!({ "error": "invalid_client" }));
    }
    if form.grant_type != "authorization_code" {
        return HttpResponse::BadRequest().json(json!({ "error": "unsupported_grant_type" }));
    }
    let challenge = random::sha256_base64url(form.code_verifier.as_bytes());
    let grant = provider.codes.take(&form.code);
    let Some(grant) = grant.filter(|grant| grant.redirect_uri == form.redirect_uri && grant.code_challenge == challenge) else {
        return HttpResponse::BadRequest().json(json!({ "error": "invalid_grant" }));
    };
    let access_token = provider.access_tokens.put(grant.person.clone());
    let now = provider.clock.now().unix();
    let mut claims = grant.person.claims();
    claims["iss"] = json!(provider.issuer);
    claims["aud"] = json!(provider.client.client_id);
    claims["iat"] = json!(now);
    claims["exp"] = json!(now + 300);
    claims["auth_time"] = json!(grant.signed_in.unix());
    claims["at_hash"] = json!(URL_SAFE_NO_PAD.encode(&random::sha256(access_token.as_bytes())[..16]));
    if let Some(nonce) = grant.nonce {
        claims["nonce"] = json!(nonce);
    }
    let Ok(id_token) = provider.key.sign(&claims) else {
        return HttpResponse::InternalServerError().json(json!({ "error": "server_error" }));
    };
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(json!({ "access_token": access_token, "token_type": "Bearer", "expires_in": 600, "id_token": id_token, "scope": "openid profile email" }))
}

/// OpenID Connect Core §5.3.
async fn userinfo(provider: web::Data<Provider>, request: HttpRequest) -> HttpResponse {
    let header = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let person = header.and_then(|value| value.strip_prefix("Bearer ")).and_then(|token| provider.access_tokens.look(token));
    match person {
        Some(person) => HttpResponse::Ok().json(person.claims()),
        None => HttpResponse::Unauthorized().insert_header((header::WWW_AUTHENTICATE, r#"Bearer error="invalid_token""#)).finish(),
    }
}
