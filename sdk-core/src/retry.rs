//! All retry logic of the client: when identical bytes are sent again, and how long to wait before.
//!
//! The protocol makes this safe: a frame, a finish or an upload that was taken once is answered with the same bytes
//! again and does nothing more (docs/protocol.md, exactly once). [`Resend`] says for which requests that holds.

use std::time::Duration;

use rand::Rng;

use crate::call::{Phase, StartedCall};
use crate::error::{LockKeeperError, Result};
use crate::transport::{Cause, Reply, Request, Transport, TransportFailure};
use crate::wait;

/// How many times one request is sent at most.
pub const MAX_ATTEMPTS: u32 = 4;
/// The longest first wait; each later one may be twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(250);
/// The longest wait without a word from the server.
const MAX_WAIT: Duration = Duration::from_secs(4);
/// The longest wait that the server may ask for and the client still does by itself; longer ones are for the app.
const MAX_ASKED_WAIT: Duration = Duration::from_secs(10);

/// When a request may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resend {
    /// Also when the server may have got it: it acts once on the same bytes.
    Always,
    /// Only when it certainly did not arrive, or was refused unread: each arrival counts (a KE1 spends a guess).
    IfNotArrived,
}

/// An answer, and how many times the request was sent for it.
#[derive(Debug)]
pub struct Exchanged {
    /// The answer, whatever its status is, except redirects.
    pub reply: Reply,
    /// 1 where the first attempt was answered.
    pub attempts: u32,
}

/// Sends a request, and the same bytes again where that is safe and may help, within the call's time.
///
/// A 408, 502, 503 or 504 that stays is returned as the answer that it is.
///
/// # Errors
/// The last attempt's failure; it says `may_have_happened` where the request acts and any attempt may have arrived.
/// [`crate::error::Code::Cancelled`] and [`crate::error::Code::TimedOut`] where the call ended between two attempts.
pub fn exchange(
    transport: &dyn Transport,
    request: &Request<'_>,
    resend: Resend,
    call: &StartedCall,
) -> Result<Exchanged> {
    let acted_before = call.was_sent();
    let mut arrived = false;
    let mut attempts = 1;
    loop {
        let outcome = transport.exchange(request, call);
        let trouble = Trouble::of(&outcome);
        arrived |= match (&trouble, &outcome) {
            (Some(trouble), _) => trouble.may_have_arrived,
            (None, Err(failure)) => failure.may_have_arrived,
            (None, Ok(_)) => true,
        };
        if !arrived && !acted_before {
            call.had_no_effect();
        }
        let chance = rand::thread_rng().r#gen::<f64>();
        match trouble.and_then(|trouble| trouble.next_wait(resend, attempts, call.left(), chance)) {
            None => return finish(outcome, attempts, acted_before || (arrived && request.acts)),
            Some(length) => {
                call.report(Phase::Waiting { attempt: attempts });
                wait::pause(call, length)?;
                attempts += 1;
            }
        }
    }
}

fn finish(outcome: Result<Reply, TransportFailure>, attempts: u32, may_have_happened: bool) -> Result<Exchanged> {
    match outcome {
        Ok(reply) => Ok(Exchanged { reply, attempts }),
        Err(failure) => Err(LockKeeperError::new(failure.cause.code()).with_may_have_happened(may_have_happened)),
    }
}

/// What stood in the way of an attempt and may have gone a moment later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Trouble {
    /// The server may have acted on the request.
    may_have_arrived: bool,
    /// The server itself says to come again, so even a request of which each arrival counts may.
    invited: bool,
    /// How long the server asks to wait.
    asked: Option<Duration>,
}

impl Trouble {
    /// `None`: an answer, or a failure that another attempt would only repeat.
    fn of(outcome: &Result<Reply, TransportFailure>) -> Option<Self> {
        match outcome {
            Ok(reply) => Self::of_status(reply),
            Err(failure) if failure.cause == Cause::Unreachable => {
                Some(Self { may_have_arrived: failure.may_have_arrived, invited: false, asked: None })
            }
            // The connection had its time, but the call may have more.
            Err(failure) if failure.cause == Cause::TimedOut && !failure.may_have_arrived => {
                Some(Self { may_have_arrived: false, invited: false, asked: None })
            }
            Err(_) => None,
        }
    }

    fn of_status(reply: &Reply) -> Option<Self> {
        let trouble = Self { may_have_arrived: true, invited: false, asked: reply.retry_after };
        match reply.status {
            408 => Some(Self { may_have_arrived: false, ..trouble }),
            // A 503 may come after a commit whose outcome the server does not know.
            503 => Some(Self { invited: true, ..trouble }),
            502 | 504 => Some(trouble),
            _ => None,
        }
    }

    /// How long to wait before the next attempt, or `None` where there is none. `chance` is in [0, 1).
    ///
    /// A wait is half fixed and half random, so that the phones that one outage threw out do not come back together.
    fn next_wait(self, resend: Resend, attempts: u32, left: Duration, chance: f64) -> Option<Duration> {
        let safe = resend == Resend::Always || !self.may_have_arrived || self.invited;
        if !safe || attempts >= MAX_ATTEMPTS || self.asked > Some(MAX_ASKED_WAIT) {
            return None;
        }
        let longest = (FIRST_WAIT * 2_u32.pow(attempts - 1)).min(MAX_WAIT);
        let own = longest.mul_f64(0.5 + chance / 2.0);
        let length = own + self.asked.unwrap_or_default();
        (length < left).then_some(length)
    }
}

#[cfg(test)]
mod tests;
