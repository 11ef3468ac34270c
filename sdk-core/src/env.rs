//! What the platform gives to the client.

use std::fmt;
use std::sync::Arc;

use crate::clock::{Clock, SystemClock};
use crate::config::ServerConfig;
use crate::local_store::LocalStore;
use crate::observer::Observer;
use crate::transport::{HttpsTransport, Transport};

/// Storage, transport, clock and observer of one client.
#[derive(Clone)]
pub struct Env {
    /// What stays on the device.
    pub store: Arc<dyn LocalStore>,
    /// How bytes get to the key server.
    pub transport: Arc<dyn Transport>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Is told of each operation that ended.
    pub observer: Option<Arc<dyn Observer>>,
}

impl Env {
    /// The usual environment: this store, HTTPS to the configured server, the system's clocks, no observer.
    ///
    /// Does no I/O: certificates are loaded, and the server is reached, with the first call.
    #[must_use]
    pub fn new(config: &ServerConfig, store: Arc<dyn LocalStore>) -> Self {
        Self { store, transport: Arc::new(HttpsTransport::new(config)), clock: Arc::new(SystemClock), observer: None }
    }
}

impl fmt::Debug for Env {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Env").finish_non_exhaustive()
    }
}
