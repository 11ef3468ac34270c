//! Removing what nobody needs any more, on SQLite. Each kind of row is a transaction of its own.

use super::link::Link;
use crate::store::execute::Execute;
use crate::store::removal::remove_all;
use crate::store::rows::read::AccountKeyColumns;
use crate::store::statement::Statement;
use crate::store::{Millis, STRANGERS, StoreError, Swept, TOMBSTONE_KEPT};

pub(super) fn sweep(link: &mut Link, pending_for: i64, limit: i64) -> Result<Swept, StoreError> {
    let now = link.now()?;
    Ok(Swept {
        sessions: remove(link, sessions(now, limit))?,
        pending: link.transaction(|link| pending(link, now - pending_for, limit))?,
        attempts: remove(link, attempts(now, limit))?,
        budgets: remove(link, budgets(now, limit))?,
        tombstones: remove(link, tombstones(now, limit))?,
    })
}

fn remove(link: &mut Link, statement: Statement) -> Result<u64, StoreError> {
    link.execute(statement).map(|rows| rows as u64)
}

fn sessions(now: Millis, limit: i64) -> Statement {
    Statement::new(
        "DELETE FROM session WHERE rowid IN
           (SELECT rowid FROM session WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
    )
    .integer(now)
    .integer(limit)
}

fn pending(link: &mut Link, made_before: Millis, limit: i64) -> Result<u64, StoreError> {
    let expired = Statement::new(
        "DELETE FROM account WHERE rowid IN
           (SELECT rowid FROM account WHERE state = 0 AND created_at <= $1 ORDER BY created_at LIMIT $2)
         RETURNING account_key",
    )
    .integer(made_before)
    .integer(limit);
    let expired: Vec<AccountKeyColumns> = link.rows(expired)?;
    for row in &expired {
        remove_all(link, &row.account_key)?;
    }
    Ok(expired.len() as u64)
}

fn attempts(now: Millis, limit: i64) -> Statement {
    Statement::new(
        "DELETE FROM attempt WHERE rowid IN
           (SELECT t.rowid FROM attempt t WHERE t.expires_at <= $1
              AND NOT EXISTS (SELECT 1 FROM account a WHERE a.account_key = t.account_key)
            ORDER BY t.expires_at LIMIT $2)",
    )
    .integer(now)
    .integer(limit)
}

/// A device's short counter does not drain, but without its account nobody holds a cookie for it.
fn budgets(now: Millis, limit: i64) -> Statement {
    Statement::new(
        "DELETE FROM attempt_budget WHERE rowid IN
           (SELECT b.rowid FROM attempt_budget b
            WHERE b.level <= $1 - b.level_at AND (b.bucket <> $2 OR b.short_level <= $1 - b.short_at)
              AND NOT EXISTS (SELECT 1 FROM account a WHERE a.account_key = b.account_key) LIMIT $3)",
    )
    .integer(now)
    .bytes(&STRANGERS)
    .integer(limit)
}

fn tombstones(now: Millis, limit: i64) -> Statement {
    Statement::new(
        "DELETE FROM tombstone WHERE rowid IN
           (SELECT rowid FROM tombstone WHERE deleted_at <= $1 ORDER BY deleted_at LIMIT $2)",
    )
    .integer(now - TOMBSTONE_KEPT)
    .integer(limit)
}
