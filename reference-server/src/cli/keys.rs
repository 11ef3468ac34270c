//! `keys generate` and `keys rotate`.

use std::fs::OpenOptions;
use std::io::Write;
use std::ops::ControlFlow;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use lock_keeper_server::keys::{KeyEncryptionKey, KeyWrapper, ServerKeys, rotate as rotate_keys};
use rand::rngs::OsRng;

use super::database::{load_config, open_migrated};
use super::failure::Failure;
use super::say;

/// Accounts that are read at once.
const BATCH: i64 = 500;

/// Writes a fresh key-encryption key.
pub(crate) fn generate(file: &Path) -> Result<(), Failure> {
    write_fresh_key(file)?;
    say(format_args!("wrote {}: keep a copy where the database's backups are not", file.display()))
}

/// Writes a fresh key-encryption key as 64 hex digits into a file that must not exist, for its owner alone.
pub(crate) fn write_fresh_key(file: &Path) -> Result<(), Failure> {
    let failed = |error| Failure::running(&file.display().to_string(), error);
    let key = KeyEncryptionKey::generate(&mut OsRng).to_hex();
    let mut out = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file).map_err(failed)?;
    out.write_all(key.as_bytes()).and_then(|()| out.write_all(b"\n")).and_then(|()| out.sync_all()).map_err(failed)
}

/// Wraps everything under the active key-encryption key.
pub(crate) fn rotate(file: &Path) -> Result<(), Failure> {
    let config = load_config(file)?;
    let (store, _) = open_migrated(&config)?;
    let wrapper = &*config.key_encryption_keys;
    let mut told = Ok(());
    let progress = rotate_keys(store.administration(), wrapper, BATCH, &mut OsRng, &mut |progress| {
        if !progress.done {
            told = say(format_args!("{} accounts so far", progress.accounts));
        }
        if told.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    told?;
    say(format_args!(
        "done: {} accounts and {} server keys are now under {:?}; nothing is left under another key",
        progress.accounts,
        progress.server_keys,
        wrapper.active(),
    ))
}

/// Adds a sealing key.
pub(crate) fn add(file: &Path) -> Result<(), Failure> {
    let config = load_config(file)?;
    let (store, _) = open_migrated(&config)?;
    let id = ServerKeys::add_sealing_key(store.administration(), &*config.key_encryption_keys, &mut OsRng)?;
    say(format_args!("added {id}: in five minutes, run `keys activate`"))
}

/// Makes the sealing key that waits the active one.
pub(crate) fn activate(file: &Path) -> Result<(), Failure> {
    let config = load_config(file)?;
    let (store, _) = open_migrated(&config)?;
    match ServerKeys::activate_sealing_key(store.administration())? {
        Some(id) => say(format_args!("{id} is active: what is new is sealed under it")),
        None => say("no sealing key waits to be made active"),
    }
}
