//! What can be asked of the store about one account.

use super::{
    AccountKey, AuditRow, Charge, EndedAttempt, FinishRow, LoginCommit, MessageCommit, MessageRow, Millis, NewAccount,
    NewAttempt, Registered, SecretListing, SecretRow, StartRow, StoreError,
};

/// One account's statements, on one connection. Each method is one round trip to Postgres unless it says otherwise.
pub trait Connection {
    // ── registration ────────────────────────────────────────────────────────────────────────────

    /// The account of that key, if there is one, and the time.
    fn read_registration(&mut self, account: &AccountKey) -> Result<(Millis, Option<Registered>), StoreError>;

    /// Inserts a pending account with its head and resets the strangers' budget; ended attempts of the name from before go.
    /// With `replace`, first removes the expired pending account that has this user id. In one transaction.
    ///
    /// # Errors
    /// [`StoreError::AccountExists`]; [`StoreError::UserIdExists`] when another account has this user id.
    fn insert_account(&mut self, new: &NewAccount, replace: Option<&[u8; 32]>) -> Result<(), StoreError>;

    // ── login ───────────────────────────────────────────────────────────────────────────────────

    /// The row of the key or of its neighbour in the index (one plan for both), and whether the name has a
    /// bucket for this device.
    fn read_start(&mut self, account: &AccountKey, device: &[u8; 32]) -> Result<StartRow, StoreError>;

    /// Charges both counters of the bucket and inserts the attempt, in one statement and one commit;
    /// or refuses, which is counted on the row (a second statement) and charges nothing.
    ///
    /// A device's bucket must exist (see [`StartRow::device_known`]); if it went meanwhile, answers [`StoreError::HeadMoved`].
    fn charge(&mut self, attempt: &NewAttempt) -> Result<Charge, StoreError>;

    /// What `session/finish` needs: the attempt joined with the account row that was decoded at start and its
    /// head, whether attempts have ended; or the session that this attempt became (on Postgres
    /// one more round trip, where the attempt is not open).
    fn read_finish(&mut self, account: &AccountKey, attempt: &[u8; 16]) -> Result<FinishRow, StoreError>;

    /// Attempts of the account that are over (refused by a wrong KE3, or expired at `now`), oldest first.
    fn ended_attempts(
        &mut self,
        account: &AccountKey,
        now: Millis,
        limit: i64,
    ) -> Result<Vec<EndedAttempt>, StoreError>;

    /// Marks an attempt as failed and drops its login state, so that it can't be used again. Answers whether it was open.
    fn fail_attempt(&mut self, account: &AccountKey, attempt: &[u8; 16]) -> Result<bool, StoreError>;

    /// Moves the head, takes the attempt, gives its charge back, gives the device a bucket (and takes the least recently
    /// used one beyond [`super::DEVICE_BUCKETS`]), ends the idlest sessions beyond those that may
    /// stay, appends audit entries, inserts the session, and does the first request.
    ///
    /// # Errors
    /// [`StoreError::HeadMoved`]; [`StoreError::AttemptTaken`]; [`StoreError::SecretExists`].
    fn commit_login(&mut self, login: &LoginCommit) -> Result<(), StoreError>;

    // ── messages ────────────────────────────────────────────────────────────────────────────────

    /// The session, and its account and head where they are still there.
    fn read_message(&mut self, account: &AccountKey, session: &[u8; 16]) -> Result<Option<MessageRow>, StoreError>;

    /// Moves the head and the session, appends audit entries, does the operation, keeps the sealed answer. A change of the
    /// account row (complete, password, delete) is a short transaction of several statements.
    ///
    /// # Errors
    /// [`StoreError::HeadMoved`] (also when the session's `next_seq` moved); [`StoreError::SecretExists`].
    fn commit_message(&mut self, message: &MessageCommit) -> Result<(), StoreError>;

    // ── what operations read ────────────────────────────────────────────────────────────────────

    /// One secret, a tombstone too.
    fn secret(&mut self, account: &AccountKey, id: &[u8; 16]) -> Result<Option<SecretRow>, StoreError>;

    /// Live secrets in the order of their ids, after `after`, without their sealed bytes (only their length).
    fn secrets(
        &mut self,
        account: &AccountKey,
        after: Option<&[u8; 16]>,
        limit: i64,
    ) -> Result<Vec<SecretListing>, StoreError>;

    /// Audit entries `n < before`, newest first.
    fn audit_entries(&mut self, account: &AccountKey, before: i64, limit: i64) -> Result<Vec<AuditRow>, StoreError>;

    /// Leaf hashes of the entries `n >= from`, oldest first.
    fn leaves(&mut self, account: &AccountKey, from: i64, limit: i64) -> Result<Vec<[u8; 32]>, StoreError>;
}
