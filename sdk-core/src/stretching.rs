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

/// The one stretching that an unlocked session remembers, keyed by the exact OPRF output.
#[derive(Default)]
pub(crate) struct Remembered(Mutex<Option<Stretched>>);

impl Remembered {
    /// One that was made before.
    pub(crate) fn of(stretched: Stretched) -> Self {
        Self(Mutex::new(Some(stretched)))
    }

    /// A copy of what is remembered.
    pub(crate) fn get(&self) -> Option<Stretched> {
        lock(&self.0).clone()
    }

    /// Remembers what a login used, once the login has proven it right.
    pub(crate) fn keep(&self, stretching: &Stretching) {
        if let Some(used) = lock(&stretching.used).take() {
            *lock(&self.0) = Some(used);
        }
    }
}

/// The stretching of one login.
pub(crate) struct Stretching {
    remembered: Option<Stretched>,
    /// Whether Argon2id may run; without, only what is remembered serves (an app extension has no 64 MiB).
    may_stretch: bool,
    call: Arc<StartedCall>,
    used: Mutex<Option<Stretched>>,
}

impl Stretching {
    pub(crate) fn new(remembered: Option<Stretched>, may_stretch: bool, call: &Arc<StartedCall>) -> Arc<Self> {
        Arc::new(Self { remembered, may_stretch, call: Arc::clone(call), used: Mutex::new(None) })
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
        let known = self.remembered.as_ref().filter(|known| known.oprf_output == *oprf_output);
        let stretched = match known {
            Some(known) => known.stretched.clone(),
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
