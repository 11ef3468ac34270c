use lock_keeper_core::SecretInfo;

use super::Context;
use crate::arguments::Account;
use crate::failure::Failure;
use crate::output::Report;

/// How many are asked for in one call: ten full pages, well within what one session of the protocol gives.
const IN_ONE_CALL: u16 = 1_000;

pub(super) fn run(context: &Context<'_>, account: &Account) -> Result<Report, Failure> {
    let session = context.open_session(account)?;
    let mut all: Vec<SecretInfo> = Vec::new();
    loop {
        let after = all.last().map(|info| info.id);
        let some = session.list(after, IN_ONE_CALL, &context.device.call()?)?;
        let last = some.len() < usize::from(IN_ONE_CALL);
        all.extend(some);
        if last {
            return Ok(Report::Listed(all));
        }
    }
}
