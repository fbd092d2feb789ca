//! `/common`: for whoever comes to no tenant's address. Which organisation? Then on to it, with the app's request if there was one.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Bytes, Data},
};
use url::form_urlencoded;

use super::{caller, cookies::Jar, door::Door, origin, reply, show};
use crate::{
    domain::{error_code::ErrorCode, id::ClientId, locale::Locale, tenant::Tenant},
    oidc::parameters::Parameters,
    pages::{self, ConfirmOrganization, ErrorPage, Frame, Language, Organization, Remembered, Way},
    portal::organizations::called,
    telemetry,
};

/// Somebody at no tenant's door.
struct Passerby {
    door: Data<Door>,
    request: HttpRequest,
    locale: Locale,
    /// What an app asked for, as it stood in the address.
    wish: Option<String>,
}

/// `/common`, `/common/apps`; with `organization`, whether that is the one.
pub(super) async fn ask(request: HttpRequest) -> HttpResponse {
    let Ok(query) = Parameters::parse(request.query_string().as_bytes()) else {
        return reply::house_error(&request, ErrorCode::UnreadableRequest);
    };
    let one = |name: &str| query.one(name).ok().flatten().map(str::to_owned);
    let passerby = Passerby::new(&request, one("ui_locales"), one("request"));
    let typed = one("organization").unwrap_or_default();
    match called(&passerby.door.tenants, &typed) {
        _ if typed.is_empty() => passerby.question(String::new(), None),
        None => passerby.question(typed, Some(ErrorCode::UnknownOrganization)),
        Some(tenant) if passerby.is_unknown_at(tenant) => passerby.unknown_app(),
        Some(tenant) => passerby.confirmation(tenant),
    }
}

/// `/common/authorize`: an app that knows no tenant.
pub(super) async fn authorize(request: HttpRequest) -> HttpResponse {
    let raw = request.query_string();
    if Parameters::parse(raw.as_bytes()).is_err() {
        return reply::house_error(&request, ErrorCode::UnreadableRequest);
    }
    let passerby = Passerby::new(&request, None, Some(raw.to_owned()));
    if passerby.client().is_some() { passerby.question(String::new(), None) } else { passerby.unknown_app() }
}

/// The person says yes: on to the tenant, which this browser remembers.
pub(super) async fn confirm(request: HttpRequest, body: Bytes) -> HttpResponse {
    let Some((passerby, fields)) = Passerby::posting(&request, &body) else { return reply::house_error(&request, ErrorCode::StaleForm) };
    let chosen = fields.one("organization").ok().flatten().unwrap_or_default();
    let Some(tenant) = passerby.door.tenants.by_segment(chosen) else { return reply::see_other(&passerby.here(&[])) };
    if passerby.is_unknown_at(tenant) {
        return passerby.unknown_app();
    }
    let segment = &tenant.issuer.segment;
    let mut response = reply::see_other(&match &passerby.wish {
        Some(wish) => format!("/{segment}/authorize?{wish}"),
        None => format!("/{segment}/apps"),
    });
    // Our own names are always cookies.
    let _ = response.add_cookie(&passerby.jar().visited(&request, &tenant.id));
    response
}

pub(super) async fn forget(request: HttpRequest, body: Bytes) -> HttpResponse {
    let Some((passerby, _)) = Passerby::posting(&request, &body) else { return reply::house_error(&request, ErrorCode::StaleForm) };
    let mut response = reply::see_other(&passerby.here(&[]));
    let _ = response.add_cookie(&passerby.jar().nowhere_visited());
    response
}

/// Where a form was sent, asked for by itself.
pub(super) async fn onward() -> HttpResponse {
    reply::see_other("/common")
}

impl Passerby {
    fn new(request: &HttpRequest, ui_locales: Option<String>, wish: Option<String>) -> Self {
        let door = request.app_data::<Data<Door>>().expect("the server gives every request its door").clone();
        // Written anew, so that it can stand in an address whatever came.
        let wish =
            wish.map(|wish| form_urlencoded::Serializer::new(String::new()).extend_pairs(form_urlencoded::parse(wish.as_bytes())).finish());
        let wish = wish.filter(|wish| !wish.is_empty());
        let wanted = |list: String| Locale::from_ui_locales(&list);
        let of_app = || wish.as_deref().and_then(|wish| parameter(wish, "ui_locales")).and_then(wanted);
        let locale = ui_locales.and_then(wanted).or_else(of_app).or_else(|| caller::preferred_locale(request)).unwrap_or_default();
        Self { door, request: request.clone(), locale, wish }
    }

    /// Of a form of ours; `None` where it is not, or can't be read.
    fn posting(request: &HttpRequest, body: &Bytes) -> Option<(Self, Parameters)> {
        let fields = Parameters::parse(body).ok().filter(|_| !origin::is_foreign(request))?;
        let wish = fields.one("request").ok().flatten().map(str::to_owned);
        Some((Self::new(request, None, wish), fields))
    }

    fn jar(&self) -> Jar {
        Jar { is_https: self.door.is_https }
    }

    fn client(&self) -> Option<ClientId> {
        ClientId::parse(&parameter(self.wish.as_deref()?, "client_id")?).ok()
    }

    /// Whether an app asked that this tenant does not have.
    fn is_unknown_at(&self, tenant: &Tenant) -> bool {
        self.wish.is_some() && self.client().is_none_or(|client| !tenant.clients.contains_key(&client))
    }

    /// This page, with what the app asked for and `more`.
    fn here(&self, more: &[(&str, &str)]) -> String {
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        pairs.extend_pairs(more.iter().filter(|(_, value)| !value.is_empty()));
        pairs.extend_pairs(self.wish.iter().map(|wish| ("request", wish)));
        let query = pairs.finish();
        if query.is_empty() { "/common".into() } else { format!("/common?{query}") }
    }

    fn frame(&self, typed: &str) -> Frame {
        let languages = Language::all(|locale| self.here(&[("organization", typed), ("ui_locales", locale.tag())]));
        Frame { languages, reference: Some(caller::reference(&self.request)), ..Frame::house(self.locale) }
    }

    fn question(&self, typed: String, error: Option<ErrorCode>) -> HttpResponse {
        let visited = self.jar().visits(&self.request);
        let remembered = visited.iter().filter_map(|id| self.door.tenants.by_id(id)).filter(|tenant| !self.is_unknown_at(tenant));
        let remembered =
            remembered.map(|tenant| Remembered { id: tenant.id.to_string(), name: tenant.name.clone(), domain: tenant.primary_domain() });
        let page = Organization { frame: self.frame(&typed), request: self.wish.clone(), typed, error, remembered: remembered.collect() };
        self.html(error.map_or(StatusCode::OK, reply::status), page.render())
    }

    fn confirmation(&self, tenant: &Arc<Tenant>) -> HttpResponse {
        let page = ConfirmOrganization {
            frame: self.frame(tenant.id.as_str()),
            request: self.wish.clone(),
            id: tenant.id.to_string(),
            name: tenant.name.clone(),
            domain: tenant.primary_domain(),
            cancel_href: self.here(&[]),
        };
        self.html(StatusCode::OK, page.render())
    }

    /// The organisation has no such app, or none has.
    fn unknown_app(&self) -> HttpResponse {
        let (code, frame) = (ErrorCode::UnknownClient, self.frame(""));
        telemetry::failed(code, "common", &caller::reference(&self.request));
        let ways = self.client().map(|_| Way::StartAgain(self.here(&[]))).into_iter().collect();
        self.html(reply::status(code), ErrorPage { frame: Frame { languages: Vec::new(), ..frame }, code, accounts: None, ways }.render())
    }

    /// Chromium applies `form-action` to redirects, too: a session may lead straight on to the app.
    fn html(&self, status: StatusCode, text: String) -> HttpResponse {
        let mut sources: Vec<String> = vec!["https:".into()];
        if !self.door.is_https {
            sources.push("http:".into());
        }
        let asked = self.client().zip(self.wish.as_deref().and_then(|wish| parameter(wish, "redirect_uri")));
        if let Some((client, uri)) = asked
            && self.door.tenants.iter().filter_map(|tenant| tenant.clients.get(&client)).any(|client| client.redirect_uri(&uri).is_some())
        {
            sources.push(show::source(&uri));
        }
        reply::html(status, text, &pages::csp(&sources.iter().map(String::as_str).collect::<Vec<_>>()))
    }
}

fn parameter(query: &str, name: &str) -> Option<String> {
    Parameters::parse(query.as_bytes()).ok()?.one(name).ok().flatten().map(str::to_owned)
}
