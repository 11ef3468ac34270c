//! The end of a login on SQLite.

use super::link::Link;
use super::{charge, commit};
use crate::store::budget::Budget;
use crate::store::execute::{Execute, one_row};
use crate::store::statement::Statement;
use crate::store::{DEVICE_BUCKETS, LoginCommit, STRANGERS, SecretChange, StoreError};

pub(super) fn commit(link: &mut Link, login: &LoginCommit) -> Result<(), StoreError> {
    let generation = login.head.generation;
    let adds = login.secret.as_ref().map(SecretChange::adds).unwrap_or_default();
    commit::move_head(link, &login.account, &login.head, &login.chain, login.entries.len(), generation, adds)?;
    take_attempt(link, login)?;
    drop_logged(link, login)?;
    give_back(link, login)?;
    keep_device(link, login)?;
    end_idlest(link, login)?;
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

fn give_back(link: &mut Link, login: &LoginCommit) -> Result<(), StoreError> {
    let (bucket, limits) = &login.charged;
    if let Some(budget) = charge::find_budget(link, &login.account, bucket)? {
        link.execute(charge::write_budget(&login.account, bucket, login.now, &budget.given_back(limits)))?;
    }
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

/// Looked for here, and not where KE3 is not judged yet: an account that is used has sessions to look at.
fn end_idlest(link: &mut Link, login: &LoginCommit) -> Result<(), StoreError> {
    link.execute(
        Statement::new(
            "UPDATE session SET closed = TRUE WHERE account_key = $1 AND session IN
               (SELECT session FROM session
                WHERE account_key = $1 AND NOT closed AND idle_at > $2 AND expires_at > $2
                ORDER BY used_at DESC, session DESC LIMIT -1 OFFSET $3)",
        )
        .bytes(&login.account)
        .integer(login.now)
        .integer(login.other_sessions),
    )?;
    Ok(())
}

fn keep_device(link: &mut Link, login: &LoginCommit) -> Result<(), StoreError> {
    let known = charge::find_budget(link, &login.account, &login.device)?;
    let budget = known.map_or_else(|| Budget::empty(login.now), |budget| budget.forgiven());
    link.execute(charge::write_budget(&login.account, &login.device, login.now, &budget))?;
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
