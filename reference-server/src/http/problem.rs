use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use lock_keeper_protocol::message;
use lock_keeper_protocol::problem::Problem;
use rand::RngCore;
use rand::rngs::OsRng;
use serde::Serialize;

use crate::service::Refused;

/// The header that carries a request's id.
pub(super) const REQUEST_ID: &str = "x-request-id";

/// 16 random hexadecimal digits that connect an answer with a line of the log.
pub(super) struct RequestId(String);

impl RequestId {
    pub(super) fn random() -> Self {
        let mut bytes = [0; 8];
        OsRng.fill_bytes(&mut bytes);
        Self(hex::encode(bytes))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A problem document (RFC 9457).
#[derive(Serialize)]
struct Document<'a> {
    r#type: String,
    title: &'static str,
    status: u16,
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u32>,
    request_id: &'a str,
}

/// The answer that says why a request was refused, in the same form for every reason.
pub(super) fn document(refused: &Refused, id: &RequestId) -> HttpResponse {
    let problem = refused.problem;
    // A problem that belongs inside the channel has no status; it never comes here.
    let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    response
        .insert_header((CONTENT_TYPE, HeaderValue::from_static(message::PROBLEM)))
        .insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .insert_header((REQUEST_ID, id.as_str()));
    if let Some(seconds) = refused.retry_after {
        response.insert_header((RETRY_AFTER, seconds));
    }
    if matches!(problem, Problem::TooLarge | Problem::TooSlow) {
        // What is left of the body is not read.
        response.force_close();
    }
    let document = Document {
        r#type: format!("urn:lock-keeper:problem:{}", problem.code()),
        title: problem.title(),
        status: status.as_u16(),
        code: problem.code(),
        retry_after: refused.retry_after,
        request_id: id.as_str(),
    };
    response.body(serde_json::to_vec(&document).unwrap_or_default())
}
