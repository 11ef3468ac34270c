//! Messages on Postgres: a read, and one statement; a change of the account row is a short transaction.

use super::link::Link;
use super::parts::{entries, secret};
use crate::store::change::{change_account, next_generation, secret_change};
use crate::store::rows::read::{MessageColumns, NumberColumns};
use crate::store::statement::Statement;
use crate::store::{AccountKey, Change, MessageCommit, MessageRow, SecretChange, SessionRow, StoreError};

pub(super) fn read(
    link: &mut Link,
    account: &AccountKey,
    session: &[u8; 16],
) -> Result<Option<MessageRow>, StoreError> {
    let row = Statement::new(
        "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint + $1 AS now, e.epoch AS server_epoch,
           s.session, s.kind, s.user_id, s.generation, s.epoch, s.opened_at, s.used_at, s.idle_at, s.expires_at,
           s.operations_left, s.next_seq, s.closed, s.sealed_keys, s.finish_digest, s.last_frame, s.last_answer,
           s.operation, s.continuations,
           a.user_id AS account_user_id, a.state, a.sealed_name, a.sealed_credential_id, a.sealed_storage_key,
           a.wrapped_data_key, a.kek_id, h.size, h.chain, h.generation AS head_generation, h.secrets, h.secret_bytes
         FROM session s
           JOIN server_state e ON e.id = 1
           LEFT JOIN account a ON a.account_key = s.account_key
           LEFT JOIN account_head h ON h.account_key = s.account_key
         WHERE s.account_key = $2 AND s.session = $3",
    )
    .integer(link.clock_offset())
    .bytes(account)
    .bytes(session);
    let found: Option<MessageColumns> = link.first(row)?;
    Ok(found.map(MessageRow::from))
}

pub(super) fn commit(link: &mut Link, message: &MessageCommit) -> Result<(), StoreError> {
    match message.change {
        Change::None | Change::Secret(_) => link.whole(|link| write(link, message)),
        Change::Complete { .. } | Change::Password { .. } | Change::Delete => link.transaction(|link| {
            link.lock_head(&message.account)?;
            write(link, message)?;
            change_account(link, message)
        }),
    }
}

/// Moves head and session, appends, and changes a secret. As in a login everything hangs on `head`.
fn write(link: &mut Link, message: &MessageCommit) -> Result<(), StoreError> {
    let change = secret_change(message);
    let adds = change.map(SecretChange::adds).unwrap_or_default();
    let statement = Statement::new(
        "WITH head AS (
           UPDATE account_head SET size = size + $1, chain = $2, generation = $3, secrets = secrets + $4,
             secret_bytes = secret_bytes + $5
           WHERE account_key = $6 AND size = $7 AND generation = $8 RETURNING account_key),
         moved AS (
           UPDATE session s SET generation = $9, used_at = $10, idle_at = $11, expires_at = $12, operations_left = $13,
             next_seq = $14, closed = $15, sealed_keys = $16, last_frame = $17, last_answer = $18, operation = $19,
             continuations = $20
           FROM head WHERE s.account_key = head.account_key AND s.session = $21 AND s.next_seq = $14 - 1 RETURNING 1),
         entries AS (
           INSERT INTO audit_entry (account_key, n, sealed_entry, leaf)
           SELECT head.account_key, e.n, e.sealed_entry, e.leaf
           FROM head, unnest($22, $23, $24) AS e (n, sealed_entry, leaf) RETURNING 1),
         stored AS (
           INSERT INTO secret (account_key, secret, origin, kind, version, created_at, sealed_secret, sealed_label)
           SELECT head.account_key, $25, $26, $27, $28, $29, $30, $31 FROM head WHERE $25 IS NOT NULL RETURNING 1),
         deleted AS (
           UPDATE secret s SET sealed_secret = NULL, sealed_label = NULL FROM head
           WHERE s.account_key = head.account_key AND s.secret = $32 AND length(s.sealed_secret) + $5 = 0 RETURNING 1)
         SELECT head.count AS number,
           (head.count = 0 OR ((SELECT count(*) FROM moved) = 1
             AND (SELECT count(*) FROM deleted) = num_nonnulls($32)))::head_as_read AS head_as_read,
           (head.count = 0 OR ((SELECT count(*) FROM entries) = $1
             AND (SELECT count(*) FROM stored) = num_nonnulls($25)))::whole_effect AS whole_effect
         FROM (SELECT count(*) FROM head) AS head",
    )
    .integer(message.entries.len() as i64)
    .bytes(&message.chain)
    .integer(next_generation(message))
    .integer(adds.secrets)
    .integer(adds.bytes)
    .bytes(&message.account)
    .integer(message.head.size)
    .integer(message.head.generation);
    let statement = entries(session(statement, &message.session), &message.entries);
    let moved: Option<NumberColumns> = link.write(secret(statement, message.now, change))?;
    if moved.is_some_and(|row| row.number == 1) { Ok(()) } else { Err(StoreError::HeadMoved) }
}

fn session(statement: Statement, session: &SessionRow) -> Statement {
    statement
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
        .bytes(&session.session)
}
