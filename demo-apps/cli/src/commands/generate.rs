use lock_keeper_core::{LockKeeperError, NewSecret, SecretId};

use super::Context;
use crate::arguments::Generate;
use crate::failure::Failure;
use crate::output::Report;

pub(super) fn run(context: &Context<'_>, generate: &Generate) -> Result<Report, Failure> {
    let session = context.open_session(&generate.account)?;
    let id = generate.new.id.unwrap_or_else(|| session.new_secret_id());
    let new = NewSecret { id: Some(id), label: generate.new.label.clone(), bytes: generate.bytes };
    let secret = session.generate(new, &context.device.call()?).map_err(|error| not_stored(error, id))?;
    Ok(Report::Generated(secret.info))
}

/// A call whose outcome is not known is made again with the same id, so that the secret is not stored twice.
pub(super) fn not_stored(error: LockKeeperError, id: SecretId) -> Failure {
    let may_have_happened = error.may_have_happened;
    let failure = Failure::from(error);
    if may_have_happened {
        return failure.with_next(format!("Run the same command with --id {id}: it stores the secret once at most."));
    }
    failure
}
