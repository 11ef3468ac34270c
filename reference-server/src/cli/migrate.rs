//! `migrate`.

use std::path::Path;

use lock_keeper_server::service::load_or_create_keys;

use super::database::{load_config, open_store};
use super::failure::Failure;
use super::say;

/// Brings the schema up to date, and makes the server's keys on a new database.
pub(crate) fn migrate(file: &Path) -> Result<(), Failure> {
    let config = load_config(file)?;
    let store = open_store(&config)?;
    let applied = store.administration().migrate()?;
    if applied.is_empty() {
        say("the schema is up to date")?;
    }
    for name in applied {
        say(format_args!("applied {name}"))?;
    }
    let keys = load_or_create_keys(store.administration(), config.key_encryption_keys, &config.realm)?;
    keys.check_fingerprint(config.settings.keys.setup_fingerprint.as_deref())?;
    say(format_args!("OPAQUE setup: {}", keys.fingerprint()))?;
    say("back up the server keys apart from the database, and pin the setup as keys.setup_fingerprint")
}
