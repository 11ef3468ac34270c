//! A stranger who guesses all the while: whatever dies, the budget grants no guess more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use lock_keeper_protocol::cbor;
use lock_keeper_protocol::identity::Realm;
use lock_keeper_protocol::message::{CBOR, path};
use lock_keeper_testbed::{Device, RawClient};

/// Between two guesses, so that there is something left of the machine.
const PAUSE: Duration = Duration::from_millis(25);

/// Guesses at one name on a thread of its own.
pub struct Guesser {
    ended: Arc<AtomicBool>,
    thread: JoinHandle<Guesses>,
}

/// What came of them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Guesses {
    /// Answered with a KE2, which tells whether the guess was right.
    pub granted: usize,
    /// Refused by the budget.
    pub refused: usize,
    /// Not answered, or answered with a 503, or with a 408 as the machine was too busy to read it in time.
    pub lost: usize,
    /// From the first guess to the last answer.
    pub took: Duration,
}

impl Guesser {
    /// Begins.
    #[must_use]
    pub fn start(http: RawClient, realm: Realm, name: &str) -> Self {
        let device = Device::over(http, realm, name, "a wrong guess");
        let ended = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&ended);
        let thread = thread::spawn(move || guess(&device, &told));
        Self { ended, thread }
    }

    /// Ends, and answers what came of it.
    ///
    /// # Panics
    /// Where an answer was none that a key server gives.
    #[must_use]
    pub fn end(self) -> Guesses {
        self.ended.store(true, Ordering::SeqCst);
        self.thread.join().expect("every answer is a good one, or a 408, 429 or 503")
    }
}

fn guess(device: &Device, ended: &AtomicBool) -> Guesses {
    let began = Instant::now();
    let mut guesses = Guesses::default();
    while !ended.load(Ordering::SeqCst) {
        let body = cbor::encode(&device.session_start().1);
        match device.http.try_exchange(&RawClient::post_of(path::SESSION_START, CBOR, &body)) {
            Some(reply) if reply.status == 200 => guesses.granted += 1,
            Some(reply) if reply.status == 429 => guesses.refused += 1,
            Some(reply) if !matches!(reply.status, 408 | 503) => panic!("a guess was answered with {}", reply.status),
            _ => guesses.lost += 1,
        }
        guesses.took = began.elapsed();
        thread::sleep(PAUSE);
    }
    guesses
}

/// How many guesses of strangers the budget may grant at a name in such a time (`docs/protocol.md`, section 5.3): five are
/// free, then each has a wait before it, which doubles from 30 s to 15 min; one is given back each hour.
#[must_use]
pub fn allowed(time: Duration) -> usize {
    let (mut wait, mut waited, mut granted) = (30, 30, 5);
    while waited <= time.as_secs() {
        granted += 1;
        wait = (2 * wait).min(900);
        waited += wait;
    }
    // Each one that is given back can be spent once more, and may shorten one wait.
    granted + 2 * (time.as_secs() / 3_600) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_guesses_are_free_and_the_waits_double() {
        let at = |seconds| allowed(Duration::from_secs(seconds));
        assert_eq!([at(0), at(29), at(30), at(89), at(90), at(210)], [5, 5, 6, 6, 7, 8]);
    }
}
