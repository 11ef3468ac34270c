//! The unlocked account as a face sees it.

use std::sync::Arc;
use std::time::Duration;

use lock_keeper_core as core;

use crate::audit::{FfiAuditCursor, FfiAuditFilter, FfiAuditPage};
use crate::call::FfiCall;
use crate::error::Result;
use crate::platform::FfiListenerError;
use crate::unlock::FfiDeviceUnlock;
use crate::values::{self, FfiPurpose, FfiSecret, FfiSecretInfo, secret_id};

/// How a session behaves.
#[derive(uniffi::Record)]
pub struct FfiSessionOptions {
    /// Locks after so many milliseconds without use, on a clock that counts while the device sleeps. None: never.
    pub lock_after_idle_millis: Option<u64>,
    /// Locks when the app has been in the background for so many milliseconds. None: never.
    pub lock_in_background_after_millis: Option<u64>,
}

impl From<FfiSessionOptions> for core::SessionOptions {
    fn from(options: FfiSessionOptions) -> Self {
        Self {
            lock_after_idle: options.lock_after_idle_millis.map(Duration::from_millis),
            lock_in_background_after: options.lock_in_background_after_millis.map(Duration::from_millis),
        }
    }
}

/// Why a session has locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum FfiLockReason {
    /// The app asked for it.
    Requested,
    /// It was not used for as long as the options say.
    Idle,
    /// The app was in the background for as long as the options say.
    Background,
    /// The password was changed on another device.
    PasswordChanged,
    /// The account was deleted.
    AccountDeleted,
    /// A reason that the core has and the bindings do not know yet.
    Other,
}

impl From<core::LockReason> for FfiLockReason {
    fn from(reason: core::LockReason) -> Self {
        match reason {
            core::LockReason::Requested => Self::Requested,
            core::LockReason::Idle => Self::Idle,
            core::LockReason::Background => Self::Background,
            core::LockReason::PasswordChanged => Self::PasswordChanged,
            core::LockReason::AccountDeleted => Self::AccountDeleted,
            _ => Self::Other,
        }
    }
}

/// Is told once why a session has locked.
#[uniffi::export(foreign)]
pub trait FfiLockListener: Send + Sync {
    /// The session has locked. What this throws is ignored.
    fn on_lock(&self, reason: FfiLockReason) -> std::result::Result<(), FfiListenerError>;
}

/// The unlocked account. Calls come from any thread, block, and queue inside. When the last reference goes, it locks.
#[derive(uniffi::Object)]
pub struct FfiSession {
    core: core::Session,
}

impl FfiSession {
    pub(crate) fn new(core: core::Session) -> Arc<Self> {
        Arc::new(Self { core })
    }
}

#[uniffi::export]
impl FfiSession {
    /// The prepared account name.
    pub fn account(&self) -> String {
        self.core.account().to_owned()
    }

    /// A fresh id for a secret: 32 lower-case hexadecimal digits. Saved before the call, it makes a retry after process death safe.
    pub fn new_secret_id(&self) -> String {
        self.core.new_secret_id().to_string()
    }

    /// Makes a random secret of 1 to 32,768 bytes and keeps it on the server. Without an id, one is drawn.
    pub fn generate(&self, bytes: u32, label: Option<String>, id: Option<String>, call: FfiCall) -> Result<FfiSecret> {
        let id = id.as_deref().map(secret_id).transpose()?;
        // Every platform of ours has at least 32 bits; what is too long is refused by its length.
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        Ok(self.core.generate(core::NewSecret { id, label, bytes }, &call.into())?.into())
    }

    /// Keeps a secret that the app brings on the server.
    pub fn import_secret(
        &self,
        bytes: &[u8],
        label: Option<String>,
        id: Option<String>,
        call: FfiCall,
    ) -> Result<FfiSecretInfo> {
        let id = id.as_deref().map(secret_id).transpose()?;
        Ok(self.core.import_secret(bytes.into(), label.as_deref(), id, &call.into())?.into())
    }

    /// Fetches a secret.
    pub fn retrieve(&self, id: String, purpose: FfiPurpose, call: FfiCall) -> Result<FfiSecret> {
        Ok(self.core.retrieve(secret_id(&id)?, purpose.into(), &call.into())?.into())
    }

    /// Fetches a secret of up to 255 bytes in the exchange format. The caller wipes the bytes.
    pub fn export_secret(&self, id: String, call: FfiCall) -> Result<Vec<u8>> {
        Ok(self.core.export(secret_id(&id)?, &call.into())?.expose().to_vec())
    }

    /// Lists at most `limit` secrets in the order of their ids, beginning after `after`.
    pub fn list(&self, after: Option<String>, limit: u16, call: FfiCall) -> Result<Vec<FfiSecretInfo>> {
        let after = after.as_deref().map(secret_id).transpose()?;
        Ok(self.core.list(after, limit, &call.into())?.into_iter().map(Into::into).collect())
    }

    /// Deletes a secret for good.
    pub fn delete_secret(&self, id: String, call: FfiCall) -> Result<()> {
        Ok(self.core.delete(secret_id(&id)?, &call.into())?)
    }

    /// Reads and verifies one page of the audit log: the newest, or the one that a cursor leads to.
    pub fn audit(
        &self,
        filter: FfiAuditFilter,
        cursor: Option<Arc<FfiAuditCursor>>,
        call: FfiCall,
    ) -> Result<FfiAuditPage> {
        let filter = filter.into_core()?;
        let cursor = cursor.map_or_else(|| Ok(core::AuditCursor::newest()), |cursor| cursor.take())?;
        FfiAuditPage::from_core(self.core.audit(&filter, cursor, &call.into())?)
    }

    /// Changes the password. Both are UTF-8.
    pub fn change_password(&self, old: &[u8], new: &[u8], call: FfiCall) -> Result<()> {
        Ok(self.core.change_password(values::password(old)?, values::password(new)?, &call.into())?)
    }

    /// Deletes the account with all its secrets and its log, for good. The password is UTF-8.
    pub fn delete_account(&self, password: &[u8], call: FfiCall) -> Result<()> {
        Ok(self.core.delete_account(values::password(password)?, &call.into())?)
    }

    /// What opens this account later without the password.
    pub fn device_unlock(&self) -> Result<Arc<FfiDeviceUnlock>> {
        Ok(FfiDeviceUnlock::new(self.core.device_unlock()?))
    }

    /// Wipes the keys. Calls that were not sent yet end with `session_locked`; one that was sent is finished first.
    pub fn lock(&self) {
        self.core.lock();
    }

    /// Why the session is locked; none where it is not.
    pub fn lock_reason(&self) -> Option<FfiLockReason> {
        self.core.lock_reason().map(Into::into)
    }

    /// Has `listener` told once when the session locks: at once where it is locked already. It replaces an earlier one.
    pub fn on_lock(&self, listener: Arc<dyn FfiLockListener>) {
        self.core.on_lock(move |reason| {
            // A listener that throws must not disturb whoever locked.
            let _ = listener.on_lock(reason.into());
        });
    }

    /// The app went to the background: connections are dropped, and the session locks when that lasts.
    pub fn entered_background(&self) {
        self.core.entered_background();
    }

    /// The app is in the foreground again.
    pub fn entered_foreground(&self) {
        self.core.entered_foreground();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_to_lock_keeps_its_name() {
        for reason in [
            core::LockReason::Requested,
            core::LockReason::Idle,
            core::LockReason::Background,
            core::LockReason::PasswordChanged,
            core::LockReason::AccountDeleted,
        ] {
            assert_eq!(format!("{:?}", FfiLockReason::from(reason)), format!("{reason:?}"));
        }
    }

    #[test]
    fn options_cross_in_milliseconds_and_none_is_never() {
        let options = FfiSessionOptions { lock_after_idle_millis: Some(1_500), lock_in_background_after_millis: None };
        let expected = core::SessionOptions {
            lock_after_idle: Some(Duration::from_millis(1_500)),
            lock_in_background_after: None,
        };
        assert_eq!(core::SessionOptions::from(options), expected);
    }
}
