//! Opens whichever database a configuration names.

use std::path::Path;
use std::sync::Arc;

use lock_keeper_server::config::{Config, process_environment};
use lock_keeper_server::keys::ServerKeys;
use lock_keeper_server::service::load_keys;
use lock_keeper_server::store::Store;
use secrecy::ExposeSecret;

use super::failure::Failure;

/// Reads the configuration with this process's environment over it.
pub(crate) fn load_config(file: &Path) -> Result<Config, Failure> {
    Ok(Config::load(file, &process_environment())?)
}

/// Opens the database that the configuration names.
pub(crate) fn open_store(config: &Config) -> Result<Arc<dyn Store>, Failure> {
    match config.database_url.expose_secret().strip_prefix("sqlite:") {
        Some(path) => open_sqlite(Path::new(path)),
        None => open_postgres(config),
    }
}

/// Opens that database, and the keys in it: it must have this release's schema, and be the one whose setup and realm
/// the configuration names.
pub(crate) fn open_migrated(config: &Config) -> Result<(Arc<dyn Store>, Arc<ServerKeys>), Failure> {
    let store = open_store(config)?;
    store.administration().check_schema()?;
    let wrapper = Arc::clone(&config.key_encryption_keys) as _;
    let keys = load_keys(store.administration(), wrapper, &config.realm)?;
    keys.check_fingerprint(config.settings.keys.setup_fingerprint.as_deref())?;
    Ok((store, Arc::new(keys)))
}

#[cfg(feature = "sqlite")]
pub(crate) fn open_sqlite(path: &Path) -> Result<Arc<dyn Store>, Failure> {
    use lock_keeper_server::store::sqlite::SqliteStore;
    Ok(Arc::new(SqliteStore::open(path, Arc::default())?))
}

#[cfg(not(feature = "sqlite"))]
pub(crate) fn open_sqlite(_: &Path) -> Result<Arc<dyn Store>, Failure> {
    Err(Failure::Usage("this lock-keeper-server was built without SQLite".to_owned()))
}

#[cfg(feature = "postgres")]
fn open_postgres(config: &Config) -> Result<Arc<dyn Store>, Failure> {
    use lock_keeper_server::store::postgres::{PostgresSettings, PostgresStore};
    let pool_size = config.settings.database.pool_size as usize;
    let settings = PostgresSettings::new(config.database_url.clone(), pool_size);
    Ok(Arc::new(PostgresStore::open(&settings)?))
}

#[cfg(not(feature = "postgres"))]
fn open_postgres(_: &Config) -> Result<Arc<dyn Store>, Failure> {
    Err(Failure::Usage("this lock-keeper-server was built without Postgres".to_owned()))
}
