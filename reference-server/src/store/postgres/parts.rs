//! The parameters that the statements of logins and messages have in common, in the order of their columns.

use crate::store::statement::Statement;
use crate::store::{Millis, NewAuditEntry, NewSecret, SecretChange};

/// The parameters of `entries`: numbers, sealed entries, leaves.
pub(super) fn entries(statement: Statement, entries: &[NewAuditEntry]) -> Statement {
    statement
        .integer_list(entries.iter().map(|entry| entry.n).collect())
        .bytes_list(entries.iter().map(|entry| entry.sealed_entry.clone()).collect())
        .bytes_list(entries.iter().map(|entry| entry.leaf.to_vec()).collect())
}

/// The parameters of `stored` and `deleted`: NULL for an id switches either off.
pub(super) fn secret(statement: Statement, now: Millis, change: Option<&SecretChange>) -> Statement {
    let (new, delete): (Option<&NewSecret>, Option<&[u8; 16]>) = match change {
        None => (None, None),
        Some(SecretChange::Insert(new)) => (Some(new), None),
        Some(SecretChange::Delete { id, .. }) => (None, Some(id)),
    };
    statement
        .optional_bytes(new.map(|secret| secret.id.as_slice()))
        .small(new.map_or(0, |secret| secret.origin))
        .small(new.map_or(0, |secret| secret.kind))
        .small(new.map_or(0, |secret| secret.version))
        .integer(now)
        .optional_bytes(new.map(|secret| secret.sealed_secret.as_slice()))
        .optional_bytes(new.map(|secret| secret.sealed_label.as_slice()))
        .optional_bytes(delete.map(<[u8; 16]>::as_slice))
}
