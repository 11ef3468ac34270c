//! Removing what nobody needs any more, on Postgres. Each kind of row is a transaction of its own, and rows that somebody
//! uses are left for the next time.
//!
//! The rows are found first, and deleted by their places: `ARRAY(...)` is worked out once, whatever the plan. As `IN (...)`, a
//! plan that was made while the table was empty works it out for each row, which takes minutes and removes more than the limit.

use super::link::Link;
use crate::store::execute::Execute;
use crate::store::removal::remove_all;
use crate::store::rows::read::AccountKeyColumns;
use crate::store::statement::Statement;
use crate::store::{Millis, STRANGERS, StoreError, Swept, TOMBSTONE_KEPT};

pub(super) fn sweep(link: &mut Link, now: Millis, pending_for: i64, limit: i64) -> Result<Swept, StoreError> {
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
        "DELETE FROM session WHERE ctid = ANY (ARRAY(
           SELECT ctid FROM session WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED))",
    )
    .integer(now)
    .integer(limit)
}

/// The heads are locked first, in a statement of their own; an account that was completed before that stays.
fn pending(link: &mut Link, made_before: Millis, limit: i64) -> Result<u64, StoreError> {
    let heads = Statement::new(
        "SELECT account_key FROM account_head WHERE account_key = ANY (ARRAY(
           SELECT account_key FROM account WHERE state = 0 AND created_at <= $1 ORDER BY created_at LIMIT $2))
         FOR UPDATE SKIP LOCKED",
    )
    .integer(made_before)
    .integer(limit);
    let heads: Vec<AccountKeyColumns> = link.rows(heads)?;
    let mut removed = 0;
    for head in &heads {
        let account = Statement::new("DELETE FROM account WHERE account_key = $1 AND state = 0 AND created_at <= $2")
            .bytes(&head.account_key)
            .integer(made_before);
        if link.execute(account)? == 1 {
            remove_all(link, &head.account_key)?;
            removed += 1;
        }
    }
    Ok(removed)
}

fn attempts(now: Millis, limit: i64) -> Statement {
    Statement::new(
        "DELETE FROM attempt WHERE ctid = ANY (ARRAY(
           SELECT t.ctid FROM attempt t WHERE t.expires_at <= $1
             AND NOT EXISTS (SELECT 1 FROM account a WHERE a.account_key = t.account_key)
           ORDER BY t.expires_at LIMIT $2 FOR UPDATE SKIP LOCKED))",
    )
    .integer(now)
    .integer(limit)
}

/// A device's short counter does not drain, but without its account nobody holds a cookie for it. No index leads to these
/// rows: each charge would have to move it.
fn budgets(now: Millis, limit: i64) -> Statement {
    Statement::new(
        "DELETE FROM attempt_budget WHERE ctid = ANY (ARRAY(
           SELECT b.ctid FROM attempt_budget b
           WHERE b.level <= $1 - b.level_at AND (b.bucket <> $2 OR b.short_level <= $1 - b.short_at)
             AND NOT EXISTS (SELECT 1 FROM account a WHERE a.account_key = b.account_key)
           LIMIT $3 FOR UPDATE SKIP LOCKED))",
    )
    .integer(now)
    .bytes(&STRANGERS)
    .integer(limit)
}

fn tombstones(now: Millis, limit: i64) -> Statement {
    Statement::new(
        "DELETE FROM tombstone WHERE ctid = ANY (ARRAY(
           SELECT ctid FROM tombstone WHERE deleted_at <= $1 ORDER BY deleted_at LIMIT $2 FOR UPDATE SKIP LOCKED))",
    )
    .integer(now - TOMBSTONE_KEPT)
    .integer(limit)
}
