use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lock_keeper_protocol::identity::SecretId;
use lock_keeper_protocol::message::Origin;

use crate::vault::SecretBytes;

/// A secret to be generated.
#[derive(Clone, Debug)]
pub struct NewSecret {
    /// Its id; `None` draws one.
    pub id: Option<SecretId>,
    /// Its label: up to 256 bytes in UTF-8, sealed like the secret.
    pub label: Option<String>,
    /// Bytes, 1 to 32,768.
    pub bytes: usize,
}

impl Default for NewSecret {
    /// 32 bytes without a label.
    fn default() -> Self {
        Self { id: None, label: None, bytes: 32 }
    }
}

/// What is known of a secret without its bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretInfo {
    /// Its id.
    pub id: SecretId,
    /// Its label.
    pub label: Option<String>,
    /// Where it came from.
    pub origin: Origin,
    /// When it was stored, as the server says.
    pub created: SystemTime,
    /// Bytes.
    pub length: usize,
}

/// A label may say what the secret is for, so it is not printed.
impl std::fmt::Debug for SecretInfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecretInfo").field("id", &self.id).field("length", &self.length).finish_non_exhaustive()
    }
}

/// A secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// What is known of it.
    pub info: SecretInfo,
    /// Its bytes.
    pub bytes: SecretBytes,
}

/// A time of the server: milliseconds since the Unix epoch.
pub(super) fn time(milliseconds: u64) -> SystemTime {
    UNIX_EPOCH.checked_add(Duration::from_millis(milliseconds)).unwrap_or(UNIX_EPOCH)
}
