//! A session, and what a message in it reads and writes.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Binary, Bool, SmallInt};

use super::account::{AccountRow, Head};
use super::audit::NewAuditEntry;
use super::column::Fixed;
use super::secret::SecretChange;
use crate::store::{AccountKey, Millis};

/// A session as it is kept.
#[derive(Clone, Debug, QueryableByName)]
pub struct SessionRow {
    /// Its id.
    #[diesel(sql_type = Binary, deserialize_as = Fixed<16>)]
    pub session: [u8; 16],
    /// 0: registration session. 1: request session.
    #[diesel(sql_type = SmallInt)]
    pub kind: i16,
    /// The user id that logged in.
    #[diesel(sql_type = Binary, deserialize_as = Fixed<32>)]
    pub user_id: [u8; 32],
    /// The generation it was opened under.
    #[diesel(sql_type = BigInt)]
    pub generation: i64,
    /// The epoch it was opened under.
    #[diesel(sql_type = BigInt)]
    pub epoch: i64,
    /// When it was opened.
    #[diesel(sql_type = BigInt)]
    pub opened_at: Millis,
    /// When it was last used.
    #[diesel(sql_type = BigInt)]
    pub used_at: Millis,
    /// When no more operation is taken because it was idle.
    #[diesel(sql_type = BigInt)]
    pub idle_at: Millis,
    /// When even its last answer is gone.
    #[diesel(sql_type = BigInt)]
    pub expires_at: Millis,
    /// Operations that it may still begin.
    #[diesel(sql_type = BigInt)]
    pub operations_left: i64,
    /// The next client frame's number.
    #[diesel(sql_type = BigInt)]
    pub next_seq: i64,
    /// No new operations.
    #[diesel(sql_type = Bool)]
    pub closed: bool,
    /// The channel's keys, sealed under a server key.
    #[diesel(sql_type = Binary)]
    pub sealed_keys: Vec<u8>,
    /// SHA-256 of the body of `session/finish`.
    #[diesel(sql_type = Binary, deserialize_as = Fixed<32>)]
    pub finish_digest: [u8; 32],
    /// SHA-256 of the last client frame that was taken.
    #[diesel(sql_type = Binary, deserialize_as = Fixed<32>)]
    pub last_frame: [u8; 32],
    /// The answer to it: for frame 0 the whole body of the answer to `session/finish`, else a server frame.
    #[diesel(sql_type = Binary)]
    pub last_answer: Vec<u8>,
    /// The operation whose continuation frames are taken; 0 for none. Opaque to the store.
    #[diesel(sql_type = SmallInt)]
    pub operation: i16,
    /// Continuation frames that the operation has used.
    #[diesel(sql_type = BigInt)]
    pub continuations: i64,
}

/// What [`Connection::read_message`](crate::store::Connection::read_message) answers.
#[derive(Clone, Debug)]
pub struct MessageRow {
    /// The time.
    pub now: Millis,
    /// The server's epoch.
    pub epoch: i64,
    /// The session.
    pub session: SessionRow,
    /// Its account; none where it was deleted.
    pub account: Option<AccountRow>,
}

/// A message to commit.
#[derive(Clone, Debug)]
pub struct MessageCommit {
    /// Whose.
    pub account: AccountKey,
    /// The time that was read.
    pub now: Millis,
    /// The head as read.
    pub head: Head,
    /// The chain's value after `entries` are appended.
    pub chain: [u8; 32],
    /// The audit entries, oldest first; empty for a continuation, which does not move the head but still asserts it.
    pub entries: Vec<NewAuditEntry>,
    /// The session as it is from now on. Its `next_seq` is one more than the one that was read.
    pub session: SessionRow,
    /// What the operation changes beside the log.
    pub change: Change,
}

/// What an operation changes.
#[derive(Clone, Debug)]
pub enum Change {
    /// Nothing.
    None,
    /// One secret.
    Secret(SecretChange),
    /// The registration is complete: the sealed storage key (sealed once more at rest) is kept, the account is active.
    Complete {
        /// The ciphertext.
        sealed_storage_key: Vec<u8>,
    },
    /// Record and storage key are replaced, account row and head rise to `generation`; all other sessions and all open
    /// attempts of the account end.
    Password {
        /// The new registration record, sealed under a server key.
        sealed_record: Vec<u8>,
        /// The re-wrapped storage key, sealed once more at rest.
        sealed_storage_key: Vec<u8>,
        /// One more than the head's.
        generation: i64,
    },
    /// Account, head, secrets, log, attempts and other sessions go; a tombstone with the log's last size and value stays,
    /// and this session with its closing answer. The budget stays.
    Delete,
}
