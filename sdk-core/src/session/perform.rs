use std::sync::Arc;

use lock_keeper_protocol::audit::{Action, ChainHead, Tagged};
use lock_keeper_protocol::cbor::Bytes;
use lock_keeper_protocol::identity::{SecretId, SessionId};
use lock_keeper_protocol::message::{Answer, Operation, Request, SessionKind, Welcome};
use lock_keeper_protocol::problem::Problem;

use super::{Inner, LockReason, State};
use crate::call::{Call, StartedCall};
use crate::client::observed;
use crate::conversation::{Conversation, Spoken, is};
use crate::error::{Code, LockKeeperError, Result};
use crate::link::{Link, Meter, violation};
use crate::observer;
use crate::opening::{Login, Opened, split};
use crate::unlocking::{Credentials, Unlocked, check_continuity, record_of};

/// One call at work: it has the account's keys until it ends.
pub(super) struct Work<'a> {
    pub(super) inner: &'a Inner,
    pub(super) call: &'a Arc<StartedCall>,
    pub(super) link: Link<'a>,
    pub(super) account: &'a mut Unlocked,
    /// Why the session must lock when the call ends.
    pub(super) lock: Option<LockReason>,
}

/// An answer, and whether the same operation may have taken effect before, without an answer.
pub(super) struct Performed {
    pub(super) answer: Answer,
    pub(super) may_have_acted_before: bool,
}

impl Inner {
    /// Runs a call of this session when its turn has come.
    pub(super) fn run<T: Send + 'static>(
        self: &Arc<Self>,
        op: observer::Operation,
        call: &Call,
        work: impl FnOnce(&mut Work<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let inner = Arc::clone(self);
        observed(&self.home, op, call, move |started, meter| inner.take_turn(started, meter, work))
    }

    fn take_turn<T>(
        &self,
        call: &Arc<StartedCall>,
        meter: &Meter,
        work: impl FnOnce(&mut Work<'_>) -> Result<T>,
    ) -> Result<T> {
        let _turn = self.queue.turn(call)?;
        let mut guard = Guard { inner: self, account: Some(self.begin(call)?), lock: None };
        let account = guard.account.as_mut().ok_or(Code::Internal)?;
        let link = self.home.link(call, meter);
        let mut work_at = Work { inner: self, call, link, account, lock: None };
        let result = work(&mut work_at);
        guard.lock = work_at.lock;
        let locked = self.is_locked_meanwhile();
        drop(guard);
        match result {
            // Nobody cancelled the call: the session was locked before anything was sent.
            Err(error) if error.code == Code::Cancelled && locked && !call.cancel_token().is_cancelled() => {
                Err(Code::SessionLocked.into())
            }
            result => result,
        }
    }

    fn is_locked_meanwhile(&self) -> bool {
        !matches!(&*self.state(), State::Working { lock: None, .. })
    }

    /// Takes the account's keys out of the state.
    fn begin(&self, call: &Arc<StartedCall>) -> Result<Box<Unlocked>> {
        self.check_time();
        let mut state = self.state();
        let background_since = match &*state {
            State::Unlocked { background_since, .. } => *background_since,
            State::Working { .. } | State::Locked(_) => return Err(Code::SessionLocked.into()),
        };
        let working = State::Working { call: Arc::clone(call), lock: None, background_since };
        match std::mem::replace(&mut *state, working) {
            State::Unlocked { unlocked, .. } => Ok(unlocked),
            State::Working { .. } | State::Locked(_) => Err(Code::Internal.into()),
        }
    }

    /// Puts them back, unless the session was locked meanwhile.
    fn end(&self, account: Box<Unlocked>, reason: Option<LockReason>) {
        let used_at = self.home.env.clock.since_boot();
        {
            let mut state = self.state();
            if let State::Working { lock, background_since, .. } = &*state {
                let background_since = *background_since;
                *state = match lock {
                    Some(reason) => State::Locked(*reason),
                    None => State::Unlocked { unlocked: account, used_at, background_since },
                };
            }
        }
        if let Some(reason) = reason {
            self.lock(reason);
        }
    }
}

/// Gives the account's keys back however the call ends, by a panic too.
struct Guard<'a> {
    inner: &'a Inner,
    account: Option<Box<Unlocked>>,
    lock: Option<LockReason>,
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        if let Some(account) = self.account.take() {
            self.inner.end(account, self.lock);
        }
    }
}

impl Work<'_> {
    /// Asks for an operation: in the session of the protocol that is open, or beside KE3 of a new one.
    pub(super) fn perform(&mut self, operation: &Operation, acts: bool) -> Result<Performed> {
        let mut may_have_acted_before = false;
        if let Some(mut conversation) = self.usable_conversation() {
            let request = self.request(operation, &conversation.session(), conversation.next_frame());
            let spoken = conversation.request(&self.link, request, acts, self.now())?;
            match spoken {
                Spoken::Answer(answer) => {
                    self.follow_answer(&conversation).map_err(|error| error.with_may_have_happened(acts))?;
                    self.account.conversation = Some(conversation);
                    return Ok(Performed { answer, may_have_acted_before });
                }
                Spoken::Over { may_have_acted } => may_have_acted_before = acts && may_have_acted,
            }
        }
        let opened = self.login(acts, Some(operation)).map_err(|error| {
            let may_have_happened = error.may_have_happened || may_have_acted_before;
            error.with_may_have_happened(may_have_happened)
        })?;
        may_have_acted_before |= opened.may_have_acted_before;
        let (_, channel, welcome) = split(opened.session);
        let mut conversation = Conversation::new(channel, welcome.limits, 1, self.now());
        self.believe(&mut conversation, &welcome).map_err(|error| error.with_may_have_happened(acts))?;
        self.account.conversation = Some(conversation);
        let answer =
            welcome.answer.0.ok_or_else(|| violation("the welcome has no answer").with_may_have_happened(acts))?;
        if is(&answer, Problem::SessionClosed) {
            return Err(violation("a new session takes no request").with_may_have_happened(may_have_acted_before));
        }
        Ok(Performed { answer, may_have_acted_before })
    }

    /// A session of the protocol in which an operation can begin that must not ride beside KE3.
    pub(super) fn converse(&mut self) -> Result<Conversation> {
        if let Some(conversation) = self.usable_conversation() {
            return Ok(conversation);
        }
        let opened = self.login(false, None)?;
        let (_, channel, welcome) = split(opened.session);
        let mut conversation = Conversation::new(channel, welcome.limits, 0, self.now());
        self.believe(&mut conversation, &welcome)?;
        Ok(conversation)
    }

    fn usable_conversation(&mut self) -> Option<Conversation> {
        let now = self.now();
        self.account.conversation.take().filter(|conversation| conversation.takes_operation(now))
    }

    /// Logs in with the password of this session; after a change whose outcome is not known, with the new one first.
    fn login(&mut self, acts: bool, operation: Option<&Operation>) -> Result<Opened> {
        if let Some(mut changed) = self.account.changed.clone() {
            match self.login_with(&mut changed, acts, operation) {
                Ok(opened) => {
                    self.account.credentials = changed;
                    self.account.changed = None;
                    return Ok(opened);
                }
                // The change was not taken.
                Err(error) if error.code == Code::WrongNameOrPassword => self.account.changed = None,
                Err(error) => return Err(error),
            }
        }
        let mut credentials = self.account.credentials.clone();
        let opened = self.login_with(&mut credentials, acts, operation).map_err(|error| self.ended(error))?;
        self.account.credentials = credentials;
        self.account.deleted = false;
        Ok(opened)
    }

    /// Locks the session where its password, which was right when it was unlocked, opens the account no more.
    fn ended(&mut self, error: LockKeeperError) -> LockKeeperError {
        if !matches!(error.code, Code::WrongNameOrPassword | Code::DeviceUnlockStale) {
            return error;
        }
        let (reason, ended) = if self.account.deleted {
            (
                LockReason::AccountDeleted,
                LockKeeperError::from(Code::SessionLocked).with_detail("the account was deleted"),
            )
        } else {
            (LockReason::PasswordChanged, Code::PasswordChanged.into())
        };
        self.lock = Some(reason);
        ended.with_may_have_happened(error.may_have_happened)
    }

    fn login_with(&self, credentials: &mut Credentials, acts: bool, operation: Option<&Operation>) -> Result<Opened> {
        let stretching = credentials.stretching(self.call);
        let login = Login {
            config: &self.inner.home.config,
            account: &self.inner.account,
            input: &credentials.input,
            cookie: Some(self.account.record.cookie.0),
            seen: Some(self.account.record.head),
            stretching: Arc::clone(&stretching),
        };
        let first = |session: &SessionId| operation.map(|operation| self.request(operation, session, 0));
        let opened = login.open(&self.link, acts, &first)?;
        credentials.remember(&stretching);
        Ok(opened)
    }

    /// Follows what an answer appended to the log, and remembers it.
    pub(super) fn follow_answer(&mut self, conversation: &Conversation) -> Result<()> {
        self.account.record.head = conversation.head_after(self.account.record.head)?;
        self.remember()
    }

    /// Checks a welcome against what this device knows, and remembers it.
    fn believe(&mut self, conversation: &mut Conversation, welcome: &Welcome) -> Result<()> {
        if welcome.kind != SessionKind::Request {
            return Err(Code::RolledBack.into());
        }
        check_continuity(&self.account.record, welcome)?;
        conversation.follow(&self.link, self.account.record.head, welcome, self.now())?;
        self.account.record = record_of(welcome);
        self.remember()
    }

    /// Writes the device's record.
    pub(super) fn remember(&self) -> Result<()> {
        let slot = self.inner.home.slot(&self.inner.account);
        slot.write(&self.account.record, &self.account.vault.local_store_key())
    }

    pub(super) fn request(&self, operation: &Operation, session: &SessionId, frame: u32) -> Request {
        let seen = self.account.record.head;
        Request {
            seen,
            owner_tag: Bytes(self.owner_tag(session, frame, operation.action(), operation.secret(), seen)),
            operation: operation.clone(),
        }
    }

    /// The owner's proof for one frame.
    pub(super) fn owner_tag(
        &self,
        session: &SessionId,
        frame: u32,
        action: Action,
        secret: Option<SecretId>,
        seen: ChainHead,
    ) -> [u8; 32] {
        self.account.vault.owner_tag(&Tagged {
            realm: self.inner.home.config.realm(),
            user_id: &self.account.record.user_id,
            session,
            frame,
            action,
            secret,
            seen,
        })
    }

    /// Time since boot.
    pub(super) fn now(&self) -> std::time::Duration {
        self.inner.home.env.clock.since_boot()
    }
}
