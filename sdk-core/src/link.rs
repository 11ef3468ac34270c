//! Exchanges with the key server: bytes out, bytes or a refusal back. Knows problem documents, and nothing of sessions.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use lock_keeper_protocol::limits;
use lock_keeper_protocol::message::{CBOR, FRAME, PROBLEM, path};
use lock_keeper_protocol::problem::Problem;
use serde::Deserialize;

use crate::call::StartedCall;
use crate::error::{Code, LockKeeperError, RequestId, Result};
use crate::retry::{self, Resend};
use crate::transport::{Reply, Request, Transport, TransportFailure};

/// What one call has cost so far.
#[derive(Default)]
pub(crate) struct Meter {
    bytes: AtomicU64,
    resent: AtomicU32,
}

impl Meter {
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Exchanges that were sent again, plus one.
    pub(crate) fn attempts(&self) -> u32 {
        self.resent.load(Ordering::Relaxed) + 1
    }
}

/// One call's way to the key server.
pub(crate) struct Link<'a> {
    pub(crate) transport: &'a dyn Transport,
    pub(crate) call: &'a StartedCall,
    pub(crate) meter: &'a Meter,
}

/// What is sent where, and what may be done about a lost answer.
#[derive(Clone, Copy)]
pub(crate) struct Exchange {
    pub(crate) path: &'static str,
    /// The media type of the body.
    pub(crate) sends: &'static str,
    /// The media type of a good answer.
    pub(crate) expects: &'static str,
    pub(crate) resend: Resend,
    /// Something changes for the person.
    pub(crate) acts: bool,
}

impl Exchange {
    pub(crate) const REGISTRATION_START: Self =
        Self { path: path::REGISTRATION_START, sends: CBOR, expects: CBOR, resend: Resend::Always, acts: false };
    pub(crate) const REGISTRATION_FINISH: Self =
        Self { path: path::REGISTRATION_FINISH, sends: CBOR, expects: CBOR, resend: Resend::Always, acts: true };
    /// Each KE1 that arrives spends a guess.
    pub(crate) const SESSION_START: Self =
        Self { path: path::SESSION_START, sends: CBOR, expects: CBOR, resend: Resend::IfNotArrived, acts: false };

    pub(crate) fn session_finish(acts: bool) -> Self {
        Self { path: path::SESSION_FINISH, sends: CBOR, expects: FRAME, resend: Resend::Always, acts }
    }

    pub(crate) fn session_message(acts: bool) -> Self {
        Self { path: path::SESSION_MESSAGE, sends: FRAME, expects: FRAME, resend: Resend::Always, acts }
    }
}

/// What came back.
pub(crate) enum Answered {
    /// The body of a good answer.
    Body(Vec<u8>),
    /// A problem document.
    Refused(Refusal),
}

/// What came of a KE1.
pub(crate) enum Started {
    Answered(Answered),
    /// It may have arrived, and the connection broke before the answer came.
    Lost(LockKeeperError),
}

/// A transport that notes whether a request may have reached the server.
struct Watched<'a> {
    transport: &'a dyn Transport,
    arrived: AtomicBool,
}

impl Transport for Watched<'_> {
    fn exchange(&self, request: &Request<'_>, call: &StartedCall) -> Result<Reply, TransportFailure> {
        let outcome = self.transport.exchange(request, call);
        if outcome.as_ref().map_or_else(|failure| failure.may_have_arrived, |_| true) {
            self.arrived.store(true, Ordering::Relaxed);
        }
        outcome
    }
}

/// A problem document of the server.
pub(crate) struct Refusal {
    /// The problem, where this version knows it.
    pub(crate) problem: Option<Problem>,
    retry_after: Option<Duration>,
    request_id: Option<RequestId>,
    /// The same bytes were sent more than once, so an earlier arrival may have been acted on.
    pub(crate) sent_again: bool,
}

#[derive(Deserialize)]
struct Document {
    code: String,
}

impl Link<'_> {
    /// Sends a body and waits for the answer, sending again what may be sent again.
    pub(crate) fn post(&self, exchange: Exchange, body: &[u8]) -> Result<Answered> {
        let request = Request {
            path: exchange.path,
            body: Some(body),
            media_type: exchange.sends,
            limit: limits::BODY,
            acts: exchange.acts,
        };
        let exchanged = retry::exchange(self.transport, &request, exchange.resend, self.call);
        self.meter.bytes.fetch_add(body.len() as u64, Ordering::Relaxed);
        let exchanged = exchanged?;
        self.meter.bytes.fetch_add(exchanged.reply.body.len() as u64, Ordering::Relaxed);
        self.meter.resent.fetch_add(exchanged.attempts - 1, Ordering::Relaxed);
        let sent_again = exchanged.attempts > 1;
        let reply = exchanged.reply;
        if (200..300).contains(&reply.status) {
            return if reply.content_type == exchange.expects {
                Ok(Answered::Body(reply.body))
            } else {
                Err(violation("the answer has another media type").with_may_have_happened(exchange.acts))
            };
        }
        Ok(Answered::Refused(Refusal::read(&reply, sent_again)))
    }

    /// Sends a KE1, of which each arrival spends a guess: so whether it may have arrived matters even where no answer came.
    pub(crate) fn start_login(&self, ke1: &[u8]) -> Result<Started> {
        let watched = Watched { transport: self.transport, arrived: AtomicBool::new(false) };
        let link = Link { transport: &watched, call: self.call, meter: self.meter };
        match link.post(Exchange::SESSION_START, ke1) {
            Err(error) if error.code == Code::Offline && watched.arrived.load(Ordering::Relaxed) => {
                Ok(Started::Lost(error))
            }
            answered => answered.map(Started::Answered),
        }
    }

    /// As [`Link::post`], for exchanges of which every refusal is the call's error.
    pub(crate) fn post_or_fail(&self, exchange: Exchange, body: &[u8]) -> Result<Vec<u8>> {
        match self.post(exchange, body)? {
            Answered::Body(body) => Ok(body),
            Answered::Refused(refusal) => Err(refusal.into_error()),
        }
    }
}

impl Refusal {
    fn read(reply: &Reply, sent_again: bool) -> Self {
        let document: Option<Document> =
            (reply.content_type == PROBLEM).then(|| serde_json::from_slice(&reply.body).ok()).flatten();
        // Whoever stands before the server (a proxy, a load balancer) answers without a document.
        let problem = match document {
            Some(document) => Problem::from_code(&document.code),
            None if matches!(reply.status, 429 | 502..=504) => Some(Problem::Busy),
            None if reply.status == 500 => Some(Problem::Internal),
            None => None,
        };
        Self { problem, retry_after: reply.retry_after, request_id: reply.request_id.clone(), sent_again }
    }

    pub(crate) fn into_error(self) -> LockKeeperError {
        let code = match self.problem {
            Some(Problem::AccountNameInvalid) => Code::AccountNameInvalid,
            Some(Problem::AccountNameTaken) => Code::AccountNameTaken,
            Some(Problem::RegistrationClosed) => Code::RegistrationClosed,
            Some(Problem::TicketRefused) => Code::TicketRefused,
            Some(Problem::TooManyAttempts) => Code::TooManyAttempts,
            Some(Problem::VersionUnsupported) => Code::VersionUnsupported,
            Some(Problem::Busy | Problem::TooSlow) => Code::ServerBusy,
            Some(Problem::Internal) => Code::ServerFailed,
            _ => Code::ProtocolViolation,
        };
        LockKeeperError::new(code).with_retry_after(self.retry_after).with_request_id(self.request_id)
    }
}

/// An answer that no good server gives.
pub(crate) fn violation(detail: &'static str) -> LockKeeperError {
    LockKeeperError::new(Code::ProtocolViolation).with_detail(detail)
}
