//! `/signout` for people, `/callback/{provider}/logout` for partners: the end of a browser's session here, and there.

use actix_web::{
    HttpResponse,
    http::{Method, StatusCode},
    web::{Bytes, Path},
};

use super::{
    caller::Caller,
    reply::{self, Framing},
    show,
};
use crate::{
    domain::{error_code::ErrorCode, id::IdpId},
    oidc::parameters::Parameters,
    pages::{self, SignOut, SignedOut},
    signin::{
        Failure,
        signout::{self, Reply, SigningOut},
    },
    upstream::RawMessage,
};

pub(super) async fn ask(caller: Caller) -> HttpResponse {
    let done = signout::ask(&caller.door.porter, &caller.tenant, cookie(&caller).as_deref()).await;
    respond(&caller, done, Framing::Never)
}

pub(super) async fn end(caller: Caller, body: Bytes) -> HttpResponse {
    let done = match Parameters::parse(&body) {
        Ok(fields) => {
            let form = fields.one("form").ok().flatten().unwrap_or_default();
            signout::end(&caller.door.porter, &caller.tenant, cookie(&caller).as_deref(), form).await
        }
        Err(code) => Err(code.into()),
    };
    respond(&caller, done, Framing::Never)
}

pub(super) async fn by_query(caller: Caller, parts: Path<(String, String)>) -> HttpResponse {
    let query = caller.request.query_string().to_owned();
    by_partner(&caller, &parts.1, RawMessage::Query(&query)).await
}

pub(super) async fn by_form(caller: Caller, parts: Path<(String, String)>, body: Bytes) -> HttpResponse {
    match std::str::from_utf8(&body) {
        Ok(text) => by_partner(&caller, &parts.1, RawMessage::Form(text)).await,
        Err(_) => reply::show_error(&caller, ErrorCode::UnreadableRequest, "logout", &[]),
    }
}

async fn by_partner(caller: &Caller, provider: &str, raw: RawMessage<'_>) -> HttpResponse {
    match IdpId::parse(provider) {
        Ok(provider) => hear(caller, &provider, raw).await,
        Err(_) => reply::show_error(caller, ErrorCode::NoSuchPage, "", &[]),
    }
}

/// A partner's logout message; partners often load us in a frame of their page.
pub(super) async fn hear(caller: &Caller, provider: &IdpId, raw: RawMessage<'_>) -> HttpResponse {
    let heard = signout::hear(&caller.door.porter, &caller.tenant, provider, cookie(caller).as_deref(), raw).await;
    respond(caller, heard, Framing::ByPartners)
}

fn respond(caller: &Caller, done: Result<SigningOut, Failure>, framing: Framing) -> HttpResponse {
    let done = match done {
        Ok(done) => done,
        Err(failure) => return reply::show_error(caller, failure.code, &failure.detail, &[]),
    };
    let frame = show::frame(caller, caller.locale);
    let page = |text: String| reply::html(StatusCode::OK, text, &show::policy(caller, &[]));
    let here = format!("/{}/signout", caller.tenant.issuer.segment);
    let mut response = match done.reply {
        Reply::Ask(_) if caller.request.method() == Method::POST => reply::see_other(&here),
        Reply::Ask(token) => page(SignOut { frame, action: here, token }.render()),
        Reply::Over { unconfirmed } => {
            let name = |id: IdpId| caller.tenant.providers.get(&id).map_or_else(|| id.to_string(), |provider| provider.name.clone());
            page(SignedOut { frame, unconfirmed: unconfirmed.map(name) }.render())
        }
        Reply::Onward(provider, outbound) => reply::leave(caller, &provider, &outbound, caller.locale, framing),
        Reply::Quiet => reply::html(StatusCode::OK, "<!doctype html><title>-</title>".into(), &pages::csp_framed(show::ancestors(caller))),
    };
    if done.is_session_over && cookie(caller).is_some() {
        // Our own names are always cookies.
        let _ = response.add_cookie(&caller.jar().session_over(&caller.tenant.id));
    }
    response
}

fn cookie(caller: &Caller) -> Option<String> {
    caller.jar().session_secret(&caller.request, &caller.tenant.id)
}
