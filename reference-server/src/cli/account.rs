use std::sync::Arc;

use clap::Subcommand;

use super::failure::Failure;
use super::open::{load, open, policy};
use super::{ConfigFile, say};
use crate::service::Service;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Puts the guess budget of an account name to zero, for a person who is locked out.
    ///
    /// It gives strangers fresh guesses too: first make sure who asks.
    Unlock {
        /// The account name.
        name: String,
        #[command(flatten)]
        file: ConfigFile,
    },
}

pub(super) fn run(command: &Command) -> Result<(), Failure> {
    let Command::Unlock { name, file } = command;
    let config = load(&file.config)?;
    let opened = open(&config)?;
    let keys = opened.keys(config.settings.keys.setup_fingerprint.as_deref())?;
    let service = Service::new(opened.store, Arc::new(keys), opened.realm, policy(&config.settings))
        .map_err(|error| Failure::while_doing("reading the OPAQUE setup", error))?;
    let buckets = service.unlock(name).map_err(|refused| {
        let cause = refused.cause.unwrap_or_else(|| refused.problem.title().to_owned());
        Failure::while_doing("unlocking", cause)
    })?;
    // The same words whether the name is registered or not.
    say(&format!("Put {buckets} guess budgets of this name to zero."));
    Ok(())
}
