use actix_web::http::header::{CONTENT_TYPE, HeaderValue};
use actix_web::{HttpResponse, web};
use lock_keeper_protocol::message;

use crate::key_server::KeyServer;

/// `GET /v1/server` (`docs/protocol.md`, section 1.4).
pub(super) async fn info(server: web::Data<KeyServer>) -> HttpResponse {
    server.metrics.request(message::path::SERVER, 200, std::time::Duration::ZERO);
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, HeaderValue::from_static(message::CBOR)))
        .body(server.service.info())
}
