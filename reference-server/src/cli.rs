//! The commands of `lock-keeper-server`.

mod account;
mod background;
mod check_config;
mod connections;
mod database;
mod dev;
mod failure;
mod host;
mod keys;
mod migrate;
mod serve;

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use failure::Failure;

const EXAMPLES: &str = "\
Examples:
  lock-keeper-server dev                              a key server on this machine, with nothing to install
  lock-keeper-server dev --data ./keys --phone        the same for a phone in the same network, kept in ./keys
  lock-keeper-server keys generate /etc/lock-keeper/kek
  lock-keeper-server check-config --config /etc/lock-keeper.toml
  lock-keeper-server migrate --config /etc/lock-keeper.toml
  lock-keeper-server serve --config /etc/lock-keeper.toml

Exit codes: 0 done, 1 failed while running, 2 wrong usage or configuration.";

/// The Lock Keeper key server: keeps people's secrets without being able to read them.
#[derive(Parser)]
#[command(name = "lock-keeper-server", version, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve until a stop signal comes.
    ///
    /// SIGTERM and SIGINT finish what is in flight; SIGHUP reads the certificate again. The database must have been
    /// prepared with `migrate`.
    Serve(ConfigFile),
    /// A key server for development: an embedded database and a throwaway CA.
    ///
    /// When it is ready it has written connect.json into its directory, which is all that an app needs to know.
    Dev(DevOptions),
    /// Prepare a new database, or bring an old one to the schema of this release.
    ///
    /// On a new database this also makes the server's keys. Run it once, from one machine, before `serve`.
    Migrate(ConfigFile),
    /// Say everything that is wrong with a configuration, and start nothing.
    CheckConfig(ConfigFile),
    /// The key-encryption keys.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// One person's account.
    #[command(subcommand)]
    Account(AccountCommand),
}

#[derive(Subcommand)]
enum KeysCommand {
    /// Make a new key-encryption key: a file with 32 random bytes as hex digits, mode 0600.
    Generate {
        /// The file; it must not exist.
        file: PathBuf,
    },
    /// Wrap every account's data key, and the server's own keys, under the active key-encryption key.
    ///
    /// Add the new key to `keys.key_encryption_keys` of every process and make it `active` there first. Requests are
    /// served meanwhile. It can be stopped at any moment and started again.
    Rotate(ConfigFile),
    /// Add a sealing key, which every process loads within a minute; `keys activate` makes it the active one.
    ///
    /// Sealing keys are the server's own: they seal what is read before a person has proved who they are.
    Add(ConfigFile),
    /// Make the sealing key that `keys add` added the active one, five minutes later at the earliest.
    Activate(ConfigFile),
}

#[derive(Subcommand)]
enum AccountCommand {
    /// Forget the wrong guesses at a name, so that its owner may log in at once.
    Unlock {
        /// The account's name.
        name: String,
        #[command(flatten)]
        config: ConfigFile,
    },
}

#[derive(Args)]
struct ConfigFile {
    /// The configuration (docs/configuration.md).
    #[arg(long, value_name = "FILE", env = "LOCK_KEEPER_CONFIG")]
    config: PathBuf,
}

#[derive(Args)]
struct DevOptions {
    /// Where to listen; port 0 picks a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8443")]
    listen: SocketAddr,
    /// Keep database, keys and CA in this directory, and use what is there; else all of it is gone at the end.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Print connect.json, as one line, and nothing else.
    #[arg(long)]
    json: bool,
    /// Serve the local network, so that a phone can connect, and show connect.json as a QR code.
    #[arg(long)]
    phone: bool,
    /// Operations that one session may do, 1 to 64.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=64))]
    requests_per_session: u32,
}

/// Runs the command that was asked for.
pub(crate) fn run() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Serve(file) => serve::serve(&file.config),
        Command::Dev(options) => dev::dev(&options),
        Command::Migrate(file) => migrate::migrate(&file.config),
        Command::CheckConfig(file) => check_config::check_config(&file.config),
        Command::Keys(KeysCommand::Generate { file }) => keys::generate(&file),
        Command::Keys(KeysCommand::Rotate(file)) => keys::rotate(&file.config),
        Command::Keys(KeysCommand::Add(file)) => keys::add(&file.config),
        Command::Keys(KeysCommand::Activate(file)) => keys::activate(&file.config),
        Command::Account(AccountCommand::Unlock { name, config }) => account::unlock(&config.config, &name),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Where standard error is closed there is nobody to tell.
            let _ = writeln!(std::io::stderr(), "lock-keeper-server: {failure}");
            failure.exit_code()
        }
    }
}

/// Prints a line for the person who called.
fn say(text: impl std::fmt::Display) -> Result<(), Failure> {
    writeln!(std::io::stdout(), "{text}").map_err(|error| Failure::Running(format!("standard output: {error}")))
}
