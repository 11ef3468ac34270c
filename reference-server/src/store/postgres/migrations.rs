//! The schema of the Postgres store.

use std::sync::Arc;

use diesel::connection::SimpleConnection;
use diesel::migration::MigrationSource;
use diesel::pg::Pg;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::link::Link;
use super::settings::PostgresSettings;
use crate::store::StoreError;
use crate::store::rows::read::NumberColumns;
use crate::store::schema;
use crate::store::statement::Statement;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// The advisory lock under which migrations run: "lockkeep" in ASCII.
const LOCK: i64 = 0x6c6f_636b_6b65_6570;

/// Applies what is missing, on a connection of its own, which gives the lock back when it closes.
pub(super) fn migrate(settings: &PostgresSettings) -> Result<Vec<String>, StoreError> {
    let mut link = Link::open_plain(settings, Arc::clone(&settings.clock_offset))?;
    let failed = StoreError::Unavailable("the schema could not be brought up to date");
    let lock = format!("SELECT pg_advisory_lock({LOCK})");
    link.connection.batch_execute(&lock).map_err(|_| failed.clone())?;
    let applied = link.connection.run_pending_migrations(MIGRATIONS).map_err(|_| failed)?;
    Ok(applied.iter().map(ToString::to_string).collect())
}

pub(super) fn check(link: &mut Link) -> Result<(), StoreError> {
    let tables = "SELECT count(*) AS number FROM pg_class WHERE oid IN
        (to_regclass('__diesel_schema_migrations'), to_regclass('schema_serves'))";
    let tables: Option<NumberColumns> = link.first(Statement::new(tables))?;
    if tables.is_none_or(|row| row.number < 2) {
        return schema::check(&needed()?, &[], None);
    }
    let applied = link.rows(Statement::new("SELECT version FROM __diesel_schema_migrations ORDER BY version"))?;
    let serves = link.first(Statement::new("SELECT version FROM schema_serves"))?;
    schema::check(&needed()?, &applied, serves.as_ref())
}

fn needed() -> Result<Vec<String>, StoreError> {
    let migrations = MigrationSource::<Pg>::migrations(&MIGRATIONS)
        .map_err(|_| StoreError::Internal("the embedded migrations can't be read"))?;
    Ok(migrations.iter().map(|migration| migration.name().version().to_string()).collect())
}
