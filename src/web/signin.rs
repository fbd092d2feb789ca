//! `/signin/{flow}`: the pages of one sign-in, and their forms.

use actix_web::{
    HttpResponse,
    web::{Bytes, Path, Query},
};
use serde::Deserialize;

use super::{caller::Caller, reply, show as place};
use crate::{
    domain::{error_code::ErrorCode, id::FlowId, locale::Locale},
    guests::Decision,
    oidc::parameters::Parameters,
    signin::{Failure, Visit, choose, confirm, consent, discover, passcode, restart, show as shown},
};

pub(super) type Parts = Path<(String, String)>;

#[derive(Debug, Deserialize)]
pub(super) struct Language {
    ui_locales: Option<String>,
}

pub(super) async fn show(caller: Caller, parts: Parts, language: Query<Language>) -> HttpResponse {
    let locale = language.ui_locales.as_deref().and_then(Locale::from_ui_locales);
    let visit = match flow(&parts) {
        Ok(flow) => shown::show(&caller.door.porter, &caller.tenant, flow, &caller.visitor(flow), locale).await,
        Err(failure) => Err(failure),
    };
    reply::visit(&caller, visit)
}

/// Where a form was sent, asked for by itself: a restored tab, or Enter in the address bar. The page is where the sign-in stands.
pub(super) async fn onward(caller: Caller, parts: Parts) -> HttpResponse {
    match flow(&parts) {
        Ok(flow) => reply::see_other(&place::path(&caller, flow)),
        Err(failure) => reply::visit(&caller, Err(failure)),
    }
}

pub(super) async fn address(caller: Caller, parts: Parts, body: Bytes) -> HttpResponse {
    post(caller, &parts, &body, async |caller, flow, fields| {
        let answer = match fields.text("provider") {
            "" => discover::Answer::Typed(fields.text("address").to_owned()),
            provider => discover::Answer::Provider(provider.to_owned()),
        };
        discover::discover(&caller.door.porter, &caller.tenant, flow, &caller.visitor(flow), fields.text("form"), answer).await
    })
    .await
}

pub(super) async fn account(caller: Caller, parts: Parts, body: Bytes) -> HttpResponse {
    post(caller, &parts, &body, async |caller, flow, fields| {
        let (form, chosen) = (fields.text("form"), fields.text("provider"));
        choose::account(&caller.door.porter, &caller.tenant, flow, &caller.visitor(flow), form, chosen).await
    })
    .await
}

pub(super) async fn new_account(caller: Caller, parts: Parts, body: Bytes) -> HttpResponse {
    post(caller, &parts, &body, async |caller, flow, fields| {
        choose::new_account(&caller.door.porter, &caller.tenant, flow, &caller.visitor(flow), fields.text("form")).await
    })
    .await
}

pub(super) async fn passcode(caller: Caller, parts: Parts, body: Bytes) -> HttpResponse {
    post(caller, &parts, &body, async |caller, flow, fields| {
        let (form, code) = (fields.text("form"), fields.text("code"));
        passcode::enter(&caller.door.porter, &caller.tenant, flow, caller.visitor(flow), form, code).await
    })
    .await
}

pub(super) async fn resend(caller: Caller, parts: Parts, body: Bytes) -> HttpResponse {
    post(caller, &parts, &body, async |caller, flow, fields| {
        passcode::resend(&caller.door.porter, &caller.tenant, flow, &caller.visitor(flow), fields.text("form")).await
    })
    .await
}

pub(super) async fn consent(caller: Caller, parts: Parts, body: Bytes) -> HttpResponse {
    post(caller, &parts, &body, async |caller, flow, fields| {
        let decision = match fields.text("decision") {
            "accept" => Decision::Accept,
            "decline" => Decision::Decline,
            _ => return shown::show(&caller.door.porter, &caller.tenant, flow, &caller.visitor(flow), None).await,
        };
        let statement = consent::Statement { form: fields.text("form"), decision };
        consent::consent(&caller.door.porter, &caller.tenant, flow, &caller.visitor(flow), statement).await
    })
    .await
}

pub(super) async fn confirm(caller: Caller, parts: Parts, body: Bytes) -> HttpResponse {
    post(caller, &parts, &body, async |caller, flow, fields| {
        confirm::confirm(&caller.door.porter, &caller.tenant, flow, &caller.visitor(flow), fields.text("form")).await
    })
    .await
}

pub(super) async fn restart(caller: Caller, parts: Parts, body: Bytes) -> HttpResponse {
    post(caller, &parts, &body, async |caller, flow, fields| {
        restart::restart(&caller.door.porter, &caller.tenant, flow, &caller.visitor(flow), fields.text("form")).await
    })
    .await
}

/// A form's fields; one that is missing or repeated reads as empty.
pub(super) struct Fields(Parameters);

impl Fields {
    pub(super) fn text(&self, name: &str) -> &str {
        self.0.one(name).ok().flatten().unwrap_or_default()
    }
}

pub(super) async fn post(
    caller: Caller,
    parts: &Parts,
    body: &Bytes,
    step: impl AsyncFnOnce(&Caller, FlowId, &Fields) -> Result<Visit, Failure>,
) -> HttpResponse {
    let read = flow(parts).and_then(|flow| Ok((flow, Fields(Parameters::parse(body)?))));
    let visit = match read {
        Ok((flow, fields)) => step(&caller, flow, &fields).await,
        Err(failure) => Err(failure),
    };
    reply::visit(&caller, visit)
}

fn flow(parts: &Parts) -> Result<FlowId, Failure> {
    FlowId::parse(&parts.1).ok_or_else(|| Failure::new(ErrorCode::FlowGone, "the address names no sign-in"))
}
