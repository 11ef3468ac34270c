//! The device unlock as a face sees it.

use std::sync::Arc;

use lock_keeper_core as core;

use crate::error::Result;

/// What opens a session without a password. It is worth the password of its account: it belongs behind a biometric gate of the
/// platform, on this device alone.
#[derive(uniffi::Object)]
pub struct FfiDeviceUnlock {
    pub(crate) core: core::DeviceUnlock,
}

impl FfiDeviceUnlock {
    pub(crate) fn new(core: core::DeviceUnlock) -> Arc<Self> {
        Arc::new(Self { core })
    }
}

#[uniffi::export]
impl FfiDeviceUnlock {
    /// Reads what `to_bytes` wrote. Fails with `device_unlock_invalidated` where the bytes are anything else.
    #[uniffi::constructor]
    pub fn from_bytes(bytes: &[u8]) -> Result<Arc<Self>> {
        Ok(Self::new(core::DeviceUnlock::from_bytes(bytes)?))
    }

    /// The bytes to keep behind the gate, some 250 and at most 750. The caller wipes them.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.core.to_bytes().expose().to_vec()
    }

    /// The prepared name of the account that it opens.
    pub fn account(&self) -> String {
        self.core.account().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::FfiError;

    #[test]
    fn bytes_that_are_no_device_unlock_are_told_as_such() {
        let read = FfiDeviceUnlock::from_bytes(&[7; 250]);
        assert!(matches!(read, Err(FfiError::Failed { code, .. }) if code == "device_unlock_invalidated"));
    }
}
