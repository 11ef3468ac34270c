//! How columns become the rows' own types, the same way in both engines.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::sql_types::Binary;

/// A column of exactly `N` bytes; any other length is an error, so that a damaged row is never half understood.
pub(crate) struct Fixed<const N: usize>([u8; N]);

impl<const N: usize> From<Fixed<N>> for [u8; N] {
    fn from(column: Fixed<N>) -> Self {
        column.0
    }
}

impl<DB: Backend, const N: usize> FromSql<Binary, DB> for Fixed<N>
where
    Vec<u8>: FromSql<Binary, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        let bytes = Vec::<u8>::from_sql(bytes)?;
        let bytes = bytes.try_into().map_err(|_| "a column of another length than it must have")?;
        Ok(Self(bytes))
    }
}
