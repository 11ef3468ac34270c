//! How an account goes, step by step, the same on both engines. Run inside one transaction, with the head locked.

use super::execute::Execute;
use super::statement::Statement;
use super::{AccountKey, MessageCommit, StoreError};

/// Removes what an account has beside its own row and its budget.
pub(super) fn remove_all(link: &mut impl Execute, account: &AccountKey) -> Result<(), StoreError> {
    remove_log_and_secrets(link, account)?;
    link.execute(Statement::new("DELETE FROM session WHERE account_key = $1").bytes(account))?;
    Ok(())
}

/// Removes an account that its owner deletes: a tombstone stays, and the session with its closing answer.
pub(super) fn delete_account(link: &mut impl Execute, message: &MessageCommit) -> Result<(), StoreError> {
    link.execute(tombstone(message))?;
    link.execute(Statement::new("DELETE FROM account WHERE account_key = $1").bytes(&message.account))?;
    remove_log_and_secrets(link, &message.account)?;
    link.execute(end_other_sessions(message))?;
    Ok(())
}

/// Ends all sessions of the account but the message's own.
pub(super) fn end_other_sessions(message: &MessageCommit) -> Statement {
    Statement::new("DELETE FROM session WHERE account_key = $1 AND session <> $2")
        .bytes(&message.account)
        .bytes(&message.session.session)
}

fn remove_log_and_secrets(link: &mut impl Execute, account: &AccountKey) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM account_head WHERE account_key = $1",
        "DELETE FROM attempt WHERE account_key = $1",
        "DELETE FROM secret WHERE account_key = $1",
        "DELETE FROM audit_entry WHERE account_key = $1",
    ] {
        link.execute(Statement::new(sql).bytes(account))?;
    }
    Ok(())
}

fn tombstone(message: &MessageCommit) -> Statement {
    Statement::new(
        "INSERT INTO tombstone (account_key, user_id, size, chain, deleted_at)
         SELECT account_key, user_id, $1, $2, $3 FROM account WHERE account_key = $4",
    )
    .integer(message.head.size + message.entries.len() as i64)
    .bytes(&message.chain)
    .integer(message.now)
    .bytes(&message.account)
}
