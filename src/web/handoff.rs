//! `/device`: where somebody types the code that an app's own window shows.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Bytes, Query},
};
use serde::Deserialize;

use super::{
    caller::Caller,
    reply, show,
    signin::{self, Parts},
};
use crate::{
    domain::{error_code::ErrorCode, locale::Locale},
    oidc::parameters::Parameters,
    pages::{Device, Frame, Language},
    signin::handoff::{self, Typed, Way},
    telemetry,
};

#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    code: String,
    ui_locales: Option<String>,
}

pub(super) async fn ask(caller: Caller, asked: Query<Asked>) -> HttpResponse {
    let locale = asked.ui_locales.as_deref().and_then(Locale::from_ui_locales).unwrap_or(caller.locale);
    page(&Caller { locale, ..caller }, &asked.code, None)
}

pub(super) async fn enter(caller: Caller, body: Bytes) -> HttpResponse {
    let code = match Parameters::parse(&body) {
        Ok(fields) => fields.one("code").ok().flatten().unwrap_or_default().to_owned(),
        Err(code) => return reply::show_error(&caller, code, "device", &[]),
    };
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
