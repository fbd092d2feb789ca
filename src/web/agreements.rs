//! What a guest agreed to or declined, for them to look at and read again, and the terms that wait for them.

use actix_web::{HttpResponse, web::Path};

use super::{
    caller::Caller,
    portal::{asked, at_home, frame, home, provider, speaking},
    terms::{downloaded, served},
};
use crate::{
    domain::{consent::Matter, errand::Destination, error_code::ErrorCode, id::ClientId, identity::Voucher},
    guests::Decided,
    i18n::Texts,
    pages::{Agreement, Ends, Frame},
    portal::{account, waiting},
};

/// One decision as My account lists it.
pub(super) fn agreement(caller: &Caller, decided: Decided) -> Agreement {
    let (record, now) = (decided.record, caller.door.porter.clock.now());
    let client = ClientId::parse(&record.client).ok();
    let app = client.map(|id| caller.tenant.clients.get(&id).map_or_else(|| id.to_string(), |client| client.name.clone()));
    Agreement {
        terms: named(&record.matter, decided.name),
        version: record.version,
        language: record.locale,
        is_accepted: record.is_accepted,
        at: record.at,
        ends: match decided.ends_at {
            None => Ends::Never,
            Some(end) if now < end => Ends::On(end),
            Some(end) => Ends::Since(end),
        },
        app,
        provider: Voucher::parse(&record.voucher).and_then(|voucher| provider(caller, &voucher)),
        href: decided.is_kept.then(|| home(caller, &format!("/account/documents/{}", record.document.0))),
    }
}

/// What the terms are called, or were; `None`: Review permissions.
fn named(matter: &Matter, name: Option<String>) -> Option<String> {
    match matter {
        Matter::Privacy => None,
        Matter::Terms(id) => Some(name.unwrap_or_else(|| id.to_string())),
    }
}

/// One's own document; anybody else's is not there.
pub(super) async fn document(caller: Caller, parts: Path<(String, String)>) -> HttpResponse {
    let caller = speaking(caller);
    at_home(&caller, Destination::Account, async |resident, _| {
        let kept = account::document(&caller.door.porter, &caller.tenant, resident, &parts.1, caller.locale).await?;
        let account::Kept { record, name, document } = kept.ok_or(ErrorCode::NoSuchPage)?;
        if asked(&caller, "download").is_some() {
            return Ok(downloaded(&document));
        }
        let review = || Texts::new(caller.locale).text("consent-title").into_owned();
        let name = named(&record.matter, name).unwrap_or_else(review);
        Ok(served(alone(&caller), &name, record.locale, &document, &home(&caller, "/account")))
    })
    .await
}

/// Terms that are to be accepted anew before long.
pub(super) async fn waiting(caller: Caller, parts: Path<(String, String)>) -> HttpResponse {
    let caller = speaking(caller);
    at_home(&caller, Destination::Apps, async |resident, _| {
        let now = caller.door.porter.clock.now();
        let shown = waiting::read(&caller.tenant, resident, &parts.1, caller.locale, now).ok_or(ErrorCode::NoSuchPage)?;
        Ok(served(alone(&caller), shown.terms.name(caller.locale), shown.locale, shown.document, &home(&caller, "/apps")))
    })
    .await
}

/// Nothing but the document is to be read there.
fn alone(caller: &Caller) -> Frame {
    Frame { languages: Vec::new(), reference: None, ..frame(caller, "") }
}
