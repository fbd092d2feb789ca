//! Around every request: our own root span (never query, cookie, body or address), metrics, and the headers every answer carries.

use std::time::Instant;

use actix_web::{
    Error, HttpMessage,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        StatusCode,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
    web::Data,
};
use tracing::Instrument;

use super::{Door, reply};
use crate::{domain::error_code::ErrorCode, random, telemetry};

/// The number of this request, for a person to quote.
#[derive(Debug, Clone)]
pub(super) struct RequestReference(pub String);

/// Opens the root span and counts the answer.
pub async fn scribe(request: ServiceRequest, next: Next<impl MessageBody>) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let began = Instant::now();
    let reference: String = random::bytes::<6>().iter().map(|b| format!("{b:02x}")).collect();
    let span =
        tracing::info_span!("request", http.method = %request.method(), tenant.id = tracing::field::Empty, request.reference = %reference);
    request.extensions_mut().insert(RequestReference(reference));
    let response = next.call(request).instrument(span.clone()).await?;
    // The pattern, not the path: a path can hold a flow's id, and patterns are few.
    let route = response.request().match_pattern().unwrap_or_else(|| "(none)".to_owned());
    let status = response.status().as_u16();
    telemetry::answered(&route, status, began.elapsed());
    span.in_scope(|| tracing::debug!(http.route = %route, http.status = status, "answered"));
    Ok(response)
}

/// Adds the headers that every answer carries unless its handler said otherwise, and puts our words into refusals that the
/// framework made before any handler was reached.
pub async fn greet(request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Result<ServiceResponse<BoxBody>, Error> {
    let is_https = request.app_data::<Data<Door>>().is_some_and(|door| door.is_https);
    let mut response = next.call(request).await?.map_into_boxed_body();
    if let Some(code) = framework_refusal(&response) {
        let page = reply::framework_error(response.request(), code);
        response = response.into_response(page).map_into_boxed_body();
    }
    let headers = response.headers_mut();
    default(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    // Not `no-referrer`: with that, a browser sends our own forms from origin `null`.
    default(headers, header::REFERRER_POLICY, "same-origin");
    default(headers, header::CACHE_CONTROL, "no-store");
    // Where a policy names who may frame an answer, browsers go by that; older ones must not be told otherwise.
    if !is_framed(headers) {
        default(headers, header::X_FRAME_OPTIONS, "DENY");
    }
    if is_https {
        default(headers, header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    Ok(response)
}

fn is_framed(headers: &HeaderMap) -> bool {
    let policy = headers.get(header::CONTENT_SECURITY_POLICY).and_then(|policy| policy.to_str().ok()).unwrap_or_default();
    policy.contains("frame-ancestors ") && !policy.contains("frame-ancestors 'none'")
}

/// What the framework refused by itself: a wrong method, a body too large, an unreadable request. Our own errors always say their type.
fn framework_refusal<B>(response: &ServiceResponse<B>) -> Option<ErrorCode> {
    let is_text = |kind: &HeaderValue| kind.as_bytes().starts_with(b"text/plain");
    if response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| !is_text(kind)) {
        return None;
    }
    match response.status() {
        StatusCode::METHOD_NOT_ALLOWED => Some(ErrorCode::MethodNotAllowed),
        StatusCode::PAYLOAD_TOO_LARGE => Some(ErrorCode::BodyTooLarge),
        StatusCode::NOT_FOUND => Some(ErrorCode::NoSuchPage),
        status if status.is_client_error() => Some(ErrorCode::UnreadableRequest),
        status if status.is_server_error() => Some(ErrorCode::Internal),
        _ => None,
    }
}

fn default(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    if !headers.contains_key(&name) {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_framed_only_where_its_policy_says_by_whom() {
        let framed = |policy: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
            is_framed(&headers)
        };
        assert!(framed("default-src 'none'; frame-ancestors https:; base-uri 'none'"));
        assert!(!framed("default-src 'none'; frame-ancestors 'none'"));
        assert!(!framed("default-src 'none'") && !is_framed(&HeaderMap::new()));
    }
}
