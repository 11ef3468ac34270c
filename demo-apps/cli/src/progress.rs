//! What a person sees while a call runs: one line on standard error that is written over, and gone at the end.

use std::io::{Write, stderr};
use std::sync::{Mutex, PoisonError};

use lock_keeper_core::Phase;
use lock_keeper_core::retry::MAX_ATTEMPTS;

use crate::output::style::Style;

/// To the first column, and the line empty.
const CLEAR: &str = "\r\x1b[2K";

/// The line of progress on a terminal.
pub(crate) struct Progress {
    style: Style,
    state: Mutex<State>,
}

#[derive(PartialEq, Eq)]
enum State {
    Hidden,
    Shown,
    /// The outcome is printed: a call that is finished in the background shows nothing any more.
    Ended,
}

impl Progress {
    pub(crate) fn new(style: Style) -> Self {
        Self { style, state: Mutex::new(State::Hidden) }
    }

    /// Shows how far a call is. Is called on the library's threads.
    pub(crate) fn show(&self, phase: Phase) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if *state == State::Ended {
            return;
        }
        let line = match phase {
            // It stays: a person wants to know afterwards why it took longer.
            Phase::Waiting { attempt } => self.style.yellow(&waiting(attempt)) + "\n",
            other => self.style.dim(doing(other)),
        };
        // Without a progress line the command is as good.
        let _ = write!(stderr(), "{CLEAR}{line}").and_then(|()| stderr().flush());
        *state = if matches!(phase, Phase::Waiting { .. }) { State::Hidden } else { State::Shown };
    }

    /// Takes the line away, for good.
    pub(crate) fn end(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if *state == State::Shown {
            let _ = write!(stderr(), "{CLEAR}").and_then(|()| stderr().flush());
        }
        *state = State::Ended;
    }
}

fn doing(phase: Phase) -> &'static str {
    match phase {
        Phase::Connecting => "reaching the key server…",
        Phase::Stretching => "stretching the password…",
        Phase::Proving => "proving the password…",
        _ => "sending…",
    }
}

fn waiting(attempt: u32) -> String {
    format!("no answer came; sending the same bytes again ({} of {MAX_ATTEMPTS})…", attempt + 1)
}
