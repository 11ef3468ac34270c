//! Key-encryption keys: what wraps data keys and server keys.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use rand_core::CryptoRngCore;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::KeyError;
use super::aead::{LAYOUT, open, seal};

/// Wraps and unwraps keys under key-encryption keys that it names by id.
///
/// [`LocalKeys`] holds them in memory. An operator may hand the server another one, for example over a
/// hardware module or a cloud's key service; it is asked once for each new account, each login that succeeded and each frame
/// that a session takes.
pub trait KeyWrapper: Send + Sync {
    /// The id of the key that new wrappings use: at most 64 ASCII characters.
    fn active(&self) -> &str;

    /// Whether this wrapper can unwrap what was wrapped under `id`.
    fn knows(&self, id: &str) -> bool;

    /// Wraps `key` under the active key. `context` must be given again to unwrap.
    ///
    /// # Errors
    /// [`KeyError::Unavailable`].
    fn wrap(&self, key: &[u8], context: &[u8], rng: &mut dyn CryptoRngCore) -> Result<Vec<u8>, KeyError>;

    /// Unwraps what [`Self::wrap`] made while `id` was active.
    ///
    /// # Errors
    /// [`KeyError::UnknownKeyEncryptionKey`]; [`KeyError::Unwrap`] when it was changed or `context` is another;
    /// [`KeyError::Unavailable`].
    fn unwrap(&self, id: &str, wrapped: &[u8], context: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyError>;
}

/// A key-encryption key: 32 bytes, wiped when dropped, never printed.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct KeyEncryptionKey([u8; 32]);

impl fmt::Debug for KeyEncryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyEncryptionKey(..)")
    }
}

impl KeyEncryptionKey {
    /// A fresh one.
    pub fn generate(rng: &mut dyn CryptoRngCore) -> Self {
        let mut key = Self([0; 32]);
        rng.fill_bytes(&mut key.0);
        key
    }

    /// Reads what a key file or a variable holds: 32 raw bytes, 64 hex digits, or 43 characters of base64url (44 with
    /// padding). White space around the two text forms is ignored. None for anything else, and for 32 zero bytes.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut key = Self([0; 32]);
        if bytes.len() == 32 {
            key.0.copy_from_slice(bytes);
        } else {
            let text = bytes.trim_ascii();
            let decoded = match text.len() {
                64 => Zeroizing::new(hex::decode(text).ok()?),
                43 => Zeroizing::new(URL_SAFE_NO_PAD.decode(text).ok()?),
                44 => Zeroizing::new(URL_SAFE.decode(text).ok()?),
                _ => return None,
            };
            if decoded.len() != 32 {
                return None;
            }
            key.0.copy_from_slice(&decoded);
        }
        (key.0 != [0; 32]).then_some(key)
    }

    /// 64 hex digits, as [`Self::parse`] reads them.
    pub fn to_hex(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(self.0))
    }
}

/// Key-encryption keys in this process's memory.
pub struct LocalKeys {
    keys: BTreeMap<String, KeyEncryptionKey>,
    active: String,
}

impl LocalKeys {
    /// # Errors
    /// [`KeyError::UnknownKeyEncryptionKey`] when `active` is not among `keys`.
    pub fn new(
        keys: impl IntoIterator<Item = (String, KeyEncryptionKey)>,
        active: impl Into<String>,
    ) -> Result<Self, KeyError> {
        let (keys, active) = (BTreeMap::from_iter(keys), active.into());
        if !keys.contains_key(&active) {
            return Err(KeyError::UnknownKeyEncryptionKey(active));
        }
        Ok(Self { keys, active })
    }

    fn key(&self, id: &str) -> Result<&KeyEncryptionKey, KeyError> {
        self.keys.get(id).ok_or_else(|| KeyError::UnknownKeyEncryptionKey(id.to_owned()))
    }
}

impl KeyWrapper for LocalKeys {
    fn active(&self) -> &str {
        &self.active
    }

    fn knows(&self, id: &str) -> bool {
        self.keys.contains_key(id)
    }

    fn wrap(&self, key: &[u8], context: &[u8], rng: &mut dyn CryptoRngCore) -> Result<Vec<u8>, KeyError> {
        Ok(seal(&self.key(&self.active)?.0, &[LAYOUT], context, key, rng))
    }

    fn unwrap(&self, id: &str, wrapped: &[u8], context: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let key = self.key(id)?;
        match wrapped.split_first() {
            Some((&LAYOUT, body)) => open(&key.0, context, body),
            _ => None,
        }
        .ok_or_else(|| KeyError::Unwrap(id.to_owned()))
    }
}
