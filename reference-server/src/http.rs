//! Routes, bodies, problem documents. This room knows no SQL and makes no decision: each route reads a bounded body in
//! bounded time, calls one function of the service on a blocking thread, and turns what comes back into bytes.

mod body;
mod problem;
mod registration;
mod server;
mod session;
mod stack;

use std::time::Instant;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use actix_web::rt::time::timeout;
use actix_web::{HttpRequest, HttpResponse, web};
use lock_keeper_protocol::message::path;
use lock_keeper_protocol::problem::Problem;

use crate::key_server::KeyServer;
use crate::service::{Refused, Service};
use problem::RequestId;

impl KeyServer {
    /// Mounts the routes of `docs/protocol.md`, all below `/v1`.
    pub fn routes(&self, app: &mut web::ServiceConfig) {
        app.app_data(web::Data::new(self.clone()));
        let routes = [
            (path::REGISTRATION_START, web::post().to(registration::start)),
            (path::REGISTRATION_FINISH, web::post().to(registration::finish)),
            (path::SESSION_START, web::post().to(session::start)),
            (path::SESSION_FINISH, web::post().to(session::finish)),
            (path::SESSION_MESSAGE, web::post().to(session::message)),
            (path::SERVER, web::get().to(server::info)),
        ];
        for (path, route) in routes {
            app.service(web::resource(path).route(route).default_service(web::to(not_found)));
        }
        app.service(web::resource("/v1/{rest:.*}").to(not_found));
        app.service(web::resource("/v{version:[0-9]+}/{rest:.*}").to(other_version));
    }
}

async fn not_found(server: web::Data<KeyServer>) -> HttpResponse {
    turn_away(&server, Problem::NotFound)
}

async fn other_version(server: web::Data<KeyServer>) -> HttpResponse {
    turn_away(&server, Problem::VersionUnsupported)
}

fn turn_away(server: &KeyServer, problem: Problem) -> HttpResponse {
    server.metrics.request("other", problem.status(), std::time::Duration::ZERO);
    problem::document(&Refused::new(problem), &RequestId::random())
}

/// A route: what it is called, what it takes, what it answers.
struct Route {
    path: &'static str,
    takes: &'static str,
    answers: &'static str,
}

/// Answers a request: reads its body, does the work, and says in log and metrics how it went.
async fn answer(
    server: &KeyServer,
    route: &Route,
    request: &HttpRequest,
    payload: web::Payload,
    work: impl FnOnce(&Service, &[u8]) -> Result<Vec<u8>, Refused> + Send + 'static,
) -> (HttpResponse, Result<(), Problem>) {
    let started = Instant::now();
    let id = RequestId::random();
    let worked = timeout(server.limits.request_timeout, do_work(server, route, request, payload, work)).await;
    let worked = worked.unwrap_or_else(|_| Err(late()));
    let response = match &worked {
        Ok(body) => success(route.answers, body.clone(), &id),
        Err(refused) => problem::document(refused, &id),
    };
    let took = started.elapsed();
    server.metrics.request(route.path, response.status().as_u16(), took);
    log(route, &id, &response, &worked, took);
    (response, worked.map(|_| ()).map_err(|refused| refused.problem))
}

async fn do_work(
    server: &KeyServer,
    route: &Route,
    request: &HttpRequest,
    payload: web::Payload,
    work: impl FnOnce(&Service, &[u8]) -> Result<Vec<u8>, Refused> + Send + 'static,
) -> Result<Vec<u8>, Refused> {
    let body = body::read(request, payload, route.takes, &server.limits).await?;
    let service = server.service.clone();
    let worked = web::block(move || {
        let worked = work(&service, &body);
        stack::overwrite();
        worked
    });
    worked.await.unwrap_or_else(|_| Err(Refused::new(Problem::Internal)))
}

/// The work may still be done; whoever sends the same bytes again gets its answer.
fn late() -> Refused {
    Refused { problem: Problem::Busy, retry_after: Some(1), cause: Some("the request took too long".to_owned()) }
}

fn success(media_type: &'static str, body: Vec<u8>, id: &RequestId) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, HeaderValue::from_static(media_type)))
        .insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .insert_header((problem::REQUEST_ID, id.as_str()))
        .body(body)
}

fn log(
    route: &Route,
    id: &RequestId,
    response: &HttpResponse,
    worked: &Result<Vec<u8>, Refused>,
    took: std::time::Duration,
) {
    let (request_id, route, status) = (id.as_str(), route.path, response.status().as_u16());
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    match worked {
        Ok(_) => tracing::info!(request_id, route, status, milliseconds, "answered"),
        Err(refused) => {
            let (code, cause) = (refused.problem.code(), refused.cause.as_deref().unwrap_or_default());
            if status >= 500 {
                tracing::error!(request_id, route, status, milliseconds, code, cause, "failed");
            } else {
                tracing::info!(request_id, route, status, milliseconds, code, cause, "refused");
            }
        }
    }
}
