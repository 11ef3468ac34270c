//! Entries of the audit log.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Binary};

use super::column::Fixed;

/// One audit entry to append.
#[derive(Clone, Debug)]
pub struct NewAuditEntry {
    /// Its place in the log, from 0.
    pub n: i64,
    /// The entry, sealed under the account's data key.
    pub sealed_entry: Vec<u8>,
    /// Its leaf hash.
    pub leaf: [u8; 32],
}

/// One audit entry as it is kept.
#[derive(Clone, Debug, QueryableByName)]
pub struct AuditRow {
    /// Its place.
    #[diesel(sql_type = BigInt)]
    pub n: i64,
    /// The entry, sealed.
    #[diesel(sql_type = Binary)]
    pub sealed_entry: Vec<u8>,
    /// Its leaf hash.
    #[diesel(sql_type = Binary, deserialize_as = Fixed<32>)]
    pub leaf: [u8; 32],
}
