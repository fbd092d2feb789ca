//! For machines that watch: alive, ready, and how much of everything.

use actix_web::{HttpResponse, web::Data};
use serde_json::json;

use super::Door;

/// The process answers. Nothing else is asked: a restart cures no store.
pub(super) async fn live() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "live" }))
}

/// Sign-ins can succeed: both stores answer.
pub(super) async fn ready(door: Data<Door>) -> HttpResponse {
    let (sessions, directory) = tokio::join!(door.porter.sessions.is_ready(), door.porter.directory.is_ready());
    let mut response = if sessions && directory { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    response.json(json!({ "sessions": sessions, "directory": directory }))
}

pub(super) async fn metrics(door: Data<Door>) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(door.metrics.render())
}
