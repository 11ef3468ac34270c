//! The server as a whole on Postgres.

use super::{PostgresStore, migrations, sweep};
use crate::store::creation::insert_account;
use crate::store::execute::Execute;
use crate::store::rows::read::NumberColumns;
use crate::store::statement::Statement;
use crate::store::{
    AccountKey, Administration, Millis, NewAccount, Sentinel, ServerKeyRow, StoreError, Swept, WrappedDataKey, sql,
};

impl Administration for PostgresStore {
    fn migrate(&self) -> Result<Vec<String>, StoreError> {
        migrations::migrate(&self.settings)
    }

    fn check_schema(&self) -> Result<(), StoreError> {
        self.with_link(migrations::check)
    }

    fn check_writable(&self) -> Result<(), StoreError> {
        let standby = "SELECT count(*) AS number
            WHERE pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean";
        let standby: Option<NumberColumns> = self.with_link(|link| link.first(Statement::new(standby)))?;
        match standby {
            Some(row) if row.number == 0 => Ok(()),
            _ => Err(StoreError::Unavailable("the database can't be written")),
        }
    }

    fn now(&self) -> Result<Millis, StoreError> {
        let now: Option<NumberColumns> = self.with_link(|link| {
            let now = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint + $1 AS number";
            let offset = link.clock_offset();
            link.first(Statement::new(now).integer(offset))
        })?;
        now.map(|row| row.number).ok_or(StoreError::Internal("the clock answered nothing"))
    }

    fn server_keys(&self) -> Result<Vec<ServerKeyRow>, StoreError> {
        self.with_link(|link| link.rows(sql::server_keys()))
    }

    fn insert_first_keys(&self, keys: &[ServerKeyRow], sentinel: &NewAccount) -> Result<bool, StoreError> {
        self.with_link(|link| {
            link.transaction(|link| {
                // Who comes second waits here for the first one's commit.
                if link.execute(sql::insert_server_state())? == 0 {
                    return Ok(false);
                }
                for key in keys {
                    link.execute(sql::put_server_key(key))?;
                }
                insert_account(link, sentinel, None)?;
                link.execute(sql::activate_sentinel(&sentinel.account))?;
                Ok(true)
            })
        })
    }

    fn sentinel(&self) -> Result<Option<Sentinel>, StoreError> {
        self.with_link(|link| link.first(sql::sentinel()))
    }

    fn put_server_key(&self, key: &ServerKeyRow) -> Result<(), StoreError> {
        self.with_link(|link| link.execute(sql::put_server_key(key))).map(|_| ())
    }

    fn accounts_not_under(
        &self,
        kek_id: &str,
        after: Option<&AccountKey>,
        limit: i64,
    ) -> Result<Vec<WrappedDataKey>, StoreError> {
        self.with_link(|link| link.rows(sql::accounts_not_under(kek_id, after, limit)))
    }

    fn rewrap(&self, old: &WrappedDataKey, wrapped: &[u8], kek_id: &str) -> Result<bool, StoreError> {
        Ok(self.with_link(|link| link.execute(sql::rewrap(old, wrapped, kek_id)))? == 1)
    }

    fn unlock(&self, account: &AccountKey) -> Result<u64, StoreError> {
        Ok(self.with_link(|link| link.execute(sql::unlock(account)))? as u64)
    }

    fn sweep(&self, pending_for: i64, limit: i64) -> Result<Swept, StoreError> {
        let now = self.now()?;
        self.with_link(|link| sweep::sweep(link, now, pending_for, limit))
    }
}
