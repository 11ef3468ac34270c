//! Which file has which of a connection's methods.

use super::link::Link;
use super::{charge, finish, login, message, registration};
use crate::store::execute::Execute;
use crate::store::rows::read::{LeafColumns, SecretColumns};
use crate::store::{
    AccountKey, AuditRow, Charge, Connection, EndedAttempt, FinishRow, LoginCommit, MessageCommit, MessageRow, Millis,
    NewAccount, NewAttempt, Registered, SecretListing, SecretRow, StartRow, StoreError, sql,
};

impl Connection for Link {
    fn read_registration(&mut self, account: &AccountKey) -> Result<(Millis, Option<Registered>), StoreError> {
        registration::read(self, account)
    }

    fn insert_account(&mut self, new: &NewAccount, replace: Option<&[u8; 32]>) -> Result<(), StoreError> {
        registration::insert_account(self, new, replace)
    }

    fn read_start(&mut self, account: &AccountKey, device: &[u8; 32]) -> Result<StartRow, StoreError> {
        charge::read_start(self, account, device)
    }

    fn charge(&mut self, attempt: &NewAttempt) -> Result<Charge, StoreError> {
        charge::charge(self, attempt)
    }

    fn read_finish(&mut self, account: &AccountKey, attempt: &[u8; 16]) -> Result<FinishRow, StoreError> {
        finish::read(self, account, attempt)
    }

    fn ended_attempts(
        &mut self,
        account: &AccountKey,
        now: Millis,
        limit: i64,
    ) -> Result<Vec<EndedAttempt>, StoreError> {
        self.rows(sql::ended_attempts(account, now, limit))
    }

    fn fail_attempt(&mut self, account: &AccountKey, attempt: &[u8; 16]) -> Result<bool, StoreError> {
        Ok(self.execute(sql::fail_attempt(account, attempt))? == 1)
    }

    fn commit_login(&mut self, login: &LoginCommit) -> Result<(), StoreError> {
        self.whole(|link| login::commit(link, login))
    }

    fn read_message(&mut self, account: &AccountKey, session: &[u8; 16]) -> Result<Option<MessageRow>, StoreError> {
        message::read(self, account, session)
    }

    fn commit_message(&mut self, message: &MessageCommit) -> Result<(), StoreError> {
        message::commit(self, message)
    }

    fn secret(&mut self, account: &AccountKey, id: &[u8; 16]) -> Result<Option<SecretRow>, StoreError> {
        let found: Option<SecretColumns> = self.first(sql::secret(account, id))?;
        Ok(found.map(SecretRow::from))
    }

    fn secrets(
        &mut self,
        account: &AccountKey,
        after: Option<&[u8; 16]>,
        limit: i64,
    ) -> Result<Vec<SecretListing>, StoreError> {
        self.rows(sql::secrets(account, after, limit))
    }

    fn audit_entries(&mut self, account: &AccountKey, before: i64, limit: i64) -> Result<Vec<AuditRow>, StoreError> {
        self.rows(sql::audit_entries(account, before, limit))
    }

    fn leaves(&mut self, account: &AccountKey, from: i64, limit: i64) -> Result<Vec<[u8; 32]>, StoreError> {
        let leaves: Vec<LeafColumns> = self.rows(sql::leaves(account, from, limit))?;
        Ok(leaves.into_iter().map(|columns| columns.leaf).collect())
    }
}
