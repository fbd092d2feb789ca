//! `/redeem`: an invitation's link, and accepting it; `/invitations/block`: no more of them.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Bytes, Query},
};
use serde::Deserialize;
use url::form_urlencoded;

use super::{
    caller::{self, Caller},
    origin, reply, show as place,
};
use crate::{
    domain::{errand::Destination, error_code::ErrorCode, guest::Principal, id::ClientId, invitation::Invitation, locale::Locale},
    oidc::parameters::Parameters,
    pages::{Block, Frame, Language, Redeem},
    random,
    signin::redeem::{self, Acceptance, Begun, Look},
};

/// No `Debug`: a ticket is nobody's to read.
#[derive(Deserialize)]
pub(super) struct Link {
    ticket: Option<String>,
    ui_locales: Option<String>,
}

impl Link {
    fn ticket(&self) -> &str {
        self.ticket.as_deref().unwrap_or_default()
    }

    fn locale(&self) -> Option<Locale> {
        self.ui_locales.as_deref().and_then(Locale::from_ui_locales)
    }
}

pub(super) async fn look(caller: Caller, link: Query<Link>) -> HttpResponse {
    match redeem::look(&caller.door.porter, &caller.tenant, link.ticket()).await {
        Ok(Look::Good(invitation)) => page(&caller, &link, &invitation),
        Ok(Look::Redeemed(destination)) => reply::see_other(&way_back(&caller, &destination)),
        Ok(Look::Over(code)) => reply::show_error(&caller, code, "", &[]),
        Err(failure) => reply::visit(&caller, Err(failure)),
    }
}

pub(super) async fn accept(caller: Caller, body: Bytes) -> HttpResponse {
    let fields = match Parameters::parse(&body) {
        Ok(fields) => fields,
        Err(code) => return reply::visit(&caller, Err(code.into())),
    };
    let (ticket, press) = (field(&fields, "ticket"), field(&fields, "form"));
    if origin::is_foreign(&caller.request) {
        // Somebody else's page pressed the button, and might so put its guest in place of its author's invitation. The person may press.
        return reply::see_other(&with_ticket(&caller, "/redeem", ticket));
    }
    let locale = Locale::from_ui_locales(field(&fields, "ui_locales")).unwrap_or(caller.locale);
    let session = caller.jar().session_secret(&caller.request, &caller.tenant.id);
    let by = Acceptance { ticket, press, locale, session: session.as_deref() };
    match redeem::begin(&caller.door.porter, &caller.tenant, by, &caller.stranger()).await {
        Ok(Begun::Visit(visit)) => reply::visit(&caller, Ok(*visit)),
        Ok(Begun::Not(_)) => reply::see_other(&with_ticket(&caller, "/redeem", ticket)),
        Err(failure) => reply::visit(&caller, Err(failure)),
    }
}

pub(super) async fn ask_to_block(caller: Caller, link: Query<Link>) -> HttpResponse {
    match redeem::addressee(&caller.door.porter, &caller.tenant, link.ticket()).await {
        Ok(Some(address)) => block_page(&caller, &link, address.to_string(), false),
        Ok(None) => reply::show_error(&caller, ErrorCode::InvitationGone, "", &[]),
        Err(failure) => reply::visit(&caller, Err(failure)),
    }
}

/// By the page's button, or by a mail program in one click (RFC 8058), which sends no cookie and names the ticket in the address. The
/// ticket is all it takes: whoever has it reads the mail.
pub(super) async fn block(caller: Caller, link: Query<Link>, body: Bytes) -> HttpResponse {
    let link = match Parameters::parse(&body) {
        Ok(fields) => Link {
            ticket: Some(field(&fields, "ticket").to_owned()).filter(|ticket| !ticket.is_empty()).or_else(|| link.ticket.clone()),
            ui_locales: Some(field(&fields, "ui_locales").to_owned()).filter(|locales| !locales.is_empty()),
        },
        Err(code) => return reply::visit(&caller, Err(code.into())),
    };
    match redeem::block(&caller.door.porter, &caller.tenant, link.ticket()).await {
        Ok(Some(address)) => block_page(&caller, &link, address.to_string(), true),
        Ok(None) => reply::show_error(&caller, ErrorCode::InvitationGone, "", &[]),
        Err(failure) => reply::visit(&caller, Err(failure)),
    }
}

fn field<'f>(fields: &'f Parameters, name: &str) -> &'f str {
    fields.one(name).ok().flatten().unwrap_or_default()
}

fn with_ticket(caller: &Caller, path: &str, ticket: &str) -> String {
    let ticket: String = form_urlencoded::byte_serialize(ticket.as_bytes()).collect();
    format!("/{}{path}?ticket={ticket}", caller.tenant.issuer.segment)
}

/// Where somebody is who has accepted: an app is come to by its front door here, which signs in first.
fn way_back(caller: &Caller, destination: &Destination) -> String {
    match destination {
        Destination::Client(client) if caller.tenant.clients.contains_key(client) => {
            format!("/{}/signin/{client}", caller.tenant.issuer.segment)
        }
        Destination::Client(_) => place::place(caller, &Destination::Apps),
        Destination::Apps | Destination::Account | Destination::Page(_) => place::place(caller, destination),
    }
}

fn frame(caller: &Caller, link: &Link, path: &str, otherwise: Locale) -> Frame {
    let here = with_ticket(caller, path, link.ticket());
    let locale = link.locale().or_else(|| caller::preferred_locale(&caller.request)).unwrap_or(otherwise);
    Frame { languages: Language::all(|locale| format!("{here}&ui_locales={}", locale.tag())), ..place::frame(caller, locale) }
}

fn page(caller: &Caller, link: &Link, invitation: &Invitation) -> HttpResponse {
    let tenant = &caller.tenant;
    let page = Redeem {
        frame: frame(caller, link, "/redeem", invitation.language),
        action: format!("/{}/redeem", tenant.issuer.segment),
        ticket: link.ticket().to_owned(),
        press: random::token().reveal().clone(),
        inviter: invitation.inviter.as_ref().filter(|by| by.as_str() != Principal::OPERATOR).map(|by| name_of(caller, by)),
        domain: tenant.primary_domain(),
        invited: invitation.invited.to_string(),
        app: app(caller, &invitation.destination),
        message: invitation.message.as_ref().map(|message| message.as_str().to_owned()),
        block_href: with_ticket(caller, "/invitations/block", link.ticket()),
    };
    reply::html(StatusCode::OK, page.render(), &place::policy(caller, &[]))
}

fn block_page(caller: &Caller, link: &Link, address: String, is_done: bool) -> HttpResponse {
    let path = "/invitations/block";
    let frame = frame(caller, link, path, caller.locale);
    let frame = if is_done { Frame { languages: Vec::new(), ..frame } } else { frame };
    let action = format!("/{}{path}", caller.tenant.issuer.segment);
    let page = Block { frame, action, ticket: link.ticket().to_owned(), address, is_done };
    reply::html(StatusCode::OK, page.render(), &place::policy(caller, &[]))
}

/// An app that invites is called what people know it by.
fn name_of(caller: &Caller, by: &Principal) -> String {
    let client = ClientId::parse(by.as_str()).ok().and_then(|id| caller.tenant.clients.get(&id));
    client.map_or_else(|| by.as_str().to_owned(), |client| client.name.clone())
}

/// The app that a destination belongs to.
fn app(caller: &Caller, destination: &Destination) -> Option<String> {
    match destination {
        Destination::Client(id) => caller.tenant.clients.get(id).map(|client| client.name.clone()),
        Destination::Page(url) => caller.tenant.name_of_page(url),
        Destination::Apps | Destination::Account => None,
    }
}
