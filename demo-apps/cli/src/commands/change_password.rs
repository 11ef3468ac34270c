use super::Context;
use crate::arguments::Account;
use crate::failure::Failure;
use crate::output::Report;

pub(super) fn run(context: &Context<'_>, account: &Account) -> Result<Report, Failure> {
    let mut passwords = context.passwords()?;
    let old = passwords.current(&context.device, &account.name)?;
    let new = passwords.new_one(&context.device, &account.name)?;
    let session = context.device.open_session(&account.name, old.clone())?;
    session.change_password(old, new, &context.device.call()?).map_err(|error| {
        let may_have_happened = error.may_have_happened;
        let failure = Failure::from(error);
        if may_have_happened {
            failure.with_next("One of the two passwords is good: try the new one first.")
        } else {
            failure
        }
    })?;
    Ok(Report::PasswordChanged { account: session.account().to_owned() })
}
