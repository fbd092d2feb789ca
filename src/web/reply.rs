//! From what the routine says to HTTP: pages, redirects, answers to apps, errors. One failure, one log line, here.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        Method, StatusCode,
        header::{self, ContentType, HeaderValue},
    },
};
use serde_json::json;

use super::{
    admin,
    caller::{self, Caller},
    show,
};
use crate::{
    admin::Problem,
    domain::{
        authorization_request::ResponseMode,
        error_code::{Audience, ErrorCode},
        id::{FlowId, IdpId},
        locale::Locale,
    },
    i18n::Texts,
    oidc::answer::Answer,
    pages::{self, ErrorPage, FormPost, Frame, Leave, Way},
    signin::{Failure, Onward, Reply, Visit},
    telemetry, trail,
    upstream::Outbound,
};

/// How long a finished sign-in still answers a double click.
const AFTERGLOW: std::time::Duration = std::time::Duration::from_secs(60);

/// Whose page may hold ours in a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    Never,
    /// Partners end our session from a frame of their own page. Such an answer asks nothing and shows nothing worth a click.
    ByPartners,
}

/// The response to a step of a sign-in.
pub(super) fn visit(caller: &Caller, visit: Result<Visit, Failure>) -> HttpResponse {
    let visit = match visit {
        Ok(visit) => visit,
        Err(failure) => return failed(caller, &failure),
    };
    let mut response = match &visit.reply {
        // A page that answered a POST can't be come back to: the back button, or a phone that dropped the tab while its owner read the
        // mail, ends at the browser's own "Confirm Form Resubmission". So the page is fetched from where it can be.
        Reply::Page if caller.request.method() == Method::POST => see_other(&show::path(caller, visit.flow.id)),
        Reply::Page => show::page(caller, &visit.flow),
        Reply::Leave(onward) => leave(caller, &onward.provider, &onward.outbound, visit.flow.locale, Framing::Never),
        Reply::Answer(answer) => app(caller, answer, visit.flow.locale, show::app_name(caller, &visit.flow)),
        Reply::Arrive(destination) => see_other(&show::place(caller, destination)),
    };
    keepsakes(caller, &visit, &mut response);
    response
}

fn keepsakes(caller: &Caller, visit: &Visit, response: &mut HttpResponse) {
    let (jar, flow) = (caller.jar(), &visit.flow);
    let is_over = matches!(visit.reply, Reply::Answer(_) | Reply::Arrive(_));
    let lives = if is_over { AFTERGLOW } else { caller.tenant.tokens.flow };
    let held = caller.jar().flow_secret(&caller.request, flow.id);
    let crosses = matches!(&visit.reply, Reply::Leave(Onward { is_answered_by_post: true, .. }));
    let cookie = |secret: &str| if crosses { jar.flow_across_sites(flow.id, secret, lives) } else { jar.flow(flow.id, secret, lives) };
    let mut cookies = Vec::new();
    match (&visit.keepsakes.browser, held) {
        (Some(new), held) => {
            if held.is_none() {
                cookies.extend(jar.make_room(&caller.request));
            }
            cookies.push(cookie(new.reveal()));
        }
        (None, Some(held)) if is_over || crosses => cookies.push(cookie(&held)),
        (None, _) => {}
    }
    if let Some(session) = &visit.keepsakes.session {
        let lives = session.until.since(caller.door.porter.clock.now());
        cookies.push(jar.session(&caller.tenant.id, &session.secret, lives));
    }
    for cookie in cookies {
        // Our own names and base64url values are always cookies.
        let _ = response.add_cookie(&cookie);
    }
}

/// 303: the browser goes on with GET, whatever brought it here (RFC 9110 §15.4.4).
pub(super) fn see_other(location: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, location)).finish()
}

/// On to a partner, by redirect or by a form that sends itself.
pub(super) fn leave(caller: &Caller, provider: &IdpId, outbound: &Outbound, locale: Locale, framing: Framing) -> HttpResponse {
    match outbound {
        Outbound::Redirect(url) => see_other(url.as_str()),
        Outbound::Form { action, fields } => {
            let name = caller.tenant.providers.get(provider).map(|provider| provider.name.clone());
            let page = Leave {
                frame: Frame { reference: None, languages: Vec::new(), ..show::frame(caller, locale) },
                provider: name.unwrap_or_else(|| provider.to_string()),
                action: action.as_str().to_owned(),
                fields: fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
            };
            // Partners redirect on, from where they take the form to where they ask for the password: hence not its origin alone.
            let mut response = html(StatusCode::OK, page.render(), &show::policy_of_form_post(caller, action.as_str(), framing));
            response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("strict-origin"));
            response
        }
    }
}

/// An answer to the app, by redirect or by a form that sends itself. `name` is the app's, where it is known.
fn app(caller: &Caller, answer: &Answer, locale: Locale, name: Option<String>) -> HttpResponse {
    match answer.response_mode() {
        ResponseMode::Query => see_other(&answer.location()),
        ResponseMode::FormPost => {
            let action = answer.redirect_uri().as_str();
            let page = FormPost {
                frame: Frame { reference: None, languages: Vec::new(), ..show::frame(caller, locale) },
                app: name.unwrap_or_else(|| caller.tenant.name.clone()),
                action: action.to_owned(),
                fields: answer.fields().iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
            };
            let mut response = html(StatusCode::OK, page.render(), &pages::csp_form_post(&[&show::source(action)]));
            // The app is told which origin this comes from, so that it need not take a form from `null`; and no more than that.
            response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("strict-origin"));
            response
        }
    }
}

/// An app's request was refused at its verified redirect URI: logged, and answered there.
pub(super) fn refuse(caller: &Caller, code: ErrorCode, detail: &str, answer: &Answer) -> HttpResponse {
    telemetry::failed(code, detail, &caller.reference);
    app(caller, answer, caller.locale, None)
}

fn failed(caller: &Caller, failure: &Failure) -> HttpResponse {
    // What failed on our side may be asked for again just as it was.
    let is_worth_repeating = failure.code.audience() == Audience::Fault && caller.request.method() == Method::GET;
    let again = match failure.flow {
        Some(flow) => Some(show::path(caller, flow)),
        None if is_worth_repeating => Some(caller.request.uri().to_string()),
        None => None,
    };
    let ways: Vec<Way> = again.map(Way::StartAgain).into_iter().collect();
    // What is kept of a sign-in is kept under its own number.
    let reference = failure.flow.map_or_else(|| caller.reference.clone(), reference_of);
    error(caller, failure, reference, ways)
}

/// An error page of the tenant, logged once.
pub(super) fn show_error(caller: &Caller, code: ErrorCode, detail: &str, ways: &[Way]) -> HttpResponse {
    error(caller, &Failure::new(code, detail), caller.reference.clone(), ways.to_vec())
}

fn error(caller: &Caller, failure: &Failure, reference: String, mut ways: Vec<Way>) -> HttpResponse {
    let code = failure.code;
    telemetry::failed(code, &failure.detail, &reference);
    ways.extend(show::ways_home(caller));
    let frame = Frame { reference: Some(reference), ..show::frame(caller, caller.locale) };
    let page = ErrorPage { frame, code, accounts: None, ways };
    html(status(code), page.render(), &show::policy(caller, &[]))
}

/// The reference people see on pages of a sign-in.
pub(super) fn reference_of(flow: FlowId) -> String {
    trail::reference_of(flow)
}

/// An error of an endpoint that programs read.
pub(super) fn json_error(caller: &Caller, code: ErrorCode, detail: &str) -> HttpResponse {
    telemetry::failed(code, detail, &caller.reference);
    json_body(code, &caller.reference)
}

fn json_body(code: ErrorCode, reference: &str) -> HttpResponse {
    HttpResponse::build(status(code)).json(json!({
        "error": code.oauth_error(),
        "error_description": format!("{}: {} (reference {reference})", code.code(), in_ascii(code)),
    }))
}

/// What happened, in English for a developer; `error_description` takes no quotes and nothing beyond ASCII (RFC 6749 §5.2).
fn in_ascii(code: ErrorCode) -> String {
    let title = Texts::new(Locale::En).text(&format!("{}-title", code.text_key())).replace(['’', '‘'], "'");
    title.chars().filter(|c| c.is_ascii() && !c.is_ascii_control() && !matches!(c, '"' | '\\')).collect()
}

/// An error page that belongs to no tenant.
pub(super) fn house_error(request: &HttpRequest, code: ErrorCode) -> HttpResponse {
    let reference = caller::reference(request);
    telemetry::failed(code, "", &reference);
    let locale = caller::preferred_locale(request).unwrap_or_default();
    let page = ErrorPage { frame: Frame { reference: Some(reference), ..Frame::house(locale) }, code, accounts: None, ways: Vec::new() };
    html(status(code), page.render(), &pages::csp(&[]))
}

/// No tenant is called so.
pub(super) fn no_such_tenant(request: &HttpRequest) -> HttpResponse {
    if admin::is_address(request) {
        return admin::refused(request, &Problem::new(ErrorCode::UnknownTenant, ""), "none");
    }
    house_error(request, ErrorCode::UnknownTenant)
}

/// A refusal that no handler of ours was asked about, in the words of whom the address is for: JSON for programs, a page for people.
pub(super) fn framework_error(request: &HttpRequest, code: ErrorCode) -> HttpResponse {
    if admin::is_address(request) {
        return admin::refused(request, &Problem::new(code, ""), "none");
    }
    let is_for_programs =
        |pattern: String| ["/token", "/userinfo", "/jwks", "/openid-configuration"].iter().any(|end| pattern.ends_with(end));
    if !request.match_pattern().is_some_and(is_for_programs) {
        return house_error(request, code);
    }
    let reference = caller::reference(request);
    telemetry::failed(code, "", &reference);
    json_body(code, &reference)
}

/// Nothing lives here, or not under this method.
pub(super) async fn no_such_page(request: HttpRequest) -> HttpResponse {
    match Caller::of(&request) {
        Some(caller) => show_error(&caller, ErrorCode::NoSuchPage, "", &[]),
        None => house_error(&request, ErrorCode::NoSuchPage),
    }
}

pub(super) fn html(status: StatusCode, text: String, policy: &str) -> HttpResponse {
    HttpResponse::build(status).content_type(ContentType::html()).insert_header((header::CONTENT_SECURITY_POLICY, policy)).body(text)
}

pub(super) fn status(code: ErrorCode) -> StatusCode {
    StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
