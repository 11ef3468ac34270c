//! The key server as a face sees it.

use std::sync::Arc;

use lock_keeper_core as core;

use crate::call::FfiCall;
use crate::config::FfiServerConfig;
use crate::error::Result;
use crate::platform::{FfiLocalStore, FfiObserver, Observing, Settings, Store};
use crate::session::{FfiSession, FfiSessionOptions};
use crate::unlock::FfiDeviceUnlock;
use crate::values;

/// One key server. The constructor does no I/O; calls come from any thread, and block.
#[derive(uniffi::Object)]
pub struct FfiClient {
    core: core::LockKeeperClient,
}

#[uniffi::export]
impl FfiClient {
    /// A client of the configured key server.
    #[uniffi::constructor]
    pub fn new(
        config: Arc<FfiServerConfig>,
        store: Arc<dyn FfiLocalStore>,
        observer: Option<Arc<dyn FfiObserver>>,
    ) -> Arc<Self> {
        let mut env = core::Env::new(&config.core, Arc::new(Store(store)));
        env.observer = observer.map(|observer| Arc::new(Observing(observer)) as _);
        if let Some(settings) = &config.proxy_settings {
            let settings = Arc::new(Settings(Arc::clone(settings)));
            env.transport = Arc::new(core::HttpsTransport::new(&config.core).with_proxy_settings(settings));
        }
        Arc::new(Self { core: core::LockKeeperClient::new(config.core.clone(), env) })
    }

    /// Creates the account, or completes one that this password half-made. `password` is UTF-8.
    pub fn register(
        &self,
        account: String,
        password: &[u8],
        ticket: Option<Vec<u8>>,
        options: FfiSessionOptions,
        call: FfiCall,
    ) -> Result<Arc<FfiSession>> {
        let password = values::password(password)?;
        let session = self.core.register(&account, password, ticket.as_deref(), options.into(), &call.into())?;
        Ok(FfiSession::new(session))
    }

    /// Unlocks the account by its password, in UTF-8: one Argon2id (64 MiB), two round trips.
    pub fn open_session(
        &self,
        account: String,
        password: &[u8],
        options: FfiSessionOptions,
        call: FfiCall,
    ) -> Result<Arc<FfiSession>> {
        let password = values::password(password)?;
        Ok(FfiSession::new(self.core.open_session(&account, password, options.into(), &call.into())?))
    }

    /// Unlocks the account without Argon2id, so that an app extension can. Fails with `device_unlock_stale` after a password change.
    pub fn open_session_with(
        &self,
        unlock: Arc<FfiDeviceUnlock>,
        options: FfiSessionOptions,
        call: FfiCall,
    ) -> Result<Arc<FfiSession>> {
        Ok(FfiSession::new(self.core.open_session_with(unlock.core.clone(), options.into(), &call.into())?))
    }

    /// Removes all that this device knows of an account. The account itself stays.
    pub fn forget(&self, account: String) -> Result<()> {
        Ok(self.core.forget(&account)?)
    }

    /// Drops the connections that are kept open; an app calls it when it is suspended. Calls under way go on.
    pub fn drop_connections(&self) {
        self.core.drop_connections();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::allocator::tests::assert_that_all_freed_memory_was_wiped;
    use crate::call::FfiCancelToken;
    use crate::config::{FfiProxyPolicy, FfiTrust};
    use crate::error::FfiError;
    use crate::platform::FfiStoreError;

    struct Locked;

    impl FfiLocalStore for Locked {
        fn get(&self, _: String) -> std::result::Result<Option<Vec<u8>>, FfiStoreError> {
            Err(FfiStoreError::Unavailable)
        }

        fn put(&self, _: String, _: Vec<u8>) -> std::result::Result<(), FfiStoreError> {
            Err(FfiStoreError::Unavailable)
        }

        fn remove(&self, _: String) -> std::result::Result<(), FfiStoreError> {
            Err(FfiStoreError::Unavailable)
        }
    }

    fn client() -> Arc<FfiClient> {
        let trust = FfiTrust { private_cas: None, spki_pins: vec![] };
        let (url, realm) = ("https://127.0.0.1:1".to_owned(), "example".to_owned());
        let config = FfiServerConfig::new(url, realm, vec![vec![1; 32]], trust, FfiProxyPolicy::None);
        FfiClient::new(config.expect("it is valid"), Arc::new(Locked), None)
    }

    fn options() -> FfiSessionOptions {
        FfiSessionOptions { lock_after_idle_millis: None, lock_in_background_after_millis: None }
    }

    fn call() -> FfiCall {
        FfiCall { deadline_millis: 5_000, cancel: None, progress: None }
    }

    fn code<T>(result: Result<T>) -> String {
        match result {
            Err(FfiError::Failed { code, .. }) => code,
            Ok(_) => panic!("the call cannot succeed"),
        }
    }

    #[test]
    fn a_store_that_is_locked_is_neither_taken_for_an_empty_one_nor_for_a_network_that_is_down() {
        let client = client();
        assert_eq!(code(client.open_session("ada".into(), b"correct horse", options(), call())), "store_unavailable");
        assert_eq!(code(client.forget("ada".into())), "store_unavailable");
        client.drop_connections();
    }

    #[test]
    fn a_cancelled_call_is_not_begun() {
        let cancel = FfiCancelToken::new();
        cancel.cancel();
        let call = FfiCall { cancel: Some(cancel), ..call() };
        assert_eq!(code(client().register("ada".into(), b"correct horse", None, options(), call)), "cancelled");
    }

    #[test]
    fn a_password_that_crossed_leaves_nothing_in_freed_memory() {
        for password in [b"correct horse".as_slice(), b"\xff", b""] {
            assert!(client().open_session("ada".into(), password, options(), call()).is_err());
        }
        assert_that_all_freed_memory_was_wiped();
    }
}
