//! `/callback/{provider}`: an upstream sends the browser back. Each provider has its own path (mix-up, RFC 9700 §4.4).

use actix_web::{
    HttpResponse,
    web::{Bytes, Path},
};

use super::{caller::Caller, reply, signout};
use crate::{
    domain::{error_code::ErrorCode, id::IdpId},
    signin::{Failure, callback, unsolicited},
    upstream::{Inbound, RawMessage},
};

type Parts = Path<(String, String)>;

pub(super) async fn by_query(caller: Caller, parts: Parts) -> HttpResponse {
    let query = caller.request.query_string().to_owned();
    answer(caller, &parts.1, RawMessage::Query(&query)).await
}

pub(super) async fn by_form(caller: Caller, parts: Parts, body: Bytes) -> HttpResponse {
    match std::str::from_utf8(&body) {
        Ok(text) => answer(caller, &parts.1, RawMessage::Form(text)).await,
        Err(_) => reply::show_error(&caller, ErrorCode::UnreadableRequest, "callback", &[]),
    }
}

async fn answer(caller: Caller, provider: &str, raw: RawMessage<'_>) -> HttpResponse {
    let read = Inbound::parse(raw.text()).map_err(Failure::from).and_then(|inbound| match IdpId::parse(provider) {
        Ok(provider) => Ok((provider, inbound)),
        Err(_) => Err(Failure::new(ErrorCode::UpstreamMismatch, "the address names no provider")),
    });
    let (provider, inbound) = match read {
        Ok(read) => read,
        Err(failure) => return reply::visit(&caller, Err(failure)),
    };
    if inbound.is_sign_out() {
        return signout::hear(&caller, &provider, raw).await;
    }
    if inbound.is_document() && matches!(raw, RawMessage::Query(_)) {
        let flow = inbound.flow();
        let failure = Failure { flow, ..Failure::new(ErrorCode::SamlBinding, "a signed answer came by GET") };
        return reply::visit(&caller, Err(failure));
    }
    let (porter, tenant) = (&caller.door.porter, &caller.tenant);
    if inbound.is_unsolicited() {
        return match unsolicited::unsolicited(porter, tenant, &provider, &inbound).await {
            Ok(door) => reply::see_other(door.as_str()),
            Err(failure) => reply::visit(&caller, Err(failure)),
        };
    }
    let visit = match inbound.flow() {
        Some(flow) => callback::callback(porter, tenant, &provider, flow, caller.visitor(flow), inbound).await,
        None => Err(Failure::new(ErrorCode::UpstreamMismatch, "the answer names no sign-in of ours")),
    };
    reply::visit(&caller, visit)
}
