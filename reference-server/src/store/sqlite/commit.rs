//! The parts that logins and messages have in common.

use super::link::Link;
use crate::store::execute::{Execute, one_row};
use crate::store::statement::Statement;
use crate::store::{AccountKey, Head, Millis, NewAuditEntry, NewSecret, SecretChange, SessionRow, StoreError, Usage};

/// Moves the head on by `added` entries and by what the account holds more, if it is still the one that was read.
pub(super) fn move_head(
    link: &mut Link,
    account: &AccountKey,
    head: &Head,
    chain: &[u8; 32],
    added: usize,
    generation: i64,
    adds: Usage,
) -> Result<(), StoreError> {
    let moved = Statement::new(
        "UPDATE account_head SET size = size + $1, chain = $2, generation = $3, secrets = secrets + $4,
           secret_bytes = secret_bytes + $5
         WHERE account_key = $6 AND size = $7 AND generation = $8",
    )
    .integer(added as i64)
    .bytes(chain)
    .integer(generation)
    .integer(adds.secrets)
    .integer(adds.bytes)
    .bytes(account)
    .integer(head.size)
    .integer(head.generation);
    one_row(link.execute(moved)?)
}

/// Appends audit entries.
pub(super) fn append(link: &mut Link, account: &AccountKey, entries: &[NewAuditEntry]) -> Result<(), StoreError> {
    for entry in entries {
        link.execute(
            Statement::new("INSERT INTO audit_entry (account_key, n, sealed_entry, leaf) VALUES ($1, $2, $3, $4)")
                .bytes(account)
                .integer(entry.n)
                .bytes(&entry.sealed_entry)
                .bytes(&entry.leaf),
        )?;
    }
    Ok(())
}

/// Inserts or deletes a secret.
pub(super) fn change_secret(
    link: &mut Link,
    account: &AccountKey,
    now: Millis,
    change: &SecretChange,
) -> Result<(), StoreError> {
    match change {
        SecretChange::Insert(secret) => link.execute(insert_secret(account, now, secret)).map(|_| ()),
        SecretChange::Delete { id, sealed_length } => delete_secret(link, account, id, *sealed_length),
    }
}

fn insert_secret(account: &AccountKey, now: Millis, secret: &NewSecret) -> Statement {
    Statement::new(
        "INSERT INTO secret (account_key, secret, origin, kind, version, created_at, sealed_secret, sealed_label)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bytes(account)
    .bytes(&secret.id)
    .small(secret.origin)
    .small(secret.kind)
    .small(secret.version)
    .integer(now)
    .bytes(&secret.sealed_secret)
    .bytes(&secret.sealed_label)
}

fn delete_secret(link: &mut Link, account: &AccountKey, id: &[u8; 16], length: i64) -> Result<(), StoreError> {
    let delete = Statement::new(
        "UPDATE secret SET sealed_secret = NULL, sealed_label = NULL
         WHERE account_key = $1 AND secret = $2 AND length(sealed_secret) = $3",
    )
    .bytes(account)
    .bytes(id)
    .integer(length);
    one_row(link.execute(delete)?)
}

/// Inserts a session.
pub(super) fn insert_session(account: &AccountKey, session: &SessionRow) -> Statement {
    Statement::new(
        "INSERT INTO session (account_key, session, kind, user_id, generation, epoch, opened_at, used_at, idle_at, expires_at,
           operations_left, next_seq, closed, sealed_keys, finish_digest, last_frame, last_answer, operation, continuations)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
    )
    .bytes(account)
    .bytes(&session.session)
    .small(session.kind)
    .bytes(&session.user_id)
    .integer(session.generation)
    .integer(session.epoch)
    .integer(session.opened_at)
    .integer(session.used_at)
    .integer(session.idle_at)
    .integer(session.expires_at)
    .integer(session.operations_left)
    .integer(session.next_seq)
    .flag(session.closed)
    .bytes(&session.sealed_keys)
    .bytes(&session.finish_digest)
    .bytes(&session.last_frame)
    .bytes(&session.last_answer)
    .small(session.operation)
    .integer(session.continuations)
}

/// Updates a session, if its next number is still one less than the new one.
pub(super) fn move_session(link: &mut Link, account: &AccountKey, session: &SessionRow) -> Result<(), StoreError> {
    let moved = Statement::new(
        "UPDATE session SET generation = $1, used_at = $2, idle_at = $3, expires_at = $4, operations_left = $5, next_seq = $6,
           closed = $7, sealed_keys = $8, last_frame = $9, last_answer = $10, operation = $11, continuations = $12
         WHERE account_key = $13 AND session = $14 AND next_seq = $6 - 1",
    )
    .integer(session.generation)
    .integer(session.used_at)
    .integer(session.idle_at)
    .integer(session.expires_at)
    .integer(session.operations_left)
    .integer(session.next_seq)
    .flag(session.closed)
    .bytes(&session.sealed_keys)
    .bytes(&session.last_frame)
    .bytes(&session.last_answer)
    .small(session.operation)
    .integer(session.continuations)
    .bytes(account)
    .bytes(&session.session);
    one_row(link.execute(moved)?)
}
