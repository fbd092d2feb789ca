//! `/userinfo` (OpenID Connect Core §5.3).

use actix_web::{
    HttpResponse,
    http::header::{self, HeaderValue},
    web::Bytes,
};

use super::{caller::Caller, cors, reply};
use crate::{
    domain::error_code::ErrorCode,
    oidc::parameters::Parameters,
    token::{
        Endpoint,
        userinfo::{self, Userinfo},
    },
};

pub(super) async fn by_header(caller: Caller) -> HttpResponse {
    respond(&caller, None).await
}

pub(super) async fn by_form(caller: Caller, body: Bytes) -> HttpResponse {
    match Parameters::parse(&body) {
        Ok(form) => respond(&caller, Some(&form)).await,
        Err(code) => reply::json_error(&caller, code, "userinfo"),
    }
}

async fn respond(caller: &Caller, form: Option<&Parameters>) -> HttpResponse {
    let mut response = match answer(caller, form).await {
        Ok(userinfo) => HttpResponse::Ok().json(userinfo),
        Err(code) => {
            let mut response = reply::json_error(caller, code, "userinfo");
            // "If the request lacks any authentication information … SHOULD NOT include an error code" (RFC 6750 §3.1).
            let is_bare = form.is_none() && !caller.request.headers().contains_key(header::AUTHORIZATION);
            let error = if is_bare { String::new() } else { format!(", error=\"{}\"", code.oauth_error()) };
            let challenge = format!("Bearer realm=\"userinfo\"{error}");
            if let Ok(challenge) = HeaderValue::from_str(&challenge) {
                response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
            }
            response
        }
    };
    cors::share(&caller.tenant, &caller.request, &mut response);
    response
}

async fn answer(caller: &Caller, form: Option<&Parameters>) -> Result<Userinfo, ErrorCode> {
    let authorization = caller.request.headers().get(header::AUTHORIZATION).map(HeaderValue::as_bytes);
    let token = userinfo::bearer(authorization, form)?;
    let ring = caller.door.keys.ring(&caller.tenant).await?;
    let porter = &caller.door.porter;
    let endpoint = Endpoint {
        tenant: &caller.tenant,
        ring: &ring,
        sessions: &*porter.sessions,
        directory: &porter.directory,
        now: porter.clock.now(),
    };
    userinfo::userinfo(&endpoint, token).await
}
