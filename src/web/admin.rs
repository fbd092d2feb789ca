//! `/{tenant}/admin/v1/…`: every address of the API's table, each with its operation. Tokens alone say who asks: cookies are not looked
//! at, and no page of another origin may read an answer.

use std::collections::BTreeMap;

use actix_web::{
    HttpRequest, HttpResponse, Resource, Route as Way,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
    rt,
    web::{self, Bytes, Path, ServiceConfig},
};
use tracing::Instrument;

use super::{caller, caller::Caller, reply};
use crate::{
    admin::{
        self, Answer, Ask, Body, House, Problem, ProblemDetails,
        permit::Operation,
        routes::{ROUTES, Route, Verb},
    },
    domain::error_code::ErrorCode,
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
    for (_, resource) in resources {
        config.service(resource);
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
    method.to(move |caller: Caller, path: Path<BTreeMap<String, String>>, body: Bytes| serve(operation, caller, path.into_inner(), body))
}

/// What was begun is finished even if the caller hangs up: otherwise nobody would know what had been done.
async fn serve(operation: Operation, caller: Caller, path: BTreeMap<String, String>, body: Bytes) -> HttpResponse {
    let outcome = match house(&caller).await {
        Ok(house) => {
            let ask = ask(&caller, operation, path, &body);
            let work = async move { admin::answer(&house, &ask).await };
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
        tenant: caller.tenant.clone(),
        ring: caller.door.keys.ring(&caller.tenant).await?,
        inviter: porter.inviter.clone(),
        sessions: porter.sessions.clone(),
        answers: caller.door.answers.clone(),
        now: porter.clock.now(),
        reference: caller.reference.clone(),
    })
}

fn ask(caller: &Caller, operation: Operation, path: BTreeMap<String, String>, body: &Bytes) -> Ask {
    let request = &caller.request;
    let value = |name: &HeaderName| request.headers().get(name).map(|value| value.as_bytes().to_vec());
    Ask {
        operation,
        path,
        query: request.query_string().to_owned(),
        body: body.to_vec(),
        authorization: value(&header::AUTHORIZATION),
        accept: request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).map(str::to_owned),
        key: value(&HeaderName::from_static("idempotency-key")),
        is_post: request.method() == actix_web::http::Method::POST,
    }
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
    let now = request
        .app_data::<web::Data<super::Door>>()
        .map_or_else(|| crate::domain::timestamp::Timestamp::from_unix(0), |door| door.porter.clock.now());
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
