//! The store on Postgres.
//!
//! What happens for each login and message is a read and one writing statement, each a round trip and a transaction of its
//! own; only when somebody else moved the account's head first is the work done again in an explicit transaction, with the
//! head locked. Locks are taken in one order everywhere: the budget alone at the start of a login; elsewhere head, attempt,
//! budget, session, and then the rest.

mod administration;
mod charge;
mod connection;
mod error;
mod finish;
mod link;
mod login;
mod message;
mod migrations;
mod parts;
mod registration;
mod settings;
mod sweep;

use std::sync::Arc;

pub use self::settings::PostgresSettings;

use self::error::Failure;
use self::link::Link;
use super::counters::StoreCounters;
use super::pool::Pool;
use super::{AccountKey, Administration, Connection, Store, StoreError};

/// How often work is done again with the head locked, and how often after a deadlock or the like.
const TRIES: u32 = 3;

/// A store in a Postgres database, which any number of servers may share.
pub struct PostgresStore {
    settings: PostgresSettings,
    pool: Pool<Link>,
    counters: StoreCounters,
}

impl PostgresStore {
    /// Opens the store, and one connection to see that the settings are right. [`Administration::migrate`] then makes its tables.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database can't be reached.
    pub fn open(settings: &PostgresSettings) -> Result<Self, StoreError> {
        let pool = Pool::new(settings.pool_size);
        let store = Self { settings: settings.clone(), pool, counters: StoreCounters::default() };
        store.with_link(|_| Ok(()))?;
        Ok(store)
    }

    /// Lends a connection; once more, a fresh one, where that one was lost.
    fn with_link<T>(&self, mut work: impl FnMut(&mut Link) -> Result<T, StoreError>) -> Result<T, StoreError> {
        match self.lend(&mut work) {
            (Err(_), Some(Failure::Lost { .. })) => self.lend(&mut work).0,
            (answer, _) => answer,
        }
    }

    /// Lends a connection. One that failed is dropped rather than kept, and where it was lost, the idle ones with it.
    fn lend<T>(
        &self,
        work: impl FnOnce(&mut Link) -> Result<T, StoreError>,
    ) -> (Result<T, StoreError>, Option<Failure>) {
        let mut lease = match self.pool.take(&self.counters) {
            Ok(lease) => lease,
            Err(busy) => return (Err(busy), None),
        };
        let connect = || Link::open(&self.settings, Arc::clone(&self.settings.clock_offset));
        let mut link = match lease.connection(connect) {
            Ok(link) => link,
            Err(unavailable) => return (Err(unavailable), None),
        };
        let answer = work(&mut link);
        let failure = link.failure();
        if matches!(failure, Some(Failure::Lost { .. })) {
            self.pool.drop_idle();
        }
        if failure.is_none() && link.is_sound() {
            lease.keep(link);
        }
        (answer, failure)
    }

    /// Runs the work without a lock, or in one transaction with the account's head locked.
    fn once(
        &self,
        account: &AccountKey,
        locked: bool,
        work: &mut dyn FnMut(&mut dyn Connection) -> Result<(), StoreError>,
    ) -> (Result<(), StoreError>, Option<Failure>) {
        self.lend(|link| {
            if !locked {
                return work(link);
            }
            link.transaction(|link| {
                link.lock_head(account)?;
                work(link)
            })
        })
    }
}

impl Store for PostgresStore {
    fn run(
        &self,
        name: &'static str,
        account: &AccountKey,
        work: &mut dyn FnMut(&mut dyn Connection) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let (mut locked, mut lost, mut misses, mut conflicts) = (false, false, 0, 0);
        loop {
            match self.once(account, locked, work) {
                (Ok(()), _) => return Ok(()),
                (Err(_), Some(Failure::Lost { unknown })) if !lost => {
                    lost = true;
                    if unknown {
                        self.counters.outcome_unknown();
                    }
                    tracing::warn!(work = name, unknown, "a connection to the database was lost; once more");
                }
                (Err(_), Some(Failure::Conflict)) if conflicts < TRIES => {
                    conflicts += 1;
                    locked = true;
                    self.counters.retried();
                    tracing::debug!(work = name, "the database gave up a statement for another; once more");
                }
                (Err(StoreError::HeadMoved), _) if misses < TRIES => {
                    misses += 1;
                    locked = true;
                    self.counters.head_missed();
                    tracing::debug!(work = name, "the account changed; once more, locked");
                }
                (answer, _) => return answer,
            }
        }
    }

    fn administration(&self) -> &dyn Administration {
        self
    }

    fn counters(&self) -> &StoreCounters {
        &self.counters
    }
}
