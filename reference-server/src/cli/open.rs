//! From a configuration to an open database with its keys.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use lock_keeper_protocol::identity::Realm;
use lock_keeper_protocol::limits;
use lock_keeper_protocol::message::SessionLimits;
use secrecy::ExposeSecret;

use super::failure::Failure;
use super::say;
use crate::config::settings::Admission;
use crate::config::{Config, Settings, process_environment};
use crate::keys::{KeyWrapper, ServerKeys};
use crate::service::{Policy, load_or_create_keys};
use crate::store::Store;

/// A database and its keys.
pub(super) struct Opened {
    pub(super) store: Arc<dyn Store>,
    pub(super) wrapper: Arc<dyn KeyWrapper>,
    pub(super) realm: Realm,
}

pub(super) fn load(path: &Path) -> Result<Config, Failure> {
    Ok(Config::load(path, &process_environment())?)
}

/// Opens the database that a configuration names.
pub(super) fn open(config: &Config) -> Result<Opened, Failure> {
    let url = config.database_url.expose_secret();
    let store = match url.strip_prefix("sqlite:") {
        Some(path) => sqlite(Path::new(path))?,
        None => postgres(config)?,
    };
    let realm = Realm::new(&config.settings.server.realm).map_err(|error| Failure::Usage(error.to_string()))?;
    let wrapper: Arc<dyn KeyWrapper> = config.key_encryption_keys.clone();
    Ok(Opened { store, wrapper, realm })
}

#[cfg(feature = "sqlite")]
pub(super) fn sqlite(path: &Path) -> Result<Arc<dyn Store>, Failure> {
    let store = crate::store::sqlite::SqliteStore::open(path, Arc::<AtomicI64>::default());
    Ok(Arc::new(store.map_err(|error| Failure::while_doing("opening the database", error))?))
}

#[cfg(not(feature = "sqlite"))]
pub(super) fn sqlite(_: &Path) -> Result<Arc<dyn Store>, Failure> {
    Err(Failure::Usage("this build has no SQLite".to_owned()))
}

#[cfg(feature = "postgres")]
fn postgres(config: &Config) -> Result<Arc<dyn Store>, Failure> {
    use crate::store::postgres::{PostgresSettings, PostgresStore};
    let settings = PostgresSettings::new(config.database_url.clone(), config.settings.database.pool_size as usize);
    let store = PostgresStore::open(&settings);
    Ok(Arc::new(store.map_err(|error| Failure::while_doing("opening the database", error))?))
}

#[cfg(not(feature = "postgres"))]
fn postgres(_: &Config) -> Result<Arc<dyn Store>, Failure> {
    Err(Failure::Usage("this build has no Postgres".to_owned()))
}

impl Opened {
    /// Brings the schema up to date and makes the server's keys where there are none.
    pub(super) fn migrate(&self) -> Result<(Vec<String>, ServerKeys), Failure> {
        let administration = self.store.administration();
        let ran = administration.migrate().map_err(|error| Failure::while_doing("migrating", error))?;
        let keys = load_or_create_keys(administration, Arc::clone(&self.wrapper), &self.realm)
            .map_err(|error| Failure::while_doing("loading the server's keys", error))?;
        Ok((ran, keys))
    }

    /// The server's keys of a database that was migrated.
    pub(super) fn keys(&self, fingerprint: Option<&str>) -> Result<ServerKeys, Failure> {
        let administration = self.store.administration();
        administration.check_schema().map_err(|error| Failure::while_doing("checking the schema", error))?;
        let keys = ServerKeys::load(administration, Arc::clone(&self.wrapper))
            .map_err(|error| Failure::while_doing("loading the server's keys", error))?;
        keys.check_fingerprint(fingerprint).map_err(|error| Failure::Usage(error.to_string()))?;
        Ok(keys)
    }
}

/// What the settings say of the service.
pub(super) fn policy(settings: &Settings) -> Policy {
    let sessions = &settings.sessions;
    let seconds = |period: crate::config::Period| u32::try_from(period.duration().as_secs()).unwrap_or(u32::MAX);
    Policy {
        registration_open: settings.registration.admission == Admission::Open,
        request_session: SessionLimits {
            operations: sessions.requests_per_session,
            idle: seconds(sessions.idle),
            total: seconds(sessions.total).min(limits::SESSION_LIFETIME),
        },
        sessions_per_account: sessions.open_per_user as usize,
        secrets_per_account: i64::from(settings.limits.max_secrets),
        bytes_per_account: i64::try_from(settings.limits.max_bytes).unwrap_or(i64::MAX),
    }
}

pub(super) fn migrate(path: &Path) -> Result<(), Failure> {
    let (ran, keys) = open(&load(path)?)?.migrate()?;
    match ran.as_slice() {
        [] => say("The schema is up to date."),
        ran => ran.iter().for_each(|name| say(&format!("Migrated: {name}"))),
    }
    say(&format!("Fingerprint of the OPAQUE setup: {}", keys.fingerprint()));
    Ok(())
}

pub(super) fn check_config(path: &Path) -> Result<(), Failure> {
    let config = load(path)?;
    say(&format!("{} is good. Realm: {}", path.display(), config.settings.server.realm));
    Ok(())
}
