//! Messages on SQLite.

use super::commit;
use super::link::Link;
use crate::store::rows::read::MessageColumns;
use crate::store::statement::Statement;
use crate::store::{AccountKey, Change, MessageCommit, MessageRow, StoreError};

pub(super) fn read(
    link: &mut Link,
    account: &AccountKey,
    session: &[u8; 16],
) -> Result<Option<MessageRow>, StoreError> {
    let row = Statement::new(
        "SELECT e.epoch AS server_epoch, s.session, s.kind, s.user_id, s.generation, s.epoch, s.opened_at, s.used_at,
           s.idle_at, s.expires_at, s.operations_left, s.next_seq, s.closed, s.sealed_keys, s.finish_digest, s.last_frame,
           s.last_answer, s.operation, s.continuations,
           a.user_id AS account_user_id, a.state, a.sealed_name, a.sealed_credential_id, a.sealed_storage_key,
           a.wrapped_data_key, a.kek_id, h.size, h.chain, h.generation AS head_generation
         FROM session s CROSS JOIN server_state e
           LEFT JOIN account a ON a.account_key = s.account_key LEFT JOIN account_head h ON h.account_key = s.account_key
         WHERE s.account_key = $1 AND s.session = $2",
    )
    .bytes(account)
    .bytes(session);
    let now = link.now()?;
    let found: Option<MessageColumns> = link.first(row)?;
    Ok(found.map(|columns| MessageRow {
        now,
        epoch: columns.server_epoch,
        session: columns.session,
        account: columns.account.0,
    }))
}

pub(super) fn commit(link: &mut Link, message: &MessageCommit) -> Result<(), StoreError> {
    let generation = match &message.change {
        Change::Password { generation, .. } => *generation,
        _ => message.head.generation,
    };
    let added = message.entries.len();
    commit::move_head(link, &message.account, &message.head, &message.chain, added, generation)?;
    commit::move_session(link, &message.account, &message.session)?;
    commit::append(link, &message.account, &message.entries)?;
    change(link, message)
}

fn change(link: &mut Link, message: &MessageCommit) -> Result<(), StoreError> {
    match &message.change {
        Change::None => Ok(()),
        Change::Secret(change) => commit::change_secret(link, &message.account, message.now, change),
        Change::Complete { sealed_storage_key } => complete(link, &message.account, sealed_storage_key),
        Change::Password { sealed_record, sealed_storage_key, generation } => {
            change_password(link, &message.account, sealed_record, sealed_storage_key, *generation)?;
            end_the_rest(link, message)
        }
        Change::Delete => delete_account(link, message),
    }
}

fn complete(link: &mut Link, account: &AccountKey, sealed_storage_key: &[u8]) -> Result<(), StoreError> {
    let complete =
        Statement::new("UPDATE account SET state = 1, sealed_storage_key = $1 WHERE account_key = $2 AND state = 0")
            .bytes(sealed_storage_key)
            .bytes(account);
    if link.execute(complete)? == 1 { Ok(()) } else { Err(StoreError::HeadMoved) }
}

fn change_password(
    link: &mut Link,
    account: &AccountKey,
    sealed_record: &[u8],
    sealed_storage_key: &[u8],
    generation: i64,
) -> Result<(), StoreError> {
    let change = Statement::new(
        "UPDATE account SET sealed_record = $1, sealed_storage_key = $2, generation = $3
         WHERE account_key = $4 AND generation = $3 - 1",
    )
    .bytes(sealed_record)
    .bytes(sealed_storage_key)
    .integer(generation)
    .bytes(account);
    if link.execute(change)? == 1 { Ok(()) } else { Err(StoreError::HeadMoved) }
}

/// Ends all other sessions, and all open attempts: they count as never finished from now on.
fn end_the_rest(link: &mut Link, message: &MessageCommit) -> Result<(), StoreError> {
    link.execute(
        Statement::new(
            "UPDATE attempt SET sealed_state = NULL, expires_at = min(expires_at, $1) WHERE account_key = $2 AND outcome = 0",
        )
        .integer(message.now)
        .bytes(&message.account),
    )?;
    link.execute(
        Statement::new("DELETE FROM session WHERE account_key = $1 AND session <> $2")
            .bytes(&message.account)
            .bytes(&message.session.session),
    )?;
    Ok(())
}

fn delete_account(link: &mut Link, message: &MessageCommit) -> Result<(), StoreError> {
    link.execute(
        Statement::new(
            "INSERT INTO tombstone (account_key, user_id, size, chain, deleted_at)
             SELECT account_key, user_id, $1, $2, $3 FROM account WHERE account_key = $4",
        )
        .integer(message.head.size + message.entries.len() as i64)
        .bytes(&message.chain)
        .integer(message.now)
        .bytes(&message.account),
    )?;
    link.execute(
        Statement::new("DELETE FROM session WHERE account_key = $1 AND session <> $2")
            .bytes(&message.account)
            .bytes(&message.session.session),
    )?;
    for sql in [
        "DELETE FROM account_head WHERE account_key = $1",
        "DELETE FROM account WHERE account_key = $1",
        "DELETE FROM attempt WHERE account_key = $1",
        "DELETE FROM secret WHERE account_key = $1",
        "DELETE FROM audit_entry WHERE account_key = $1",
    ] {
        link.execute(Statement::new(sql).bytes(&message.account))?;
    }
    Ok(())
}
