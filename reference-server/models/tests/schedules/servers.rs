//! Two server processes with one database.

use std::cell::{Cell, RefCell};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use lock_keeper_protocol::identity::Realm;
use lock_keeper_protocol::message::SessionLimits;
use lock_keeper_server::keys::{KeyEncryptionKey, LocalKeys};
use lock_keeper_server::service::{Policy, Refused, Service, load_or_create_keys};
use lock_keeper_server::store::{Store, sqlite::SqliteStore};
use rand::rngs::OsRng;

use crate::network::Route;

/// What a session may do here.
pub(crate) const LIMITS: SessionLimits = SessionLimits { operations: 3, idle: 120, total: 900 };
/// Sessions that an account may have open: more than a schedule opens.
const SESSIONS: usize = 1_000;

pub(crate) struct Servers {
    folder: tempfile::TempDir,
    clock: Arc<AtomicI64>,
    wrapper: Arc<LocalKeys>,
    processes: RefCell<[Service; 2]>,
    worlds: Cell<u32>,
}

impl Servers {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().expect("there is a place for a database");
        let clock = Arc::new(AtomicI64::new(0));
        let key = KeyEncryptionKey::generate(&mut OsRng);
        let wrapper = Arc::new(LocalKeys::new([("first".to_owned(), key)], "first").expect("the active key is there"));
        let process = || service(folder.path(), &clock, &wrapper);
        let processes = RefCell::new([process(), process()]);
        Self { folder, clock, wrapper, processes, worlds: Cell::new(0) }
    }

    /// A number that no other schedule has, since they share the database.
    pub(crate) fn next_world(&self) -> u32 {
        self.worlds.set(self.worlds.get() + 1);
        self.worlds.get()
    }

    pub(crate) fn public_key(&self) -> [u8; 32] {
        self.processes.borrow()[0].public_key()
    }

    /// The database's time.
    pub(crate) fn now(&self) -> i64 {
        self.processes.borrow()[0].store().administration().now().expect("the database is there")
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1_000, Ordering::Relaxed);
    }

    /// What was not written is gone.
    pub(crate) fn kill(&self, process: usize) {
        self.processes.borrow_mut()[process] = service(self.folder.path(), &self.clock, &self.wrapper);
    }

    pub(crate) fn handle(&self, process: usize, route: Route, body: &[u8]) -> Result<Vec<u8>, Refused> {
        let service = &self.processes.borrow()[process];
        match route {
            Route::RegistrationStart => service.start_registration(body),
            Route::RegistrationFinish => service.finish_registration(body),
            Route::SessionStart => service.start_login(body),
            Route::SessionFinish => service.finish_login(body),
            Route::SessionMessage => service.message(body),
        }
    }

    /// Guesses are another model's affair: nobody waits here.
    pub(crate) fn forget_guesses(&self, name: &str) {
        self.processes.borrow()[0].unlock(name).expect("the name is good");
    }
}

fn service(folder: &Path, clock: &Arc<AtomicI64>, wrapper: &Arc<LocalKeys>) -> Service {
    let store = SqliteStore::open(&folder.join("store"), Arc::clone(clock)).expect("the database can be opened");
    store.administration().migrate().expect("the database can be migrated");
    let realm = Realm::new("keys.test").expect("it is one");
    let keys = load_or_create_keys(store.administration(), wrapper.clone(), &realm).expect("keys can be made");
    let policy = Policy { request_session: LIMITS, sessions_per_account: SESSIONS, ..Policy::default() };
    Service::new(Arc::new(store), Arc::new(keys), realm, policy).expect("the keys are good")
}
