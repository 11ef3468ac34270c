use lock_keeper_core::Purpose;

use super::Context;
use crate::arguments::Retrieve;
use crate::failure::Failure;
use crate::new_file;
use crate::output::{Report, Retrieved};

pub(super) fn run(context: &Context<'_>, retrieve: &Retrieve) -> Result<Report, Failure> {
    if let Some(out) = &retrieve.out {
        new_file::check(out)?;
    }
    let session = context.open_session(&retrieve.secret.account)?;
    let purpose = retrieve.purpose.map_or(Purpose::Unspecified, Purpose::from);
    let secret = session.retrieve(retrieve.secret.id, purpose, &context.device.call()?)?;
    if let Some(out) = &retrieve.out {
        new_file::write(out, secret.bytes.expose())?;
    }
    let out = retrieve.out.as_ref().map(|out| out.display().to_string());
    Ok(Report::Retrieved(Retrieved { secret, show: retrieve.show, out }))
}
