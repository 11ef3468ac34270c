//! The unlocked account as an app holds it.
//!
//! A [`Session`] keeps the credentials in wiped memory until it locks. Below it lie sessions of the protocol, which do one request
//! (or as many as the server allows) and end; the `Session` opens a new one when it needs one, with the request riding
//! beside KE3. Calls queue: there is never more than one login in flight.

mod account;
mod audit;
mod background;
mod perform;
mod secrets;
mod values;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lock_keeper_protocol::identity::{AccountName, SecretId};
use rand::rngs::OsRng;

pub use audit::{AuditCursor, AuditEntry, AuditFilter, AuditKind, AuditPage, Outcome};
pub use values::{NewSecret, Secret, SecretInfo};

use crate::call::{SessionOptions, StartedCall};
use crate::error::{Code, LockKeeperError, Result};
use crate::queue::Queue;
use crate::unlock::DeviceUnlock;
use crate::unlocking::{Home, Unlocked};

/// The unlocked account. Calls come from any thread; the requests queue inside. Dropping it locks it.
pub struct Session {
    inner: Arc<Inner>,
}

/// What a `Session` and its calls under way share.
pub(crate) struct Inner {
    home: Arc<Home>,
    account: AccountName,
    options: SessionOptions,
    queue: Queue,
    state: Mutex<State>,
    listener: Mutex<Option<Arc<LockListener>>>,
}

/// Is told once why a session has locked, on the thread that noticed.
pub type LockListener = dyn Fn(LockReason) + Send + Sync;

enum State {
    Unlocked {
        unlocked: Box<Unlocked>,
        used_at: Duration,
        background_since: Option<Duration>,
    },
    /// A call has the account's keys while it works.
    Working {
        call: Arc<StartedCall>,
        lock: Option<LockReason>,
        background_since: Option<Duration>,
    },
    Locked(LockReason),
}

/// Why a session has locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LockReason {
    /// The app asked for it.
    Requested,
    /// It was not used for as long as the options say.
    Idle,
    /// The app was in the background for as long as the options say.
    Background,
    /// The password was changed on another device.
    PasswordChanged,
    /// The account was deleted.
    AccountDeleted,
}

impl Session {
    pub(crate) fn new(home: Arc<Home>, account: AccountName, unlocked: Unlocked, options: SessionOptions) -> Self {
        let used_at = home.env.clock.since_boot();
        let state = State::Unlocked { unlocked: Box::new(unlocked), used_at, background_since: None };
        let (state, listener) = (Mutex::new(state), Mutex::new(None));
        Self { inner: Arc::new(Inner { home, account, options, queue: Queue::default(), state, listener }) }
    }

    /// The prepared account name.
    #[must_use]
    pub fn account(&self) -> &str {
        self.inner.account.as_str()
    }

    /// A fresh id for a secret. Save it, then call: a retry after the process died is safe.
    #[must_use]
    pub fn new_secret_id(&self) -> SecretId {
        SecretId::random(&mut OsRng)
    }

    /// What opens this account later without the password; see [`DeviceUnlock`] for where to keep it.
    ///
    /// # Errors
    /// [`Code::SessionLocked`]; [`Code::ServerBusy`] while a call is under way.
    pub fn device_unlock(&self) -> Result<DeviceUnlock> {
        self.inner.check_time();
        let state = self.inner.state();
        match &*state {
            State::Unlocked { unlocked, .. } => Ok(DeviceUnlock {
                realm: self.inner.home.config.realm().clone(),
                account: self.inner.account.clone(),
                input: unlocked.credentials.input.clone(),
                stretched: unlocked.credentials.remembered.clone().ok_or(Code::Internal)?,
            }),
            State::Working { lock: None, .. } => {
                Err(LockKeeperError::from(Code::ServerBusy).with_detail("a call of this session is under way"))
            }
            State::Working { .. } | State::Locked(_) => Err(Code::SessionLocked.into()),
        }
    }

    /// Wipes the keys. Calls that were not sent yet end with [`Code::SessionLocked`]; one that was sent is finished first.
    pub fn lock(&self) {
        self.inner.lock(LockReason::Requested);
    }

    /// Whether the session is locked.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.lock_reason().is_some()
    }

    /// Why the session is locked, where it is.
    #[must_use]
    pub fn lock_reason(&self) -> Option<LockReason> {
        self.inner.check_time();
        match &*self.inner.state() {
            State::Unlocked { .. } => None,
            State::Working { lock, .. } => *lock,
            State::Locked(reason) => Some(*reason),
        }
    }

    /// Has `listener` told when the session locks: at once where it is locked already.
    pub fn on_lock(&self, listener: impl Fn(LockReason) + Send + Sync + 'static) {
        let listener: Arc<LockListener> = Arc::new(listener);
        *self.inner.listener() = Some(Arc::clone(&listener));
        if let Some(reason) = self.lock_reason() {
            self.inner.tell(reason);
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.lock();
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Session")
    }
}

impl Inner {
    /// Every change of the state is one assignment, so that what a panicking thread left is whole.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn listener(&self) -> MutexGuard<'_, Option<Arc<LockListener>>> {
        self.listener.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self, reason: LockReason) {
        let news = {
            let mut state = self.state();
            match &mut *state {
                State::Unlocked { .. } => {
                    *state = State::Locked(reason);
                    true
                }
                State::Working { call, lock, .. } => {
                    // What was sent is finished; what was not is not sent any more.
                    call.void();
                    let first = lock.is_none();
                    lock.get_or_insert(reason);
                    first
                }
                State::Locked(_) => false,
            }
        };
        if news {
            self.tell(reason);
        }
    }

    /// Tells the listener, once, with no lock held.
    fn tell(&self, reason: LockReason) {
        let listener = self.listener().take();
        if let Some(listener) = listener {
            listener(reason);
        }
    }
}
