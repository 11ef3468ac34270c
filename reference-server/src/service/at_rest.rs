//! Where each sealed value of the service lies: the [`Place`]s that bind it to its table, column, account and row.

use crate::keys::Place;
use crate::store::AccountKey;

pub(super) fn name<'a>(account: &'a AccountKey, user_id: &'a [u8; 32]) -> Place<'a> {
    Place { table: "account", column: "sealed_name", account, row: user_id, version: 0 }
}

pub(super) fn credential_id<'a>(account: &'a AccountKey, user_id: &'a [u8; 32]) -> Place<'a> {
    Place { table: "account", column: "sealed_credential_id", account, row: user_id, version: 0 }
}

pub(super) fn record<'a>(account: &'a AccountKey, user_id: &'a [u8; 32], generation: i64) -> Place<'a> {
    Place { table: "account", column: "sealed_record", account, row: user_id, version: version(generation) }
}

pub(super) fn storage_key<'a>(account: &'a AccountKey, user_id: &'a [u8; 32], generation: i64) -> Place<'a> {
    Place { table: "account", column: "sealed_storage_key", account, row: user_id, version: version(generation) }
}

pub(super) fn secret<'a>(account: &'a AccountKey, id: &'a [u8; 16]) -> Place<'a> {
    Place { table: "secret", column: "sealed_secret", account, row: id, version: 0 }
}

pub(super) fn label<'a>(account: &'a AccountKey, id: &'a [u8; 16]) -> Place<'a> {
    Place { table: "secret", column: "sealed_label", account, row: id, version: 0 }
}

pub(super) fn audit_entry<'a>(account: &'a AccountKey, n: &'a [u8; 8]) -> Place<'a> {
    Place { table: "audit_entry", column: "sealed_entry", account, row: n, version: 0 }
}

pub(super) fn login_state<'a>(account: &'a AccountKey, attempt: &'a [u8; 16]) -> Place<'a> {
    Place { table: "attempt", column: "sealed_state", account, row: attempt, version: 0 }
}

pub(super) fn session_keys<'a>(account: &'a AccountKey, session: &'a [u8; 16]) -> Place<'a> {
    Place { table: "session", column: "sealed_keys", account, row: session, version: 0 }
}

/// Generations are counted from 0 and never negative.
fn version(generation: i64) -> u64 {
    generation.unsigned_abs()
}
