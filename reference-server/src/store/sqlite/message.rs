//! Messages on SQLite.

use super::commit;
use super::link::Link;
use crate::store::change::{change_account, next_generation, secret_change};
use crate::store::rows::read::MessageColumns;
use crate::store::statement::Statement;
use crate::store::{AccountKey, MessageCommit, MessageRow, SecretChange, StoreError};

pub(super) fn read(
    link: &mut Link,
    account: &AccountKey,
    session: &[u8; 16],
) -> Result<Option<MessageRow>, StoreError> {
    let row = Statement::new(
        "SELECT $1 AS now, e.epoch AS server_epoch, s.session, s.kind, s.user_id, s.generation, s.epoch, s.opened_at, s.used_at,
           s.idle_at, s.expires_at, s.operations_left, s.next_seq, s.closed, s.sealed_keys, s.finish_digest, s.last_frame,
           s.last_answer, s.operation, s.continuations,
           a.user_id AS account_user_id, a.state, a.sealed_name, a.sealed_credential_id, a.sealed_storage_key,
           a.wrapped_data_key, a.kek_id, h.size, h.chain, h.generation AS head_generation, h.secrets, h.secret_bytes
         FROM session s CROSS JOIN server_state e
           LEFT JOIN account a ON a.account_key = s.account_key LEFT JOIN account_head h ON h.account_key = s.account_key
         WHERE s.account_key = $2 AND s.session = $3",
    )
    .integer(link.now()?)
    .bytes(account)
    .bytes(session);
    let found: Option<MessageColumns> = link.first(row)?;
    Ok(found.map(MessageRow::from))
}

pub(super) fn commit(link: &mut Link, message: &MessageCommit) -> Result<(), StoreError> {
    let (account, added) = (&message.account, message.entries.len());
    let secret = secret_change(message);
    let adds = secret.map(SecretChange::adds).unwrap_or_default();
    commit::move_head(link, account, &message.head, &message.chain, added, next_generation(message), adds)?;
    commit::move_session(link, account, &message.session)?;
    commit::append(link, account, &message.entries)?;
    if let Some(change) = secret {
        commit::change_secret(link, account, message.now, change)?;
    }
    change_account(link, message)
}
