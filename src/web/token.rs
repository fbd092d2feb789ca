//! `/token` (RFC 6749 §3.2): a code, or the client's own name, for tokens. Answers JSON, to the client's own origin if it is a page.

use actix_web::{HttpResponse, http::header, web::Bytes};

use super::{caller::Caller, cors, reply};
use crate::{
    domain::error_code::ErrorCode,
    oidc::{
        client_authentication::{self, Unauthenticated},
        parameters::Parameters,
    },
    token::{self, Endpoint, exchange::TokenResponse},
};

pub(super) async fn issue(caller: Caller, body: Bytes) -> HttpResponse {
    let answered = answer(&caller, &body).await;
    let mut response = match answered {
        Ok(tokens) => HttpResponse::Ok().insert_header((header::PRAGMA, "no-cache")).json(tokens),
        Err(no) => refusal(&caller, no),
    };
    cors::share(&caller.tenant, &caller.request, &mut response);
    response
}

async fn answer(caller: &Caller, body: &[u8]) -> Result<TokenResponse, Unauthenticated> {
    let no = |code| Unauthenticated { code, is_challenged: false };
    let parameters = Parameters::parse(body).map_err(|_| no(ErrorCode::InvalidTokenRequest))?;
    let authorization = caller.request.headers().get(header::AUTHORIZATION).map(header::HeaderValue::as_bytes);
    let client = client_authentication::authenticate(&caller.tenant, authorization, &parameters)?;
    let ring = caller.door.keys.ring_for(&caller.tenant, client.id_token_signed_response_alg).await.map_err(no)?;
    let porter = &caller.door.porter;
    let endpoint = Endpoint {
        tenant: &caller.tenant,
        ring: &ring,
        sessions: &*porter.sessions,
        directory: &porter.directory,
        now: porter.clock.now(),
    };
    token::answer(&endpoint, client, &parameters).await.map_err(no)
}

fn refusal(caller: &Caller, no: Unauthenticated) -> HttpResponse {
    let mut response = reply::json_error(caller, no.code, "token");
    if no.is_challenged {
        let challenge = header::HeaderValue::from_static("Basic realm=\"token\", charset=\"UTF-8\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}
