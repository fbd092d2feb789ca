//! `/device`: where somebody types the code that an app's own window shows.

use std::time::Duration;

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    web::{Bytes, Query},
};
use serde::Deserialize;

use super::{
    caller::Caller,
    origin, reply, show,
    signin::{self, Parts},
};
use crate::{
    domain::{
        error_code::ErrorCode,
        flow::{Flow, Next},
        id::IdpId,
        locale::Locale,
    },
    oidc::parameters::Parameters,
    pages::{Device, DeviceConfirm, DeviceDone, Elsewhere, FlowForms, Frame, Language, Waiting},
    signin::handoff::{self, Typed, Way},
    telemetry,
};

#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    ui_locales: Option<String>,
}

/// The field is empty, whatever the address says: a code that a link filled in would be the link's author's, not the reader's
/// (RFC 8628 §5.4).
pub(super) async fn ask(caller: Caller, asked: Query<Asked>) -> HttpResponse {
    let locale = asked.ui_locales.as_deref().and_then(Locale::from_ui_locales).unwrap_or(caller.locale);
    page(&Caller { locale, ..caller }, "", None)
}

pub(super) async fn enter(caller: Caller, body: Bytes) -> HttpResponse {
    let code = match Parameters::parse(&body) {
        Ok(fields) => fields.one("code").ok().flatten().unwrap_or_default().to_owned(),
        Err(code) => return reply::show_error(&caller, code, "device", &[]),
    };
    if origin::is_foreign(&caller.request) {
        // Somebody else's page typed it: the person has not.
        return page(&caller, "", None);
    }
    match handoff::enter(&caller.door.porter, &caller.tenant, &code, caller.locale, &caller.stranger()).await {
        Ok(Typed::Begun(visit)) => reply::visit(&caller, Ok(*visit)),
        Ok(Typed::Gone) => page(&caller, &code, Some(ErrorCode::HandoffGone)),
        Err(failure) => reply::visit(&caller, Err(failure)),
    }
}

/// The person meant it.
pub(super) async fn confirm(caller: Caller, parts: Parts, body: Bytes) -> HttpResponse {
    signin::post(caller, &parts, &body, async |caller, flow, fields| {
        handoff::confirm(&caller.door.porter, &caller.tenant, flow, &caller.visitor(flow), fields.text("form")).await
    })
    .await
}

/// From the window that waits.
pub(super) async fn resume(caller: Caller, parts: Parts, body: Bytes) -> HttpResponse {
    signin::post(caller, &parts, &body, async |caller, flow, fields| {
        let way = if fields.text("way") == "passcode" { Way::Passcode } else { Way::Continue };
        let (visitor, form, code) = (caller.visitor(flow), fields.text("form"), fields.text("code"));
        handoff::resume(&caller.door.porter, &caller.tenant, flow, visitor, form, code, way).await
    })
    .await
}

/// Seconds after which the page that waits looks again, until its reader says otherwise.
const LOOK: &str = "5";
const PAUSED: &str = "wait=off";

/// The page of the window that waits. It looks again by a header: the pause is a link on the page.
pub(super) fn waiting(caller: &Caller, flow: &Flow, frame: Frame, forms: FlowForms) -> HttpResponse {
    let Next::GoElsewhere { provider, address, code, until, is_proven } = flow.next() else {
        return reply::show_error(caller, ErrorCode::Internal, "a flow that waits for nothing", &[]);
    };
    let state = if is_proven {
        Waiting::Done
    } else if until <= caller.door.porter.clock.now() {
        Waiting::Over
    } else if caller.request.query_string().contains(PAUSED) {
        Waiting::Paused
    } else {
        Waiting::Looking { pause: format!("{}?{PAUSED}", show::path(caller, flow.id)) }
    };
    let looks_again = matches!(state, Waiting::Looking { .. });
    let page = Elsewhere {
        frame,
        forms,
        provider: name_of(caller, provider),
        address: caller.tenant.issuer.at("/device"),
        code: code.reveal().clone(),
        state,
        has_passcode: address.is_some() && caller.tenant.home_realm.is_passcode_on,
    };
    let destination = flow.errand.request().map(|request| request.redirect_uri.as_str());
    let mut response = reply::html(StatusCode::OK, page.render(), &show::policy(caller, destination.as_slice()));
    if looks_again {
        response.headers_mut().insert(header::REFRESH, HeaderValue::from_static(LOOK));
    }
    response
}

/// Whether somebody who typed a code means the sign-in that it is for.
pub(super) fn confirmation(caller: &Caller, flow: &Flow, frame: Frame, forms: FlowForms) -> String {
    let handoff = flow.errand.handoff();
    let asked = handoff.map_or(Duration::ZERO, |handoff| caller.door.porter.clock.now().since(handoff.asked_at));
    let page = DeviceConfirm {
        frame,
        forms,
        app: show::app_name(caller, flow),
        provider: handoff.map_or_else(String::new, |handoff| name_of(caller, &handoff.provider)),
        minutes: u32::try_from(asked.as_secs() / 60).unwrap_or(u32::MAX),
    };
    page.render()
}

/// The rest is asked in the app's window.
pub(super) fn over(caller: &Caller, flow: &Flow, frame: Frame) -> String {
    DeviceDone { frame, app: show::app_name(caller, flow) }.render()
}

fn name_of(caller: &Caller, provider: &IdpId) -> String {
    caller.tenant.providers.get(provider).map_or_else(|| provider.to_string(), |provider| provider.name.clone())
}

/// The page that asks for the code.
fn page(caller: &Caller, code: &str, error: Option<ErrorCode>) -> HttpResponse {
    let here = format!("/{}/device", caller.tenant.issuer.segment);
    if let Some(error) = error {
        telemetry::failed(error, "a code from an app's window", &caller.reference);
    }
    let frame =
        Frame { languages: Language::all(|locale| format!("{here}?ui_locales={}", locale.tag())), ..show::frame(caller, caller.locale) };
    let code = code.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | ' ')).take(20).collect();
    let page = Device { frame, action: here, code, error };
    let status = error.map_or(StatusCode::OK, reply::status);
    reply::html(status, page.render(), &show::policy(caller, &[]))
}
