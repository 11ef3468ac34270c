//! What stays on the device: slots of bytes.

mod file;
mod memory;

use crate::error::{Code, LockKeeperError};

pub use file::FileStore;
pub use memory::MemoryStore;

/// Keeps small values on the device, one for each slot. What is kept there is authenticated by the client, but not
/// secret to someone who can read the device.
///
/// A slot's name is 1 to 128 lower-case letters, digits, hyphens and dots; it holds no account name in clear. A value
/// has up to 64 KiB. Calls come from any thread.
pub trait LocalStore: Send + Sync {
    /// The value of a slot; `None` where there is none. *There is none* and *it cannot be read now* are different
    /// things: a locked phone is not a new phone.
    ///
    /// # Errors
    /// [`StoreFailure`].
    fn get(&self, slot: &str) -> Result<Option<Vec<u8>>, StoreFailure>;

    /// Puts a value into a slot, whole or not at all, and lastingly before it returns.
    ///
    /// # Errors
    /// [`StoreFailure`]; then the slot has its old value.
    fn put(&self, slot: &str, value: &[u8]) -> Result<(), StoreFailure>;

    /// Empties a slot. An empty slot is no failure.
    ///
    /// # Errors
    /// [`StoreFailure`].
    fn remove(&self, slot: &str) -> Result<(), StoreFailure>;
}

/// Why a [`LocalStore`] failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StoreFailure {
    /// It cannot be read or written now: the device is locked, or the file belongs to someone else.
    #[error("the store is not available now")]
    Unavailable,
    /// What is there is damaged.
    #[error("the store is damaged")]
    Corrupt,
    /// Anything else, such as a full disk.
    #[error("the store failed")]
    Other,
}

impl From<StoreFailure> for LockKeeperError {
    fn from(failure: StoreFailure) -> Self {
        match failure {
            StoreFailure::Unavailable => Code::StoreUnavailable.into(),
            StoreFailure::Corrupt => Code::StoreCorrupt.into(),
            StoreFailure::Other => Self::new(Code::StoreUnavailable).with_detail("the storage failed"),
        }
    }
}
