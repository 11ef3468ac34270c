//! One file for each command: read what it needs, call the library, say what was done.

mod audit;
mod change_password;
mod completions;
mod delete;
mod delete_account;
mod export;
mod forget;
mod generate;
mod import;
mod list;
mod register;
mod retrieve;

use lock_keeper_core::Session;

use crate::arguments::{Account, Arguments, Command};
use crate::device::Device;
use crate::failure::Failure;
use crate::output::{Output, Report};
use crate::passwords::Passwords;

/// Runs the command that was asked for.
pub(crate) fn run(arguments: &Arguments, output: &Output) -> Result<Report, Failure> {
    let context = || Device::new(arguments, output).map(|device| Context { device, arguments });
    match &arguments.command {
        Command::Register(account) => register::run(&context()?, account),
        Command::Generate(generate) => generate::run(&context()?, generate),
        Command::Import(import) => import::run(&context()?, import),
        Command::List(account) => list::run(&context()?, account),
        Command::Retrieve(retrieve) => retrieve::run(&context()?, retrieve),
        Command::Export(export) => export::run(&context()?, export),
        Command::Audit(audit) => audit::run(&context()?, audit),
        Command::Delete(secret) => delete::run(&context()?, secret),
        Command::ChangePassword(account) => change_password::run(&context()?, account),
        Command::DeleteAccount(account) => delete_account::run(&context()?, account),
        Command::Forget(account) => forget::run(&context()?, account),
        Command::Completions { shell } => Ok(completions::run(*shell)),
    }
}

/// What every command has at hand.
struct Context<'a> {
    device: Device<'a>,
    arguments: &'a Arguments,
}

impl Context<'_> {
    fn passwords(&self) -> Result<Passwords, Failure> {
        Passwords::from(self.arguments.password_file.as_deref())
    }

    /// Reads the password and unlocks the account.
    fn open_session(&self, account: &Account) -> Result<Session, Failure> {
        let password = self.passwords()?.current(&self.device, &account.name)?;
        self.device.open_session(&account.name, password)
    }
}
