//! One connection to the database.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use diesel::connection::SimpleConnection;
use diesel::deserialize::QueryableByName;
use diesel::pg::{Pg, PgConnection};
use diesel::result::Error;
use diesel::{Connection, RunQueryDsl};
use secrecy::ExposeSecret;

use super::error::{Failure, translate};
use super::settings::PostgresSettings;
use crate::store::execute::Execute;
use crate::store::statement::Statement;
use crate::store::{AccountKey, StoreError};

/// One connection to the database.
pub(super) struct Link {
    pub(super) connection: PgConnection,
    clock_offset: Arc<AtomicI64>,
    in_transaction: bool,
    /// A statement of the open transaction failed, so that Postgres takes no more of it.
    aborted: bool,
    failure: Option<Failure>,
}

impl Link {
    pub(super) fn open(settings: &PostgresSettings, clock_offset: Arc<AtomicI64>) -> Result<Self, StoreError> {
        let mut link = Self::open_plain(settings, clock_offset)?;
        link.batch(&settings.session(), false)?;
        Ok(link)
    }

    /// A connection without timeouts, for migrations.
    pub(super) fn open_plain(settings: &PostgresSettings, clock_offset: Arc<AtomicI64>) -> Result<Self, StoreError> {
        let connection = PgConnection::establish(settings.connection_string().expose_secret())
            .map_err(|_| StoreError::Unavailable("the database can't be reached"))?;
        Ok(Self { connection, clock_offset, in_transaction: false, aborted: false, failure: None })
    }

    /// What went wrong with the connection since it was opened.
    pub(super) fn failure(&self) -> Option<Failure> {
        self.failure
    }

    /// Whether no transaction was left open.
    pub(super) fn is_sound(&self) -> bool {
        !self.in_transaction
    }

    /// What to add to the database's time.
    pub(super) fn clock_offset(&self) -> i64 {
        self.clock_offset.load(Ordering::Relaxed)
    }

    /// Locks the account's head. In a statement of its own: one that joined other rows would see those as they were
    /// before it waited for the lock.
    pub(super) fn lock_head(&mut self, account: &AccountKey) -> Result<(), StoreError> {
        self.execute(Statement::new("SELECT 1 FROM account_head WHERE account_key = $1 FOR UPDATE").bytes(account))?;
        Ok(())
    }

    /// Runs `work` in one transaction; inside another one, in a savepoint of it.
    pub(super) fn transaction<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if self.in_transaction {
            return self.savepoint(work);
        }
        self.batch("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", false)?;
        self.in_transaction = true;
        let answer = work(self).and_then(|answer| self.commit().map(|()| answer));
        if answer.is_err() {
            self.rollback();
        }
        answer
    }

    /// Runs one statement that writes: as it is, or inside a transaction in a savepoint, so that the transaction goes on
    /// if it fails.
    pub(super) fn whole<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, StoreError>) -> Result<T, StoreError> {
        if self.in_transaction { self.savepoint(work) } else { work(self) }
    }

    fn savepoint<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.batch("SAVEPOINT whole", false)?;
        match work(self) {
            Ok(answer) => {
                self.batch("RELEASE whole", true)?;
                Ok(answer)
            }
            Err(error) => {
                self.batch("ROLLBACK TO whole; RELEASE whole", false)?;
                self.aborted = false;
                Err(error)
            }
        }
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        // Postgres answers the COMMIT of an aborted transaction with a rollback, and calls that success.
        if self.aborted {
            return Err(StoreError::Internal("a transaction went on after a statement of it had failed"));
        }
        self.batch("COMMIT", true)?;
        self.in_transaction = false;
        Ok(())
    }

    fn rollback(&mut self) {
        // Where it fails the connection is dropped, which rolls back too.
        if self.batch("ROLLBACK", false).is_ok() {
            self.in_transaction = false;
            self.aborted = false;
        }
    }

    pub(super) fn rows<T>(&mut self, statement: Statement) -> Result<Vec<T>, StoreError>
    where
        T: QueryableByName<Pg> + 'static,
    {
        let answer = statement.load(&mut self.connection);
        self.note(answer, false)
    }

    pub(super) fn first<T>(&mut self, statement: Statement) -> Result<Option<T>, StoreError>
    where
        T: QueryableByName<Pg> + 'static,
    {
        Ok(self.rows(statement)?.into_iter().next())
    }

    /// As [`Link::first`], for a statement that writes.
    pub(super) fn write<T>(&mut self, statement: Statement) -> Result<Option<T>, StoreError>
    where
        T: QueryableByName<Pg> + 'static,
    {
        let answer = statement.load(&mut self.connection);
        Ok(self.note(answer, true)?.into_iter().next())
    }

    fn batch(&mut self, sql: &str, writes: bool) -> Result<(), StoreError> {
        let answer = self.connection.batch_execute(sql);
        self.note(answer, writes)
    }

    fn note<T>(&mut self, answer: Result<T, Error>, writes: bool) -> Result<T, StoreError> {
        answer.map_err(|error| {
            let (meaning, failure) = translate(&error, writes);
            self.aborted = self.in_transaction;
            // The first failure says more than what follows from it.
            self.failure = self.failure.or(failure);
            meaning
        })
    }
}

impl Execute for Link {
    fn execute(&mut self, statement: Statement) -> Result<usize, StoreError> {
        let answer = statement.execute(&mut self.connection);
        self.note(answer, true)
    }
}

#[cfg(test)]
mod tests {
    use lock_keeper_testbed::postgres::Database;

    use super::{Link, PostgresSettings, Statement};
    use crate::store::rows::read::NumberColumns;

    #[test]
    fn a_statement_is_prepared_once() {
        let database = Database::empty();
        let mut link = Link::open(&PostgresSettings::new(database.url().into(), 1), Default::default()).unwrap();
        for number in 0..3 {
            let twice = Statement::new("SELECT $1 + $1 AS number").integer(number);
            let row: Option<NumberColumns> = link.first(twice).unwrap();
            assert_eq!(row.unwrap().number, 2 * number);
        }
        let prepared = "SELECT count(*) AS number FROM pg_prepared_statements WHERE statement LIKE 'SELECT _1 + _1%'";
        let row: Option<NumberColumns> = link.first(Statement::new(prepared)).unwrap();
        assert_eq!(row.unwrap().number, 1);
    }
}
