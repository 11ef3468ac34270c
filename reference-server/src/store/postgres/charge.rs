//! The start of a login on Postgres: a read, and one statement that charges and inserts.

use super::link::Link;
use crate::store::budget::Budget;
use crate::store::rows::read::NumberColumns;
use crate::store::statement::Statement;
use crate::store::{AccountKey, Charge, NewAttempt, STRANGERS, StartRow, StoreError, sql};

pub(super) fn read_start(link: &mut Link, account: &AccountKey, device: &[u8; 32]) -> Result<StartRow, StoreError> {
    let row = Statement::new(
        "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint + $1 AS now, account_key AS decoded, user_id,
           generation, suite, sealed_credential_id, sealed_record,
           EXISTS (SELECT 1 FROM attempt_budget WHERE account_key = $2 AND bucket = $3) AS device_known
         FROM account WHERE account_key >= $2 ORDER BY account_key LIMIT 1",
    )
    .integer(link.clock_offset())
    .bytes(account)
    .bytes(device);
    link.first(row)?.ok_or(StoreError::Corrupt("the sentinel account is missing"))
}

pub(super) fn charge(link: &mut Link, attempt: &NewAttempt) -> Result<Charge, StoreError> {
    let granted: Option<NumberColumns> = link.whole(|link| link.write(charge_and_insert(attempt)))?;
    if granted.is_some_and(|row| row.number == 1) {
        return Ok(Charge::Granted);
    }
    let budget: Budget = link.write(sql::count_refusal(attempt))?.ok_or(StoreError::HeadMoved)?;
    // Another attempt may have taken its charge back meanwhile; this one was refused all the same.
    Ok(Charge::Refused { wait: budget.wait(&attempt.limits, attempt.now).max(1) })
}

/// The arithmetic of `budget.rs`, inside the upsert: whoever waits for the row computes with what the other left. Inserts
/// nothing where it is not allowed, or where a device's bucket went meanwhile.
fn charge_and_insert(attempt: &NewAttempt) -> Statement {
    let limits = &attempt.limits;
    Statement::new(
        "WITH charged AS (
           INSERT INTO attempt_budget AS b (account_key, bucket, short_level, short_at, level, level_at,
             refused_count, refused_first, refused_last, used_at)
           SELECT $1, $2, $3, $4, $5, $4, 0, 0, 0, $4
           WHERE $6 OR EXISTS (SELECT 1 FROM attempt_budget WHERE account_key = $1 AND bucket = $2)
           ON CONFLICT (account_key, bucket) DO UPDATE SET
             short_level = greatest(0, b.short_level - $7 * greatest(0, $4 - b.short_at)) + $3,
             short_at = greatest(b.short_at, $4),
             level = greatest(0, b.level - greatest(0, $4 - b.level_at)) + $5,
             level_at = greatest(b.level_at, $4),
             used_at = $4
           WHERE ((greatest(0, b.short_level - $7 * greatest(0, $4 - b.short_at)) + $3 - 1) / $3 < $8
               OR $4 >= b.short_at + least($9 << least(16, greatest(0,
                  (greatest(0, b.short_level - $7 * greatest(0, $4 - b.short_at)) + $3 - 1) / $3 - $8))::integer, $10))
             AND greatest(0, b.level - greatest(0, $4 - b.level_at)) + $5 <= $11
           RETURNING 1),
         inserted AS (
           INSERT INTO attempt (account_key, attempt, at, expires_at, decoded, user_id, generation, bucket, outcome, sealed_state)
           SELECT $1, $12, $4, $13, $14, $15, $16, $2, 0, $17 FROM charged
           RETURNING 1)
         SELECT count(*) AS number FROM inserted",
    )
    .bytes(&attempt.account)
    .bytes(&attempt.bucket)
    .integer(limits.short_unit())
    .integer(attempt.now)
    .integer(limits.drain)
    .flag(attempt.bucket == STRANGERS)
    .integer(i64::from(limits.short_decay > 0))
    .integer(limits.free)
    .integer(limits.first_wait)
    .integer(limits.longest_wait)
    .integer(limits.capacity())
    .bytes(&attempt.attempt)
    .integer(attempt.expires_at)
    .bytes(&attempt.decoded)
    .bytes(&attempt.user_id)
    .integer(attempt.generation)
    .bytes(&attempt.sealed_state)
}
