use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::rt::time::timeout;
use actix_web::{HttpRequest, web};
use futures_util::StreamExt;
use lock_keeper_protocol::problem::Problem;

use crate::key_server::RequestLimits;
use crate::service::Refused;

/// Reads a body of the right media type, of bounded size, in bounded time.
///
/// # Errors
/// `malformed` for another media type or a body that breaks off, `too-large`, `too-slow`.
pub(super) async fn read(
    request: &HttpRequest,
    payload: web::Payload,
    media_type: &str,
    limits: &RequestLimits,
) -> Result<Vec<u8>, Refused> {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    if header(CONTENT_TYPE) != Some(media_type) {
        return Err(Refused::new(Problem::Malformed));
    }
    // What announces too much is turned away before a byte of it is read.
    let announced = header(CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limits.body_bytes as u64) {
        return Err(Refused::new(Problem::TooLarge));
    }
    timeout(limits.body_timeout, collect(payload, limits.body_bytes))
        .await
        .unwrap_or_else(|_| Err(Refused::new(Problem::TooSlow)))
}

async fn collect(mut payload: web::Payload, most: usize) -> Result<Vec<u8>, Refused> {
    let mut body = Vec::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Refused::new(Problem::Malformed))?;
        if body.len() + chunk.len() > most {
            return Err(Refused::new(Problem::TooLarge));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
