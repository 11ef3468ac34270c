//! What stays on the device: authenticated, never overwritten in doubt, and nobody's to read an account's name from.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use lock_keeper_core::{
    Code, DeviceUnlock, Env, FileStore, LocalStore, LockKeeperClient, Result, Session, SessionOptions, StoreFailure,
};
use lock_keeper_testbed::{Engine, Server};

use crate::fixture::{call, code, error, generate, retrieve, secret};
use crate::wire::{Wire, config};

/// A device's store, in the test's hands.
#[derive(Default)]
struct Drawer {
    slots: Mutex<HashMap<String, Vec<u8>>>,
    get_fails: Mutex<Option<StoreFailure>>,
    put_fails: Mutex<Option<StoreFailure>>,
}

impl Drawer {
    fn slots(&self) -> HashMap<String, Vec<u8>> {
        self.slots.lock().unwrap().clone()
    }

    fn replace(&self, slots: HashMap<String, Vec<u8>>) {
        *self.slots.lock().unwrap() = slots;
    }

    fn fail(&self, get: Option<StoreFailure>, put: Option<StoreFailure>) {
        *self.get_fails.lock().unwrap() = get;
        *self.put_fails.lock().unwrap() = put;
    }
}

impl LocalStore for Drawer {
    fn get(&self, slot: &str) -> Result<Option<Vec<u8>>, StoreFailure> {
        self.get_fails.lock().unwrap().map_or(Ok(()), Err)?;
        Ok(self.slots.lock().unwrap().get(slot).cloned())
    }

    fn put(&self, slot: &str, value: &[u8]) -> Result<(), StoreFailure> {
        self.put_fails.lock().unwrap().map_or(Ok(()), Err)?;
        self.slots.lock().unwrap().insert(slot.to_owned(), value.to_vec());
        Ok(())
    }

    fn remove(&self, slot: &str) -> Result<(), StoreFailure> {
        self.put_fails.lock().unwrap().map_or(Ok(()), Err)?;
        self.slots.lock().unwrap().remove(slot);
        Ok(())
    }
}

struct Phone {
    client: LockKeeperClient,
    drawer: Arc<Drawer>,
    wire: Arc<Wire>,
}

impl Phone {
    fn new(server: &Server) -> Self {
        let (drawer, wire) = (Arc::new(Drawer::default()), Wire::to(server));
        let config = config(server);
        let env = Env { transport: wire.clone(), ..Env::new(&config, Arc::clone(&drawer) as Arc<dyn LocalStore>) };
        Self { client: LockKeeperClient::new(config, env), drawer, wire }
    }

    fn register(&self, name: &str) -> Result<Session> {
        self.client.register(name, secret("correct horse"), None, SessionOptions::default(), &call())
    }

    /// Without Argon2, so that a test can try often.
    fn open(&self, unlock: &DeviceUnlock) -> Result<Session> {
        self.client.open_session_with(unlock.clone(), SessionOptions::default(), &call())
    }
}

#[test]
fn a_record_that_was_tampered_with_is_corrupt_and_stays_as_it_is() {
    let server = Server::start(Engine::Sqlite);
    let phone = Phone::new(&server);
    let unlock = phone.register("ada").unwrap().device_unlock().unwrap();
    let good = phone.drawer.slots();
    let (slot, record) = good.iter().next().unwrap();
    assert_eq!(good.len(), 1);
    let mut changes: Vec<Vec<u8>> = Vec::new();
    for position in (0..record.len()).step_by(23).chain([record.len() - 1]) {
        let mut changed = record.clone();
        changed[position] ^= 1;
        changes.push(changed);
    }
    changes.extend([Vec::new(), record[1..].to_vec(), record[..record.len() - 1].to_vec(), vec![0; record.len()]]);
    for (n, change) in changes.into_iter().enumerate() {
        let tampered = HashMap::from([(slot.clone(), change)]);
        phone.drawer.replace(tampered.clone());
        // One field says which account this is: to the client, another one is no damage but another account.
        let refused = code(phone.open(&unlock));
        assert!(matches!(refused, Code::StoreCorrupt | Code::RolledBack), "change {n}: {refused:?}");
        assert_eq!(phone.drawer.slots(), tampered, "nothing is overwritten");
    }
    phone.drawer.replace(good);
    phone.open(&unlock).unwrap();
}

#[test]
fn the_record_of_another_account_is_not_taken() {
    let server = Server::start(Engine::Sqlite);
    let phone = Phone::new(&server);
    let ada = phone.register("ada").unwrap().device_unlock().unwrap();
    let slot = phone.drawer.slots().into_keys().next().unwrap();
    phone.register("bob").unwrap();
    let bobs = phone.drawer.slots().into_iter().find(|(name, _)| *name != slot).unwrap().1;
    phone.drawer.replace(HashMap::from([(slot, bobs)]));
    assert!(matches!(code(phone.open(&ada)), Code::StoreCorrupt | Code::RolledBack));
}

#[test]
fn a_store_that_cannot_be_read_now_is_not_an_empty_one() {
    let server = Server::start(Engine::Sqlite);
    let phone = Phone::new(&server);
    let unlock = phone.register("ada").unwrap().device_unlock().unwrap();
    for (failure, expected) in [
        (StoreFailure::Unavailable, Code::StoreUnavailable),
        (StoreFailure::Corrupt, Code::StoreCorrupt),
        (StoreFailure::Other, Code::StoreUnavailable),
    ] {
        let before = phone.drawer.slots();
        phone.drawer.fail(Some(failure), None);
        let ((), exchanges) = phone.wire.exchanges(|| {
            assert_eq!(code(phone.open(&unlock)), expected);
            assert_eq!(code(phone.register("bob")), expected);
        });
        assert!(exchanges.is_empty());
        assert_eq!(phone.drawer.slots(), before);
    }
    phone.drawer.fail(None, None);
    phone.open(&unlock).unwrap();
}

#[test]
fn a_call_whose_result_cannot_be_remembered_says_that_it_may_have_happened_and_is_safe_to_repeat() {
    let server = Server::start(Engine::Sqlite);
    let phone = Phone::new(&server);
    let session = phone.register("ada").unwrap();
    let kept = generate(&session).unwrap();
    let id = session.new_secret_id();
    phone.drawer.fail(None, Some(StoreFailure::Unavailable));
    let failed = error(crate::fixture::generate_as(&session, id));
    assert_eq!((failed.code, failed.may_have_happened), (Code::StoreUnavailable, true));
    let failed = error(retrieve(&session, kept.info.id));
    assert_eq!((failed.code, failed.may_have_happened), (Code::StoreUnavailable, false));
    phone.drawer.fail(None, None);
    crate::fixture::generate_as(&session, id).unwrap();
    assert_eq!(session.list(None, 10, &call()).unwrap().len(), 2);

    // Before a registration is completed the device notes that it is at it; where it can't, nothing is completed.
    phone.drawer.fail(None, Some(StoreFailure::Unavailable));
    let failed = error(phone.register("bob"));
    assert_eq!((failed.code, failed.may_have_happened), (Code::StoreUnavailable, true));
    phone.drawer.fail(None, None);
    phone.register("bob").unwrap();
}

#[test]
fn whoever_looks_at_the_device_finds_no_name_there() {
    let server = Server::start(Engine::Sqlite);
    let phone = Phone::new(&server);
    let session = phone.register("ada.lovelace").unwrap();
    generate(&session).unwrap();
    for (slot, value) in phone.drawer.slots() {
        assert!(!slot.contains("ada") && !slot.contains("lovelace"));
        assert!(!value.windows(8).any(|window| window == b"lovelace"));
        assert!(slot.len() <= 128 && slot.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.')));
    }
}

#[test]
fn with_a_store_in_files_the_next_process_is_the_same_device() {
    let server = Server::start(Engine::Sqlite);
    let dir = tempfile::tempdir().unwrap();
    let client = || {
        let config = config(&server);
        let store = Arc::new(FileStore::new(dir.path().join("state")));
        LockKeeperClient::new(config.clone(), Env::new(&config, store))
    };
    let options = SessionOptions::default;
    let session = client().register("ada", secret("correct horse"), None, options(), &call()).unwrap();
    let kept = generate(&session).unwrap();
    let session = client().open_session("ada", secret("correct horse"), options(), &call()).unwrap();
    assert_eq!(retrieve(&session, kept.info.id).unwrap(), kept);
    let log = crate::fixture::log(&session).unwrap();
    assert_eq!(log.iter().find_map(|entry| entry.known_device), Some(true));
}
