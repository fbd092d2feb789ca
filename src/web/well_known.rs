//! What apps read before they ask: discovery and keys. Anyone may, from any page.

use actix_web::{HttpResponse, http::header};

use super::{caller::Caller, reply};

const MAX_AGE: &str = "public, max-age=300";

/// OpenID Connect Discovery §4. Under every form of the tenant's address, with the one canonical issuer in it.
pub(super) async fn configuration(caller: Caller) -> HttpResponse {
    match caller.door.discovery(&caller.tenant.id) {
        Some(document) => public_json(document.to_string()),
        None => reply::no_such_page(caller.request).await,
    }
}

pub(super) async fn jwks(caller: Caller) -> HttpResponse {
    match caller.door.keys.ring(&caller.tenant).await {
        Ok(ring) => public_json(ring.jwks().to_string()),
        Err(code) => reply::json_error(&caller, code, ""),
    }
}

fn public_json(text: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((header::CACHE_CONTROL, MAX_AGE))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .body(text)
}
