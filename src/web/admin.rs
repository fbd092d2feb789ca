//! `/{tenant}/admin/v1/…`: every address of the API's table, each with its operation. Tokens alone say who asks: cookies are not looked
//! at, and no page of another origin may read an answer.

use std::sync::Arc;

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, Resource, Route as Way,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
    rt,
    web::{self, Bytes, Payload, PayloadConfig, ServiceConfig},
};
use tracing::Instrument;

use super::{
    Door,
    caller::{self, Caller},
    reply,
};
use crate::{
    admin::{
        self, Answer, Ask, Body, House, Problem, ProblemDetails,
        permit::Operation,
        routes::{ROUTES, Route, Verb},
    },
    domain::{error_code::ErrorCode, timestamp::Timestamp},
    guests::bulk,
    telemetry,
};

/// Below a tenant.
pub(super) const PLACE: &str = "/admin/v1";

/// The whole table. What is not in it is refused in the API's own words.
pub(super) fn routes(config: &mut ServiceConfig) {
    let mut resources: Vec<(&str, Resource)> = Vec::new();
    for route in ROUTES {
        match resources.iter_mut().find(|(path, _)| *path == route.path) {
            Some((_, resource)) => *resource = std::mem::replace(resource, web::resource("")).route(way(route)),
            None => resources.push((route.path, web::resource(route.path).route(way(route)))),
        }
    }
    for (path, resource) in resources {
        let is_long = ROUTES.iter().any(|route| route.path == path && route.operation == Operation::InviteInBulk);
        config.service(if is_long { resource.app_data(PayloadConfig::new(bulk::LONGEST)) } else { resource });
    }
}

fn way(route: &Route) -> Way {
    let operation = route.operation;
    let method = match route.verb {
        Verb::Get => web::get(),
        Verb::Post => web::post(),
        Verb::Patch => web::patch(),
        Verb::Delete => web::delete(),
    };
    method.to(move |caller: Caller, body: Payload| serve(operation, caller, body))
}

/// What was begun is finished even if the caller hangs up: otherwise nobody would know what had been done.
async fn serve(operation: Operation, caller: Caller, body: Payload) -> HttpResponse {
    let outcome = match house(&caller).await {
        Ok(house) => {
            let (ask, request) = (ask(&caller, operation), caller.request.clone());
            let work = async move { admin::answer(&house, ask, || whole(&request, body)).await };
            rt::spawn(work.in_current_span()).await.unwrap_or_else(|_| Err(Problem::new(ErrorCode::Internal, "")))
        }
        Err(code) => Err(Problem::new(code, "")),
    };
    match outcome {
        Ok(answer) => answered(&caller, answer),
        Err(problem) => refused(&caller.request, &problem, operation.as_str()),
    }
}

async fn house(caller: &Caller) -> Result<House, ErrorCode> {
    let porter = &caller.door.porter;
    Ok(House {
        tenant: Arc::clone(&caller.tenant),
        ring: caller.door.keys.ring(&caller.tenant).await?,
        inviter: porter.inviter.clone(),
        sessions: Arc::clone(&porter.sessions),
        answers: caller.door.answers.clone(),
        now: porter.clock.now(),
        reference: caller.reference.clone(),
    })
}

/// As long as its address takes it.
async fn whole(request: &HttpRequest, body: Payload) -> Result<Vec<u8>, Problem> {
    let read = Bytes::from_request(request, &mut body.into_inner()).await;
    read.map(|octets| octets.to_vec()).map_err(|error| match error.as_response_error().status_code() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(ErrorCode::BodyTooLarge, ""),
        _ => Problem::unreadable("the body broke off, or can't be decoded"),
    })
}

fn ask(caller: &Caller, operation: Operation) -> Ask {
    let request = &caller.request;
    let text = |name: HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let value = |name: &HeaderName| request.headers().get(name).map(|value| value.as_bytes().to_vec());
    Ask {
        operation,
        path: request.match_info().iter().map(|(name, part)| (name.to_owned(), decoded(part))).collect(),
        query: request.query_string().to_owned(),
        body: Vec::new(),
        authorization: value(&header::AUTHORIZATION),
        accept: text(header::ACCEPT),
        content_type: text(header::CONTENT_TYPE),
        key: value(&HeaderName::from_static("idempotency-key")),
        is_post: request.method() == actix_web::http::Method::POST,
    }
}

/// The rest of the decoding: the router leaves `%25`, `%2B` and `%2F` as they came, so that they are not decoded twice.
fn decoded(part: &str) -> String {
    let mut octets = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let [first, after @ ..] = rest {
        let escaped = after.get(..2).filter(|_| *first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        match escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(octet) => {
                octets.push(octet);
                rest = &after[2..];
            }
            None => {
                octets.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(octets).unwrap_or_default()
}

fn answered(caller: &Caller, answer: Answer) -> HttpResponse {
    let mut builder = HttpResponse::build(StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK));
    builder.insert_header(("request-id", caller.reference.as_str()));
    if let Some(location) = &answer.location {
        builder.insert_header((header::LOCATION, location.as_str()));
    }
    match answer.body {
        Body::Nothing => builder.finish(),
        Body::Json(value) => builder.json(value),
        Body::Text(text) => builder.content_type("text/plain; charset=utf-8").body(text),
        Body::Csv(text) => builder.content_type("text/csv; charset=utf-8").body(text),
    }
}

/// Whether this address is one of the API's, there or not.
pub(super) fn is_address(request: &HttpRequest) -> bool {
    request.match_info().get("tenant").is_some() && request.path().split('/').skip(2).take(2).eq(["admin", "v1"])
}

/// A refusal, logged by its code and operation alone.
pub(super) fn refused(request: &HttpRequest, problem: &Problem, operation: &str) -> HttpResponse {
    let reference = caller::reference(request);
    telemetry::failed(problem.code, operation, &reference);
    let now = request.app_data::<web::Data<Door>>().map_or(Timestamp::from_unix(0), |door| door.porter.clock.now());
    let mut builder = HttpResponse::build(reply::status(problem.code));
    builder.insert_header(("request-id", reference.as_str())).content_type("application/problem+json");
    if let Some(seconds) = problem.retry_after {
        builder.insert_header((header::RETRY_AFTER, seconds));
    }
    if matches!(problem.code.status(), 401 | 403) {
        let challenge = format!("Bearer realm=\"admin\", error=\"{}\"", problem.code.oauth_error());
        builder.insert_header((header::WWW_AUTHENTICATE, HeaderValue::from_str(&challenge).unwrap_or(HeaderValue::from_static("Bearer"))));
    }
    builder.body(serde_json::to_string(&ProblemDetails::of(problem, &reference, now)).unwrap_or_default())
}

/// No operation lives here.
pub(super) async fn nothing_here(request: HttpRequest) -> HttpResponse {
    refused(&request, &Problem::new(ErrorCode::NoSuchPage, "no operation of the management API has this address"), "none")
}
