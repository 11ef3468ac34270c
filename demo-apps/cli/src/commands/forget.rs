use super::Context;
use crate::arguments::Account;
use crate::failure::Failure;
use crate::output::Report;

pub(super) fn run(context: &Context<'_>, account: &Account) -> Result<Report, Failure> {
    context.device.client.forget(&account.name)?;
    Ok(Report::Forgotten { account: account.name.clone() })
}
