//! The commands of `lock-keeper-server`.
//!
//! | command | what it does |
//! |---|---|
//! | `serve` | runs the key server on a configuration |
//! | `dev` | runs a key server that needs nothing, for trying it out |
//! | `migrate` | brings a database to this release's schema, and makes the server's keys on a new one |
//! | `check-config` | says whether `serve` would take a configuration |
//! | `keys` | makes and rotates key-encryption keys |
//! | `account` | helps a person who is locked out |
//!
//! Exit codes: 0, 1 for a failure at run time, 2 for wrong usage or a configuration that is refused.

mod account;
mod authority;
mod dev;
mod failure;
mod keys;
mod open;
mod phone;
mod serve;
mod serving;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use failure::Failure;

/// The Lock Keeper reference key server.
#[derive(Parser)]
#[command(name = "lock-keeper-server", version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the key server until it is stopped.
    ///
    /// Example: lock-keeper-server serve --config /etc/lock-keeper/server.toml
    Serve(ConfigFile),
    /// Runs a key server for trying it out: SQLite and a throwaway certificate authority, ready in a second.
    ///
    /// Example: lock-keeper-server dev --data ./dev --listen 127.0.0.1:0
    Dev(dev::Arguments),
    /// Brings the database to this release's schema; makes the server's keys on a new one.
    Migrate(ConfigFile),
    /// Reads a configuration and says all that is wrong with it.
    CheckConfig(ConfigFile),
    /// Key-encryption keys.
    #[command(subcommand)]
    Keys(keys::Command),
    /// Accounts.
    #[command(subcommand)]
    Account(account::Command),
}

/// A configuration file.
#[derive(Args)]
struct ConfigFile {
    /// The TOML file; docs/configuration.md has every setting.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

/// Runs the command of this process's arguments.
#[must_use]
pub fn run() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Serve(file) => serve::run(&file.config),
        Command::Dev(arguments) => dev::run(&arguments),
        Command::Migrate(file) => open::migrate(&file.config),
        Command::CheckConfig(file) => open::check_config(&file.config),
        Command::Keys(command) => keys::run(&command),
        Command::Account(command) => account::run(&command),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

/// Says something to the person at the terminal.
#[allow(clippy::print_stdout, reason = "a command's own output goes to standard output")]
fn say(text: &str) {
    println!("{text}");
}

/// Says how far long work is.
#[allow(clippy::print_stderr, reason = "progress goes to standard error, so that output can be piped")]
fn progress(text: &str) {
    eprintln!("{text}");
}

impl From<crate::config::ConfigError> for Failure {
    fn from(error: crate::config::ConfigError) -> Self {
        Self::Usage(error.to_string())
    }
}
