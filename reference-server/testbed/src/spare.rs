//! Databases that a test has done with, for the next one: emptying one costs a tenth of making one.

use std::sync::{Mutex, MutexGuard, PoisonError};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};

use crate::postgres::Database;

/// Takes every row but those that the migrations made.
const EMPTY: &str = "
    DO $$
    DECLARE name text;
    BEGIN
      FOR name IN SELECT tablename FROM pg_tables
        WHERE schemaname = 'public' AND tablename NOT IN ('schema_serves', '__diesel_schema_migrations')
      LOOP
        EXECUTE format('DELETE FROM %I', name);
      END LOOP;
    END $$";

static SPARE: Mutex<Spare> = Mutex::new(Spare { servers: 0, databases: Vec::new() });

struct Spare {
    /// Servers of either engine: while there is one, somebody may want a database next.
    servers: usize,
    databases: Vec<Database>,
}

/// A server of either engine begins.
pub(crate) fn begin() {
    lock().servers += 1;
}

/// An empty database: one that is spare, or a new one.
pub(crate) fn take() -> Database {
    let spare = lock().databases.pop();
    spare.unwrap_or_default()
}

/// A server of either engine has ended; `database` is one that can be used again. With the last server the spare
/// databases go: nothing stays after the last test.
pub(crate) fn end(database: Option<Database>) {
    let emptied = database.filter(empty);
    let mut spare = lock();
    spare.servers -= 1;
    spare.databases.extend(emptied);
    let gone = if spare.servers == 0 { std::mem::take(&mut spare.databases) } else { Vec::new() };
    drop(spare);
    drop(gone);
}

fn lock() -> MutexGuard<'static, Spare> {
    // Nothing in between can leave it half changed.
    SPARE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether the database could be emptied.
fn empty(database: &Database) -> bool {
    PgConnection::establish(&database.url()).is_ok_and(|mut connection| connection.batch_execute(EMPTY).is_ok())
}
