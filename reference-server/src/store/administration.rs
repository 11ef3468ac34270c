//! What can be asked of the store about the server as a whole.

use super::{AccountKey, Millis, NewAccount, Sentinel, ServerKeyRow, StoreError, Swept, WrappedDataKey};

/// What belongs to the server as a whole. Each method is one transaction;
/// [`Administration::sweep`] is one for each kind of row.
pub trait Administration: Send + Sync {
    /// Brings the schema to the version that this release needs, under an advisory lock. Answers the names of what ran.
    fn migrate(&self) -> Result<Vec<String>, StoreError>;

    /// # Errors
    /// [`StoreError::Schema`] when the schema is not one that this release can serve.
    fn check_schema(&self) -> Result<(), StoreError>;

    /// Whether the database answers and can be written.
    fn check_writable(&self) -> Result<(), StoreError>;

    /// The database's time.
    fn now(&self) -> Result<Millis, StoreError>;

    /// The server's keys; empty before the first start.
    fn server_keys(&self) -> Result<Vec<ServerKeyRow>, StoreError>;

    /// Inserts the server's first keys, its epoch and the sentinel account, unless another process was first; answers whether it did.
    fn insert_first_keys(&self, keys: &[ServerKeyRow], sentinel: &NewAccount) -> Result<bool, StoreError>;

    /// The sentinel account; none before the first start.
    fn sentinel(&self) -> Result<Option<Sentinel>, StoreError>;

    /// Inserts a sealing key, or replaces the wrapping of a key.
    fn put_server_key(&self, key: &ServerKeyRow) -> Result<(), StoreError>;

    /// Accounts (sentinel too) whose data key is not wrapped under `kek_id`, in the order of their keys, after `after`.
    fn accounts_not_under(
        &self,
        kek_id: &str,
        after: Option<&AccountKey>,
        limit: i64,
    ) -> Result<Vec<WrappedDataKey>, StoreError>;

    /// Replaces the wrapping of an account's data key if it is still the one that was read; answers whether it was.
    fn rewrap(&self, old: &WrappedDataKey, wrapped: &[u8], kek_id: &str) -> Result<bool, StoreError>;

    /// Puts the strangers' and the devices' budgets of an account to zero, for `account unlock`. Answers how many buckets there were.
    fn unlock(&self, account: &AccountKey) -> Result<u64, StoreError>;

    /// Removes at most `limit` rows of each kind that nobody needs any more: expired sessions, pending accounts older than
    /// `pending_for` ms, ended attempts on unknown names, drained budgets of unknown names, tombstones older than a year.
    fn sweep(&self, pending_for: i64, limit: i64) -> Result<Swept, StoreError>;
}
