//! One key per account, for what only a person who has logged in may have read.

use std::fmt;

use rand_core::CryptoRngCore;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::aead::{LAYOUT, Place, cbor_array, open, seal};
use super::{KeyError, KeyWrapper};
use crate::store::AccountKey;

const LABEL: &str = "Lock Keeper at rest, data key";
const WRAP_LABEL: &str = "Lock Keeper at rest, wrapped data key";

/// A key that was wrapped, and the id of the key-encryption key that wrapped it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrappedKey {
    /// The wrapped key; from [`super::LocalKeys`] 73 bytes for a data key.
    pub wrapped: Vec<u8>,
    /// The id: at most 64 ASCII characters.
    pub kek_id: String,
}

/// The data key of one account: 32 random bytes, wiped when dropped, never printed. Destroying it destroys
/// what it sealed.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct DataKey([u8; 32]);

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey(..)")
    }
}

impl DataKey {
    /// A fresh one.
    pub fn generate(rng: &mut dyn CryptoRngCore) -> Self {
        let mut key = Self([0; 32]);
        rng.fill_bytes(&mut key.0);
        key
    }

    /// Wraps it under the active key-encryption key, for this account and user id only.
    ///
    /// # Errors
    /// [`KeyError::Unavailable`].
    pub fn wrap(
        &self,
        wrapper: &dyn KeyWrapper,
        account: &AccountKey,
        user_id: &[u8; 32],
        rng: &mut dyn CryptoRngCore,
    ) -> Result<WrappedKey, KeyError> {
        let kek_id = wrapper.active().to_owned();
        let wrapped = wrapper.wrap(&self.0, &context(&kek_id, account, user_id), rng)?;
        Ok(WrappedKey { wrapped, kek_id })
    }

    /// # Errors
    /// As [`KeyWrapper::unwrap`]; also when it was wrapped for another account or user id.
    pub fn unwrap(
        wrapper: &dyn KeyWrapper,
        kek_id: &str,
        wrapped: &[u8],
        account: &AccountKey,
        user_id: &[u8; 32],
    ) -> Result<Self, KeyError> {
        let bytes = wrapper.unwrap(kek_id, wrapped, &context(kek_id, account, user_id))?;
        match <[u8; 32]>::try_from(bytes.as_slice()) {
            Ok(key) => Ok(Self(key)),
            Err(_) => Err(KeyError::Unwrap(kek_id.to_owned())),
        }
    }

    /// Seals a value for its place: 41 bytes longer than `plaintext`.
    pub fn seal(&self, place: &Place<'_>, plaintext: &[u8], rng: &mut dyn CryptoRngCore) -> Vec<u8> {
        seal(&self.0, &[LAYOUT], &place.associated_data(LABEL), plaintext, rng)
    }

    /// Opens what [`Self::seal`] made for the same place.
    ///
    /// # Errors
    /// [`KeyError::Open`] when it was changed, or lay in another row, column or account, or under another version.
    pub fn open(&self, place: &Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        match sealed.split_first() {
            Some((&LAYOUT, body)) => open(&self.0, &place.associated_data(LABEL), body),
            _ => None,
        }
        .ok_or(KeyError::Open { table: place.table, column: place.column })
    }
}

fn context(kek_id: &str, account: &AccountKey, user_id: &[u8; 32]) -> Vec<u8> {
    cbor_array(5, |cbor| {
        cbor.str(WRAP_LABEL)?.u8(LAYOUT)?.str(kek_id)?.bytes(account)?.bytes(user_id)?;
        Ok(())
    })
}
