//! Login on SQLite.

use super::commit;
use super::link::Link;
use super::message;
use crate::store::budget::Budget;
use crate::store::execute::Execute;
use crate::store::rows::read::{AttemptColumns, NumberColumns, OpenSessionColumns};
use crate::store::statement::Statement;
use crate::store::{
    AccountKey, Charge, DEVICE_BUCKETS, FinishRow, LoginCommit, Millis, NewAttempt, OpenAttempt, Refusals, STRANGERS,
    StartRow, StoreError, sql,
};

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
    link.execute(write_budget(attempt, &budget.charged(&attempt.limits, attempt.now)))?;
    link.execute(sql::insert_attempt(attempt))?;
    Ok(Charge::Granted)
}

fn read_budget(link: &mut Link, attempt: &NewAttempt) -> Result<Budget, StoreError> {
    let found = Statement::new(
        "SELECT short_level, short_at, level, level_at FROM attempt_budget WHERE account_key = $1 AND bucket = $2",
    )
    .bytes(&attempt.account)
    .bytes(&attempt.bucket);
    match link.first(found)? {
        Some(budget) => Ok(budget),
        None if attempt.bucket == STRANGERS => Ok(Budget::empty(attempt.now)),
        None => Err(StoreError::HeadMoved),
    }
}

fn write_budget(attempt: &NewAttempt, budget: &Budget) -> Statement {
    Statement::new(
        "INSERT INTO attempt_budget (account_key, bucket, short_level, short_at, level, level_at,
           refused_count, refused_first, refused_last, used_at) VALUES ($1, $2, $3, $4, $5, $6, 0, 0, 0, $7)
         ON CONFLICT (account_key, bucket) DO UPDATE SET short_level = excluded.short_level, short_at = excluded.short_at,
           level = excluded.level, level_at = excluded.level_at, used_at = excluded.used_at",
    )
    .bytes(&attempt.account)
    .bytes(&attempt.bucket)
    .integer(budget.short_level)
    .integer(budget.short_at)
    .integer(budget.level)
    .integer(budget.level_at)
    .integer(attempt.now)
}

pub(super) fn read_finish(link: &mut Link, account: &AccountKey, attempt: &[u8; 16]) -> Result<FinishRow, StoreError> {
    let now = link.now()?;
    let epoch = Statement::new("SELECT epoch AS number FROM server_state");
    let epoch: NumberColumns = link.first(epoch)?.ok_or(StoreError::Corrupt("the server has no epoch"))?;
    let open: Option<AttemptColumns> = link.first(open_attempt(account, attempt, now))?;
    let session = message::read(link, account, attempt)?.map(|row| row.session);
    Ok(FinishRow {
        now,
        epoch: epoch.number,
        attempt: open.map(OpenAttempt::from),
        session,
        open_sessions: open_sessions(link, account, now)?,
        ended: ended(link, account, now)?,
        refusals: refusals(link, account)?,
    })
}

fn open_attempt(account: &AccountKey, attempt: &[u8; 16], now: Millis) -> Statement {
    Statement::new(
        "SELECT t.at, t.bucket, t.decoded, t.user_id, t.generation, t.sealed_state,
           a.user_id AS account_user_id, a.state, a.sealed_name, a.sealed_credential_id, a.sealed_storage_key,
           a.wrapped_data_key, a.kek_id, h.size, h.chain, h.generation AS head_generation
         FROM attempt t
           LEFT JOIN account a ON a.account_key = t.decoded LEFT JOIN account_head h ON h.account_key = t.decoded
         WHERE t.account_key = $1 AND t.attempt = $2 AND t.outcome = 0 AND t.sealed_state IS NOT NULL AND t.expires_at > $3",
    )
    .bytes(account)
    .bytes(attempt)
    .integer(now)
}

fn open_sessions(link: &mut Link, account: &AccountKey, now: Millis) -> Result<Vec<([u8; 16], Millis)>, StoreError> {
    let open = Statement::new(
        "SELECT session, used_at FROM session
         WHERE account_key = $1 AND NOT closed AND idle_at > $2 AND expires_at > $2 ORDER BY used_at, session",
    )
    .bytes(account)
    .integer(now);
    let open: Vec<OpenSessionColumns> = link.rows(open)?;
    Ok(open.into_iter().map(|columns| (columns.session, columns.used_at)).collect())
}

fn ended(link: &mut Link, account: &AccountKey, now: Millis) -> Result<i64, StoreError> {
    let count = Statement::new(
        "SELECT count(*) AS number FROM attempt WHERE account_key = $1 AND (outcome <> 0 OR expires_at <= $2)",
    )
    .bytes(account)
    .integer(now);
    let count: NumberColumns = link.first(count)?.ok_or(StoreError::Internal("a count answered nothing"))?;
    Ok(count.number)
}

fn refusals(link: &mut Link, account: &AccountKey) -> Result<Refusals, StoreError> {
    let sum = Statement::new(
        "SELECT coalesce(sum(refused_count), 0) AS count, coalesce(min(refused_first), 0) AS first,
           coalesce(max(refused_last), 0) AS last FROM attempt_budget WHERE account_key = $1 AND refused_count > 0",
    )
    .bytes(account);
    link.first(sum)?.ok_or(StoreError::Internal("a sum answered nothing"))
}

pub(super) fn commit(link: &mut Link, login: &LoginCommit) -> Result<(), StoreError> {
    let generation = login.head.generation;
    commit::move_head(link, &login.account, &login.head, &login.chain, login.entries.len(), generation)?;
    take_attempt(link, login)?;
    drop_logged(link, login)?;
    give_back(link, login)?;
    keep_device(link, login)?;
    if let Some(session) = &login.end_session {
        link.execute(
            Statement::new("UPDATE session SET closed = TRUE WHERE account_key = $1 AND session = $2")
                .bytes(&login.account)
                .bytes(session),
        )?;
    }
    link.execute(commit::insert_session(&login.account, &login.session))?;
    commit::append(link, &login.account, &login.entries)?;
    match &login.secret {
        Some(change) => commit::change_secret(link, &login.account, login.now, change),
        None => Ok(()),
    }
}

fn take_attempt(link: &mut Link, login: &LoginCommit) -> Result<(), StoreError> {
    let take = Statement::new(
        "DELETE FROM attempt WHERE account_key = $1 AND attempt = $2 AND outcome = 0 AND sealed_state IS NOT NULL",
    )
    .bytes(&login.account)
    .bytes(&login.attempt);
    if link.execute(take)? == 1 { Ok(()) } else { Err(StoreError::AttemptTaken) }
}

fn drop_logged(link: &mut Link, login: &LoginCommit) -> Result<(), StoreError> {
    for attempt in &login.logged {
        let drop = Statement::new("DELETE FROM attempt WHERE account_key = $1 AND attempt = $2")
            .bytes(&login.account)
            .bytes(attempt);
        if link.execute(drop)? != 1 {
            return Err(StoreError::HeadMoved);
        }
    }
    Ok(())
}

/// A charge is taken back by its amount. The times stay: what drains afterwards is the same either way.
fn give_back(link: &mut Link, login: &LoginCommit) -> Result<(), StoreError> {
    let (bucket, limits) = &login.charged;
    link.execute(
        Statement::new(
            "UPDATE attempt_budget SET short_level = max(0, short_level - $1), level = max(0, level - $2)
             WHERE account_key = $3 AND bucket = $4",
        )
        .integer(limits.short_unit())
        .integer(limits.drain)
        .bytes(&login.account)
        .bytes(bucket),
    )?;
    if login.clear_refusals {
        link.execute(
            Statement::new(
                "UPDATE attempt_budget SET refused_count = 0, refused_first = 0, refused_last = 0
                 WHERE account_key = $1 AND refused_count > 0",
            )
            .bytes(&login.account),
        )?;
    }
    Ok(())
}

fn keep_device(link: &mut Link, login: &LoginCommit) -> Result<(), StoreError> {
    link.execute(
        Statement::new(
            "INSERT INTO attempt_budget (account_key, bucket, short_level, short_at, level, level_at,
               refused_count, refused_first, refused_last, used_at) VALUES ($1, $2, 0, $3, 0, $3, 0, 0, 0, $3)
             ON CONFLICT (account_key, bucket) DO UPDATE SET short_level = 0, used_at = excluded.used_at",
        )
        .bytes(&login.account)
        .bytes(&login.device)
        .integer(login.now),
    )?;
    link.execute(
        Statement::new(
            "DELETE FROM attempt_budget WHERE account_key = $1 AND bucket IN
               (SELECT bucket FROM attempt_budget WHERE account_key = $1 AND bucket <> $2 AND bucket <> $3
                ORDER BY used_at DESC, bucket LIMIT -1 OFFSET $4)",
        )
        .bytes(&login.account)
        .bytes(&STRANGERS)
        .bytes(&login.device)
        .integer(DEVICE_BUCKETS as i64 - 1),
    )?;
    Ok(())
}
