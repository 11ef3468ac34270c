//! An app as careful as one can be: what a person typed comes in without a buffer in between, and it wipes what is its own.

use std::fs::File;
use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use lock_keeper_core::{
    AuditCursor, AuditFilter, Call, Code, Env, LocalStore, LockKeeperClient, MemoryStore, NewSecret, Purpose,
    ServerConfig, SessionOptions, StoreFailure, password,
};
use zeroize::Zeroizing;

/// The variable that says whether the local store panics.
pub(crate) const PANICS: &str = "LOCK_KEEPER_TEST_PANICS";
/// What it says.
pub(crate) const UNLOCKED: &str = "unlocked";
pub(crate) const LOCKED: &str = "locked";
pub(crate) const DROPPED: &str = "dropped";
pub(crate) const PANIC: &str = "the store panics on purpose";

/// What the app is told: each with its length before it.
pub(crate) struct Told {
    pub(crate) connect_json: String,
    pub(crate) name: String,
    pub(crate) password: String,
    pub(crate) new_password: String,
    pub(crate) wrong_password: String,
    pub(crate) label: String,
    pub(crate) secret: [u8; 40],
}

impl Told {
    pub(crate) fn write(&self, to: &mut impl Write) {
        let texts =
            [&self.connect_json, &self.name, &self.password, &self.new_password, &self.wrong_password, &self.label];
        let fields = texts.map(|text| text.as_bytes()).into_iter().chain([self.secret.as_slice()]);
        for field in fields {
            to.write_all(&u32::try_from(field.len()).unwrap().to_be_bytes()).unwrap();
            to.write_all(field).unwrap();
        }
    }
}

/// Standard input without the buffer of the standard library, which nobody can wipe.
struct Input(File);

impl Input {
    fn bytes(&mut self) -> Zeroizing<Vec<u8>> {
        let mut length = [0; 4];
        self.0.read_exact(&mut length).unwrap();
        let mut bytes = Zeroizing::new(vec![0; u32::from_be_bytes(length) as usize]);
        self.0.read_exact(&mut bytes).unwrap();
        bytes
    }

    fn text(&mut self) -> Zeroizing<String> {
        Zeroizing::new(String::from_utf8(self.bytes().to_vec()).unwrap())
    }

    fn wait(&mut self) {
        self.0.read_exact(&mut [0]).unwrap();
    }
}

fn say(state: &str) {
    let mut out = std::io::stdout();
    writeln!(out, "{state}").unwrap();
    out.flush().unwrap();
}

#[derive(Default)]
struct Store {
    kept: MemoryStore,
    panics: AtomicBool,
}

impl LocalStore for Store {
    fn get(&self, slot: &str) -> Result<Option<Vec<u8>>, StoreFailure> {
        self.kept.get(slot)
    }

    fn put(&self, slot: &str, bytes: &[u8]) -> Result<(), StoreFailure> {
        assert!(!self.panics.load(Ordering::Relaxed), "{PANIC}");
        self.kept.put(slot, bytes)
    }

    fn remove(&self, slot: &str) -> Result<(), StoreFailure> {
        self.kept.remove(slot)
    }
}

#[test]
#[ignore = "it is the process that the tests look at"]
fn an_app_that_is_looked_at() {
    let mut input = Input(File::open("/dev/stdin").unwrap());
    let config = ServerConfig::from_connect_json(&input.bytes()).unwrap();
    let store = Arc::new(Store::default());
    let client = LockKeeperClient::new(config.clone(), Env::new(&config, Arc::clone(&store) as Arc<dyn LocalStore>));
    let (call, options) = (Call::default(), SessionOptions::default);

    let name = input.text();
    let (first, second, wrong) = (input.text(), input.text(), input.text());
    let (label, secret) = (input.text(), input.bytes());
    let session = client.register(&name, password(&first).unwrap(), None, options(), &call).unwrap();
    let imported = session.import_secret(secret.as_slice().into(), Some(&label), None, &call).unwrap();
    let _ = session.generate(NewSecret { label: Some(label.to_string()), ..NewSecret::default() }, &call).unwrap();
    let _ = session.export(imported.id, &call).unwrap();
    let _ = session.list(None, 10, &call).unwrap();
    session.change_password(password(&first).unwrap(), password(&second).unwrap(), &call).unwrap();
    let _ = session.audit(&AuditFilter::default(), AuditCursor::newest(), &call).unwrap();
    let refused = client.open_session(&name, password(&wrong).unwrap(), options(), &call);
    assert_eq!(refused.err().map(|error| error.code), Some(Code::WrongNameOrPassword));
    let _ = session.device_unlock().unwrap().to_bytes();
    let held = session.retrieve(imported.id, Purpose::LocalOnly, &call).unwrap();
    drop((name, first, second, wrong, label, secret, imported));
    say(UNLOCKED);

    input.wait();
    if std::env::var(PANICS).is_ok_and(|panics| panics == "1") {
        store.panics.store(true, Ordering::Relaxed);
        let ended = session.retrieve(held.info.id, Purpose::LocalOnly, &call);
        assert_eq!(ended.err().map(|error| error.code), Some(Code::Internal));
        return;
    }
    drop(held);
    session.lock();
    say(LOCKED);

    input.wait();
    drop((session, client, store));
    say(DROPPED);
    input.wait();
}
