//! What the end of a login reads and writes.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Binary, Bool};

use super::account::{AccountRow, Head};
use super::audit::NewAuditEntry;
use super::column::Fixed;
use super::secret::SecretChange;
use super::session::SessionRow;
use super::start::BucketLimits;
use crate::store::{AccountKey, Millis};

/// What [`Connection::read_finish`](crate::store::Connection::read_finish) answers.
#[derive(Clone, Debug)]
pub struct FinishRow {
    /// The time.
    pub now: Millis,
    /// The server's epoch, under which the session is to be opened.
    pub epoch: i64,
    /// The attempt, while it is open and not expired, with the row that was decoded at start.
    pub attempt: Option<OpenAttempt>,
    /// The session that this attempt became.
    pub session: Option<SessionRow>,
    /// Whether attempts of the account have ended and wait for a login to log them.
    pub ended: bool,
    /// How many refusals the account's buckets count, and when the first and the last was.
    pub refusals: Refusals,
}

/// Refused attempts since the last login.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, QueryableByName)]
pub struct Refusals {
    /// How many.
    #[diesel(sql_type = BigInt)]
    pub count: i64,
    /// When the first was; 0 where there is none.
    #[diesel(sql_type = BigInt)]
    pub first: Millis,
    /// When the last was.
    #[diesel(sql_type = BigInt)]
    pub last: Millis,
}

/// An attempt that may still be finished, joined with the account row that was decoded at start.
#[derive(Clone, Debug)]
pub struct OpenAttempt {
    /// When KE1 came.
    pub at: Millis,
    /// The bucket that it was charged to.
    pub bucket: [u8; 32],
    /// The row that was decoded for it.
    pub decoded: AccountKey,
    /// The user id as it was then.
    pub user_id: [u8; 32],
    /// The generation as it was then.
    pub generation: i64,
    /// The server's login state, sealed.
    pub sealed_state: Vec<u8>,
    /// The decoded row as it is now, and its head; none where it went meanwhile.
    pub account: Option<AccountRow>,
}

/// An attempt that is over.
#[derive(Clone, Debug, QueryableByName)]
pub struct EndedAttempt {
    /// Its id.
    #[diesel(sql_type = Binary, deserialize_as = Fixed<16>)]
    pub attempt: [u8; 16],
    /// When KE1 came.
    #[diesel(sql_type = BigInt)]
    pub at: Millis,
    /// The bucket that it was charged to.
    #[diesel(sql_type = Binary, deserialize_as = Fixed<32>)]
    pub bucket: [u8; 32],
    /// The user id of the row that was decoded.
    #[diesel(sql_type = Binary, deserialize_as = Fixed<32>)]
    pub user_id: [u8; 32],
    /// Whether a wrong KE3 came (else it was never finished).
    #[diesel(sql_type = Bool)]
    pub failed: bool,
}

/// A login to commit.
#[derive(Clone, Debug)]
pub struct LoginCommit {
    /// Whose.
    pub account: AccountKey,
    /// The time that was read.
    pub now: Millis,
    /// The head as read.
    pub head: Head,
    /// The chain's value after `entries` are appended.
    pub chain: [u8; 32],
    /// The attempt to take.
    pub attempt: [u8; 16],
    /// The bucket that it was charged to, and its limits.
    pub charged: ([u8; 32], BucketLimits),
    /// The device's bucket from now on: its short counter goes to zero.
    pub device: [u8; 32],
    /// Whether refusals were logged, so that the buckets' counts go to zero.
    pub clear_refusals: bool,
    /// Ended attempts whose entries are among `entries`.
    pub logged: Vec<[u8; 16]>,
    /// The audit entries, oldest first.
    pub entries: Vec<NewAuditEntry>,
    /// The new session.
    pub session: SessionRow,
    /// How many other sessions of the account may stay open; of those beyond them the idlest end.
    pub other_sessions: i64,
    /// What the first request changes.
    pub secret: Option<SecretChange>,
}
