//! What the start of a login reads and writes, and how guesses are counted.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Binary, Bool, SmallInt};

use super::column::Fixed;
use crate::store::{AccountKey, Millis};

/// What [`Connection::read_start`](crate::store::Connection::read_start) answers: the row that was decoded.
#[derive(Clone, Debug, QueryableByName)]
pub struct StartRow {
    /// The time.
    #[diesel(sql_type = BigInt)]
    pub now: Millis,
    /// The key of the row; equal to the key asked for only if that name is registered.
    #[diesel(sql_type = Binary, deserialize_as = Fixed<32>)]
    pub decoded: AccountKey,
    /// The row's user id.
    #[diesel(sql_type = Binary, deserialize_as = Fixed<32>)]
    pub user_id: [u8; 32],
    /// The generation of the row's registration record.
    #[diesel(sql_type = BigInt)]
    pub generation: i64,
    /// The OPAQUE suite of the record.
    #[diesel(sql_type = SmallInt)]
    pub suite: i16,
    /// The credential identifier, sealed.
    #[diesel(sql_type = Binary)]
    pub sealed_credential_id: Vec<u8>,
    /// The registration record, sealed.
    #[diesel(sql_type = Binary)]
    pub sealed_record: Vec<u8>,
    /// Whether (key asked for, device) has a bucket.
    #[diesel(sql_type = Bool)]
    pub device_known: bool,
}

/// An attempt to charge and to insert.
#[derive(Clone, Debug)]
pub struct NewAttempt {
    /// The key of the name, known or not.
    pub account: AccountKey,
    /// 16 random bytes.
    pub attempt: [u8; 16],
    /// When: what [`Connection::read_start`](crate::store::Connection::read_start) gave.
    pub now: Millis,
    /// When its login state is too old.
    pub expires_at: Millis,
    /// The row that was decoded for it.
    pub decoded: AccountKey,
    /// That row's user id.
    pub user_id: [u8; 32],
    /// That row's generation.
    pub generation: i64,
    /// [`STRANGERS`](crate::store::STRANGERS) or a device id.
    pub bucket: [u8; 32],
    /// The limits of that bucket.
    pub limits: BucketLimits,
    /// The server's login state, sealed under a server key.
    pub sealed_state: Vec<u8>,
}

/// How fast a bucket fills and drains. Levels are kept in milliseconds of draining, so that all of it is whole numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BucketLimits {
    /// Unproven attempts in a row that cost no wait.
    pub free: i64,
    /// Milliseconds in which the short counter forgets one attempt; 0 where it forgets none by itself.
    pub short_decay: i64,
    /// The wait after the first attempt beyond the free ones; it doubles with each further one.
    pub first_wait: i64,
    /// The longest wait.
    pub longest_wait: i64,
    /// Milliseconds in which the level drains by one attempt.
    pub drain: i64,
    /// Attempts that the level holds.
    pub burst: i64,
}

impl BucketLimits {
    /// What one attempt adds to the short counter: milliseconds where it decays, else 1.
    pub(crate) fn short_unit(&self) -> i64 {
        if self.short_decay > 0 { self.short_decay } else { 1 }
    }

    /// What the level may hold, in milliseconds of draining.
    pub(crate) fn capacity(&self) -> i64 {
        self.burst.saturating_mul(self.drain)
    }
}

/// What [`Connection::charge`](crate::store::Connection::charge) answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charge {
    /// Charged, and the attempt is there.
    Granted,
    /// Not charged; ask again after this many milliseconds (at least 1).
    Refused {
        /// Milliseconds.
        wait: i64,
    },
}
