//! `account unlock`.

use std::path::Path;

use lock_keeper_server::service::Service;

use super::database::{load_config, open_migrated};
use super::failure::Failure;
use super::say;
use super::serve::policy;

/// Puts the guess budget of a name to zero. The name is neither logged nor printed.
pub(crate) fn unlock(file: &Path, name: &str) -> Result<(), Failure> {
    let config = load_config(file)?;
    let (store, keys) = open_migrated(&config)?;
    let service = Service::new(store, keys, config.realm, policy(&config.settings))
        .map_err(|_| Failure::Running("the OPAQUE setup in the database is damaged".to_owned()))?;
    let buckets = service.unlock(name).map_err(|refused| Failure::running("not unlocked", refused.problem.code()))?;
    match buckets {
        0 => say("nobody has guessed at this name; there was nothing to forget"),
        _ => say("unlocked: the next login may come at once"),
    }
}
