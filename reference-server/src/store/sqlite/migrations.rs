//! The schema of the SQLite store.

use diesel::migration::MigrationSource;
use diesel::sqlite::{Sqlite, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::link::Link;
use crate::store::StoreError;
use crate::store::rows::read::VersionColumns;
use crate::store::schema;
use crate::store::statement::Statement;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// Applies what is missing in one transaction, so that two processes can't both begin.
pub(super) fn migrate(link: &mut Link) -> Result<Vec<String>, StoreError> {
    link.connection
        .immediate_transaction(|connection: &mut SqliteConnection| {
            let applied = connection.run_pending_migrations(MIGRATIONS).map_err(|_| Failed)?;
            Ok(applied.iter().map(ToString::to_string).collect())
        })
        .map_err(|_: Failed| StoreError::Unavailable("the schema could not be brought up to date"))
}

struct Failed;

impl From<diesel::result::Error> for Failed {
    fn from(_: diesel::result::Error) -> Self {
        Self
    }
}

pub(super) fn check(link: &mut Link) -> Result<(), StoreError> {
    let exists = "SELECT name AS version FROM sqlite_master WHERE name = '__diesel_schema_migrations'";
    let exists: Vec<VersionColumns> = link.rows(Statement::new(exists))?;
    if exists.is_empty() {
        return schema::check(&needed()?, &[], None);
    }
    let applied = link.rows(Statement::new("SELECT version FROM __diesel_schema_migrations ORDER BY version"))?;
    let serves = link.first(Statement::new("SELECT version FROM schema_serves")).ok().flatten();
    schema::check(&needed()?, &applied, serves.as_ref())
}

fn needed() -> Result<Vec<String>, StoreError> {
    let migrations = MigrationSource::<Sqlite>::migrations(&MIGRATIONS)
        .map_err(|_| StoreError::Internal("the embedded migrations can't be read"))?;
    Ok(migrations.iter().map(|migration| migration.name().version().to_string()).collect())
}
