//! Which pages elsewhere may read our answers: anyone the public documents, a public client's own origins the rest.

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
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
pub(super) fn admit(tenant: &Tenant, request: &HttpRequest, response: &mut HttpResponseBuilder) {
    response.append_header((header::VARY, "Origin"));
    if let Some(origin) = own_origin(tenant, request) {
        response.insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone()));
        // A page must see why its token was refused.
        response.insert_header((header::ACCESS_CONTROL_EXPOSE_HEADERS, "WWW-Authenticate"));
    }
}

/// Preflight of the token and userinfo endpoints.
pub(super) async fn preflight(caller: Caller) -> HttpResponse {
    let mut response = HttpResponse::NoContent();
    admit(&caller.tenant, &caller.request, &mut response);
    allow(&mut response);
    response.finish()
}

/// Preflight of discovery and keys, which are anyone's.
pub(super) async fn preflight_public(_caller: Caller) -> HttpResponse {
    let mut response = HttpResponse::NoContent();
    response.insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"));
    allow(&mut response);
    response.finish()
}

fn allow(response: &mut HttpResponseBuilder) {
    response.insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"));
    response.insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, "Authorization, Content-Type"));
    response.insert_header((header::ACCESS_CONTROL_MAX_AGE, "600"));
}
