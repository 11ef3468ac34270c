//! The key server as a part of any actix-web app.

use std::sync::Arc;
use std::time::Duration;

use lock_keeper_protocol::limits;

use crate::service::Service;
use crate::telemetry::Metrics;

/// What a request may take of the host's time and memory.
#[derive(Clone, Copy, Debug)]
pub struct RequestLimits {
    /// Bytes of a body at most; not less than [`limits::BODY`].
    pub body_bytes: usize,
    /// How long a client may take to send its body.
    pub body_timeout: Duration,
    /// How long a request may take in all.
    pub request_timeout: Duration,
}

impl Default for RequestLimits {
    fn default() -> Self {
        Self {
            body_bytes: limits::BODY,
            body_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_secs(20),
        }
    }
}

/// A key server that can be mounted into an actix-web app, over TLS 1.3 that the host terminates.
///
/// ```no_run
/// # fn example(server: lock_keeper_server::KeyServer) {
/// use actix_web::App;
/// let app = App::new().configure(|routes| server.routes(routes));
/// # }
/// ```
#[derive(Clone)]
pub struct KeyServer {
    pub(crate) service: Arc<Service>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) limits: RequestLimits,
}

impl KeyServer {
    /// A key server over a service.
    #[must_use]
    pub fn new(service: Arc<Service>, metrics: Arc<Metrics>, limits: RequestLimits) -> Self {
        Self { service, metrics, limits }
    }

    /// The service underneath.
    #[must_use]
    pub fn service(&self) -> &Arc<Service> {
        &self.service
    }
}
