//! What outlives a server process: its database, its keys, its certificate, and the time.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use lock_keeper_protocol::identity::Realm;
use lock_keeper_server::keys::{KeyEncryptionKey, KeyWrapper, LocalKeys};
use lock_keeper_server::store::Store;
use lock_keeper_server::store::postgres::PostgresStore;
use lock_keeper_server::store::sqlite::SqliteStore;

use crate::certificate::Certificate;
use crate::postgres::Database;
use crate::spare;

/// What the servers of tests call themselves.
pub(crate) const REALM: &str = "keys.test";

/// Which database is under a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file.
    Sqlite,
    /// A database in the private cluster.
    Postgres,
}

/// Shared by the server processes that stand beside each other.
pub(crate) struct Data {
    pub(crate) engine: Engine,
    pub(crate) realm: Realm,
    pub(crate) certificate: Certificate,
    pub(crate) clock: Arc<AtomicI64>,
    key_encryption: Mutex<KeyEncryption>,
    database: Option<Database>,
    /// Whether the test had its hands in the database, so that nobody knows what it left there.
    touched: AtomicBool,
    dir: tempfile::TempDir,
}

/// Key-encryption keys as an operator's configuration lists them.
struct KeyEncryption {
    keys: Vec<(String, String)>,
    active: String,
}

impl Data {
    pub(crate) fn new(engine: Engine) -> Self {
        spare::begin();
        let dir = tempfile::tempdir().expect("a temporary directory can be made");
        let key = KeyEncryptionKey::generate(&mut rand::rngs::OsRng);
        Self {
            engine,
            realm: Realm::new(REALM).expect("it is one"),
            certificate: Certificate::make(dir.path()),
            clock: Arc::default(),
            key_encryption: Mutex::new(KeyEncryption {
                keys: vec![("first".to_owned(), key.to_hex().to_string())],
                active: "first".to_owned(),
            }),
            database: (engine == Engine::Postgres).then(spare::take),
            touched: AtomicBool::new(false),
            dir,
        }
    }

    pub(crate) fn open_store(&self, pool_size: usize) -> Arc<dyn Store> {
        match &self.database {
            None => {
                let store = SqliteStore::open(&self.file(), Arc::clone(&self.clock)).expect("the file can be opened");
                store.administration().migrate().expect("the file can be migrated");
                Arc::new(store)
            }
            Some(database) => {
                let mut settings = database.settings(pool_size);
                settings.clock_offset = Arc::clone(&self.clock);
                Arc::new(PostgresStore::open(&settings).expect("the database can be opened"))
            }
        }
    }

    /// The key-encryption keys as they are configured now.
    pub(crate) fn wrapper(&self) -> Arc<dyn KeyWrapper> {
        let configured = self.key_encryption.lock().expect("no test panics with the lock");
        let keys = configured.keys.iter().map(|(id, hex)| {
            let key = KeyEncryptionKey::parse(hex.as_bytes()).expect("it was written by the server's own code");
            (id.clone(), key)
        });
        Arc::new(LocalKeys::new(keys, configured.active.clone()).expect("the active key is among them"))
    }

    /// Adds a key and makes it the active one.
    pub(crate) fn add_key_encryption_key(&self, id: &str) {
        let key = KeyEncryptionKey::generate(&mut rand::rngs::OsRng);
        let mut configured = self.key_encryption.lock().expect("no test panics with the lock");
        configured.keys.push((id.to_owned(), key.to_hex().to_string()));
        configured.active = id.to_owned();
    }

    /// Removes a key.
    pub(crate) fn remove_key_encryption_key(&self, id: &str) {
        self.key_encryption.lock().expect("no test panics with the lock").keys.retain(|(known, _)| known != id);
    }

    pub(crate) fn advance(&self, time: Duration) {
        let milliseconds = i64::try_from(time.as_millis()).expect("nobody waits that long");
        self.clock.fetch_add(milliseconds, Ordering::Relaxed);
    }

    pub(crate) fn turn_back(&self, time: Duration) {
        let milliseconds = i64::try_from(time.as_millis()).expect("nobody goes back that far");
        self.clock.fetch_sub(milliseconds, Ordering::Relaxed);
    }

    pub(crate) fn execute(&self, sql: &str) {
        self.touched.store(true, Ordering::Relaxed);
        execute(self.database.as_ref(), &self.file(), sql);
    }

    pub(crate) fn database(&self) -> Option<&Database> {
        self.touched.store(true, Ordering::Relaxed);
        self.database.as_ref()
    }

    /// The file, on SQLite.
    pub(crate) fn file(&self) -> PathBuf {
        self.dir.path().join("store")
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        let again = !std::thread::panicking() && !self.touched.load(Ordering::Relaxed);
        spare::end(self.database.take().filter(|_| again));
    }
}

/// Runs SQL in the database, or where there is none in the file, in a connection of its own.
pub(crate) fn execute(database: Option<&Database>, file: &Path, sql: &str) {
    let done = match database {
        None => SqliteConnection::establish(file.to_str().expect("the path is UTF-8"))
            .expect("the file can be opened")
            .batch_execute(&format!("PRAGMA busy_timeout = 5000; {sql}")),
        Some(database) => database.connect().batch_execute(sql),
    };
    done.unwrap_or_else(|error| panic!("{sql}: {error}"));
}
