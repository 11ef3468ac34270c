//! What the end of a login reads on Postgres: all of it in one statement.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Bool};

use super::link::Link;
use super::message;
use crate::store::rows::read::{AttemptColumns, Joined};
use crate::store::statement::Statement;
use crate::store::{AccountKey, FinishRow, OpenAttempt, Refusals, SessionRow, StoreError};

#[derive(QueryableByName)]
struct FinishColumns {
    #[diesel(sql_type = BigInt)]
    now: i64,
    #[diesel(sql_type = BigInt)]
    server_epoch: i64,
    #[diesel(embed)]
    attempt: Joined<AttemptColumns>,
    #[diesel(sql_type = Bool)]
    ended: bool,
    #[diesel(embed)]
    refusals: Refusals,
}

/// One round trip; where the attempt is not open, one more for the session that it may have become.
pub(super) fn read(link: &mut Link, account: &AccountKey, attempt: &[u8; 16]) -> Result<FinishRow, StoreError> {
    let statement = statement(link.clock_offset(), account, attempt);
    let row: FinishColumns = link.first(statement)?.ok_or(StoreError::Corrupt("the server has no epoch"))?;
    let session = match &row.attempt.0 {
        Some(_) => None,
        None => session(link, account, attempt)?,
    };
    Ok(FinishRow {
        now: row.now,
        epoch: row.server_epoch,
        attempt: row.attempt.0.map(OpenAttempt::from),
        session,
        ended: row.ended,
        refusals: row.refusals,
    })
}

fn session(link: &mut Link, account: &AccountKey, id: &[u8; 16]) -> Result<Option<SessionRow>, StoreError> {
    Ok(message::read(link, account, id)?.map(|row| row.session))
}

fn statement(clock_offset: i64, account: &AccountKey, attempt: &[u8; 16]) -> Statement {
    Statement::new(
        "WITH c AS MATERIALIZED (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint + $1 AS now)
         SELECT c.now, e.epoch AS server_epoch,
           t.at, t.bucket, t.decoded, t.user_id, t.generation, t.sealed_state,
           a.user_id AS account_user_id, a.state, a.sealed_name, a.sealed_credential_id, a.sealed_storage_key,
           a.wrapped_data_key, a.kek_id, h.size, h.chain, h.generation AS head_generation, h.secrets, h.secret_bytes,
           r.count, r.first, r.last,
           EXISTS (SELECT 1 FROM attempt WHERE account_key = $2 AND (outcome <> 0 OR expires_at <= c.now)) AS ended
         FROM c
           JOIN server_state e ON e.id = 1
           LEFT JOIN attempt t ON t.account_key = $2 AND t.attempt = $3
             AND t.outcome = 0 AND t.sealed_state IS NOT NULL AND t.expires_at > c.now
           LEFT JOIN account a ON a.account_key = t.decoded
           LEFT JOIN account_head h ON h.account_key = t.decoded
           CROSS JOIN LATERAL (
             SELECT coalesce(sum(refused_count), 0)::bigint AS count, coalesce(min(refused_first), 0) AS first,
               coalesce(max(refused_last), 0) AS last
             FROM attempt_budget WHERE account_key = $2 AND refused_count > 0) r",
    )
    .integer(clock_offset)
    .bytes(account)
    .bytes(attempt)
}
