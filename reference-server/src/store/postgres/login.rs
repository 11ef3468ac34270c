//! The end of a login on Postgres: one statement with all of its effects.

use super::link::Link;
use super::parts::{entries, secret};
use crate::store::rows::read::NumberColumns;
use crate::store::statement::Statement;
use crate::store::{DEVICE_BUCKETS, LoginCommit, STRANGERS, SecretChange, StoreError};

pub(super) fn commit(link: &mut Link, login: &LoginCommit) -> Result<(), StoreError> {
    let moved: Option<NumberColumns> = link.write(statement(login))?;
    if moved.is_some_and(|row| row.number == 1) { Ok(()) } else { Err(StoreError::HeadMoved) }
}

/// Everything hangs on `head`, so that nothing happens where it moved; where it did not, the assertions at the end abort
/// the statement unless all of it happened. A bucket is updated by `given` alone, since one statement changes a row once.
fn statement(login: &LoginCommit) -> Statement {
    let adds = login.secret.as_ref().map(SecretChange::adds).unwrap_or_default();
    let statement = Statement::new(
        "WITH head AS (
           UPDATE account_head SET size = size + $1, chain = $2, secrets = secrets + $3, secret_bytes = secret_bytes + $4
           WHERE account_key = $5 AND size = $6 AND generation = $7 RETURNING account_key),
         taken AS (
           DELETE FROM attempt t USING head WHERE t.account_key = head.account_key AND t.attempt = $8
             AND t.outcome = 0 AND t.sealed_state IS NOT NULL RETURNING 1),
         logged AS (
           DELETE FROM attempt t USING head WHERE t.account_key = head.account_key AND t.attempt = ANY($9) RETURNING 1),
         evicted AS MATERIALIZED (
           SELECT bucket FROM attempt_budget WHERE account_key = $5 AND bucket <> $10 AND bucket <> $11
           ORDER BY used_at DESC, bucket OFFSET $12),
         dropped AS (
           DELETE FROM attempt_budget b USING head, evicted
           WHERE b.account_key = head.account_key AND b.bucket = evicted.bucket RETURNING 1),
         given AS (
           UPDATE attempt_budget b SET
             short_level = CASE WHEN b.bucket = $11 THEN 0
               WHEN b.bucket = $13 THEN greatest(0, b.short_level - $14) ELSE b.short_level END,
             level = CASE WHEN b.bucket = $13 THEN greatest(0, b.level - $15) ELSE b.level END,
             used_at = CASE WHEN b.bucket = $11 THEN $16 ELSE b.used_at END,
             refused_count = CASE WHEN $17 THEN 0 ELSE b.refused_count END,
             refused_first = CASE WHEN $17 THEN 0 ELSE b.refused_first END,
             refused_last = CASE WHEN $17 THEN 0 ELSE b.refused_last END
           FROM head WHERE b.account_key = head.account_key
             AND (b.bucket = $11 OR b.bucket = $13 OR ($17 AND b.refused_count > 0))
             AND b.bucket NOT IN (SELECT bucket FROM evicted) RETURNING 1),
         device AS (
           INSERT INTO attempt_budget (account_key, bucket, short_level, short_at, level, level_at,
             refused_count, refused_first, refused_last, used_at)
           SELECT head.account_key, $11, 0, $16, 0, $16, 0, 0, 0, $16 FROM head
           ON CONFLICT (account_key, bucket) DO NOTHING RETURNING 1),
         ended AS (
           UPDATE session s SET closed = true FROM head
           WHERE s.account_key = head.account_key AND s.session IN (
             SELECT session FROM session
             WHERE account_key = $5 AND NOT closed AND idle_at > $16 AND expires_at > $16
             ORDER BY used_at DESC, session DESC OFFSET $18) RETURNING 1),
         opened AS (
           INSERT INTO session (account_key, session, kind, user_id, generation, epoch, opened_at, used_at, idle_at,
             expires_at, operations_left, next_seq, closed, sealed_keys, finish_digest, last_frame, last_answer, operation,
             continuations)
           SELECT head.account_key, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36
           FROM head RETURNING 1),
         entries AS (
           INSERT INTO audit_entry (account_key, n, sealed_entry, leaf)
           SELECT head.account_key, e.n, e.sealed_entry, e.leaf
           FROM head, unnest($37, $38, $39) AS e (n, sealed_entry, leaf) RETURNING 1),
         stored AS (
           INSERT INTO secret (account_key, secret, origin, kind, version, created_at, sealed_secret, sealed_label)
           SELECT head.account_key, $40, $41, $42, $43, $44, $45, $46 FROM head WHERE $40 IS NOT NULL RETURNING 1),
         deleted AS (
           UPDATE secret s SET sealed_secret = NULL, sealed_label = NULL FROM head
           WHERE s.account_key = head.account_key AND s.secret = $47 AND length(s.sealed_secret) + $4 = 0 RETURNING 1)
         SELECT head.count AS number,
           (head.count = 0 OR (SELECT count(*) FROM taken) = 1)::attempt_open AS attempt_open,
           (head.count = 0 OR ((SELECT count(*) FROM logged) = cardinality($9)
             AND (SELECT count(*) FROM deleted) = num_nonnulls($47)))::head_as_read AS head_as_read,
           (head.count = 0 OR ((SELECT count(*) FROM opened) = 1 AND (SELECT count(*) FROM entries) = $1
             AND (SELECT count(*) FROM stored) = num_nonnulls($40)))::whole_effect AS whole_effect
         FROM (SELECT count(*) FROM head) AS head",
    )
    .integer(login.entries.len() as i64)
    .bytes(&login.chain)
    .integer(adds.secrets)
    .integer(adds.bytes)
    .bytes(&login.account)
    .integer(login.head.size)
    .integer(login.head.generation)
    .bytes(&login.attempt)
    .bytes_list(login.logged.iter().map(|attempt| attempt.to_vec()).collect())
    .bytes(&STRANGERS)
    .bytes(&login.device)
    .integer(DEVICE_BUCKETS as i64 - 1)
    .bytes(&login.charged.0)
    .integer(login.charged.1.short_unit())
    .integer(login.charged.1.drain)
    .integer(login.now)
    .flag(login.clear_refusals)
    .integer(login.other_sessions);
    let statement = session(statement, login);
    let statement = entries(statement, &login.entries);
    secret(statement, login.now, login.secret.as_ref())
}

fn session(statement: Statement, login: &LoginCommit) -> Statement {
    let session = &login.session;
    statement
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
