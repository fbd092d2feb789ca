//! Our own metadata, for a partner to read: one document per provider, so that partners don't see each other.

use actix_web::{HttpResponse, http::header, web::Path};

use super::{caller::Caller, reply};
use crate::domain::{id::IdpId, identity_provider::Kind};

/// A rollover is announced weeks ahead; minutes don't matter, load does.
const MAX_AGE: &str = "public, max-age=300";

pub(super) async fn saml(caller: Caller, parts: Path<(String, String)>) -> HttpResponse {
    document(caller, &parts.1, "application/samlmetadata+xml", |kind| matches!(kind, Kind::Saml(_))).await
}

pub(super) async fn ws_fed(caller: Caller, parts: Path<(String, String)>) -> HttpResponse {
    document(caller, &parts.1, "application/xml", |kind| matches!(kind, Kind::WsFed(_))).await
}

async fn document(caller: Caller, provider: &str, content_type: &str, is_asked_for: impl Fn(&Kind) -> bool) -> HttpResponse {
    let tenant = &caller.tenant;
    let configured = IdpId::parse(provider).ok().and_then(|id| tenant.providers.get(&id)).filter(|found| is_asked_for(&found.kind));
    let Some(upstream) = configured.and_then(|found| caller.door.porter.upstreams.provider(&tenant.id, &found.id)) else {
        return reply::no_such_page(caller.request).await;
    };
    match upstream.our_metadata().await {
        Ok(Some(document)) => HttpResponse::Ok().content_type(content_type).insert_header((header::CACHE_CONTROL, MAX_AGE)).body(document),
        Ok(None) => reply::no_such_page(caller.request).await,
        Err(rejected) => reply::show_error(&caller, rejected.code, &rejected.detail, &[]),
    }
}
