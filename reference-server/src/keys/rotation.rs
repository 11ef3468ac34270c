//! Rotation of the key-encryption key, while the server serves.
//!
//! The operator adds the new key to every process's configuration, makes it active there, and runs `keys rotate`. Each
//! wrapped key is replaced only if it is still the one that was read, so that rotation may run beside requests, be
//! stopped at any moment, be started again, and even run twice at once.

use std::ops::ControlFlow;

use rand_core::CryptoRngCore;

use super::server_keys::rewrap;
use super::{DataKey, KeyError, KeyWrapper};
use crate::store::{AccountKey, Administration, WrappedDataKey};

/// How far a rotation has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Server keys that were wrapped again.
    pub server_keys: u64,
    /// Accounts whose data key was wrapped again.
    pub accounts: u64,
    /// Nothing is left under another key.
    pub done: bool,
}

/// Wraps every server key and data key that is not under the wrapper's active key again, in batches of `batch`
/// accounts. `report` hears after each batch, and stops the rotation with `Break`; what was done stays done.
///
/// A process that still has the old key as its active one may add accounts under it; they are found by the last
/// passes, or by the next rotation.
///
/// # Errors
/// [`KeyError::UnknownKeyEncryptionKey`] when the wrapper lacks the old key; [`KeyError::Unwrap`]; [`KeyError::Store`].
pub fn rotate(
    administration: &dyn Administration,
    wrapper: &dyn KeyWrapper,
    batch: i64,
    rng: &mut dyn CryptoRngCore,
    report: &mut dyn FnMut(&Progress) -> ControlFlow<()>,
) -> Result<Progress, KeyError> {
    let mut progress = Progress::default();
    for row in administration.server_keys()? {
        if row.kek_id != wrapper.active() {
            administration.put_server_key(&rewrap(&row, wrapper, rng)?)?;
            progress.server_keys += 1;
        }
    }
    let mut cursor: Option<AccountKey> = None;
    loop {
        let rows = administration.accounts_not_under(wrapper.active(), cursor.as_ref(), batch)?;
        match rows.last() {
            Some(last) => cursor = Some(last.account),
            // The end of a pass that began in the middle: look once more from the beginning.
            None if cursor.is_some() => {
                cursor = None;
                continue;
            }
            None => {
                progress.done = true;
                let _ = report(&progress);
                return Ok(progress);
            }
        }
        for row in &rows {
            progress.accounts += u64::from(rewrap_account(administration, row, wrapper, rng)?);
        }
        if report(&progress).is_break() {
            return Ok(progress);
        }
    }
}

fn rewrap_account(
    administration: &dyn Administration,
    row: &WrappedDataKey,
    wrapper: &dyn KeyWrapper,
    rng: &mut dyn CryptoRngCore,
) -> Result<bool, KeyError> {
    let key = DataKey::unwrap(wrapper, &row.kek_id, &row.wrapped, &row.account, &row.user_id)?;
    let new = key.wrap(wrapper, &row.account, &row.user_id, rng)?;
    Ok(administration.rewrap(row, &new.wrapped, &new.kek_id)?)
}
