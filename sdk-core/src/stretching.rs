//! Stretching the password: once for an unlock, one at a time in a process.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lock_keeper_protocol::key::Key64;
use lock_keeper_protocol::opaque::{Argon2id, Stretch, StretchFailed};

use crate::call::{Phase, StartedCall};

/// Argon2id takes 64 MiB; two at once could be more than a phone gives.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// An OPRF output and what it was stretched to.
#[derive(Clone)]
pub(crate) struct Stretched {
    pub(crate) oprf_output: Key64,
    pub(crate) stretched: Key64,
}

/// The stretching of one login, or of one registration.
pub(crate) struct Stretching {
    /// What an unlocked session remembers, keyed by the exact OPRF output.
    remembered: Option<Stretched>,
    /// Whether Argon2id may run; without, only what is remembered serves (an app extension has no 64 MiB).
    may_stretch: bool,
    call: Arc<StartedCall>,
    /// What was used last: a login that has to be begun again does not pay twice.
    used: Mutex<Option<Stretched>>,
}

impl Stretching {
    pub(crate) fn new(remembered: Option<Stretched>, may_stretch: bool, call: &Arc<StartedCall>) -> Arc<Self> {
        Arc::new(Self { remembered, may_stretch, call: Arc::clone(call), used: Mutex::new(None) })
    }

    /// What was used. It is right once the login, or the registration, has succeeded.
    pub(crate) fn take_used(&self) -> Option<Stretched> {
        lock(&self.used).take()
    }

    fn known(&self, oprf_output: &Key64) -> Option<Stretched> {
        let used = lock(&self.used).clone();
        used.into_iter().chain(self.remembered.clone()).find(|known| known.oprf_output == *oprf_output)
    }

    fn argon2id(&self, oprf_output: &Key64) -> Result<Key64, StretchFailed> {
        if !self.may_stretch {
            return Err(StretchFailed::NotRemembered);
        }
        self.call.report(Phase::Stretching);
        let _turn = lock(&ONE_AT_A_TIME);
        self.call.check().map_err(|_| StretchFailed::Ended)?;
        Argon2id.stretch(oprf_output)
    }
}

impl Stretch for Stretching {
    fn stretch(&self, oprf_output: &Key64) -> Result<Key64, StretchFailed> {
        let stretched = match self.known(oprf_output) {
            Some(known) => known.stretched,
            None => self.argon2id(oprf_output)?,
        };
        *lock(&self.used) = Some(Stretched { oprf_output: oprf_output.clone(), stretched: stretched.clone() });
        Ok(stretched)
    }
}

/// What a panicking thread left is whole: each of these values is replaced in one step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
