//! A session of the protocol as the client uses it: frame by frame, over whatever connection there is.

use std::time::Duration;

use lock_keeper_protocol::audit::{self, ChainHead};
use lock_keeper_protocol::cbor;
use lock_keeper_protocol::channel::ClientChannel;
use lock_keeper_protocol::identity::SessionId;
use lock_keeper_protocol::limits;
use lock_keeper_protocol::message::{Answer, ClientMessage, Continuation, Reply, Request, SessionLimits, Welcome};
use lock_keeper_protocol::problem::Problem;
use rand::rngs::OsRng;

use crate::call::Phase;
use crate::error::{Code, LockKeeperError, Result};
use crate::link::{Answered, Exchange, Link, violation};

/// A session is taken for idle or over this long before the server does.
const MARGIN: Duration = Duration::from_secs(3);

/// An open session of the protocol.
pub(crate) struct Conversation {
    channel: ClientChannel,
    limits: SessionLimits,
    operations_left: u32,
    opened_at: Duration,
    used_at: Duration,
    /// Leaf hashes that the last answer brought.
    leaves: Vec<u8>,
}

/// What came of a frame.
pub(crate) enum Spoken {
    /// The server's answer.
    Answer(Answer),
    /// The session is over. `may_have_acted`: the frame may have been taken before it was.
    Over { may_have_acted: bool },
}

impl Conversation {
    /// After the welcome. `now` counts since boot.
    pub(crate) fn new(channel: ClientChannel, limits: SessionLimits, requests_made: u32, now: Duration) -> Self {
        let operations_left = limits.operations.saturating_sub(requests_made);
        Self { channel, limits, operations_left, opened_at: now, used_at: now, leaves: Vec::new() }
    }

    pub(crate) fn session(&self) -> SessionId {
        self.channel.session()
    }

    /// The number that the next frame will have.
    pub(crate) fn next_frame(&self) -> u32 {
        self.channel.next_sequence()
    }

    /// Whether another operation may begin.
    pub(crate) fn takes_operation(&self, now: Duration) -> bool {
        self.operations_left > 0 && self.is_alive(now)
    }

    /// Whether a continuation may still come.
    pub(crate) fn is_alive(&self, now: Duration) -> bool {
        let idle = Duration::from_secs(self.limits.idle.into());
        let total = Duration::from_secs(self.limits.total.into());
        now + MARGIN < self.used_at + idle && now + MARGIN < self.opened_at + total
    }

    /// The head after the last answer, where that told what it appended to `seen`.
    pub(crate) fn head_after(&self, seen: ChainHead) -> Result<ChainHead> {
        audit::extend(seen, &self.leaves).map_err(|_| violation("the answer has broken leaf hashes"))
    }

    /// Sends a request.
    pub(crate) fn request(&mut self, link: &Link<'_>, request: Request, acts: bool, now: Duration) -> Result<Spoken> {
        self.operations_left = self.operations_left.saturating_sub(1);
        self.send(link, &ClientMessage::Request(request), acts, now)
    }

    /// Sends the next frame of the operation that is open.
    pub(crate) fn go_on(&mut self, link: &Link<'_>, next: Continuation, acts: bool, now: Duration) -> Result<Spoken> {
        self.send(link, &ClientMessage::Continuation(next), acts, now)
    }

    fn send(&mut self, link: &Link<'_>, message: &ClientMessage, acts: bool, now: Duration) -> Result<Spoken> {
        link.call.report(Phase::Sending);
        let sent = self.channel.seal(&mut OsRng, cbor::encode(message).into()).map_err(|_| Code::Internal)?;
        match link.post(Exchange::session_message(acts), sent.as_bytes())? {
            Answered::Body(body) => {
                let unknown = |error: LockKeeperError| error.with_may_have_happened(acts);
                let payload =
                    self.channel.open(&sent, &body).map_err(|_| unknown(violation("the answer does not verify")))?;
                self.used_at = now;
                let Reply { answer, leaves } =
                    cbor::decode(&payload).map_err(|_| unknown(violation("the answer is malformed")))?;
                self.leaves = leaves.0;
                if is(&answer, Problem::SessionClosed) {
                    return Ok(Spoken::Over { may_have_acted: false });
                }
                Ok(Spoken::Answer(answer))
            }
            Answered::Refused(refusal) if refusal.problem == Some(Problem::FrameRefused) => {
                Ok(Spoken::Over { may_have_acted: refusal.sent_again })
            }
            Answered::Refused(refusal) => Err(refusal.into_error().with_may_have_happened(acts)),
        }
    }

    /// Follows the audit chain from what this device has seen to what the welcome says, paging leaf hashes where the welcome holds too few.
    ///
    /// # Errors
    /// [`Code::RolledBack`] where the log is not an extension of what was seen.
    pub(crate) fn follow(&mut self, link: &Link<'_>, seen: ChainHead, welcome: &Welcome, now: Duration) -> Result<()> {
        let rolled_back = || LockKeeperError::from(Code::RolledBack);
        let goal = welcome.head;
        let mut head = audit::extend(seen, &welcome.leaves.0).map_err(|_| rolled_back())?;
        while head.size < goal.size {
            let limit = (goal.size - head.size).min(limits::LINKS as u64) as u16;
            let next = Continuation::Links { from: head.size, limit };
            let Spoken::Answer(Answer::Links { leaves }) = self.go_on(link, next, false, now)? else {
                return Err(rolled_back());
            };
            if leaves.0.is_empty() {
                return Err(rolled_back());
            }
            head = audit::extend(head, &leaves.0).map_err(|_| rolled_back())?;
        }
        if head == goal { Ok(()) } else { Err(rolled_back()) }
    }
}

/// Whether an answer is this problem.
pub(crate) fn is(answer: &Answer, problem: Problem) -> bool {
    matches!(answer, Answer::Problem { code } if code == problem.code())
}

/// The error of an answer that the operation does not expect: the server's problem, or a violation. What an operation that `acts`
/// has done is known of a problem (nothing), and not of an answer that belongs elsewhere.
pub(crate) fn unexpected(answer: &Answer, acts: bool) -> LockKeeperError {
    let Answer::Problem { code } = answer else {
        return violation("the answer belongs to another operation").with_may_have_happened(acts);
    };
    match Problem::from_code(code) {
        Some(Problem::SecretNotFound) => Code::SecretNotFound.into(),
        Some(Problem::SecretDeleted) => Code::SecretDeleted.into(),
        Some(Problem::SecretIdTaken) => Code::SecretIdTaken.into(),
        Some(Problem::QuotaReached) => Code::QuotaReached.into(),
        Some(Problem::GenerationMismatch) => Code::PasswordChanged.into(),
        _ => violation("the server refuses a well-formed request"),
    }
}
