//! Statements whose text is the same for both engines.

use super::statement::Statement;
use super::{AccountKey, Millis, NewAttempt, SENTINEL, ServerKeyRow, WrappedDataKey};

/// Ended attempts, oldest first; answers `EndedAttempt`s.
pub(super) fn ended_attempts(account: &AccountKey, now: Millis, limit: i64) -> Statement {
    Statement::new(
        "SELECT attempt, at, bucket, user_id, outcome <> 0 AS failed FROM attempt
         WHERE account_key = $1 AND (outcome <> 0 OR expires_at <= $2) ORDER BY at, attempt LIMIT $3",
    )
    .bytes(account)
    .integer(now)
    .integer(limit)
}

/// Counts a refusal; answers the bucket's `Budget`, or nothing where there is no such bucket.
pub(super) fn count_refusal(attempt: &NewAttempt) -> Statement {
    Statement::new(
        "UPDATE attempt_budget SET refused_count = refused_count + 1, refused_last = $1,
           refused_first = CASE WHEN refused_count = 0 THEN $1 ELSE refused_first END
         WHERE account_key = $2 AND bucket = $3 RETURNING short_level, short_at, level, level_at",
    )
    .integer(attempt.now)
    .bytes(&attempt.account)
    .bytes(&attempt.bucket)
}

/// Marks an attempt as failed, if it is open.
pub(super) fn fail_attempt(account: &AccountKey, attempt: &[u8; 16]) -> Statement {
    Statement::new(
        "UPDATE attempt SET outcome = 1, sealed_state = NULL
         WHERE account_key = $1 AND attempt = $2 AND outcome = 0 AND sealed_state IS NOT NULL",
    )
    .bytes(account)
    .bytes(attempt)
}

/// One secret or its tombstone; answers `SecretColumns`.
pub(super) fn secret(account: &AccountKey, id: &[u8; 16]) -> Statement {
    Statement::new(
        "SELECT origin, kind, version, created_at, sealed_secret, sealed_label FROM secret
         WHERE account_key = $1 AND secret = $2",
    )
    .bytes(account)
    .bytes(id)
}

/// Live secrets after an id; answers `SecretListing`s.
pub(super) fn secrets(account: &AccountKey, after: Option<&[u8; 16]>, limit: i64) -> Statement {
    // No id is before the empty one.
    let after = after.map_or(&[][..], |id| id);
    Statement::new(
        "SELECT secret AS id, origin, kind, version, created_at, sealed_label,
           CAST(length(sealed_secret) AS bigint) AS sealed_length FROM secret
         WHERE account_key = $1 AND secret > $2 AND sealed_secret IS NOT NULL ORDER BY secret LIMIT $3",
    )
    .bytes(account)
    .bytes(after)
    .integer(limit)
}

/// Entries before `before`, newest first; answers `AuditRow`s.
pub(super) fn audit_entries(account: &AccountKey, before: i64, limit: i64) -> Statement {
    Statement::new(
        "SELECT n, sealed_entry, leaf FROM audit_entry
         WHERE account_key = $1 AND n < $2 ORDER BY n DESC LIMIT $3",
    )
    .bytes(account)
    .integer(before)
    .integer(limit)
}

/// Leaf hashes from `from` on, oldest first; answers `LeafColumns`.
pub(super) fn leaves(account: &AccountKey, from: i64, limit: i64) -> Statement {
    Statement::new("SELECT leaf FROM audit_entry WHERE account_key = $1 AND n >= $2 ORDER BY n LIMIT $3")
        .bytes(account)
        .integer(from)
        .integer(limit)
}

/// The server's keys; answers `ServerKeyRow`s.
pub(super) fn server_keys() -> Statement {
    Statement::new("SELECT id, role, state, wrapped, kek_id, created_at FROM server_key ORDER BY created_at, id")
}

/// Inserts one of the server's keys, or replaces its state and wrapping.
pub(super) fn put_server_key(key: &ServerKeyRow) -> Statement {
    Statement::new(
        "INSERT INTO server_key (id, role, state, wrapped, kek_id, created_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (id) DO UPDATE SET state = excluded.state, wrapped = excluded.wrapped, kek_id = excluded.kek_id",
    )
    .text(&key.id)
    .text(&key.role)
    .text(&key.state)
    .bytes(&key.wrapped)
    .text(&key.kek_id)
    .integer(key.created_at)
}

/// Makes the server's state; affects no row where another process was first.
pub(super) fn insert_server_state() -> Statement {
    Statement::new("INSERT INTO server_state (id, epoch) VALUES (1, 1) ON CONFLICT (id) DO NOTHING")
}

/// The sentinel account; answers a `Sentinel`.
pub(super) fn sentinel() -> Statement {
    Statement::new(
        "SELECT a.user_id, h.chain FROM account a JOIN account_head h USING (account_key) WHERE account_key = $1",
    )
    .bytes(&SENTINEL)
}

/// The sentinel is active, so that it does not expire as a pending account does.
pub(super) fn activate_sentinel(account: &AccountKey) -> Statement {
    Statement::new("UPDATE account SET state = 1 WHERE account_key = $1").bytes(account)
}

/// Accounts whose data key is wrapped under another key-encryption key; answers `WrappedDataKey`s.
pub(super) fn accounts_not_under(kek_id: &str, after: Option<&AccountKey>, limit: i64) -> Statement {
    let after = after.map_or(&[][..], |key| key);
    Statement::new(
        "SELECT account_key AS account, user_id, wrapped_data_key AS wrapped, kek_id FROM account
         WHERE account_key > $1 AND kek_id <> $2 ORDER BY account_key LIMIT $3",
    )
    .bytes(after)
    .text(kek_id)
    .integer(limit)
}

/// Replaces the wrapping of a data key if it is still the one that was read.
pub(super) fn rewrap(old: &WrappedDataKey, wrapped: &[u8], kek_id: &str) -> Statement {
    Statement::new(
        "UPDATE account SET wrapped_data_key = $1, kek_id = $2
         WHERE account_key = $3 AND user_id = $4 AND kek_id = $5 AND wrapped_data_key = $6",
    )
    .bytes(wrapped)
    .text(kek_id)
    .bytes(&old.account)
    .bytes(&old.user_id)
    .text(&old.kek_id)
    .bytes(&old.wrapped)
}

/// Puts all buckets of an account to zero.
pub(super) fn unlock(account: &AccountKey) -> Statement {
    Statement::new("UPDATE attempt_budget SET short_level = 0, level = 0 WHERE account_key = $1").bytes(account)
}
