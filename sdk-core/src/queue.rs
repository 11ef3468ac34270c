//! One at a time, in the order of coming: logins of one session, so that honest parallel use does not spend the
//! guess budget.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::call::StartedCall;
use crate::error::Result;

/// Calls that wait for their turn. A clone is the same queue.
#[derive(Debug, Clone, Default)]
pub struct Queue(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    line: Mutex<Line>,
    moved: Condvar,
}

#[derive(Debug, Default)]
struct Line {
    taken: bool,
    next: u64,
    waiting: VecDeque<u64>,
}

impl Queue {
    /// A queue in which nobody waits.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Waits for the turn of this call, which lasts until the guard is dropped.
    ///
    /// # Errors
    /// [`crate::error::Code::Cancelled`] or [`crate::error::Code::TimedOut`], where the call ended before its turn.
    pub fn turn(&self, call: &StartedCall) -> Result<Turn> {
        let shared = Arc::clone(&self.0);
        // Declared before the line is locked, so that it is dropped after: a cancel locks the token and then the line.
        let _guard = call.cancel_token().on_cancel(move || shared.wake_all());
        let mut line = self.0.line();
        let mine = line.next;
        line.next += 1;
        line.waiting.push_back(mine);
        loop {
            if let Err(error) = call.check() {
                line.waiting.retain(|waiting| *waiting != mine);
                self.0.moved.notify_all();
                return Err(error);
            }
            if !line.taken && line.waiting.front() == Some(&mine) {
                line.waiting.pop_front();
                line.taken = true;
                return Ok(Turn(Arc::clone(&self.0)));
            }
            let woken = self.0.moved.wait_timeout(line, call.left());
            line = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Shared {
    /// The line is whole after every step, so a panic elsewhere leaves nothing broken behind.
    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the lock for a moment, so that nobody is between looking and waiting.
    fn wake_all(&self) {
        drop(self.line());
        self.moved.notify_all();
    }
}

/// It is this call's turn. Dropping it lets the next one in.
#[derive(Debug)]
pub struct Turn(Arc<Shared>);

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.line().taken = false;
        self.0.moved.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::thread;
    use std::time::Duration;

    use super::*;
    use crate::call::Call;
    use crate::error::Code;

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn only_one_has_its_turn_at_a_time_and_everyone_has_one() {
        let (queue, inside, done) = (Queue::new(), AtomicU32::new(0), AtomicU32::new(0));
        thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| {
                    let _turn = queue.turn(&Call::new(LONG).start()).expect("there is time");
                    assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                    thread::yield_now();
                    inside.fetch_sub(1, Ordering::SeqCst);
                    done.fetch_add(1, Ordering::SeqCst);
                });
            }
        });
        assert_eq!(done.load(Ordering::SeqCst), 16);
    }

    #[test]
    fn whoever_is_cancelled_in_the_line_leaves_it_at_once() {
        let queue = Queue::new();
        let held = queue.turn(&Call::new(LONG).start()).expect("nobody is there");
        let call = Call::new(LONG);
        let started = call.start();
        let ended = thread::scope(|scope| {
            let waiter = scope.spawn(|| queue.turn(&started).map(drop));
            call.cancel.cancel();
            waiter.join().expect("it does not panic")
        });
        assert_eq!(ended.map_err(|e| e.code), Err(Code::Cancelled));
        drop(held);
        assert!(queue.turn(&Call::new(LONG).start()).is_ok(), "the line is not blocked by who left");
    }

    #[test]
    fn waiting_in_the_line_counts_against_the_deadline() {
        let queue = Queue::new();
        let _held = queue.turn(&Call::new(LONG).start()).expect("nobody is there");
        let ended = queue.turn(&Call::new(Duration::from_millis(5)).start()).map(drop);
        assert_eq!(ended.map_err(|e| e.code), Err(Code::TimedOut));
    }
}
