//! Devices of people, and what they do.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use lock_keeper_core::{
    AuditCursor, AuditEntry, AuditFilter, Call, Clock, Code, Env, LocalStore, LockKeeperClient, LockKeeperError,
    MemoryStore, NewSecret, Password, Purpose, Result, Secret, SecretBytes, SecretId, SecretInfo, ServerConfig,
    Session, SessionOptions, SystemClock, Transport, password,
};
use lock_keeper_testbed::{Engine, Server, Settings};

use crate::wire::{Wire, config};

/// Runs a test of what the client alone decides, which costs more than it shows on a second engine.
pub(crate) fn one_engine(test: impl Fn(&Server)) {
    test(&Server::start(Engine::Sqlite));
}

/// Runs a test on both engines, on one with sessions of one request and on the other with sessions of many.
pub(crate) fn each_engine_and_length(test: impl Fn(&Server)) {
    test(&Server::start(Engine::Sqlite));
    test(&Server::start_with(Engine::Postgres, Settings::with_operations(64)));
}

/// A device: a client with a store of its own.
pub(crate) struct Device {
    pub(crate) client: LockKeeperClient,
    pub(crate) store: Arc<MemoryStore>,
}

impl Device {
    pub(crate) fn new(server: &Server) -> Self {
        let config = config(server);
        let env = Env::new(&config, Arc::new(MemoryStore::default()));
        Self::with(config, env)
    }

    /// A device whose way to the server the test has in its hands.
    pub(crate) fn wired(server: &Server) -> (Self, Arc<Wire>) {
        let wire = Wire::to(server);
        (Self::over(server, wire.clone()), wire)
    }

    pub(crate) fn over(server: &Server, transport: Arc<dyn Transport>) -> Self {
        let config = config(server);
        let env = Env { transport, ..Env::new(&config, Arc::new(MemoryStore::default())) };
        Self::with(config, env)
    }

    /// With an environment of the test's own, but for the store.
    pub(crate) fn with(config: ServerConfig, env: Env) -> Self {
        let store = Arc::new(MemoryStore::default());
        let env = Env { store: Arc::clone(&store) as Arc<dyn LocalStore>, ..env };
        Self { client: LockKeeperClient::new(config, env), store }
    }

    /// The same device after its app was killed and started again: only the store is left.
    pub(crate) fn restarted(&self, server: &Server, transport: Arc<dyn Transport>) -> Self {
        let config = config(server);
        let store = Arc::clone(&self.store);
        let env = Env { transport, ..Env::new(&config, Arc::clone(&store) as Arc<dyn LocalStore>) };
        Self { client: LockKeeperClient::new(config, env), store }
    }

    pub(crate) fn register(&self, name: &str, text: &str) -> Result<Session> {
        self.client.register(name, secret(text), None, SessionOptions::default(), &call())
    }

    pub(crate) fn open(&self, name: &str, text: &str) -> Result<Session> {
        self.client.open_session(name, secret(text), SessionOptions::default(), &call())
    }
}

pub(crate) fn secret(text: &str) -> Password {
    password(text).unwrap()
}

/// Enough time for a machine that is busy with other tests.
pub(crate) fn call() -> Call {
    Call::new(Duration::from_secs(120))
}

/// Generates 32 bytes without a label.
pub(crate) fn generate(session: &Session) -> Result<Secret> {
    session.generate(NewSecret::default(), &call())
}

pub(crate) fn generate_as(session: &Session, id: SecretId) -> Result<Secret> {
    session.generate(NewSecret { id: Some(id), ..NewSecret::default() }, &call())
}

pub(crate) fn import(session: &Session, bytes: &[u8]) -> Result<SecretInfo> {
    session.import_secret(SecretBytes::from(bytes), None, None, &call())
}

pub(crate) fn retrieve(session: &Session, id: SecretId) -> Result<Secret> {
    session.retrieve(id, Purpose::Unspecified, &call())
}

/// The whole log, newest first; every page verified.
pub(crate) fn log(session: &Session) -> Result<Vec<AuditEntry>> {
    let mut entries = Vec::new();
    let mut next = Some(AuditCursor::newest());
    while let Some(cursor) = next {
        let page = session.audit(&AuditFilter::default(), cursor, &call())?;
        entries.extend(page.entries);
        next = page.next;
    }
    Ok(entries)
}

/// What the log says was done, oldest first.
pub(crate) fn actions(session: &Session) -> Vec<&'static str> {
    let mut actions: Vec<_> = log(session).unwrap().iter().map(|entry| entry.action).collect();
    actions.reverse();
    actions
}

/// How often the log says that this was done, with success.
pub(crate) fn times_done(session: &Session, action: &str) -> usize {
    let done = |entry: &&AuditEntry| entry.action == action && entry.outcome == lock_keeper_core::Outcome::Succeeded;
    log(session).unwrap().iter().filter(done).count()
}

/// The code of a call that fails.
pub(crate) fn code<T>(result: Result<T>) -> Code {
    error(result).code
}

pub(crate) fn error<T>(result: Result<T>) -> LockKeeperError {
    match result {
        Ok(_) => panic!("the call succeeds"),
        Err(error) => error,
    }
}

/// A clock that goes on when the test says so.
#[derive(Default)]
pub(crate) struct FakeClock(Mutex<Duration>);

impl FakeClock {
    pub(crate) fn advance(&self, time: Duration) {
        *self.0.lock().unwrap() += time;
    }
}

impl Clock for FakeClock {
    fn since_boot(&self) -> Duration {
        *self.0.lock().unwrap()
    }

    fn wall(&self) -> SystemTime {
        SystemClock.wall()
    }
}
