//! Around every request: our own root span (never query, cookie, body or address), metrics, and the headers every answer carries.

use std::time::Instant;

use actix_web::{
    Error, HttpMessage,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    web::Data,
};
use tracing::Instrument;

use super::Door;
use crate::{random, telemetry};

/// The number of this request, for a person to quote.
#[derive(Debug, Clone)]
pub(super) struct RequestReference(pub String);

/// Opens the root span and counts the answer.
pub async fn scribe(request: ServiceRequest, next: Next<impl MessageBody>) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let began = Instant::now();
    let reference: String = random::bytes::<6>().iter().map(|b| format!("{b:02x}")).collect();
    let span =
        tracing::info_span!("request", http.method = %request.method(), http.route = tracing::field::Empty, request.reference = %reference);
    request.extensions_mut().insert(RequestReference(reference));
    let response = next.call(request).instrument(span.clone()).await?;
    // The pattern, not the path: a path can hold a flow's id, and patterns are few.
    let route = response.request().match_pattern().unwrap_or_else(|| "(none)".to_owned());
    let status = response.status().as_u16();
    telemetry::answered(&route, status, began.elapsed());
    span.in_scope(|| tracing::debug!(http.route = %route, http.status = status, "answered"));
    Ok(response)
}

/// Adds the headers that every answer carries unless its handler said otherwise.
pub async fn greet(request: ServiceRequest, next: Next<impl MessageBody>) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let is_https = request.app_data::<Data<Door>>().is_some_and(|door| door.is_https);
    let mut response = next.call(request).await?;
    let headers = response.headers_mut();
    default(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    default(headers, header::REFERRER_POLICY, "no-referrer");
    default(headers, header::CACHE_CONTROL, "no-store");
    default(headers, header::X_FRAME_OPTIONS, "DENY");
    if is_https {
        default(headers, header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    Ok(response)
}

fn default(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    if !headers.contains_key(&name) {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
