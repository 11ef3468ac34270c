//! Ending a wait from another thread.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

type Waker = Box<dyn Fn() + Send>;

/// Cancels the calls that it was given to. A clone is the same token.
#[derive(Clone, Default)]
pub struct CancelToken(Arc<Shared>);

#[derive(Default)]
struct Shared {
    cancelled: AtomicBool,
    wakers: Mutex<Wakers>,
}

#[derive(Default)]
struct Wakers {
    next: u64,
    waiting: Vec<(u64, Waker)>,
}

impl CancelToken {
    /// A token that nobody has cancelled yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Ends the waits of every call with this token, at once. A cancelled token stays cancelled.
    pub fn cancel(&self) {
        let wakers = self.wakers();
        self.0.cancelled.store(true, Ordering::SeqCst);
        for (_, wake) in &wakers.waiting {
            wake();
        }
    }

    /// Whether [`Self::cancel`] was called.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::SeqCst)
    }

    /// Has `wake` called when the token is cancelled (now, if it already is), until the guard is dropped.
    /// `wake` must not use the token.
    pub(crate) fn on_cancel(&self, wake: impl Fn() + Send + 'static) -> OnCancel<'_> {
        let mut wakers = self.wakers();
        if self.is_cancelled() {
            wake();
        }
        let id = wakers.next;
        wakers.next += 1;
        wakers.waiting.push((id, Box::new(wake)));
        OnCancel { token: self, id }
    }

    /// The list is whole after every step, so a panic in a waker leaves nothing broken behind.
    fn wakers(&self) -> MutexGuard<'_, Wakers> {
        self.0.wakers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for CancelToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CancelToken").field(&self.is_cancelled()).finish()
    }
}

/// Takes the waker back when dropped.
pub(crate) struct OnCancel<'a> {
    token: &'a CancelToken,
    id: u64,
}

impl Drop for OnCancel<'_> {
    fn drop(&mut self) {
        self.token.wakers().waiting.retain(|(id, _)| *id != self.id);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn cancelling_wakes_whoever_waits_and_nobody_who_has_gone() {
        let token = CancelToken::new();
        let (sender, receiver) = mpsc::channel();
        let gone = sender.clone();
        drop(token.on_cancel(move || gone.send("gone").expect("the test holds the receiver")));
        let _stays = token.on_cancel(move || sender.send("waits").expect("the test holds the receiver"));
        token.clone().cancel();
        assert_eq!(receiver.try_iter().collect::<Vec<_>>(), ["waits"]);
    }

    #[test]
    fn whoever_comes_late_is_woken_at_once() {
        let token = CancelToken::new();
        token.cancel();
        let (sender, receiver) = mpsc::channel();
        let _late = token.on_cancel(move || sender.send(()).expect("the test holds the receiver"));
        assert!(receiver.try_recv().is_ok());
    }
}
