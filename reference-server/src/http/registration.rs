use actix_web::{HttpRequest, HttpResponse, web};
use lock_keeper_protocol::message::{CBOR, path};

use super::{Route, answer};
use crate::key_server::KeyServer;

const START: Route = Route { path: path::REGISTRATION_START, takes: CBOR, answers: CBOR };
const FINISH: Route = Route { path: path::REGISTRATION_FINISH, takes: CBOR, answers: CBOR };

/// `POST /v1/registration/start` (`docs/protocol.md`, section 4.1).
pub(super) async fn start(server: web::Data<KeyServer>, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    answer(&server, &START, &request, payload, |service, body| service.start_registration(body)).await.0
}

/// `POST /v1/registration/finish` (`docs/protocol.md`, section 4.2).
pub(super) async fn finish(server: web::Data<KeyServer>, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    answer(&server, &FINISH, &request, payload, |service, body| service.finish_registration(body)).await.0
}
