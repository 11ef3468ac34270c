//! The start of a login on SQLite. The write lock is held from the read of the budget on.

use super::link::Link;
use crate::store::budget::Budget;
use crate::store::execute::Execute;
use crate::store::statement::Statement;
use crate::store::{AccountKey, Charge, Millis, NewAttempt, STRANGERS, StartRow, StoreError, sql};

pub(super) fn read_start(link: &mut Link, account: &AccountKey, device: &[u8; 32]) -> Result<StartRow, StoreError> {
    let row = Statement::new(
        "SELECT $1 AS now, account_key AS decoded, user_id, generation, suite, sealed_credential_id, sealed_record,
           EXISTS (SELECT 1 FROM attempt_budget WHERE account_key = $2 AND bucket = $3) AS device_known
         FROM account WHERE account_key >= $2 ORDER BY account_key LIMIT 1",
    )
    .integer(link.now()?)
    .bytes(account)
    .bytes(device);
    link.first(row)?.ok_or(StoreError::Corrupt("the sentinel account is missing"))
}

pub(super) fn charge(link: &mut Link, attempt: &NewAttempt) -> Result<Charge, StoreError> {
    let budget = read_budget(link, attempt)?;
    let wait = budget.wait(&attempt.limits, attempt.now);
    if wait > 0 {
        let _: Option<Budget> = link.first(sql::count_refusal(attempt))?;
        return Ok(Charge::Refused { wait });
    }
    let charged = budget.charged(&attempt.limits, attempt.now);
    link.execute(write_budget(&attempt.account, &attempt.bucket, attempt.now, &charged))?;
    link.execute(insert_attempt(attempt))?;
    Ok(Charge::Granted)
}

fn read_budget(link: &mut Link, attempt: &NewAttempt) -> Result<Budget, StoreError> {
    match find_budget(link, &attempt.account, &attempt.bucket)? {
        Some(budget) => Ok(budget),
        None if attempt.bucket == STRANGERS => Ok(Budget::empty(attempt.now)),
        None => Err(StoreError::HeadMoved),
    }
}

/// A bucket's levels, where it is kept.
pub(super) fn find_budget(
    link: &mut Link,
    account: &AccountKey,
    bucket: &[u8; 32],
) -> Result<Option<Budget>, StoreError> {
    let found = Statement::new(
        "SELECT short_level, short_at, level, level_at FROM attempt_budget WHERE account_key = $1 AND bucket = $2",
    )
    .bytes(account)
    .bytes(bucket);
    link.first(found)
}

/// Keeps a bucket's levels; it was used now.
pub(super) fn write_budget(account: &AccountKey, bucket: &[u8; 32], now: Millis, budget: &Budget) -> Statement {
    Statement::new(
        "INSERT INTO attempt_budget (account_key, bucket, short_level, short_at, level, level_at,
           refused_count, refused_first, refused_last, used_at) VALUES ($1, $2, $3, $4, $5, $6, 0, 0, 0, $7)
         ON CONFLICT (account_key, bucket) DO UPDATE SET short_level = excluded.short_level, short_at = excluded.short_at,
           level = excluded.level, level_at = excluded.level_at, used_at = excluded.used_at",
    )
    .bytes(account)
    .bytes(bucket)
    .integer(budget.short_level)
    .integer(budget.short_at)
    .integer(budget.level)
    .integer(budget.level_at)
    .integer(now)
}

fn insert_attempt(new: &NewAttempt) -> Statement {
    Statement::new(
        "INSERT INTO attempt (account_key, attempt, at, expires_at, decoded, user_id, generation, bucket, outcome, sealed_state)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9)",
    )
    .bytes(&new.account)
    .bytes(&new.attempt)
    .integer(new.now)
    .integer(new.expires_at)
    .bytes(&new.decoded)
    .bytes(&new.user_id)
    .integer(new.generation)
    .bytes(&new.bucket)
    .bytes(&new.sealed_state)
}
