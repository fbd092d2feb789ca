//! Style sheets, marks and logos.

use actix_web::{HttpRequest, HttpResponse, http::header, web::Path};

use super::{caller::Caller, reply};
use crate::pages;

pub(super) async fn file(request: HttpRequest, name: Path<String>) -> HttpResponse {
    match pages::asset(&name) {
        // The name carries the hash of the content.
        Some(asset) => HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, asset.content_type))
            .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
            .body(asset.bytes.into_owned()),
        None => reply::no_such_page(request).await,
    }
}

pub(super) async fn logo(caller: Caller) -> HttpResponse {
    match caller.door.logos.get(&caller.tenant.id) {
        // An SVG opened by itself must not run what it may hold.
        Some(logo) => HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, logo.content_type))
            .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
            .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; sandbox"))
            .body(logo.bytes.clone()),
        None => reply::no_such_page(caller.request).await,
    }
}
