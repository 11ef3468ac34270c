use super::Context;
use crate::arguments::OneSecret;
use crate::failure::Failure;
use crate::output::Report;

pub(super) fn run(context: &Context<'_>, secret: &OneSecret) -> Result<Report, Failure> {
    let session = context.open_session(&secret.account)?;
    session.delete(secret.id, &context.device.call()?)?;
    Ok(Report::Deleted { id: secret.id })
}
