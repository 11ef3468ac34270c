//! Unlocking without the password, behind the platform's biometric gate.

use std::fmt;

use lock_keeper_protocol::cbor::{self, Bytes};
use lock_keeper_protocol::identity::{AccountName, PasswordInput, Realm};
use lock_keeper_protocol::key::Key64;
use minicbor::{Decode, Encode};
use zeroize::{Zeroize, Zeroizing};

use crate::error::{Code, LockKeeperError, Result};
use crate::stretching::Stretched;
use crate::vault::SecretBytes;

const LABEL: &str = "Lock Keeper device unlock";
const VERSION: u8 = 1;

/// What opens a session without a password and without Argon2id (`Session::device_unlock`).
///
/// It is **worth the password of this account**: keep it only behind a biometric gate of the platform, on this device alone. It is
/// bound to account and realm, and stale once the password was changed.
#[derive(Clone)]
pub struct DeviceUnlock {
    pub(crate) realm: Realm,
    pub(crate) account: AccountName,
    pub(crate) input: PasswordInput,
    pub(crate) stretched: Stretched,
}

#[derive(Encode, Decode)]
#[cbor(array)]
struct Encoded {
    #[n(0)]
    label: String,
    #[n(1)]
    version: u8,
    #[n(2)]
    realm: String,
    #[n(3)]
    account: String,
    #[n(4)]
    input: Bytes<64>,
    #[n(5)]
    oprf_output: Bytes<64>,
    #[n(6)]
    stretched: Bytes<64>,
}

impl Drop for Encoded {
    fn drop(&mut self) {
        self.input.0.zeroize();
        self.oprf_output.0.zeroize();
        self.stretched.0.zeroize();
    }
}

impl DeviceUnlock {
    /// The prepared name of the account that it opens.
    #[must_use]
    pub fn account(&self) -> &str {
        self.account.as_str()
    }

    /// The bytes to keep behind the gate, some 250 and at most 750.
    #[must_use]
    pub fn to_bytes(&self) -> SecretBytes {
        let encoded = Encoded {
            label: LABEL.to_owned(),
            version: VERSION,
            realm: self.realm.as_str().to_owned(),
            account: self.account.as_str().to_owned(),
            input: Bytes(*self.input.0.expose()),
            oprf_output: Bytes(*self.stretched.oprf_output.expose()),
            stretched: Bytes(*self.stretched.stretched.expose()),
        };
        Zeroizing::new(cbor::encode(&encoded)).into()
    }

    /// Reads what [`DeviceUnlock::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`Code::DeviceUnlockInvalidated`] where the bytes are anything else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let invalid = || LockKeeperError::new(Code::DeviceUnlockInvalidated);
        let encoded: Encoded = cbor::decode(bytes).map_err(|_| invalid())?;
        if encoded.label != LABEL || encoded.version != VERSION {
            return Err(invalid());
        }
        let key = |bytes: &Bytes<64>| Key64::init(|own| own.copy_from_slice(&bytes.0));
        Ok(Self {
            realm: Realm::new(&encoded.realm).map_err(|_| invalid())?,
            account: AccountName::from_prepared(&encoded.account).map_err(|_| invalid())?,
            input: PasswordInput(key(&encoded.input)),
            stretched: Stretched { oprf_output: key(&encoded.oprf_output), stretched: key(&encoded.stretched) },
        })
    }
}

impl fmt::Debug for DeviceUnlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceUnlock")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_unlock_is_read_as_it_was_written_and_says_nothing_of_itself() {
        let key = |byte| Key64::init(|bytes| *bytes = [byte; 64]);
        let unlock = DeviceUnlock {
            realm: Realm::new("keys.example").unwrap(),
            account: AccountName::prepare("ada").unwrap(),
            input: PasswordInput(key(1)),
            stretched: Stretched { oprf_output: key(2), stretched: key(3) },
        };
        let bytes = unlock.to_bytes();
        let again = DeviceUnlock::from_bytes(bytes.expose()).unwrap();
        assert_eq!(again.to_bytes(), bytes);
        assert_eq!(format!("{again:?}"), "DeviceUnlock");
        for length in 0..bytes.len() {
            let cut = DeviceUnlock::from_bytes(&bytes.expose()[..length]);
            assert_eq!(cut.map_err(|error| error.code).err(), Some(Code::DeviceUnlockInvalidated));
        }
    }
}
