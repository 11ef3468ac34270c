//! Registration on SQLite.

use super::link::Link;
use crate::store::statement::Statement;
use crate::store::{AccountKey, Millis, Registered, StoreError};

pub(super) fn read(link: &mut Link, account: &AccountKey) -> Result<(Millis, Option<Registered>), StoreError> {
    let found = Statement::new("SELECT user_id, state, created_at, finish_digest FROM account WHERE account_key = $1")
        .bytes(account);
    Ok((link.now()?, link.first(found)?))
}
