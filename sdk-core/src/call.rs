//! One call of the app: its deadline, its cancel token, its progress.

mod cancel;
mod started;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use cancel::CancelToken;
pub use started::StartedCall;

/// Is told how far a call is, on a thread of this library and never on the caller's.
pub type Progress = dyn Fn(Phase) + Send + Sync;

/// How long a call may take where nothing else is said.
pub const DEFAULT_DEADLINE: Duration = Duration::from_secs(30);

/// Deadline, cancel token and progress of one call.
#[derive(Clone)]
pub struct Call {
    /// How long the call may take, waiting in the queue included.
    pub deadline: Duration,
    /// Ends the wait at once. Before anything that acts was sent, nothing has happened; afterwards the call is
    /// finished in the background until its deadline, and the error says `may_have_happened`.
    pub cancel: CancelToken,
    /// Is told of each [`Phase`].
    pub progress: Option<Arc<Progress>>,
}

impl Call {
    /// A call that may take this long, with a cancel token of its own and without progress.
    #[must_use]
    pub fn new(deadline: Duration) -> Self {
        Self { deadline, cancel: CancelToken::new(), progress: None }
    }

    /// The same call, with this cancel token.
    #[must_use]
    pub fn with_cancel(mut self, cancel: CancelToken) -> Self {
        self.cancel = cancel;
        self
    }

    /// The same call, telling `progress` how far it is.
    #[must_use]
    pub fn with_progress(mut self, progress: impl Fn(Phase) + Send + Sync + 'static) -> Self {
        self.progress = Some(Arc::new(progress));
        self
    }

    /// Starts the clock.
    #[must_use]
    pub fn start(&self) -> Arc<StartedCall> {
        Arc::new(StartedCall::new(self))
    }
}

impl Default for Call {
    fn default() -> Self {
        Self::new(DEFAULT_DEADLINE)
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("deadline", &self.deadline).field("cancel", &self.cancel).finish_non_exhaustive()
    }
}

/// How far a call is. An app may show it; it must not build on their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// Reaching the key server.
    Connecting,
    /// Stretching the password with Argon2id (64 MiB, about a second).
    Stretching,
    /// Proving the password to the key server.
    Proving,
    /// Sending the request.
    Sending,
    /// Waiting before the request is sent again.
    Waiting {
        /// How many times it was sent so far.
        attempt: u32,
    },
}

/// How an unlocked [session](crate) behaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionOptions {
    /// Locks after this long without use, on a clock that counts while the device sleeps. `None`: never.
    pub lock_after_idle: Option<Duration>,
    /// Locks when the app has been in the background for this long. `None`: never.
    pub lock_in_background_after: Option<Duration>,
}

impl Default for SessionOptions {
    /// Five minutes without use, thirty seconds in the background.
    fn default() -> Self {
        Self {
            lock_after_idle: Some(Duration::from_secs(300)),
            lock_in_background_after: Some(Duration::from_secs(30)),
        }
    }
}
