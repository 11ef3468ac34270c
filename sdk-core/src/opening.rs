//! One login: from the password input to an open session of the protocol (`docs/protocol.md`, section 5).

use std::sync::Arc;

use lock_keeper_protocol::audit::ChainHead;
use lock_keeper_protocol::cbor::Nullable;
use lock_keeper_protocol::identity::{AccountName, PasswordInput, SessionId};
use lock_keeper_protocol::key::Key64;
use lock_keeper_protocol::login::{self, LoginEnded, OpenedSession};
use lock_keeper_protocol::message::{Hello, Request};
use lock_keeper_protocol::opaque::{Identities, LoginFailed, StretchFailed};
use lock_keeper_protocol::problem::Problem;
use rand::RngCore;
use rand::rngs::OsRng;

use crate::call::Phase;
use crate::config::ServerConfig;
use crate::error::{Code, LockKeeperError, Result};
use crate::link::{Answered, Exchange, Link, Started, violation};
use crate::stretching::Stretching;

/// How often a login is tried where it broke off and may simply be begun again. Each begin spends a guess of the budget until one succeeds.
const LOGINS: u32 = 2;

/// Who logs in, and with what.
pub(crate) struct Login<'a> {
    pub(crate) config: &'a ServerConfig,
    pub(crate) account: &'a AccountName,
    pub(crate) input: &'a PasswordInput,
    /// The device's cookie, where it has one.
    pub(crate) cookie: Option<[u8; 64]>,
    /// The head of the audit chain that this device saw last.
    pub(crate) seen: Option<ChainHead>,
    pub(crate) stretching: Arc<Stretching>,
}

/// A session of the protocol that is open, and what the server said.
pub(crate) struct Opened {
    pub(crate) session: OpenedSession,
    /// A finish was sent whose fate is not known, before the one that was answered.
    pub(crate) may_have_acted_before: bool,
}

/// Makes the first request, once the session's id is known; `None` where there is none.
pub(crate) type First<'a> = &'a dyn Fn(&SessionId) -> Option<Request>;

impl Login<'_> {
    /// Logs in; the first request rides with KE3.
    ///
    /// # Errors
    /// [`Code::WrongNameOrPassword`], [`Code::TooManyAttempts`], [`Code::ServerIdentityChanged`] and what the way there fails with.
    pub(crate) fn open(&self, link: &Link<'_>, acts: bool, first: First<'_>) -> Result<Opened> {
        let mut may_have_acted = false;
        for turn in 1.. {
            let tried = self.try_open(link, acts, first).map_err(|error| {
                let may_have_happened = error.may_have_happened || may_have_acted;
                error.with_may_have_happened(may_have_happened)
            });
            match tried? {
                Tried::Opened(session) => {
                    return Ok(Opened { session: *session, may_have_acted_before: may_have_acted });
                }
                Tried::Refused { sent_again, error } => {
                    may_have_acted |= acts && sent_again;
                    if turn == LOGINS {
                        let may_have_happened = error.may_have_happened || may_have_acted;
                        return Err(error.with_may_have_happened(may_have_happened));
                    }
                }
            }
        }
        Err(Code::Internal.into())
    }

    fn try_open(&self, link: &Link<'_>, acts: bool, first: First<'_>) -> Result<Tried> {
        link.call.report(Phase::Connecting);
        let identities = Identities { realm: self.config.realm().clone(), account: self.account.clone() };
        let started = login::start(&mut OsRng, identities, self.input, &self.cookie()).map_err(|_| Code::Internal)?;
        let answer = match link.start_login(started.body())? {
            Started::Answered(Answered::Body(body)) => body,
            Started::Answered(Answered::Refused(refusal)) => return Err(refusal.into_error()),
            // A KE1 whose answer was lost is not sent again; a new one is.
            Started::Lost(error) => return Ok(Tried::Refused { sent_again: false, error }),
        };
        let pins = self.config.server_public_keys();
        let proven = started
            .started(&mut OsRng, &answer, pins, self.stretching.clone())
            .map_err(|ended| ended_error(link, ended))?;
        let hello = Hello { seen: Nullable(self.seen), request: Nullable(first(&proven.session())) };
        let opening = proven.open(&mut OsRng, &hello).map_err(|_| Code::Internal)?;
        link.call.report(Phase::Proving);
        match link.post(Exchange::session_finish(acts), opening.body())? {
            Answered::Body(body) => {
                let session = opening
                    .welcome(&body)
                    .map_err(|_| violation("the welcome does not verify").with_may_have_happened(acts))?;
                Ok(Tried::Opened(Box::new(session)))
            }
            // KE2 has proven that the password is right, so the login was too late or the record was replaced meanwhile: the next
            // KE2 tells. To say that the password is wrong would be a lie.
            Answered::Refused(refusal) if refusal.problem == Some(Problem::LoginRefused) => {
                let late = LockKeeperError::from(Code::ServerBusy).with_detail("the login was not taken in time");
                Ok(Tried::Refused { sent_again: refusal.sent_again, error: late })
            }
            Answered::Refused(refusal) => Err(refusal.into_error().with_may_have_happened(acts)),
        }
    }

    /// A device without a cookie sends random bytes, so that the two look the same.
    fn cookie(&self) -> [u8; 64] {
        self.cookie.unwrap_or_else(|| {
            let mut random = [0; 64];
            OsRng.fill_bytes(&mut random);
            random
        })
    }
}

enum Tried {
    Opened(Box<OpenedSession>),
    Refused { sent_again: bool, error: LockKeeperError },
}

fn ended_error(link: &Link<'_>, ended: LoginEnded) -> LockKeeperError {
    match ended {
        LoginEnded::Opaque(LoginFailed::WrongNameOrPassword) => Code::WrongNameOrPassword.into(),
        LoginEnded::Opaque(LoginFailed::Malformed) => violation("KE2 is malformed"),
        LoginEnded::Opaque(LoginFailed::Stretch(failure)) => stretch_error(link, failure),
        LoginEnded::ServerKeyChanged(_) => Code::ServerIdentityChanged.into(),
    }
}

/// Why the password was not stretched.
pub(crate) fn stretch_error(link: &Link<'_>, failure: StretchFailed) -> LockKeeperError {
    match failure {
        StretchFailed::NotEnoughMemory => Code::NotEnoughMemory.into(),
        StretchFailed::NotRemembered => Code::DeviceUnlockStale.into(),
        StretchFailed::Ended => link.call.check().err().unwrap_or_else(|| Code::Cancelled.into()),
    }
}

/// The export key of an open session, and the rest of it.
pub(crate) fn split(
    session: OpenedSession,
) -> (Key64, lock_keeper_protocol::channel::ClientChannel, lock_keeper_protocol::message::Welcome) {
    (session.export_key, session.channel, session.welcome)
}
