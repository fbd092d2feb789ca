//! From what the routine says to HTTP: pages, redirects, answers to apps, errors. One failure, one log line, here.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, ContentType},
    },
};
use serde_json::json;

use super::{
    caller::{self, Caller},
    show,
};
use crate::{
    domain::{authorization_request::ResponseMode, error_code::ErrorCode, id::FlowId, locale::Locale},
    oidc::answer::Answer,
    pages::{self, ErrorPage, FormPost, Frame, Way},
    signin::{Failure, Reply, Visit},
    telemetry, trail,
};

/// How long a finished sign-in still answers a double click.
const AFTERGLOW: std::time::Duration = std::time::Duration::from_secs(60);

/// The response to a step of a sign-in.
pub(super) fn visit(caller: &Caller, visit: Result<Visit, Failure>) -> HttpResponse {
    let visit = match visit {
        Ok(visit) => visit,
        Err(failure) => return failed(caller, &failure),
    };
    let mut response = match &visit.reply {
        Reply::Page => show::page(caller, &visit.flow),
        Reply::Leave(url) => HttpResponse::SeeOther().insert_header((header::LOCATION, url.as_str())).finish(),
        Reply::Answer(answer) => app(caller, answer, visit.flow.locale),
    };
    keepsakes(caller, &visit, &mut response);
    response
}

fn keepsakes(caller: &Caller, visit: &Visit, response: &mut HttpResponse) {
    let (jar, flow) = (caller.jar(), &visit.flow);
    let is_over = matches!(visit.reply, Reply::Answer(_));
    let lives = if is_over { AFTERGLOW } else { caller.tenant.tokens.flow };
    let held = caller.jar().flow_secret(&caller.request, flow.id);
    let mut cookies = Vec::new();
    match (&visit.keepsakes.browser, held) {
        (Some(new), held) => {
            if held.is_none() {
                cookies.extend(jar.make_room(&caller.request));
            }
            cookies.push(jar.flow(flow.id, new.reveal(), lives));
        }
        (None, Some(held)) if is_over => cookies.push(jar.flow(flow.id, &held, lives)),
        (None, _) => {}
    }
    if let Some(session) = &visit.keepsakes.session {
        cookies.push(jar.session(&caller.tenant.id, session, caller.tenant.tokens.session));
    }
    for cookie in cookies {
        // Our own names and base64url values are always cookies.
        let _ = response.add_cookie(&cookie);
    }
}

/// An answer to the app, by redirect or by a form that sends itself.
pub(super) fn app(caller: &Caller, answer: &Answer, locale: Locale) -> HttpResponse {
    match answer.response_mode() {
        ResponseMode::Query => HttpResponse::SeeOther().insert_header((header::LOCATION, answer.location())).finish(),
        ResponseMode::FormPost => {
            let action = answer.redirect_uri().as_str();
            let page = FormPost {
                frame: Frame { reference: None, languages: Vec::new(), ..show::frame(caller, locale) },
                app: caller.tenant.name.clone(),
                action: action.to_owned(),
                fields: answer.fields().iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
            };
            html(StatusCode::OK, page.render(), &pages::csp_form_post(&[&show::source(action)]))
        }
    }
}

/// An app's request was refused at its verified redirect URI: logged, and answered there.
pub(super) fn refuse(caller: &Caller, code: ErrorCode, detail: &str, answer: &Answer) -> HttpResponse {
    telemetry::failed(code, detail, &caller.reference);
    app(caller, answer, caller.locale)
}

fn failed(caller: &Caller, failure: &Failure) -> HttpResponse {
    let ways: Vec<Way> = failure.flow.map(|flow| Way::StartAgain(show::path(caller, flow))).into_iter().collect();
    show_error(caller, failure.code, &failure.detail, &ways)
}

/// An error page of the tenant, logged once.
pub(super) fn show_error(caller: &Caller, code: ErrorCode, detail: &str, ways: &[Way]) -> HttpResponse {
    telemetry::failed(code, detail, &caller.reference);
    let mut ways = ways.to_vec();
    ways.extend(show::way_home(caller));
    let page = ErrorPage { frame: show::frame(caller, caller.locale), code, accounts: None, ways };
    html(status(code), page.render(), &show::policy(caller, &[]))
}

/// The reference people see on pages of a sign-in.
pub(super) fn reference_of(flow: FlowId) -> String {
    trail::reference_of(flow)
}

/// An error of an endpoint that programs read.
pub(super) fn json_error(caller: &Caller, code: ErrorCode, detail: &str) -> HttpResponse {
    telemetry::failed(code, detail, &caller.reference);
    HttpResponse::build(status(code)).json(json!({
        "error": code.oauth_error(),
        "error_description": format!("{} (reference {})", code.code(), caller.reference),
    }))
}

/// An error page that belongs to no tenant.
pub(super) fn house_error(request: &HttpRequest, code: ErrorCode) -> HttpResponse {
    let reference = caller::reference(request);
    telemetry::failed(code, "", &reference);
    let locale = caller::preferred_locale(request).unwrap_or_default();
    let page = ErrorPage { frame: Frame { reference: Some(reference), ..Frame::house(locale) }, code, accounts: None, ways: Vec::new() };
    html(status(code), page.render(), &pages::csp(&[]))
}

/// Nothing lives here, or not under this method.
pub(super) async fn no_such_page(request: HttpRequest) -> HttpResponse {
    house_error(&request, ErrorCode::NoSuchPage)
}

pub(super) fn html(status: StatusCode, text: String, policy: &str) -> HttpResponse {
    HttpResponse::build(status).content_type(ContentType::html()).insert_header((header::CONTENT_SECURITY_POLICY, policy)).body(text)
}

pub(super) fn status(code: ErrorCode) -> StatusCode {
    StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
