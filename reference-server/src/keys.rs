//! Encryption at rest.
//!
//! ```text
//! key-encryption key (file, environment, or an operator's KeyWrapper)
//!   ├─► data key, one per account ──► name, storage key, secrets, labels, audit entries
//!   └─► server keys: the OPAQUE setup, the root, the sealing keys
//!         root ──HKDF──► name index, decoy, cookie, registration
//!         sealing keys ──► what is read before KE3: record, credential identifier, login state, session
//! ```
//!
//! Everything is XChaCha20-Poly1305 with a random 24-byte nonce. The associated data of each value is the
//! [`Place`] where it lies, so that a value that was moved to another row, column or account does
//! not open. What is read before KE3 is sealed under server keys rather than data keys, so that a
//! name that is registered costs no unwrapping that an unknown one does not.

mod aead;
mod data_key;
mod derived;
mod key_encryption;
mod rotation;
mod sealing;
mod server_keys;

pub use aead::Place;
pub use data_key::{DataKey, WrappedKey};
pub use derived::DerivedKeys;
pub use key_encryption::{KeyEncryptionKey, KeyWrapper, LocalKeys};
pub use rotation::{Progress, rotate};
pub use sealing::{REFRESH_INTERVAL, SETTLING_TIME};
pub use server_keys::{FirstKeys, OPAQUE_SETUP_BYTES, ServerKeys};

use crate::store::StoreError;

/// Why a key cannot be had, or a value does not open. No variant holds key material or whose it was.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// A value names a key-encryption key that the configuration does not have.
    #[error(
        "the database holds keys wrapped under the key-encryption key {0:?}, which is not in keys.key_encryption_keys"
    )]
    UnknownKeyEncryptionKey(String),
    /// A wrapped key does not open: another key has this id, or the row was changed or moved.
    #[error("a key wrapped under {0:?} does not open: the id has another key, or the row was changed")]
    Unwrap(String),
    /// A sealed value does not open: it was changed, cut, or moved from another row, column or account.
    #[error("a sealed value in {table}.{column} does not open: it was changed or moved")]
    Open {
        /// The table of the [`Place`] that was asked for.
        table: &'static str,
        /// The column of that place.
        column: &'static str,
    },
    /// A value was sealed under a sealing key that this process has not loaded (see [`ServerKeys::refresh`]).
    #[error("a value in {table}.{column} was sealed under a sealing key that is not loaded")]
    UnknownSealingKey {
        /// The table of the [`Place`] that was asked for.
        table: &'static str,
        /// The column of that place.
        column: &'static str,
    },
    /// The database has no server keys yet: `migrate` was not run on it.
    #[error("the database holds no server keys: run `lock-keeper-server migrate` once on a new database")]
    NoServerKeys,
    /// The server keys are not what this release writes: a row is missing, doubled, or of the wrong size.
    #[error("the server keys are damaged: {0}")]
    Damaged(&'static str),
    /// The OPAQUE setup is not the one that the configuration expects: another database, or a wrong restore.
    #[error("the OPAQUE setup in the database is {found}, but keys.setup_fingerprint expects {expected}")]
    Fingerprint {
        /// What the configuration expects.
        expected: String,
        /// What the database holds.
        found: String,
    },
    /// The database was made for another realm, which every registration record and log in it is bound to.
    #[error("the database was made for another realm than server.realm says")]
    Realm,
    /// A sealing key was added so recently that some process may not have loaded it.
    #[error("the new sealing key is too young: try again in {seconds} s, when every process has loaded it")]
    NotSettled {
        /// Seconds to wait.
        seconds: u64,
    },
    /// An operator's [`KeyWrapper`] cannot answer now; asking again may help.
    #[error("the key wrapper is not available: {0}")]
    Unavailable(String),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
