//! `/{tenant}/apps` and the links that open an app: our own pages for guests, and the way to them for whoever is not signed in.

use actix_web::{HttpRequest, HttpResponse, dev::RequestHead, guard::GuardContext, http::StatusCode, web::Path};

use super::{caller::Caller, door::Door, reply, show};
use crate::{
    domain::{
        client::Client,
        errand::Destination,
        error_code::ErrorCode,
        id::{ClientId, FlowId},
        identity::{VerifiedIdentity, Voucher},
        locale::Locale,
        terms::Terms,
        timestamp::Timestamp,
    },
    oidc::parameters::Parameters,
    pages::{App, AppLink, ErrorPage, Frame, Language, MyApps, SignedIn, WaitingTerms, Way},
    portal::{self, Recognised, Resident, apps, waiting},
    signin::{Failure, enter},
    telemetry,
};

pub(super) async fn apps(caller: Caller) -> HttpResponse {
    let caller = speaking(caller);
    if let Some(canonical) = elsewhere(&caller) {
        return canonical;
    }
    at_home(&caller, Destination::Apps, async |resident, _| {
        let wanted = asked(&caller, "q").unwrap_or_default();
        let shelf = apps::shown(&caller.door.porter, &caller.tenant, resident, &wanted).await?;
        Ok(my_apps(&caller, resident, wanted, &shelf))
    })
    .await
}

fn my_apps(caller: &Caller, resident: &Resident, query: String, shelf: &apps::Shelf<'_>) -> HttpResponse {
    let here = home(caller, "/apps");
    let app = |client: &&Client| App {
        name: client.name.clone(),
        description: client.description.clone(),
        href: home(caller, &format!("/signin/{}", client.id)),
    };
    let waits = |(terms, until): (&Terms, Timestamp)| WaitingTerms {
        name: terms.name(caller.locale).to_owned(),
        until,
        href: home(caller, &format!("/account/terms/{}", terms.id)),
    };
    let page = MyApps {
        frame: frame(caller, &here),
        signed_in: signed_in(caller, &resident.session.identity),
        here,
        query,
        apps: shelf.apps.iter().map(app).collect(),
        total: shelf.total,
        waiting: waiting::terms(&caller.tenant, resident, caller.door.porter.clock.now()).into_iter().map(waits).collect(),
        account_href: home(caller, "/account"),
    };
    reply::html(StatusCode::OK, page.render(), &show::policy(caller, &[]))
}

/// `/{tenant}/signin/{client}`: an address of the app that stays, whatever becomes of the app's own.
pub(super) async fn launch(caller: Caller, parts: Path<(String, String)>) -> HttpResponse {
    let caller = speaking(caller);
    if let Some(canonical) = elsewhere(&caller) {
        return canonical;
    }
    let Some(client) = ClientId::parse(&parts.1).ok().filter(|client| caller.tenant.clients.contains_key(client)) else {
        return stopped(&caller, &ErrorCode::UnknownClient.into());
    };
    at_home(&caller, Destination::Client(client.clone()), async |resident, _| {
        let door = apps::launch(&caller.door.porter, &caller.tenant, resident, &client).await?;
        Ok(reply::see_other(&door.map_or_else(|| home(&caller, "/apps"), String::from)))
    })
    .await
}

/// Whether the last segment of `/{tenant}/signin/…` can be a client's: a sign-in under way has a number of ours.
pub(super) fn names_no_flow(context: &GuardContext<'_>) -> bool {
    let head: &RequestHead = context.head();
    head.uri.path().rsplit('/').next().is_some_and(|last| FlowId::parse(last).is_none())
}

/// `/apps?tenantid=` and `/account?tenantId=`: the same for whoever has an organisation's id or domain and no more.
pub(super) async fn of_tenant(request: HttpRequest) -> HttpResponse {
    let query = Parameters::parse(request.query_string().as_bytes()).ok();
    let one = |name: &str| query.as_ref().and_then(|query| query.one(name).ok().flatten()).map(str::to_lowercase);
    let Some(named) = one("tenantid").or_else(|| one("tenantId")) else { return reply::see_other("/common") };
    let door = request.app_data::<actix_web::web::Data<Door>>().expect("the server gives every request its door");
    match door.tenants.by_segment(&named) {
        Some(tenant) => reply::see_other(&format!("/{}{}", tenant.issuer.segment, request.path())),
        None => reply::house_error(&request, ErrorCode::UnknownTenant),
    }
}

/// Shows a page of ours to a guest who is signed in and owes nothing; everybody else signs in first, and comes back to it.
pub(super) async fn at_home(
    caller: &Caller,
    destination: Destination,
    page: impl AsyncFnOnce(&Resident, &str) -> Result<HttpResponse, Failure>,
) -> HttpResponse {
    let (porter, tenant) = (&caller.door.porter, &caller.tenant);
    let cookie = caller.jar().session_secret(&caller.request, &tenant.id);
    let shown = match (portal::recognise(porter, tenant, cookie.as_deref(), &destination).await, &cookie) {
        (Ok(Recognised::Resident(resident)), Some(cookie)) => page(&resident, cookie).await,
        (Ok(Recognised::Refused(code)), _) => Err(code.into()),
        (Ok(Recognised::Resident(_) | Recognised::Stranger), _) => {
            let visit = enter::enter(porter, tenant, destination, caller.locale, cookie.as_deref(), &caller.stranger()).await;
            return reply::visit(caller, visit);
        }
        (Err(failure), _) => Err(failure),
    };
    shown.unwrap_or_else(|failure| stopped(caller, &failure))
}

/// What stops somebody at our own pages, with the way on that fits.
pub(super) fn stopped(caller: &Caller, failure: &Failure) -> HttpResponse {
    let way = |path: &str, title: &str| {
        let texts = crate::i18n::Texts::new(caller.locale);
        Way::BackToApp(AppLink { app: texts.text(title).into_owned(), href: home(caller, path) })
    };
    let write = || caller.tenant.privacy.contact.as_ref().map(|contact| Way::Write(contact.to_string()));
    let ways: Vec<Way> = match failure.code {
        ErrorCode::UnknownClient | ErrorCode::AppNotAssigned | ErrorCode::NoSuchPage => vec![way("/apps", "apps-title")],
        ErrorCode::StaleForm => vec![way("/account", "account-title")],
        ErrorCode::LeavingNotAllowed => write().into_iter().chain([way("/account", "account-title")]).collect(),
        ErrorCode::GuestBlocked => write().into_iter().collect(),
        _ => return reply::visit(caller, Err(Failure { flow: None, ..Failure::new(failure.code, failure.detail.clone()) })),
    };
    telemetry::failed(failure.code, &failure.detail, &caller.reference);
    let page = ErrorPage { frame: show::frame(caller, caller.locale), code: failure.code, accounts: None, ways };
    reply::html(reply::status(failure.code), page.render(), &show::policy(caller, &[]))
}

/// In the language that the address asks for, if it does.
pub(super) fn speaking(caller: Caller) -> Caller {
    let locale = asked(&caller, "ui_locales").as_deref().and_then(Locale::from_ui_locales).unwrap_or(caller.locale);
    Caller { locale, ..caller }
}

/// One parameter of the address.
pub(super) fn asked(caller: &Caller, name: &str) -> Option<String> {
    let query = Parameters::parse(caller.request.query_string().as_bytes()).ok()?;
    query.one(name).ok().flatten().map(str::to_owned)
}

/// Another form of the tenant's name is an entry for people: on to the canonical one.
pub(super) fn elsewhere(caller: &Caller) -> Option<HttpResponse> {
    let (_, rest) = caller.request.path().strip_prefix('/')?.split_once('/')?;
    let query = caller.request.query_string();
    let query = if query.is_empty() { String::new() } else { format!("?{query}") };
    (!caller.is_canonical()).then(|| reply::see_other(&format!("{}{query}", home(caller, &format!("/{rest}")))))
}

/// A path of this tenant.
pub(super) fn home(caller: &Caller, path: &str) -> String {
    format!("/{}{path}", caller.tenant.issuer.segment)
}

pub(super) fn frame(caller: &Caller, here: &str) -> Frame {
    let languages = Language::all(|locale| format!("{here}?ui_locales={}", locale.tag()));
    Frame { languages, ..show::frame(caller, caller.locale) }
}

pub(super) fn signed_in(caller: &Caller, identity: &VerifiedIdentity) -> SignedIn {
    SignedIn {
        address: show::signed_in_as(identity),
        provider: provider(caller, &identity.voucher),
        sign_out_href: home(caller, "/signout"),
    }
}

/// What a provider is called; `None` for a code by mail.
pub(super) fn provider(caller: &Caller, voucher: &Voucher) -> Option<String> {
    match voucher {
        // One that was configured once is still what they came by.
        Voucher::Provider(id) => Some(caller.tenant.providers.get(id).map_or_else(|| id.to_string(), |provider| provider.name.clone())),
        Voucher::Passcode | Voucher::EmailVerified => None,
    }
}
