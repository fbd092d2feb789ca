//! `/{tenant}/account`: My account, its documents, the end of sessions, and leaving. Every change is a form of ours, by token and by
//! where it came from.

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
    web::{Bytes, Path},
};

use super::{
    caller::Caller,
    origin,
    portal::{asked, at_home, elsewhere, frame, home, provider, signed_in, speaking},
    reply, show,
};
use crate::{
    domain::{
        consent::Matter,
        errand::Destination,
        error_code::ErrorCode,
        id::{ClientId, SessionId},
        identity::Voucher,
        session::BrowserSession,
        terms::Terms,
    },
    i18n::Texts,
    oidc::parameters::Parameters,
    pages::{Agreement, Body, DocumentPage, Frame, Goodbye, LeaveOrganization, Membership, MyAccount, Session},
    portal::{
        Recognised, Resident, account,
        form::{self, Act},
        leave, organizations, recognise,
    },
    signin::Failure,
    store::directory::{AcceptedMatter, KeptDocument},
};

pub(super) async fn show(caller: Caller) -> HttpResponse {
    let caller = speaking(caller);
    if let Some(canonical) = elsewhere(&caller) {
        return canonical;
    }
    at_home(&caller, Destination::Account, async |resident, cookie| {
        let account = account::overview(&caller.door.porter, &caller.door.tenants, &caller.tenant, resident).await?;
        Ok(my_account(&caller, resident, cookie, account))
    })
    .await
}

fn my_account(caller: &Caller, resident: &Resident, cookie: &str, account: account::Account) -> HttpResponse {
    let (here, guest) = (home(caller, "/account"), &resident.file.guest);
    let addresses = account.entry.map_or_else(
        || vec![guest.mail.to_string()],
        |entry| entry.addresses.kinds().values().map(|(address, _)| address.to_string()).collect(),
    );
    let page = MyAccount {
        frame: frame(caller, &here),
        signed_in: signed_in(caller, &resident.session.identity),
        name: guest.display_name.clone(),
        addresses,
        since: guest.created_at,
        organizations: account.organizations.iter().map(|one| membership(caller, one)).collect(),
        agreements: account.accepted.into_iter().map(|accepted| agreement(caller, accepted)).collect(),
        sessions: account.sessions.iter().map(|one| session(caller, resident, cookie, one)).collect(),
        everywhere_token: form::token(cookie, Act::EndAll),
        apps_href: home(caller, "/apps"),
        path: here,
    };
    reply::html(StatusCode::OK, page.render(), &show::policy(caller, &[]))
}

fn membership(caller: &Caller, organization: &account::Organization) -> Membership {
    let tenant = &organization.tenant;
    Membership {
        name: tenant.name.clone(),
        domain: organizations::domain(tenant),
        href: (tenant.id != caller.tenant.id).then(|| format!("/{}/apps", tenant.issuer.segment)),
        is_pending: !organization.is_accepted,
    }
}

fn agreement(caller: &Caller, accepted: AcceptedMatter) -> Agreement {
    let named = |terms: &Terms| terms.names.get(&caller.locale).or_else(|| terms.names.get(&terms.default_language)).cloned();
    let client = ClientId::parse(&accepted.client).ok();
    let app = client.map(|id| caller.tenant.clients.get(&id).map_or_else(|| id.to_string(), |client| client.name.clone()));
    Agreement {
        terms: match accepted.matter {
            Matter::Privacy => None,
            Matter::Terms(id) => Some(caller.tenant.terms.get(&id).and_then(named).unwrap_or_else(|| id.to_string())),
        },
        version: accepted.version,
        language: accepted.locale,
        at: accepted.at,
        app,
        provider: Voucher::parse(&accepted.voucher).and_then(|voucher| provider(caller, &voucher)),
        href: accepted.content_type.map(|_| home(caller, &format!("/account/documents/{}", accepted.document.0))),
    }
}

fn session(caller: &Caller, resident: &Resident, cookie: &str, session: &BrowserSession) -> Session {
    Session {
        id: session.id.to_string(),
        began_at: session.began_at,
        provider: provider(caller, &session.identity.voucher),
        is_this: session.id == resident.session.id,
        token: form::token(cookie, Act::End(session.id)),
    }
}

/// One's own document; anybody else's is not there.
pub(super) async fn document(caller: Caller, parts: Path<(String, String)>) -> HttpResponse {
    let caller = speaking(caller);
    at_home(&caller, Destination::Account, async |resident, _| {
        let kept = account::document(&caller.door.porter, &caller.tenant, resident, &parts.1).await?;
        let (accepted, kept) = kept.ok_or(ErrorCode::NoSuchPage)?;
        let is_download = asked(&caller, "download").is_some();
        let page = if is_download { None } else { document_page(&caller, accepted, &kept) };
        Ok(page.unwrap_or_else(|| kept_document(kept, &parts.1, is_download)))
    })
    .await
}

/// On a page that leads back, if it can be shown on one. An operator wrote it, and it comes from our origin: whatever it is, it runs
/// nothing, loads nothing but our style, and sends nothing.
fn document_page(caller: &Caller, accepted: AcceptedMatter, kept: &KeptDocument) -> Option<HttpResponse> {
    let body = match bare(kept) {
        "text/html" => Body::html(&kept.content),
        "text/plain" => Body::text(&kept.content),
        _ => return None,
    };
    let language = accepted.locale;
    let terms = agreement(caller, accepted).terms;
    let frame = Frame { languages: Vec::new(), reference: None, ..frame(caller, &home(caller, "/account")) };
    let name = terms.unwrap_or_else(|| Texts::new(caller.locale).text("consent-title").into_owned());
    let page = DocumentPage { frame, name, language, body, back: home(caller, "/account") };
    Some(
        HttpResponse::Ok()
            .content_type("text/html; charset=utf-8")
            .insert_header((header::CONTENT_SECURITY_POLICY, STILL))
            .body(page.render()),
    )
}

const STILL: &str =
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'none'; frame-ancestors 'none'; base-uri 'none'; sandbox";

/// The very octets.
fn kept_document(document: KeptDocument, hash: &str, is_download: bool) -> HttpResponse {
    let (ending, sandbox) = match bare(&document) {
        "text/html" => ("html", "; sandbox"),
        "text/plain" => ("txt", "; sandbox"),
        "application/pdf" => ("pdf", ""),
        _ => ("bin", "; sandbox"),
    };
    let place = if ending == "pdf" && !is_download { "inline" } else { "attachment" };
    HttpResponse::Ok()
        .insert_header((header::CONTENT_DISPOSITION, format!("{place}; filename=\"{}.{ending}\"", hash.get(..12).unwrap_or("document"))))
        .insert_header((
            header::CONTENT_SECURITY_POLICY,
            format!("default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'{sandbox}"),
        ))
        .insert_header((header::CONTENT_TYPE, document.content_type))
        .body(document.content)
}

fn bare(document: &KeptDocument) -> &str {
    document.content_type.split(';').next().unwrap_or_default().trim()
}

pub(super) async fn end_session(caller: Caller, body: Bytes) -> HttpResponse {
    let act = |fields: &Parameters| Some(Act::End(SessionId::parse(fields.one("session").ok()??)?));
    acting(&caller, &body, act, async |resident, act| {
        if let Act::End(session) = act {
            account::end(&caller.door.porter, &caller.tenant, resident, session).await?;
        }
        Ok(reply::see_other(&home(&caller, "/account")))
    })
    .await
}

pub(super) async fn end_all(caller: Caller, body: Bytes) -> HttpResponse {
    acting(
        &caller,
        &body,
        |_| Some(Act::EndAll),
        async |resident, _| {
            account::end_all(&caller.door.porter, &caller.tenant, resident).await?;
            Ok(forgotten(&caller, &home(&caller, "/signout")))
        },
    )
    .await
}

pub(super) async fn ask_to_leave(caller: Caller) -> HttpResponse {
    let caller = speaking(caller);
    if let Some(canonical) = elsewhere(&caller) {
        return canonical;
    }
    let shown = at_home(&caller, Destination::Account, async |resident, cookie| {
        leave::allowed(&caller.tenant)?;
        let action = home(&caller, "/account/leave");
        let page = LeaveOrganization {
            frame: frame(&caller, &action),
            signed_in: signed_in(&caller, &resident.session.identity),
            action,
            token: form::token(cookie, Act::Leave),
            stay_href: home(&caller, "/account"),
            is_unconfirmed: asked(&caller, "unconfirmed").is_some(),
        };
        Ok(reply::html(StatusCode::OK, page.render(), &show::policy(&caller, &[])))
    });
    shown.await
}

pub(super) async fn leave(caller: Caller, body: Bytes) -> HttpResponse {
    let is_confirmed = Parameters::parse(&body).is_ok_and(|fields| fields.one("confirm").ok().flatten() == Some("yes"));
    acting(
        &caller,
        &body,
        |_| Some(Act::Leave),
        async |resident, _| {
            if !is_confirmed {
                return Ok(reply::see_other(&home(&caller, "/account/leave?unconfirmed=1")));
            }
            leave::leave(&caller.door.porter, &caller.tenant, resident).await?;
            Ok(forgotten(&caller, &home(&caller, "/account/goodbye")))
        },
    )
    .await
}

/// For whoever has left; somebody who is here has not.
pub(super) async fn goodbye(caller: Caller) -> HttpResponse {
    let caller = speaking(caller);
    let cookie = caller.jar().session_secret(&caller.request, &caller.tenant.id);
    let recognised = recognise(&caller.door.porter, &caller.tenant, cookie.as_deref(), &Destination::Account).await;
    if let Ok(Recognised::Resident(_)) = recognised {
        return reply::see_other(&home(&caller, "/account"));
    }
    let contact = caller.tenant.privacy.contact.as_ref().map(ToString::to_string);
    let page = Goodbye { frame: frame(&caller, &home(&caller, "/account/goodbye")), contact };
    reply::html(StatusCode::OK, page.render(), &show::policy(&caller, &[]))
}

/// Where a form was sent, asked for by itself.
pub(super) async fn onward(caller: Caller) -> HttpResponse {
    reply::see_other(&home(&caller, "/account"))
}

/// Does what a form of this guest's own page asks for. `act` reads what that is.
async fn acting(
    caller: &Caller,
    body: &Bytes,
    act: impl FnOnce(&Parameters) -> Option<Act>,
    done: impl AsyncFnOnce(&Resident, Act) -> Result<HttpResponse, Failure>,
) -> HttpResponse {
    at_home(caller, Destination::Account, async |resident, cookie| {
        let fields = Parameters::parse(body)?;
        let presented = fields.one("form").ok().flatten().unwrap_or_default();
        match act(&fields).filter(|act| !origin::is_foreign(&caller.request) && form::is_own(cookie, *act, presented)) {
            Some(act) => done(resident, act).await,
            None => Err(ErrorCode::StaleForm.into()),
        }
    })
    .await
}

/// On, without the session.
fn forgotten(caller: &Caller, location: &str) -> HttpResponse {
    let mut response = reply::see_other(location);
    // Our own names are always cookies.
    let _ = response.add_cookie(&caller.jar().session_over(&caller.tenant.id));
    response
}
