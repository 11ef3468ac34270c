use std::io::{BufRead, IsTerminal, Write, stderr, stdin};

use super::Context;
use crate::arguments::DeleteAccount;
use crate::failure::{Failure, Trouble};
use crate::output::Report;

pub(super) fn run(context: &Context<'_>, delete: &DeleteAccount) -> Result<Report, Failure> {
    let name = &delete.account.name;
    if !delete.yes {
        confirm(name)?;
    }
    let password = context.passwords()?.current(&context.device, name)?;
    let session = context.device.open_session(name, password.clone())?;
    session.delete_account(password, &context.device.call()?)?;
    Ok(Report::AccountDeleted { account: session.account().to_owned() })
}

/// Has the person type the name, since nothing brings an account back.
fn confirm(name: &str) -> Result<(), Failure> {
    let refused = |message: &str| Failure::new(Trouble::NotConfirmed, message);
    if !stdin().is_terminal() {
        return Err(refused("Nobody is there to confirm it.").with_next("Say --yes to delete the account unasked."));
    }
    // Where the question cannot be shown, the answer will not be the name.
    let _ = write!(stderr(), "This deletes the account, its secrets and its log, for good.\nType its name to go on: ")
        .and_then(|()| stderr().flush());
    let mut answer = String::new();
    let read = stdin().lock().read_line(&mut answer);
    if read.is_ok() && answer.trim() == name {
        return Ok(());
    }
    Err(refused("That is not the account's name.").with_next("Nothing was deleted."))
}
