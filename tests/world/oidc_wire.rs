//! The provider's HTTP side: discovery, keys, authorization, token, userinfo.

use std::{collections::BTreeMap, net::TcpListener, sync::Arc};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, dev::ServerHandle, http::header::LOCATION, web};
use aws_lc_rs::{
    digest::{SHA256, digest},
    signature::KeyPair,
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};

use super::{
    Asked, Fault, Pending, Script, Shared, Transport,
    tokens::{ec_jwk, id_token, new_ec_key, rsa_jwk},
};

pub(super) fn serve(listener: TcpListener, shared: Arc<Shared>) -> ServerHandle {
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
        let mut keys = vec![ec_jwk(&script), rsa_jwk()];
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

fn person_of(address: &str) -> Value {
    let local = address.split('@').next().unwrap_or_default();
    json!({"sub": format!("sub-{local}"), "email": address, "email_verified": true, "name": local})
}

fn random_text() -> String {
    // A fresh key's public half is as random as anything, and keeps this file free of another door to the DRBG.
    let key = new_ec_key();
    let point: Vec<u8> = key.public_key().as_ref().to_vec();
    URL_SAFE_NO_PAD.encode(&point[1..33])
}
