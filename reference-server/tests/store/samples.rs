//! Rows for tests. An id is mostly one byte, repeated.

use lock_keeper_server::store::{
    AccountKey, BucketLimits, Head, NewAccount, NewAuditEntry, NewSecret, SecretChange, ServerKeyRow, SessionRow,
};

/// What the service uses for strangers.
pub(crate) const STRANGER_LIMITS: BucketLimits = BucketLimits {
    free: 5,
    short_decay: 3_600_000,
    first_wait: 30_000,
    longest_wait: 900_000,
    drain: 51_840_000,
    burst: 50,
};
/// What the service uses for a device.
pub(crate) const DEVICE_LIMITS: BucketLimits =
    BucketLimits { free: 8, short_decay: 0, first_wait: 30_000, longest_wait: 900_000, drain: 199_384_615, burst: 12 };
/// How long an attempt may be finished.
pub(crate) const ATTEMPT_LIVES: i64 = 60_000;

pub(crate) fn key(byte: u8) -> AccountKey {
    [byte; 32]
}

pub(crate) fn new_account(account: AccountKey, user: u8, now: i64) -> NewAccount {
    NewAccount {
        account,
        user_id: [user; 32],
        suite: 1,
        sealed_name: vec![1; 60],
        sealed_credential_id: vec![2; 72],
        sealed_record: vec![3; 232],
        wrapped_data_key: vec![user; 72],
        kek_id: "first".into(),
        chain: [user; 32],
        finish_digest: [user; 32],
        now,
    }
}

pub(crate) fn server_key(id: &str) -> ServerKeyRow {
    ServerKeyRow {
        id: id.into(),
        role: "root".into(),
        state: "active".into(),
        wrapped: vec![1; 72],
        kek_id: "first".into(),
        created_at: 1,
    }
}

/// Entries that continue the head.
pub(crate) fn entries(head: &Head, count: i64) -> Vec<NewAuditEntry> {
    let entry = |n: i64| NewAuditEntry { n, sealed_entry: vec![n as u8; 160], leaf: [n as u8; 32] };
    (head.size..head.size + count).map(entry).collect()
}

/// A chain value that says how many entries led to it.
pub(crate) fn next_chain(head: &Head, count: i64) -> [u8; 32] {
    [(head.size + count) as u8; 32]
}

pub(crate) fn new_session(id: u8, user_id: [u8; 32], generation: i64, epoch: i64, now: i64) -> SessionRow {
    SessionRow {
        session: [id; 16],
        kind: 1,
        user_id,
        generation,
        epoch,
        opened_at: now,
        used_at: now,
        idle_at: now + 120_000,
        expires_at: now + 900_000,
        operations_left: 16,
        next_seq: 1,
        closed: false,
        sealed_keys: vec![6; 176],
        finish_digest: [7; 32],
        last_frame: [8; 32],
        last_answer: vec![9; 580],
        operation: 0,
        continuations: 0,
    }
}

/// Deletes what [`insert`] made.
pub(crate) fn delete(id: u8) -> SecretChange {
    SecretChange::Delete { id: [id; 16], sealed_length: 100 }
}

pub(crate) fn insert(id: u8) -> SecretChange {
    SecretChange::Insert(NewSecret {
        id: [id; 16],
        origin: 1,
        kind: 1,
        version: 1,
        sealed_secret: vec![id; 100],
        sealed_label: vec![id; 30],
    })
}
