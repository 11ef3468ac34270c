use std::time::Duration;

use lock_keeper_protocol::message::SessionLimits;
use lock_keeper_server::RequestLimits;
use lock_keeper_server::service::Policy;

/// What an operator would write into the configuration.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What accounts may do.
    pub policy: Policy,
    /// What a request may take.
    pub requests: RequestLimits,
    /// How long a client may take to send a head.
    pub head_timeout: Duration,
    /// Connections to Postgres at most.
    pub pool_size: usize,
}

impl Default for Settings {
    /// As the server has them where nothing is said: one request in a session.
    fn default() -> Self {
        Self {
            policy: Policy::default(),
            requests: RequestLimits::default(),
            head_timeout: Duration::from_secs(10),
            pool_size: 4,
        }
    }
}

impl Settings {
    /// As recommended for interactive apps, or as a test needs it: this many operations in a session.
    #[must_use]
    pub fn with_operations(operations: u32) -> Self {
        let mut settings = Self::default();
        let limits = settings.policy.request_session;
        settings.policy.request_session = SessionLimits { operations, ..limits };
        settings
    }
}
