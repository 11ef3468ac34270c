//! What the app gives: a store on the device, an observer, the platform's proxies, and listeners (those stand beside the calls
//! that take them). All are synchronous and called on a thread of the core.
//!
//! Each method returns a `Result`, those of listeners too: what a foreign implementation throws, declared or not, becomes a value,
//! where a method without one would panic.

use std::sync::Arc;

use lock_keeper_core as core;
use uniffi::UnexpectedUniFFICallbackError;

/// Keeps small values on the device, one for each slot (`LocalStore` in the faces).
///
/// A slot's name is 1 to 128 lower-case letters, digits, hyphens and dots. A value has up to 64 KiB. What is kept is authenticated
/// by the core, but not secret to someone who can read the device.
#[uniffi::export(foreign)]
pub trait FfiLocalStore: Send + Sync {
    /// The value of a slot; none where there is none. A store that cannot be read *now* throws `Unavailable`: a locked phone is not
    /// a new phone.
    fn get(&self, slot: String) -> Result<Option<Vec<u8>>, FfiStoreError>;

    /// Puts a value into a slot, whole or not at all, and lastingly before it returns.
    fn put(&self, slot: String, value: Vec<u8>) -> Result<(), FfiStoreError>;

    /// Empties a slot. An empty slot is no failure.
    fn remove(&self, slot: String) -> Result<(), FfiStoreError>;
}

/// Why a store failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Error)]
pub enum FfiStoreError {
    /// It cannot be read or written now: the device is locked.
    Unavailable,
    /// What is there is damaged.
    Corrupt,
    /// Anything else, such as a full disk.
    Other,
}

impl std::fmt::Display for FfiStoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        core::StoreFailure::from(*self).fmt(f)
    }
}

impl std::error::Error for FfiStoreError {}

/// The store threw something that it did not declare. What that says is dropped: it may hold anything.
impl From<UnexpectedUniFFICallbackError> for FfiStoreError {
    fn from(_: UnexpectedUniFFICallbackError) -> Self {
        Self::Other
    }
}

impl From<FfiStoreError> for core::StoreFailure {
    fn from(error: FfiStoreError) -> Self {
        match error {
            FfiStoreError::Unavailable => Self::Unavailable,
            FfiStoreError::Corrupt => Self::Corrupt,
            FfiStoreError::Other => Self::Other,
        }
    }
}

/// Is told of each operation that ended.
#[uniffi::export(foreign)]
pub trait FfiObserver: Send + Sync {
    /// An operation has ended, well or not; it must return soon. What this throws is ignored.
    fn ended(&self, event: FfiOperationEvent) -> Result<(), FfiListenerError>;
}

/// The proxies in the settings of the platform, which may change while the client is there.
#[uniffi::export(foreign)]
pub trait FfiProxySettings: Send + Sync {
    /// The proxy of calls to this address, such as `http://proxy.example:3128`; none where the settings name none. Asked before
    /// each exchange. What this throws counts as none.
    fn proxy_for(&self, url: String) -> Result<Option<String>, FfiListenerError>;
}

/// A listener threw. Nobody acts on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Error)]
pub enum FfiListenerError {
    /// It threw something.
    Threw,
}

impl std::fmt::Display for FfiListenerError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a listener threw")
    }
}

impl std::error::Error for FfiListenerError {}

impl From<UnexpectedUniFFICallbackError> for FfiListenerError {
    fn from(_: UnexpectedUniFFICallbackError) -> Self {
        Self::Threw
    }
}

/// One operation has ended. There are no names, ids or secrets in it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FfiOperationEvent {
    /// The operation's stable string in snake_case, such as `open_session`.
    pub op: String,
    /// Milliseconds that it took, waiting included.
    pub millis: u64,
    /// Bytes of HTTP bodies sent and received.
    pub bytes: u64,
    /// How many exchanges were sent again because of a failure, plus one.
    pub attempts: u32,
    /// The code that it failed with; none is success.
    pub code: Option<String>,
}

/// The app's store, as the core calls it.
pub(crate) struct Store(pub(crate) Arc<dyn FfiLocalStore>);

impl core::LocalStore for Store {
    fn get(&self, slot: &str) -> Result<Option<Vec<u8>>, core::StoreFailure> {
        Ok(self.0.get(slot.to_owned())?)
    }

    fn put(&self, slot: &str, value: &[u8]) -> Result<(), core::StoreFailure> {
        Ok(self.0.put(slot.to_owned(), value.to_vec())?)
    }

    fn remove(&self, slot: &str) -> Result<(), core::StoreFailure> {
        Ok(self.0.remove(slot.to_owned())?)
    }
}

/// The app's observer, as the core calls it.
pub(crate) struct Observing(pub(crate) Arc<dyn FfiObserver>);

impl core::Observer for Observing {
    fn ended(&self, event: &core::OperationEvent) {
        let event = FfiOperationEvent {
            op: event.op.name().to_owned(),
            millis: event.millis(),
            bytes: event.bytes,
            attempts: event.attempts,
            code: event.code.map(|code| code.name().to_owned()),
        };
        // An observer that throws must not end the operation that it only watches.
        let _ = self.0.ended(event);
    }
}

/// The platform's proxies, as the core asks for them.
pub(crate) struct Settings(pub(crate) Arc<dyn FfiProxySettings>);

impl core::transport::ProxySettings for Settings {
    fn proxy_for(&self, url: &str) -> Option<String> {
        self.0.proxy_for(url.to_owned()).ok().flatten()
    }
}

#[cfg(test)]
mod tests {
    use lock_keeper_core::{LocalStore, Observer};

    use super::*;

    struct Failing(FfiStoreError);

    impl FfiLocalStore for Failing {
        fn get(&self, _: String) -> Result<Option<Vec<u8>>, FfiStoreError> {
            Err(self.0)
        }

        fn put(&self, _: String, _: Vec<u8>) -> Result<(), FfiStoreError> {
            Err(self.0)
        }

        fn remove(&self, _: String) -> Result<(), FfiStoreError> {
            Err(self.0)
        }
    }

    #[test]
    fn each_failure_of_a_store_reaches_the_core_as_what_it_is() {
        for (thrown, failure) in [
            (FfiStoreError::Unavailable, core::StoreFailure::Unavailable),
            (FfiStoreError::Corrupt, core::StoreFailure::Corrupt),
            (FfiStoreError::Other, core::StoreFailure::Other),
        ] {
            let store = Store(Arc::new(Failing(thrown)));
            assert_eq!(store.get("slot"), Err(failure));
            assert_eq!(store.put("slot", b"value"), Err(failure));
            assert_eq!(store.remove("slot"), Err(failure));
        }
    }

    #[test]
    fn what_a_callback_throws_undeclared_is_a_value_and_its_text_is_dropped() {
        let thrown = || UnexpectedUniFFICallbackError::new("the password is hunter2");
        assert_eq!(FfiStoreError::from(thrown()), FfiStoreError::Other);
        assert_eq!(FfiListenerError::from(thrown()), FfiListenerError::Threw);
    }

    #[derive(Default)]
    struct Watching(std::sync::Mutex<Vec<FfiOperationEvent>>);

    impl FfiObserver for Watching {
        fn ended(&self, event: FfiOperationEvent) -> Result<(), FfiListenerError> {
            self.0.lock().unwrap().push(event);
            Err(FfiListenerError::Threw)
        }
    }

    #[test]
    fn an_observer_is_told_of_an_operation_in_stable_strings_and_may_throw() {
        let watching = Arc::new(Watching::default());
        let took = std::time::Duration::from_micros(2_900);
        let event =
            core::OperationEvent::new(core::Operation::OpenSession, took, 7, 2, Some(core::Code::WrongNameOrPassword));
        Observing(Arc::clone(&watching) as _).ended(&event);
        let expected = FfiOperationEvent {
            op: "open_session".to_owned(),
            millis: 2,
            bytes: 7,
            attempts: 2,
            code: Some("wrong_name_or_password".to_owned()),
        };
        assert_eq!(*watching.0.lock().unwrap(), [expected]);
    }
}
