//! Which pages elsewhere may read our answers: anyone the public documents, a public client's own origins the rest.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderValue},
};

use super::caller::Caller;
use crate::domain::tenant::Tenant;

/// The origin, if it is one of a public client of this tenant.
fn own_origin<'r>(tenant: &Tenant, request: &'r HttpRequest) -> Option<&'r HeaderValue> {
    let origin = request.headers().get(header::ORIGIN)?;
    let text = origin.to_str().ok()?;
    tenant.clients.values().any(|client| client.is_own_origin(text)).then_some(origin)
}

/// Lets the page at the request's origin read this answer, if it may.
pub(super) fn share(tenant: &Tenant, request: &HttpRequest, response: &mut HttpResponse) {
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = own_origin(tenant, request) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        // A page must see why its token was refused.
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("WWW-Authenticate"));
    }
}

/// Preflight of the token and userinfo endpoints.
pub(super) async fn preflight(caller: Caller) -> HttpResponse {
    let mut response = allowed();
    share(&caller.tenant, &caller.request, &mut response);
    response
}

/// Preflight of discovery and keys, which are anyone's.
pub(super) async fn preflight_public(_caller: Caller) -> HttpResponse {
    let mut response = allowed();
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

fn allowed() -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"))
        .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, "Authorization, Content-Type"))
        .insert_header((header::ACCESS_CONTROL_MAX_AGE, "600"))
        .finish()
}
