//! Waiting so that a cancel ends it at once.
//!
//! The work runs on a thread of its own and the caller waits on a channel. When the wait ends early the work goes on:
//! it stops by itself before it sends anything ([`StartedCall::begin_sending`]), or finishes what it has sent until
//! the deadline.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::call::StartedCall;
use crate::error::{Code, LockKeeperError, Result};

/// How long after the deadline the caller still waits for the work's own, better error.
const GRACE: Duration = Duration::from_millis(250);

enum News<T> {
    Done(Result<T>),
    Cancelled,
}

/// Runs `work` on a thread of its own, and waits for it until the call is cancelled or its time is up.
///
/// # Errors
/// What `work` fails with; [`Code::Cancelled`] or [`Code::TimedOut`] where the wait ended first, saying whether the
/// call may have happened; [`Code::Internal`] where `work` panicked or no thread could be made.
pub fn run<T: Send + 'static>(
    call: &Arc<StartedCall>,
    work: impl FnOnce(&Arc<StartedCall>) -> Result<T> + Send + 'static,
) -> Result<T> {
    call.check()?;
    // Room for the result and one cancel, so that neither side ever blocks on the other.
    let (sender, receiver) = sync_channel(2);
    let cancelled = sender.clone();
    let _guard = call.cancel_token().on_cancel(move || {
        let _ = cancelled.try_send(News::Cancelled);
    });
    spawn(call, sender, work)?;
    match receiver.recv_timeout(call.left() + GRACE) {
        Ok(News::Done(result)) => result,
        Ok(News::Cancelled) => {
            call.void();
            Err(call.ended(Code::Cancelled))
        }
        Err(RecvTimeoutError::Timeout) => {
            call.void();
            Err(call.ended(Code::TimedOut))
        }
        Err(RecvTimeoutError::Disconnected) => Err(call.ended(Code::Internal)),
    }
}

fn spawn<T: Send + 'static>(
    call: &Arc<StartedCall>,
    sender: SyncSender<News<T>>,
    work: impl FnOnce(&Arc<StartedCall>) -> Result<T> + Send + 'static,
) -> Result<()> {
    let call = Arc::clone(call);
    thread::Builder::new()
        .name("lock-keeper".to_owned())
        .spawn(move || {
            let result = catch_unwind(AssertUnwindSafe(|| work(&call)));
            let result = result.unwrap_or_else(|_| Err(call.ended(Code::Internal)));
            let _ = sender.try_send(News::Done(result));
        })
        .map(drop)
        .map_err(|_| LockKeeperError::new(Code::Internal))
}

/// Waits this long, or to the call's deadline, or until the call is cancelled before anything that acts was sent.
///
/// A call that was sent waits on although it was cancelled: it is finished in the background.
///
/// # Errors
/// [`Code::Cancelled`], [`Code::TimedOut`].
pub fn pause(call: &StartedCall, length: Duration) -> Result<()> {
    let (sender, receiver) = sync_channel(1);
    let _guard = call.cancel_token().on_cancel(move || {
        let _ = sender.try_send(());
    });
    let end = (Instant::now() + length).min(call.deadline());
    while receiver.recv_timeout(end.saturating_duration_since(Instant::now())).is_ok() {
        call.check()?;
    }
    call.check()
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;
    use crate::call::Call;

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn the_result_of_the_work_comes_back() {
        assert_eq!(run(&Call::new(LONG).start(), |_| Ok(7)), Ok(7));
        let error = run::<()>(&Call::new(LONG).start(), |_| Err(Code::ServerBusy.into()));
        assert_eq!(error.map_err(|e| e.code), Err(Code::ServerBusy));
    }

    #[test]
    fn a_cancel_ends_the_wait_at_once_and_before_sending_nothing_happens() {
        let call = Call::new(LONG);
        let token = call.cancel.clone();
        let (let_go, held) = channel::<()>();
        let (tell, told) = channel();
        let before = Instant::now();
        let ended = run(&call.start(), move |call| {
            token.cancel();
            let _ = held.recv();
            tell.send(call.begin_sending()).expect("the test waits for it");
            Ok(())
        });
        assert!(before.elapsed() < LONG / 2);
        assert_eq!(ended.map_err(|e| (e.code, e.may_have_happened)), Err((Code::Cancelled, false)));
        drop(let_go);
        assert_eq!(told.recv(), Ok(false));
    }

    #[test]
    fn what_was_sent_is_finished_in_the_background_and_the_error_says_so() {
        let call = Call::new(LONG);
        let token = call.cancel.clone();
        let (let_go, held) = channel::<()>();
        let (tell, told) = channel();
        let ended = run(&call.start(), move |call| {
            assert!(call.begin_sending());
            token.cancel();
            let _ = held.recv();
            tell.send("finished").expect("the test waits for it");
            Ok(())
        });
        assert_eq!(ended.map_err(|e| (e.code, e.may_have_happened)), Err((Code::Cancelled, true)));
        drop(let_go);
        assert_eq!(told.recv(), Ok("finished"));
    }

    #[test]
    fn work_that_outlasts_the_deadline_does_not_hold_the_caller() {
        let (let_go, held) = channel::<()>();
        let call = Call::new(Duration::from_millis(10)).start();
        let ended = run(&call, move |_| {
            let _ = held.recv();
            Ok(())
        });
        assert_eq!(ended.map_err(|e| e.code), Err(Code::TimedOut));
        drop(let_go);
    }

    #[test]
    fn a_panic_in_the_work_is_an_error_for_the_caller() {
        let ended = run::<()>(&Call::new(LONG).start(), |_| panic!("on purpose"));
        assert_eq!(ended.map_err(|e| e.code), Err(Code::Internal));
    }

    #[test]
    fn a_pause_ends_with_a_cancel() {
        let call = Call::new(LONG);
        let token = call.cancel.clone();
        let waiter = thread::spawn(move || pause(&call.start(), LONG));
        token.cancel();
        let ended = waiter.join().expect("the waiter does not panic");
        assert_eq!(ended.map_err(|e| e.code), Err(Code::Cancelled));
    }

    #[test]
    fn a_pause_of_a_call_that_was_sent_goes_on_after_a_cancel() {
        let call = Call::new(LONG);
        let started = call.start();
        assert!(started.begin_sending());
        call.cancel.cancel();
        let before = Instant::now();
        assert_eq!(pause(&started, Duration::from_millis(20)), Ok(()));
        assert!(before.elapsed() >= Duration::from_millis(20));
    }

    #[test]
    fn a_pause_never_outlasts_the_deadline() {
        let ended = pause(&Call::new(Duration::from_millis(5)).start(), LONG);
        assert_eq!(ended.map_err(|e| e.code), Err(Code::TimedOut));
    }
}
