//! One call of an app: deadline, cancel token, progress.

use std::sync::Arc;
use std::time::Duration;

use lock_keeper_core as core;

use crate::platform::FfiListenerError;

/// Deadline, cancel token and progress of one call.
#[derive(uniffi::Record)]
pub struct FfiCall {
    /// Milliseconds that the call may take, waiting in the queue included.
    pub deadline_millis: u64,
    /// Ends the wait at once, from any thread.
    pub cancel: Option<Arc<FfiCancelToken>>,
    /// Is told how far the call is.
    pub progress: Option<Arc<dyn FfiProgressListener>>,
}

impl From<FfiCall> for core::Call {
    fn from(call: FfiCall) -> Self {
        let mut own = Self::new(Duration::from_millis(call.deadline_millis));
        if let Some(cancel) = call.cancel {
            own = own.with_cancel(cancel.core.clone());
        }
        match call.progress {
            Some(progress) => own.with_progress(move |phase| {
                if let Some(phase) = FfiPhase::from_core(phase) {
                    // A listener that throws must not end the call that it only watches.
                    let _ = progress.on_phase(phase);
                }
            }),
            None => own,
        }
    }
}

/// Cancels the calls that it was given to. Before anything that acts was sent, a cancelled call has not happened; afterwards it is
/// finished in the background until its deadline, and the error says `may_have_happened`.
#[derive(Default, uniffi::Object)]
pub struct FfiCancelToken {
    core: core::CancelToken,
}

#[uniffi::export]
impl FfiCancelToken {
    /// A token that nobody has cancelled yet.
    #[uniffi::constructor]
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Ends the waits of every call with this token, at once. A cancelled token stays cancelled. Never blocks.
    pub fn cancel(&self) {
        self.core.cancel();
    }

    /// Whether the token was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.core.is_cancelled()
    }
}

/// How far a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum FfiPhase {
    /// Reaching the key server.
    Connecting,
    /// Stretching the password with Argon2id.
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

impl FfiPhase {
    /// None for a phase that the core has and the faces do not know yet: it is not shown.
    fn from_core(phase: core::Phase) -> Option<Self> {
        Some(match phase {
            core::Phase::Connecting => Self::Connecting,
            core::Phase::Stretching => Self::Stretching,
            core::Phase::Proving => Self::Proving,
            core::Phase::Sending => Self::Sending,
            core::Phase::Waiting { attempt } => Self::Waiting { attempt },
            _ => return None,
        })
    }
}

/// Is told how far a call is.
#[uniffi::export(foreign)]
pub trait FfiProgressListener: Send + Sync {
    /// The call has reached a phase. What this throws is ignored.
    fn on_phase(&self, phase: FfiPhase) -> Result<(), FfiListenerError>;
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[derive(Default)]
    struct Listener(Mutex<Vec<FfiPhase>>);

    impl FfiProgressListener for Listener {
        fn on_phase(&self, phase: FfiPhase) -> Result<(), FfiListenerError> {
            self.0.lock().unwrap().push(phase);
            Err(FfiListenerError::Threw)
        }
    }

    #[test]
    fn a_call_keeps_its_deadline_and_its_token() {
        let token = FfiCancelToken::new();
        let call = FfiCall { deadline_millis: 1_500, cancel: Some(Arc::clone(&token)), progress: None };
        let call = core::Call::from(call);
        assert_eq!(call.deadline, Duration::from_millis(1_500));
        token.cancel();
        assert!(call.cancel.is_cancelled());
    }

    #[test]
    fn a_listener_that_throws_is_still_told_of_the_next_phase() {
        let listener = Arc::new(Listener::default());
        let call = FfiCall { deadline_millis: 1_500, cancel: None, progress: Some(Arc::clone(&listener) as _) };
        let started = core::Call::from(call).start();
        for phase in [core::Phase::Connecting, core::Phase::Waiting { attempt: 2 }] {
            started.report(phase);
        }
        assert_eq!(*listener.0.lock().unwrap(), [FfiPhase::Connecting, FfiPhase::Waiting { attempt: 2 }]);
    }
}
