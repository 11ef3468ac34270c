//! The store on SQLite, inside the server's own process.
//!
//! One connection writes and reads. Every run is one transaction that holds the write lock from its first
//! statement (`BEGIN IMMEDIATE`), so nobody can move an account's head under it. WAL mode with `synchronous=FULL`: what is
//! committed survives a crash of the machine.

mod administration;
mod charge;
mod commit;
mod connection;
mod error;
mod finish;
mod link;
mod login;
mod message;
mod migrations;
mod registration;
mod sweep;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use self::link::Link;
use super::counters::StoreCounters;
use super::pool::Pool;
use super::{AccountKey, Administration, Connection, Store, StoreError};

/// How often work is done again when it answers [`StoreError::HeadMoved`].
const TRIES: usize = 3;

/// A store in one file (and its `-wal` and `-shm` beside it).
pub struct SqliteStore {
    path: PathBuf,
    clock_offset: Arc<AtomicI64>,
    pool: Pool<Link>,
    counters: StoreCounters,
}

impl SqliteStore {
    /// Opens the database at `path`, and makes an empty one, readable by its owner alone, where there is none.
    /// [`Administration::migrate`] then makes its tables.
    ///
    /// `clock_offset` is added to the time, in milliseconds: 0 but for a test's clock.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the file can't be opened or is no database.
    pub fn open(path: &Path, clock_offset: Arc<AtomicI64>) -> Result<Self, StoreError> {
        // An absolute path can't be taken for one of SQLite's `file:` addresses.
        let path = std::path::absolute(path).map_err(|_| StoreError::Unavailable("the path is not valid"))?;
        let store = Self { path, clock_offset, pool: Pool::new(1), counters: StoreCounters::default() };
        store.with_link(|_| Ok(()))?;
        Ok(store)
    }

    /// Lends the connection. It is kept only if the transaction in it has ended.
    fn with_link<T>(&self, work: impl FnOnce(&mut Link) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut lease = self.pool.take(&self.counters)?;
        let mut link = lease.connection(|| Link::open(&self.path, Arc::clone(&self.clock_offset)))?;
        let answer = work(&mut link);
        if link.is_sound() {
            lease.keep(link);
        }
        answer
    }
}

impl Store for SqliteStore {
    fn run(
        &self,
        name: &'static str,
        _account: &AccountKey,
        work: &mut dyn FnMut(&mut dyn Connection) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        for _ in 1..TRIES {
            match self.with_link(|link| link.transaction(|link| work(link))) {
                Err(StoreError::HeadMoved) => {
                    self.counters.head_missed();
                    tracing::debug!(work = name, "the account changed; once more");
                }
                answer => return answer,
            }
        }
        self.with_link(|link| link.transaction(|link| work(link)))
    }

    fn administration(&self) -> &dyn Administration {
        self
    }

    fn counters(&self) -> &StoreCounters {
        &self.counters
    }
}
