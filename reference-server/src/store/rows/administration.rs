//! Rows that belong to the server as a whole.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Binary, Text};

use super::column::Fixed;
use crate::store::{AccountKey, Millis};

/// One of the server's keys, wrapped.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct ServerKeyRow {
    /// Its id, at most 64 ASCII characters.
    #[diesel(sql_type = Text)]
    pub id: String,
    /// `opaque-setup`, `root` or `sealing`.
    #[diesel(sql_type = Text)]
    pub role: String,
    /// `loaded`, `active` or `retired`.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// The key, wrapped.
    #[diesel(sql_type = Binary)]
    pub wrapped: Vec<u8>,
    /// The key-encryption key that wrapped it.
    #[diesel(sql_type = Text)]
    pub kek_id: String,
    /// When it was made.
    #[diesel(sql_type = BigInt)]
    pub created_at: Millis,
}

/// What of the sentinel account tells for which realm the database was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, QueryableByName)]
pub struct Sentinel {
    /// Its user id.
    #[diesel(sql_type = Binary, deserialize_as = Fixed<32>)]
    pub user_id: [u8; 32],
    /// The value of its audit chain, which never grows: the first one of realm and user id (`docs/protocol.md`, section 9).
    #[diesel(sql_type = Binary, deserialize_as = Fixed<32>)]
    pub chain: [u8; 32],
}

/// A wrapped data key and whose it is.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct WrappedDataKey {
    /// Whose.
    #[diesel(sql_type = Binary, deserialize_as = Fixed<32>)]
    pub account: AccountKey,
    /// The account's user id, part of the wrapping's associated data.
    #[diesel(sql_type = Binary, deserialize_as = Fixed<32>)]
    pub user_id: [u8; 32],
    /// The data key, wrapped.
    #[diesel(sql_type = Binary)]
    pub wrapped: Vec<u8>,
    /// The key-encryption key that wrapped it.
    #[diesel(sql_type = Text)]
    pub kek_id: String,
}

/// How many rows a sweep removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Expired sessions.
    pub sessions: u64,
    /// Pending accounts that were never completed.
    pub pending: u64,
    /// Ended attempts on names that are not registered.
    pub attempts: u64,
    /// Budgets that have drained.
    pub budgets: u64,
    /// Old tombstones.
    pub tombstones: u64,
}
