//! The changes of a message that touch the account row, the same on both engines. Run inside one transaction, after the
//! head and the session were moved.

use super::execute::{Execute, one_row};
use super::removal::{delete_account, end_other_sessions};
use super::statement::Statement;
use super::{AccountKey, Change, MessageCommit, SecretChange, StoreError};

/// Does what the message changes beside head, session, log and secrets.
pub(super) fn change_account(link: &mut impl Execute, message: &MessageCommit) -> Result<(), StoreError> {
    match &message.change {
        Change::None | Change::Secret(_) => Ok(()),
        Change::Complete { sealed_storage_key } => {
            one_row(link.execute(complete(&message.account, sealed_storage_key))?)
        }
        Change::Password { sealed_record, sealed_storage_key, generation } => {
            let change = change_password(&message.account, sealed_record, sealed_storage_key, *generation);
            one_row(link.execute(change)?)?;
            link.execute(end_open_attempts(message))?;
            link.execute(end_other_sessions(message))?;
            Ok(())
        }
        Change::Delete => delete_account(link, message),
    }
}

/// The generation after the message.
pub(super) fn next_generation(message: &MessageCommit) -> i64 {
    match &message.change {
        Change::Password { generation, .. } => *generation,
        _ => message.head.generation,
    }
}

/// What the message does to a secret.
pub(super) fn secret_change(message: &MessageCommit) -> Option<&SecretChange> {
    match &message.change {
        Change::Secret(change) => Some(change),
        _ => None,
    }
}

fn complete(account: &AccountKey, sealed_storage_key: &[u8]) -> Statement {
    Statement::new("UPDATE account SET state = 1, sealed_storage_key = $1 WHERE account_key = $2 AND state = 0")
        .bytes(sealed_storage_key)
        .bytes(account)
}

fn change_password(
    account: &AccountKey,
    sealed_record: &[u8],
    sealed_storage_key: &[u8],
    generation: i64,
) -> Statement {
    Statement::new(
        "UPDATE account SET sealed_record = $1, sealed_storage_key = $2, generation = $3
         WHERE account_key = $4 AND generation = $3 - 1",
    )
    .bytes(sealed_record)
    .bytes(sealed_storage_key)
    .integer(generation)
    .bytes(account)
}

/// Open attempts count as never finished from now on.
fn end_open_attempts(message: &MessageCommit) -> Statement {
    Statement::new(
        "UPDATE attempt SET sealed_state = NULL, expires_at = CASE WHEN expires_at < $1 THEN expires_at ELSE $1 END
         WHERE account_key = $2 AND outcome = 0",
    )
    .integer(message.now)
    .bytes(&message.account)
}
