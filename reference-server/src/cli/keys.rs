use std::io::Write;
use std::ops::ControlFlow;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use rand::rngs::OsRng;

use super::failure::Failure;
use super::open::{load, open};
use super::{ConfigFile, progress, say};
use crate::keys::{KeyEncryptionKey, Progress, ServerKeys, rotate};

/// Accounts that are wrapped again between two reports.
const BATCH: i64 = 500;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Writes a fresh key-encryption key into a new file that only its owner can read.
    ///
    /// Example: lock-keeper-server keys generate /etc/lock-keeper/kek-2027
    Generate {
        /// The file; it must not exist.
        file: PathBuf,
    },
    /// Wraps every key under the active key-encryption key again, while the server serves.
    ///
    /// First add the new key to the configuration of every process and restart them; then make it active and restart them;
    /// then run this. It may be stopped at any moment and run again.
    Rotate(ConfigFile),
    /// Adds a sealing key, which every process loads within a minute; `keys activate` makes it the active one.
    Add(ConfigFile),
    /// Makes the sealing key that `keys add` added the active one, five minutes later at the earliest.
    Activate(ConfigFile),
}

pub(super) fn run(command: &Command) -> Result<(), Failure> {
    match command {
        Command::Generate { file } => generate(file),
        Command::Rotate(file) => run_rotation(&file.config),
        Command::Add(file) => add(&file.config),
        Command::Activate(file) => activate(&file.config),
    }
}

fn generate(file: &Path) -> Result<(), Failure> {
    let doing = format!("writing {}", file.display());
    let opened = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    let mut opened = opened.map_err(|error| Failure::while_doing(&doing, error))?;
    let text = KeyEncryptionKey::generate(&mut OsRng).to_hex();
    let written = opened.write_all(text.as_bytes()).and_then(|()| opened.sync_all());
    written.map_err(|error| Failure::while_doing(&doing, error))?;
    say(&format!("Wrote a fresh key-encryption key to {}. Keep a copy apart from the database.", file.display()));
    Ok(())
}

fn run_rotation(config: &Path) -> Result<(), Failure> {
    let opened = open(&load(config)?)?;
    // Refuses a database of another schema before a key is touched.
    opened.keys(None)?;
    let mut report = |done: &Progress| {
        progress(&format!("{} server keys and {} accounts wrapped again", done.server_keys, done.accounts));
        ControlFlow::Continue(())
    };
    let done = rotate(opened.store.administration(), &*opened.wrapper, BATCH, &mut OsRng, &mut report)
        .map_err(|error| Failure::while_doing("rotating", error))?;
    say(&format!(
        "Done: {} server keys and {} accounts are under {} now.",
        done.server_keys,
        done.accounts,
        opened.wrapper.active()
    ));
    Ok(())
}

fn add(config: &Path) -> Result<(), Failure> {
    let opened = open(&load(config)?)?;
    opened.keys(None)?;
    let id = ServerKeys::add_sealing_key(opened.store.administration(), &*opened.wrapper, &mut OsRng)
        .map_err(|error| Failure::while_doing("adding a sealing key", error))?;
    say(&format!("Added {id}. In five minutes, run `keys activate`."));
    Ok(())
}

fn activate(config: &Path) -> Result<(), Failure> {
    let opened = open(&load(config)?)?;
    opened.keys(None)?;
    let activated = ServerKeys::activate_sealing_key(opened.store.administration())
        .map_err(|error| Failure::while_doing("activating the sealing key", error))?;
    match activated {
        Some(id) => say(&format!("{id} is active.")),
        None => say("No sealing key waits to be activated."),
    }
    Ok(())
}
