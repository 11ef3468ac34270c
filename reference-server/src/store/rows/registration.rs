//! What registration reads and writes.

use diesel::QueryableByName;
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::sql_types::{BigInt, Binary, SmallInt};

use super::column::Fixed;
use crate::store::{AccountKey, Millis};

/// What [`Connection::read_registration`](crate::store::Connection::read_registration) answers.
#[derive(Clone, Debug, QueryableByName)]
pub struct Registered {
    /// The account's user id.
    #[diesel(sql_type = Binary, deserialize_as = Fixed<32>)]
    pub user_id: [u8; 32],
    /// Pending or active.
    #[diesel(sql_type = SmallInt)]
    pub state: AccountState,
    /// When it was made.
    #[diesel(sql_type = BigInt)]
    pub created_at: Millis,
    /// SHA-256 of the body of the `registration/finish` that made it.
    #[diesel(sql_type = Binary, deserialize_as = Fixed<32>)]
    pub finish_digest: [u8; 32],
}

/// Pending until the registration is completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i16)]
pub enum AccountState {
    /// The registration record is there, the sealed storage key is not.
    Pending = 0,
    /// The registration is complete.
    Active = 1,
}

impl<DB: Backend> FromSql<SmallInt, DB> for AccountState
where
    i16: FromSql<SmallInt, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        match i16::from_sql(value)? {
            0 => Ok(Self::Pending),
            1 => Ok(Self::Active),
            _ => Err("an account in no known state".into()),
        }
    }
}

/// A new account, pending.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// Its key.
    pub account: AccountKey,
    /// Its user id.
    pub user_id: [u8; 32],
    /// The OPAQUE suite of its record.
    pub suite: i16,
    /// The prepared name, sealed under the account's data key.
    pub sealed_name: Vec<u8>,
    /// The credential identifier, sealed under a server key.
    pub sealed_credential_id: Vec<u8>,
    /// The registration record, sealed under a server key.
    pub sealed_record: Vec<u8>,
    /// The account's data key, wrapped under a key-encryption key.
    pub wrapped_data_key: Vec<u8>,
    /// The id of that key-encryption key.
    pub kek_id: String,
    /// The first value of its audit chain.
    pub chain: [u8; 32],
    /// SHA-256 of the body that made it.
    pub finish_digest: [u8; 32],
    /// When: what [`Connection::read_registration`](crate::store::Connection::read_registration) gave.
    pub now: Millis,
}
