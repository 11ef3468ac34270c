use actix_web::{HttpRequest, HttpResponse, web};
use lock_keeper_protocol::message::{CBOR, FRAME, path};
use lock_keeper_protocol::problem::Problem;

use super::{Route, answer};
use crate::key_server::KeyServer;
use crate::telemetry::LoginOutcome;

const START: Route = Route { path: path::SESSION_START, takes: CBOR, answers: CBOR };
const FINISH: Route = Route { path: path::SESSION_FINISH, takes: CBOR, answers: FRAME };
const MESSAGE: Route = Route { path: path::SESSION_MESSAGE, takes: FRAME, answers: FRAME };

/// `POST /v1/session/start` (`docs/protocol.md`, section 5.1).
pub(super) async fn start(server: web::Data<KeyServer>, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    let (response, outcome) =
        answer(&server, &START, &request, payload, |service, body| service.start_login(body)).await;
    match outcome {
        Err(Problem::TooManyAttempts) => server.metrics.login(LoginOutcome::Refused),
        Err(Problem::Busy | Problem::Internal) => server.metrics.budget_write_failed(),
        _ => {}
    }
    response
}

/// `POST /v1/session/finish` (`docs/protocol.md`, section 5.2).
pub(super) async fn finish(server: web::Data<KeyServer>, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    let (response, outcome) =
        answer(&server, &FINISH, &request, payload, |service, body| service.finish_login(body)).await;
    match outcome {
        Ok(()) => server.metrics.login(LoginOutcome::Succeeded),
        Err(Problem::LoginRefused) => server.metrics.login(LoginOutcome::Failed),
        Err(_) => {}
    }
    response
}

/// `POST /v1/session/message` (`docs/protocol.md`, section 6).
pub(super) async fn message(server: web::Data<KeyServer>, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    answer(&server, &MESSAGE, &request, payload, |service, body| service.message(body)).await.0
}
