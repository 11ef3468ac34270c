use super::Context;
use crate::arguments::Account;
use crate::failure::Failure;
use crate::output::Report;

pub(super) fn run(context: &Context<'_>, account: &Account) -> Result<Report, Failure> {
    let password = context.passwords()?.new_one(&context.device, &account.name)?;
    let session = context.device.register(&account.name, password)?;
    Ok(Report::Registered { account: session.account().to_owned() })
}
