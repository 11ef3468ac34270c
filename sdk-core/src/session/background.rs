use std::time::Duration;

use super::{Inner, LockReason, Session, State};

impl Session {
    /// The app went to the background: connections are dropped, and the session locks when that lasts for as long as the options say.
    pub fn entered_background(&self) {
        let now = self.inner.home.env.clock.since_boot();
        match &mut *self.inner.state() {
            State::Unlocked { background_since, .. } | State::Working { background_since, .. } => {
                background_since.get_or_insert(now);
            }
            State::Locked(_) => {}
        }
        self.inner.home.env.transport.drop_connections();
    }

    /// The app is in the foreground again.
    pub fn entered_foreground(&self) {
        self.inner.check_time();
        match &mut *self.inner.state() {
            State::Unlocked { background_since, .. } | State::Working { background_since, .. } => {
                *background_since = None
            }
            State::Locked(_) => {}
        }
    }
}

impl Inner {
    /// Locks the session where its time is up. There is no timer: whoever asks finds out.
    pub(super) fn check_time(&self) {
        let now = self.home.env.clock.since_boot();
        let over =
            |since: Duration, limit: Option<Duration>| limit.is_some_and(|limit| now.saturating_sub(since) >= limit);
        let due = match &*self.state() {
            State::Unlocked { used_at, background_since, .. } => {
                if over(*used_at, self.options.lock_after_idle) {
                    Some(LockReason::Idle)
                } else {
                    background_since
                        .filter(|since| over(*since, self.options.lock_in_background_after))
                        .map(|_| LockReason::Background)
                }
            }
            State::Working { .. } | State::Locked(_) => None,
        };
        if let Some(reason) = due {
            self.lock(reason);
        }
    }
}
