//! `/callback/{provider}`: an upstream sends the browser back. Each provider has its own path (mix-up, RFC 9700 §4.4).

use actix_web::{
    HttpResponse,
    web::{Bytes, Path},
};

use super::{caller::Caller, reply};
use crate::{
    domain::{error_code::ErrorCode, id::IdpId},
    signin::{Failure, callback},
    upstream::Inbound,
};

type Parts = Path<(String, String)>;

pub(super) async fn by_query(caller: Caller, parts: Parts) -> HttpResponse {
    let query = caller.request.query_string().to_owned();
    answer(caller, &parts.1, &query).await
}

pub(super) async fn by_form(caller: Caller, parts: Parts, body: Bytes) -> HttpResponse {
    match std::str::from_utf8(&body) {
        Ok(text) => answer(caller, &parts.1, text).await,
        Err(_) => reply::show_error(&caller, ErrorCode::UnreadableRequest, "callback", &[]),
    }
}

async fn answer(caller: Caller, provider: &str, raw: &str) -> HttpResponse {
    let read = Inbound::parse(raw).map_err(Failure::from).and_then(|inbound| match (inbound.flow(), IdpId::parse(provider)) {
        (Some(flow), Ok(provider)) => Ok((flow, provider, inbound)),
        (Some(_) | None, _) => Err(Failure::new(ErrorCode::UpstreamMismatch, "the answer names no sign-in of ours")),
    });
    let visit = match read {
        Ok((flow, provider, inbound)) => {
            callback::callback(&caller.door.porter, &caller.tenant, &provider, flow, caller.visitor(flow), inbound).await
        }
        Err(failure) => Err(failure),
    };
    reply::visit(&caller, visit)
}
