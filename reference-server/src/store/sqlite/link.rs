//! One connection to the database file.

use std::fs::OpenOptions;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use diesel::connection::SimpleConnection;
use diesel::deserialize::QueryableByName;
use diesel::sqlite::{Sqlite, SqliteConnection};
use diesel::{Connection, RunQueryDsl};

use super::error::translate;
use crate::store::execute::Execute;
use crate::store::statement::Statement;
use crate::store::{Millis, StoreError};

/// What each connection is set to. Another process (an operator's command) may hold the write lock for a moment;
/// deleted rows are overwritten, so that a deleted secret is gone from the file too.
const SETTINGS: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;";

/// One connection to the database file.
pub(super) struct Link {
    pub(super) connection: SqliteConnection,
    clock_offset: Arc<AtomicI64>,
    sound: bool,
}

impl Link {
    pub(super) fn open(path: &Path, clock_offset: Arc<AtomicI64>) -> Result<Self, StoreError> {
        create_private(path)?;
        let text = path.to_str().ok_or(StoreError::Unavailable("the path is not UTF-8"))?;
        let mut connection = SqliteConnection::establish(text)
            .map_err(|_| StoreError::Unavailable("the database file can't be opened"))?;
        connection.batch_execute(SETTINGS).map_err(|error| translate(&error))?;
        Ok(Self { connection, clock_offset, sound: true })
    }

    /// Whether no transaction was left open.
    pub(super) fn is_sound(&self) -> bool {
        self.sound
    }

    /// The time: an embedded database's clock is the process's.
    pub(super) fn now(&self) -> Result<Millis, StoreError> {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_err(|_| StoreError::Unavailable("the clock is before 1970"))?;
        let now =
            i64::try_from(since.as_millis()).map_err(|_| StoreError::Unavailable("the clock is too far ahead"))?;
        Ok(now.saturating_add(self.clock_offset.load(Ordering::Relaxed)))
    }

    /// Runs `work` in one transaction that can write from its start.
    pub(super) fn transaction<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.batch("BEGIN IMMEDIATE")?;
        // A panic in the work leaves this false, so that the connection is dropped with its transaction.
        self.sound = false;
        let answer = work(self).and_then(|answer| self.batch("COMMIT").map(|()| answer));
        self.sound = answer.is_ok() || self.batch("ROLLBACK").is_ok();
        answer
    }

    /// Runs `work` inside the transaction so that it takes effect whole or not at all, whatever its caller does with an error.
    pub(super) fn whole<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.batch("SAVEPOINT whole")?;
        match work(self) {
            Ok(answer) => {
                self.batch("RELEASE whole")?;
                Ok(answer)
            }
            Err(error) => {
                self.batch("ROLLBACK TO whole; RELEASE whole")?;
                Err(error)
            }
        }
    }

    pub(super) fn rows<T>(&mut self, statement: Statement) -> Result<Vec<T>, StoreError>
    where
        T: QueryableByName<Sqlite> + 'static,
    {
        statement.load(&mut self.connection).map_err(|error| translate(&error))
    }

    pub(super) fn first<T>(&mut self, statement: Statement) -> Result<Option<T>, StoreError>
    where
        T: QueryableByName<Sqlite> + 'static,
    {
        Ok(self.rows(statement)?.into_iter().next())
    }

    fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        self.connection.batch_execute(sql).map_err(|error| translate(&error))
    }
}

impl Execute for Link {
    fn execute(&mut self, statement: Statement) -> Result<usize, StoreError> {
        statement.execute(&mut self.connection).map_err(|error| translate(&error))
    }
}

/// SQLite would make the file readable by all. Its `-wal` and `-shm` take over the mode of the file.
fn create_private(path: &Path) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(_) if path.exists() => Ok(()),
        Err(_) => Err(StoreError::Unavailable("the database file can't be made")),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use diesel::Connection;
    use diesel::connection::InstrumentationEvent;

    use super::{Link, Statement};
    use crate::store::rows::read::NumberColumns;

    #[test]
    fn a_statement_is_prepared_once() {
        let place = tempfile::tempdir().unwrap();
        let mut link = Link::open(&place.path().join("store"), Arc::default()).unwrap();
        let prepared = Arc::new(AtomicU32::new(0));
        let seen = Arc::clone(&prepared);
        link.connection.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if matches!(event, InstrumentationEvent::CacheQuery { .. }) {
                seen.fetch_add(1, Ordering::Relaxed);
            }
        });
        for number in 0..3 {
            let twice = Statement::new("SELECT $1 + $1 AS number").integer(number);
            let row: Option<NumberColumns> = link.first(twice).unwrap();
            assert_eq!(row.unwrap().number, 2 * number);
        }
        assert_eq!(prepared.load(Ordering::Relaxed), 1);
    }
}
