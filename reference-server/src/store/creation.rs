//! How an account comes to be, step by step, the same on both engines. Run inside one transaction.

use super::execute::Execute;
use super::removal::remove_all;
use super::statement::Statement;
use super::{AccountKey, NewAccount, StoreError};

/// Inserts a pending account; see `Connection::insert_account`.
pub(super) fn insert_account(
    link: &mut impl Execute,
    new: &NewAccount,
    replace: Option<&[u8; 32]>,
) -> Result<(), StoreError> {
    if let Some(user_id) = replace {
        remove_pending(link, &new.account, user_id)?;
    }
    link.execute(account(new))?;
    link.execute(head(new))?;
    link.execute(forget_ended_attempts(new))?;
    link.execute(forget_budget(&new.account))?;
    Ok(())
}

/// Removes a pending account with this user id; one that was completed meanwhile stays, and the insert then says so.
fn remove_pending(link: &mut impl Execute, account: &AccountKey, user_id: &[u8; 32]) -> Result<(), StoreError> {
    let pending = Statement::new("DELETE FROM account WHERE account_key = $1 AND user_id = $2 AND state = 0")
        .bytes(account)
        .bytes(user_id);
    if link.execute(pending)? == 1 { remove_all(link, account) } else { Ok(()) }
}

fn account(new: &NewAccount) -> Statement {
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

fn head(new: &NewAccount) -> Statement {
    Statement::new("INSERT INTO account_head (account_key, size, chain, generation) VALUES ($1, 0, $2, 0)")
        .bytes(&new.account)
        .bytes(&new.chain)
}

/// Attempts of the name from before the account was made are not in its log.
fn forget_ended_attempts(new: &NewAccount) -> Statement {
    Statement::new("DELETE FROM attempt WHERE account_key = $1 AND (outcome <> 0 OR expires_at <= $2)")
        .bytes(&new.account)
        .integer(new.now)
}

/// The strangers begin anew; devices of an earlier account of the name hold no cookie for this one.
fn forget_budget(account: &AccountKey) -> Statement {
    Statement::new("DELETE FROM attempt_budget WHERE account_key = $1").bytes(account)
}
