//! Registration on Postgres.

use super::link::Link;
use crate::store::creation;
use crate::store::rows::read::RegistrationColumns;
use crate::store::statement::Statement;
use crate::store::{AccountKey, Millis, NewAccount, Registered, StoreError};

pub(super) fn read(link: &mut Link, account: &AccountKey) -> Result<(Millis, Option<Registered>), StoreError> {
    let row = Statement::new(
        "SELECT c.now, a.user_id, a.state, a.created_at, a.finish_digest
         FROM (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint + $1 AS now) c
           LEFT JOIN account a ON a.account_key = $2",
    )
    .integer(link.clock_offset())
    .bytes(account);
    let row: RegistrationColumns = link.first(row)?.ok_or(StoreError::Internal("the clock answered nothing"))?;
    Ok((row.now, row.account.0))
}

pub(super) fn insert_account(link: &mut Link, new: &NewAccount, replace: Option<&[u8; 32]>) -> Result<(), StoreError> {
    link.transaction(|link| {
        if replace.is_some() {
            link.lock_head(&new.account)?;
        }
        creation::insert_account(link, new, replace)
    })
}
