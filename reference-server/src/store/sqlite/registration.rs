//! Registration on SQLite.

use super::link::Link;
use crate::store::statement::Statement;
use crate::store::{AccountKey, Millis, NewAccount, Registered, StoreError};

pub(super) fn read(link: &mut Link, account: &AccountKey) -> Result<(Millis, Option<Registered>), StoreError> {
    let found = Statement::new("SELECT user_id, state, created_at, finish_digest FROM account WHERE account_key = $1")
        .bytes(account);
    Ok((link.now()?, link.first(found)?))
}

pub(super) fn insert_account(link: &mut Link, new: &NewAccount, replace: Option<&[u8; 32]>) -> Result<(), StoreError> {
    if let Some(user_id) = replace {
        remove_pending(link, &new.account, user_id)?;
    }
    link.execute(account_row(new))?;
    link.execute(
        Statement::new("INSERT INTO account_head (account_key, size, chain, generation) VALUES ($1, 0, $2, 0)")
            .bytes(&new.account)
            .bytes(&new.chain),
    )?;
    link.execute(
        Statement::new("DELETE FROM attempt WHERE account_key = $1 AND (outcome <> 0 OR expires_at <= $2)")
            .bytes(&new.account)
            .integer(new.now),
    )?;
    link.execute(Statement::new("DELETE FROM attempt_budget WHERE account_key = $1").bytes(&new.account))?;
    Ok(())
}

fn account_row(new: &NewAccount) -> Statement {
    Statement::new(
        "INSERT INTO account (account_key, user_id, state, suite, generation, created_at, finish_digest, sealed_name,
           sealed_credential_id, sealed_record, wrapped_data_key, kek_id)
         VALUES ($1, $2, 0, $3, 0, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bytes(&new.account)
    .bytes(&new.user_id)
    .small(new.suite)
    .integer(new.now)
    .bytes(&new.finish_digest)
    .bytes(&new.sealed_name)
    .bytes(&new.sealed_credential_id)
    .bytes(&new.sealed_record)
    .bytes(&new.wrapped_data_key)
    .text(&new.kek_id)
}

/// Removes a pending account with this user id; one that was completed meanwhile stays, and the insert then says so.
fn remove_pending(link: &mut Link, account: &AccountKey, user_id: &[u8; 32]) -> Result<(), StoreError> {
    let pending = Statement::new("DELETE FROM account WHERE account_key = $1 AND user_id = $2 AND state = 0")
        .bytes(account)
        .bytes(user_id);
    if link.execute(pending)? == 1 {
        remove_all(link, account)?;
    }
    Ok(())
}

/// Removes what an account has beside its own row and its budget.
pub(super) fn remove_all(link: &mut Link, account: &AccountKey) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM account_head WHERE account_key = $1",
        "DELETE FROM attempt WHERE account_key = $1",
        "DELETE FROM session WHERE account_key = $1",
        "DELETE FROM secret WHERE account_key = $1",
        "DELETE FROM audit_entry WHERE account_key = $1",
    ] {
        link.execute(Statement::new(sql).bytes(account))?;
    }
    Ok(())
}
