//! `/authorize`: an app asks for a sign-in (OpenID Connect Core §3.1.2.1; GET and POST alike).

use actix_web::{HttpResponse, web::Bytes};

use super::{caller::Caller, reply};
use crate::{
    oidc::{
        answer::Answer,
        parameters::Parameters,
        request::{self, Rejection},
    },
    signin::begin::{self, Arrival},
};

pub(super) async fn by_query(caller: Caller) -> HttpResponse {
    if !caller.is_canonical() {
        // Another form of the tenant's name is an entry for people: on to the issuer.
        let location = format!("{}?{}", caller.tenant.issuer.at("/authorize"), caller.request.query_string());
        return reply::see_other(&location);
    }
    let raw = caller.request.query_string().as_bytes().to_vec();
    authorize(caller, &raw).await
}

pub(super) async fn by_form(caller: Caller, body: Bytes) -> HttpResponse {
    authorize(caller, &body).await
}

async fn authorize(caller: Caller, raw: &[u8]) -> HttpResponse {
    let parameters = match Parameters::parse(raw) {
        Ok(parameters) => parameters,
        Err(code) => return reply::show_error(&caller, code, "authorize", &[]),
    };
    let request = match request::read(&caller.tenant, &parameters) {
        Ok(request) => request,
        Err(Rejection::Show(code)) => return reply::show_error(&caller, code, "authorize", &[]),
        Err(Rejection::Refuse { code, detail, to }) => {
            let answer = Answer::error(&caller.tenant, code, detail, to);
            return reply::refuse(&caller, code, detail.unwrap_or_default(), &answer);
        }
    };
    let locale = request::ui_locale(&parameters).unwrap_or(caller.locale);
    let session = caller.jar().session_secret(&caller.request, &caller.tenant.id);
    let visit = begin::begin(&caller.door.porter, &caller.tenant, Arrival { request, locale, session }, &caller.stranger()).await;
    reply::visit(&caller, visit)
}
