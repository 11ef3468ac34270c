//! A call that has begun: when it must end, and whether anything that acts has left the device.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use super::{Call, CancelToken, Phase, Progress};
use crate::error::{Code, LockKeeperError};

const NOTHING_SENT: u8 = 0;
const SENT: u8 = 1;
const CANCELLED: u8 = 2;

/// A call under way. It is shared by the thread that waits and the thread that works.
///
/// *Sent* and *cancelled* exclude each other: whichever comes first decides. So a call that was cancelled
/// before anything that acts was sent has certainly not happened, and one that was sent is finished in the background.
pub struct StartedCall {
    deadline: Instant,
    cancel: CancelToken,
    progress: Option<Arc<Progress>>,
    state: AtomicU8,
}

impl StartedCall {
    pub(super) fn new(call: &Call) -> Self {
        let now = Instant::now();
        // A deadline beyond what the clock can express is as good as one in a year.
        let year = Duration::from_secs(365 * 24 * 3600);
        Self {
            deadline: now + call.deadline.min(year),
            cancel: call.cancel.clone(),
            progress: call.progress.clone(),
            state: AtomicU8::new(NOTHING_SENT),
        }
    }

    /// When the call must have ended.
    #[must_use]
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// How much time is left; zero when there is none.
    #[must_use]
    pub fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// Tells the app how far the call is. A cancelled call tells nothing any more.
    pub fn report(&self, phase: Phase) {
        if let Some(progress) = &self.progress
            && !self.cancel.is_cancelled()
        {
            progress(phase);
        }
    }

    /// Fails where the call has no time left, or was cancelled before anything that acts was sent.
    ///
    /// # Errors
    /// [`Code::Cancelled`], [`Code::TimedOut`].
    pub fn check(&self) -> Result<(), LockKeeperError> {
        if self.is_void() {
            return Err(Code::Cancelled.into());
        }
        if self.left().is_zero() {
            return Err(self.ended(Code::TimedOut));
        }
        Ok(())
    }

    /// Takes the decision that a request with an effect goes out now. `false`: the call was cancelled first, and
    /// nothing may be sent.
    #[must_use]
    pub fn begin_sending(&self) -> bool {
        if self.cancel.is_cancelled() {
            self.void();
        }
        let sent = self.state.compare_exchange(NOTHING_SENT, SENT, Ordering::SeqCst, Ordering::SeqCst);
        sent.is_ok() || sent == Err(SENT)
    }

    /// Takes the `sent` mark back, once it is certain that the request had no effect.
    pub(crate) fn had_no_effect(&self) {
        let _ = self.state.compare_exchange(SENT, NOTHING_SENT, Ordering::SeqCst, Ordering::SeqCst);
    }

    /// Whether a request with an effect has left the device.
    #[must_use]
    pub fn was_sent(&self) -> bool {
        self.state.load(Ordering::SeqCst) == SENT
    }

    /// An error that ends the wait, saying whether the call may have happened.
    pub(crate) fn ended(&self, code: Code) -> LockKeeperError {
        LockKeeperError::new(code).with_may_have_happened(self.was_sent())
    }

    /// Whether the call was cancelled before anything that acts was sent, so that it must stop.
    pub(crate) fn is_void(&self) -> bool {
        if self.cancel.is_cancelled() {
            self.void();
        }
        self.state.load(Ordering::SeqCst) == CANCELLED
    }

    /// Forbids sending, if nothing was sent yet.
    pub(crate) fn void(&self) {
        let _ = self.state.compare_exchange(NOTHING_SENT, CANCELLED, Ordering::SeqCst, Ordering::SeqCst);
    }

    pub(crate) fn cancel_token(&self) -> &CancelToken {
        &self.cancel
    }
}

impl fmt::Debug for StartedCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StartedCall")
            .field("left", &self.left())
            .field("sent", &self.was_sent())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_cancelled_before_sending_sends_nothing() {
        let call = Call::new(Duration::from_secs(5));
        let started = call.start();
        call.cancel.cancel();
        assert!(!started.begin_sending());
        assert_eq!(started.check().map_err(|e| (e.code, e.may_have_happened)), Err((Code::Cancelled, false)));
    }

    #[test]
    fn a_call_cancelled_after_sending_goes_on_and_says_that_it_may_have_happened() {
        let call = Call::new(Duration::from_secs(5));
        let started = call.start();
        assert!(started.begin_sending());
        call.cancel.cancel();
        assert!(started.begin_sending(), "the rest of a call that has begun to act may be sent");
        assert!(started.check().is_ok());
        assert!(started.ended(Code::Cancelled).may_have_happened);
    }

    #[test]
    fn a_request_that_had_no_effect_makes_the_call_cancellable_again() {
        let call = Call::new(Duration::from_secs(5));
        let started = call.start();
        assert!(started.begin_sending());
        started.had_no_effect();
        call.cancel.cancel();
        assert!(!started.begin_sending());
    }

    #[test]
    fn a_call_without_time_left_fails() {
        let started = Call::new(Duration::ZERO).start();
        assert_eq!(started.check().map_err(|e| e.code), Err(Code::TimedOut));
    }

    #[test]
    fn an_endless_deadline_is_no_overflow() {
        assert!(Call::new(Duration::MAX).start().left() > Duration::from_secs(3600));
    }
}
