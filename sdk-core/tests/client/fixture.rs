//! Devices of people, and what they do.

use std::sync::Arc;
use std::time::Duration;

use lock_keeper_core::{
    AuditCursor, AuditEntry, AuditFilter, Call, Env, LocalStore, LockKeeperClient, MemoryStore, Password, Result,
    ServerConfig, Session, SessionOptions, password,
};
use lock_keeper_testbed::Server;

/// A device: a client with a store of its own.
pub(crate) struct Device {
    pub(crate) client: LockKeeperClient,
    pub(crate) store: Arc<MemoryStore>,
}

impl Device {
    pub(crate) fn new(server: &Server) -> Self {
        let config = ServerConfig::from_connect_json(server.connect_json().as_bytes()).unwrap();
        Self::with(config)
    }

    pub(crate) fn with(config: ServerConfig) -> Self {
        let store = Arc::new(MemoryStore::default());
        let env = Env::new(&config, Arc::clone(&store) as Arc<dyn LocalStore>);
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
