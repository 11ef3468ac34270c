//! What a person can ask for.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::SystemTime;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, Parser, Subcommand, ValueEnum};
use lock_keeper_core::{AuditKind, Purpose, SecretId};

use crate::failure::{Failure, Trouble};
use crate::moment;
use crate::output::Output;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default())
    .placeholder(AnsiColor::Cyan.on_default());

const EXAMPLES: &str = "\
Examples:
  export LOCK_KEEPER_CONNECT=dev/connect.json
  lock-keeper register ada
  lock-keeper generate ada --label 'disk key'
  lock-keeper import ada recovery.txt --label 'recovery codes'
  lock-keeper list ada
  lock-keeper retrieve ada 5f0e3c0c7c1c4e0fb0ad7d8f5a3e9c11 --show
  lock-keeper audit ada --kind login --after 2026-01-01

For scripts:
  lock-keeper --json --password-file pw list ada | jq -r '.secrets[].id'
  printf '%s\\n' \"$PASSWORD\" | lock-keeper --json generate ada";

const EXIT_CODES: &str = "\
Exit codes:
   0  done
   2  wrong usage
  10  change what is asked for       15  check date and time
  11  wrong name or password         16  this device's files cannot be used now
  12  wait, then try again           17  update lock-keeper
  13  try again                      18  stop, and ask the provider
  14  check the network              19  a defect: report it";

/// Keep secrets on a key server that cannot read them.
///
/// An account is a name and a password. The password never leaves this machine, and nobody can reset it.
#[derive(Parser)]
#[command(name = "lock-keeper", version, styles = STYLES, max_term_width = 100)]
#[command(after_help = EXAMPLES, after_long_help = long_epilogue())]
pub(crate) struct Arguments {
    /// The key server's connect.json, as the provider gives it or `lock-keeper-server dev` writes it.
    #[arg(long, value_name = "FILE", env = "LOCK_KEEPER_CONNECT", hide_env_values = true, global = true)]
    pub(crate) connect: Option<PathBuf>,

    /// Where this device keeps what it knows of its accounts; made if it is not there, readable by you alone.
    ///
    /// Another directory is another device. Without it: $XDG_STATE_HOME/lock-keeper, or ~/.local/state/lock-keeper.
    #[arg(long, value_name = "DIR", env = "LOCK_KEEPER_STATE", hide_env_values = true, global = true)]
    pub(crate) state: Option<PathBuf>,

    /// Print one JSON object on standard output, for an error too, and nothing else.
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Read the password from the first line of this file (change-password: the old one, then the new one).
    ///
    /// Without it: a prompt without echo, or the first line of standard input where that is not a terminal.
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) password_file: Option<PathBuf>,

    /// How long each call to the key server may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600), global = true)]
    pub(crate) deadline: u64,

    #[command(subcommand)]
    pub(crate) command: Command,
}

fn long_epilogue() -> String {
    format!("{EXAMPLES}\n\n{EXIT_CODES}")
}

/// One command.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Create an account.
    Register(Account),
    /// Make a random secret and keep it.
    Generate(Generate),
    /// Keep a secret that you bring.
    Import(Import),
    /// Show which secrets there are.
    List(Account),
    /// Get a secret back.
    Retrieve(Retrieve),
    /// Write a secret to a file in the exchange format, for another system.
    Export(Export),
    /// Read the account's log and verify it.
    Audit(Audit),
    /// Delete a secret for good.
    Delete(OneSecret),
    /// Change the password; no secret is touched.
    ChangePassword(Account),
    /// Delete the account, its secrets and its log, for good.
    DeleteAccount(DeleteAccount),
    /// Remove what this device knows of an account; the account itself stays.
    Forget(Account),
    /// Print a completion script for a shell.
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
}

#[derive(Args)]
pub(crate) struct Account {
    /// The account's name, such as an e-mail address.
    pub(crate) name: String,
}

#[derive(Args)]
pub(crate) struct Generate {
    #[command(flatten)]
    pub(crate) account: Account,
    /// How many bytes the secret has, 1 to 32768; up to 255 can be exported.
    #[arg(long, value_name = "N", default_value_t = 32)]
    pub(crate) bytes: usize,
    #[command(flatten)]
    pub(crate) new: New,
}

#[derive(Args)]
pub(crate) struct Import {
    #[command(flatten)]
    pub(crate) account: Account,
    /// The file with the secret, up to 32 KiB; `-` is standard input (after the line with the password, if that comes there too).
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) new: New,
}

#[derive(Args)]
pub(crate) struct New {
    /// What the secret is for, up to 256 bytes; sealed like the secret, so the server does not learn it.
    #[arg(long, value_name = "TEXT")]
    pub(crate) label: Option<String>,
    /// The id of the new secret instead of a fresh one: the same command again with the same id stores it once.
    #[arg(long, value_name = "SECRET_ID", value_parser = secret_id)]
    pub(crate) id: Option<SecretId>,
}

#[derive(Args)]
pub(crate) struct OneSecret {
    #[command(flatten)]
    pub(crate) account: Account,
    /// The secret's id: 32 hexadecimal digits, as `list` shows them.
    #[arg(value_name = "SECRET_ID", value_parser = secret_id)]
    pub(crate) id: SecretId,
}

#[derive(Args)]
pub(crate) struct Retrieve {
    #[command(flatten)]
    pub(crate) secret: OneSecret,
    /// What the secret is for; goes into the log.
    #[arg(long)]
    pub(crate) purpose: Option<PurposeOption>,
    /// Print the secret (with --json it always is).
    #[arg(long)]
    pub(crate) show: bool,
    /// Write the secret's bytes to this new file, readable by you alone.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Export {
    #[command(flatten)]
    pub(crate) secret: OneSecret,
    /// The new file, readable by you alone; a file that is there is never overwritten.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Args)]
pub(crate) struct Audit {
    #[command(flatten)]
    pub(crate) account: Account,
    /// Only entries of this kind.
    #[arg(long)]
    pub(crate) kind: Option<KindOption>,
    /// Only entries about this secret; may be given several times.
    #[arg(long, value_name = "SECRET_ID", value_parser = secret_id)]
    pub(crate) secret: Vec<SecretId>,
    /// Only at this time or later: 2026-11-24 (UTC) or 2026-11-24T16:00:00+01:00.
    #[arg(long, value_name = "TIME", value_parser = moment::parse)]
    pub(crate) after: Option<SystemTime>,
    /// Only before this time.
    #[arg(long, value_name = "TIME", value_parser = moment::parse)]
    pub(crate) before: Option<SystemTime>,
}

#[derive(Args)]
pub(crate) struct DeleteAccount {
    #[command(flatten)]
    pub(crate) account: Account,
    /// Do not ask for the name once more.
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum PurposeOption {
    /// For use on this device.
    LocalOnly,
    /// To hand it to another system.
    Export,
}

impl From<PurposeOption> for Purpose {
    fn from(purpose: PurposeOption) -> Self {
        match purpose {
            PurposeOption::LocalOnly => Self::LocalOnly,
            PurposeOption::Export => Self::Export,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum KindOption {
    /// Attempts to log in, and those that were turned away.
    Login,
    /// Generate, import, retrieve, list, delete.
    Secret,
    /// Registration, password, log, deletion.
    Account,
}

impl From<KindOption> for AuditKind {
    fn from(kind: KindOption) -> Self {
        match kind {
            KindOption::Login => Self::Login,
            KindOption::Secret => Self::Secret,
            KindOption::Account => Self::Account,
        }
    }
}

fn secret_id(text: &str) -> Result<SecretId, &'static str> {
    text.to_ascii_lowercase().parse().map_err(|_| "a secret's id has 32 hexadecimal digits")
}

/// Shows the help that was asked for, or why the arguments make no command.
pub(crate) fn refuse(refused: &clap::Error) -> ExitCode {
    // The arguments did not parse, so whether a script is there has to be seen from the words themselves.
    let json = std::env::args_os().skip(1).any(|word| word == "--json");
    if json && refused.use_stderr() {
        let text = refused.render().to_string();
        let lines: Vec<_> = text.lines().take_while(|line| !line.is_empty()).map(str::trim).collect();
        let text = lines.join(" ").trim_start_matches("error: ").to_owned();
        let failure = Failure::new(Trouble::Usage, text);
        Output::new(true).failure(&failure);
        return ExitCode::from(failure.exit_code);
    }
    // Where even this cannot be printed, the exit code is all that is left to say.
    let _ = refused.print();
    ExitCode::from(u8::try_from(refused.exit_code()).unwrap_or(Trouble::USAGE_EXIT_CODE))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_holds_together() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn an_id_is_taken_in_either_case_and_nothing_else_is() {
        assert!(secret_id(&"aF".repeat(16)).is_ok());
        assert!(secret_id("5f").is_err());
    }
}
