//! Ctrl-C: the first one cancels the call, so that what may have happened can be said; the second one ends the process.

use std::sync::Once;
use std::thread;

use lock_keeper_core::{CancelToken, Code};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::failure::Failure;

/// The exit code after a second Ctrl-C: what a shell says of a process that SIGINT ended.
const ENDED_BY_SIGINT: i32 = 130;

/// Cancels a token when SIGINT or SIGTERM comes.
///
/// Until [`Interrupt::watch`], a signal ends the process in the usual way: nothing was sent yet, and a read of
/// standard input would not notice a token.
pub(crate) struct Interrupt {
    token: CancelToken,
    watching: Once,
}

impl Interrupt {
    pub(crate) fn new() -> Self {
        Self { token: CancelToken::new(), watching: Once::new() }
    }

    /// What every call is given.
    pub(crate) fn token(&self) -> CancelToken {
        self.token.clone()
    }

    /// From now on a signal cancels the token.
    ///
    /// It must be so before a prompt as well: a process that dies there leaves a terminal without echo behind.
    pub(crate) fn watch(&self) -> Result<(), Failure> {
        let mut outcome = Ok(());
        self.watching.call_once(|| outcome = watch(self.token()));
        outcome
    }
}

fn watch(token: CancelToken) -> Result<(), Failure> {
    let mut signals = Signals::new([SIGINT, SIGTERM]).map_err(|_| Failure::from(Code::Internal))?;
    let cancel = move || {
        for _ in signals.forever() {
            if token.is_cancelled() {
                std::process::exit(ENDED_BY_SIGINT);
            }
            token.cancel();
        }
    };
    thread::Builder::new().spawn(cancel).map(drop).map_err(|_| Failure::from(Code::Internal))
}
