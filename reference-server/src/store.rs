//! Everything the key server keeps, behind one trait with two engines.
//!
//! This is the only room that knows SQL. What it stores is opaque to it: whoever calls has sealed
//! every value that an operator of the database must not read. What it guarantees is atomicity: each
//! `commit_*` method takes effect whole or not at all, and only if the account's head is still the
//! one that the caller read.
//!
//! The head (`account_head`: size and value of the audit chain, and generation) is the one row that
//! serialises an account. A caller reads, works out the new state, and hands both the head that it
//! read and the changes to a `commit_*` method. If somebody else moved the head meanwhile, the method
//! answers [`StoreError::HeadMoved`] and nothing happened; [`Store::run`] then does the work again with
//! the head locked.
//!
//! Times are milliseconds since the Unix epoch and always the database's own
//! (`now` in what the `read_*` methods answer); a test clock's offset is added inside the store.

mod administration;
mod budget;
mod change;
mod connection;
mod counters;
mod creation;
mod error;
mod execute;
mod pool;
#[cfg(feature = "postgres")]
pub mod postgres;
mod removal;
mod rows;
mod schema;
mod sql;
#[cfg(feature = "sqlite")]
pub mod sqlite;
mod statement;

pub use administration::Administration;
pub use budget::Budget;
pub use connection::Connection;
pub use counters::StoreCounters;
pub use error::StoreError;
pub use rows::account::{AccountRow, Head};
pub use rows::administration::{Sentinel, ServerKeyRow, Swept, WrappedDataKey};
pub use rows::audit::{AuditRow, NewAuditEntry};
pub use rows::finish::{EndedAttempt, FinishRow, LoginCommit, OpenAttempt, Refusals};
pub use rows::registration::{AccountState, NewAccount, Registered};
pub use rows::secret::{NewSecret, SecretChange, SecretListing, SecretRow, Usage};
pub use rows::session::{Change, MessageCommit, MessageRow, SessionRow};
pub use rows::start::{BucketLimits, Charge, NewAttempt, StartRow};

/// 32 bytes: HMAC-SHA-256 of a prepared account name under the name-index key. First column of every key.
pub type AccountKey = [u8; 32];
/// Milliseconds since the Unix epoch, on the database's clock.
pub type Millis = i64;

/// The account key that ends the index; its row is a decoy that no name leads to.
pub const SENTINEL: AccountKey = [0xff; 32];
/// The bucket that all devices without a valid cookie share.
pub const STRANGERS: [u8; 32] = [0; 32];
/// At most this many device buckets are kept for an account; one more replaces the least recently used.
pub const DEVICE_BUCKETS: usize = 8;
/// How long a deleted account's tombstone is kept, in milliseconds: a year.
const TOMBSTONE_KEPT: Millis = 365 * 24 * 60 * 60 * 1000;

/// A database that holds a key server's state.
pub trait Store: Send + Sync + 'static {
    /// Runs `work` for one account, with a connection.
    ///
    /// `name` labels metrics and logs. The work may run more than once, so it must decide everything
    /// from what it reads through its [`Connection`]: first without a lock; again with the account's
    /// head locked (in a statement of its own, inside one transaction) if it answered
    /// [`StoreError::HeadMoved`]; once more on a fresh connection if the connection was lost, even
    /// where the outcome of a commit is then unknown. When it answers `Ok`, what it wrote is durable.
    ///
    /// # Errors
    /// What the work answered; [`StoreError::Busy`] when no connection was free for 250 ms;
    /// [`StoreError::Unavailable`] when the database cannot be reached or cannot write.
    fn run(
        &self,
        name: &'static str,
        account: &AccountKey,
        work: &mut dyn FnMut(&mut dyn Connection) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;

    /// What belongs to the server as a whole: keys, migrations, rotation, sweeping, health.
    fn administration(&self) -> &dyn Administration;

    /// What the store has counted since it was opened, for telemetry.
    fn counters(&self) -> &StoreCounters;
}

/// Runs `work` as [`Store::run`] does and hands its answer through.
///
/// # Errors
/// As [`Store::run`].
pub fn run<T>(
    store: &dyn Store,
    name: &'static str,
    account: &AccountKey,
    mut work: impl FnMut(&mut dyn Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let mut answer = None;
    store.run(name, account, &mut |connection| {
        answer = Some(work(connection)?);
        Ok(())
    })?;
    answer.ok_or(StoreError::Internal("the work was not run"))
}
