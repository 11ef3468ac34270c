//! The end of a login on SQLite.

use super::commit;
use super::link::Link;
use crate::store::execute::{Execute, one_row};
use crate::store::statement::Statement;
use crate::store::{DEVICE_BUCKETS, LoginCommit, STRANGERS, StoreError};

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
        one_row(link.execute(drop)?)?;
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
