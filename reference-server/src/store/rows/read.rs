//! Rows as the statements read them, where they differ from the rows that the store answers.

use diesel::QueryableByName;
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::row::NamedRow;
use diesel::sql_types::{BigInt, Binary, Nullable, SmallInt, Text};

use super::account::AccountRow;
use super::column::Fixed;
use super::finish::OpenAttempt;
use super::registration::Registered;
use super::secret::SecretRow;
use super::session::{MessageRow, SessionRow};

/// Columns that a LEFT JOIN may not have found.
pub(crate) struct Joined<T>(pub(crate) Option<T>);

/// What can be read through [`Joined`].
pub(crate) trait LeftJoined {
    /// A column of bytes that is never NULL where the row is there.
    const ALWAYS_THERE: &'static str;
}

impl<T, DB: Backend> QueryableByName<DB> for Joined<T>
where
    T: LeftJoined + QueryableByName<DB>,
    Vec<u8>: FromSql<Binary, DB>,
{
    fn build<'a>(row: &impl NamedRow<'a, DB>) -> deserialize::Result<Self> {
        let there: Option<Vec<u8>> = NamedRow::get::<Nullable<Binary>, _>(row, T::ALWAYS_THERE)?;
        Ok(Self(there.map(|_| T::build(row)).transpose()?))
    }
}

impl LeftJoined for AccountRow {
    const ALWAYS_THERE: &'static str = "chain";
}

/// An attempt with the account that was decoded for it.
#[derive(QueryableByName)]
pub(crate) struct AttemptColumns {
    #[diesel(sql_type = BigInt)]
    at: i64,
    #[diesel(sql_type = Binary, deserialize_as = Fixed<32>)]
    bucket: [u8; 32],
    #[diesel(sql_type = Binary, deserialize_as = Fixed<32>)]
    decoded: [u8; 32],
    #[diesel(sql_type = Binary, deserialize_as = Fixed<32>)]
    user_id: [u8; 32],
    #[diesel(sql_type = BigInt)]
    generation: i64,
    #[diesel(sql_type = Binary)]
    sealed_state: Vec<u8>,
    #[diesel(embed)]
    account: Joined<AccountRow>,
}

impl LeftJoined for AttemptColumns {
    const ALWAYS_THERE: &'static str = "sealed_state";
}

impl From<AttemptColumns> for OpenAttempt {
    fn from(columns: AttemptColumns) -> Self {
        Self {
            at: columns.at,
            bucket: columns.bucket,
            decoded: columns.decoded,
            user_id: columns.user_id,
            generation: columns.generation,
            sealed_state: columns.sealed_state,
            account: columns.account.0,
        }
    }
}

/// A session with its account.
#[derive(QueryableByName)]
pub(crate) struct MessageColumns {
    #[diesel(sql_type = BigInt)]
    now: i64,
    #[diesel(sql_type = BigInt)]
    server_epoch: i64,
    #[diesel(embed)]
    session: SessionRow,
    #[diesel(embed)]
    account: Joined<AccountRow>,
}

impl From<MessageColumns> for MessageRow {
    fn from(columns: MessageColumns) -> Self {
        Self { now: columns.now, epoch: columns.server_epoch, session: columns.session, account: columns.account.0 }
    }
}

/// A secret, or its tombstone.
#[derive(QueryableByName)]
pub(crate) struct SecretColumns {
    #[diesel(sql_type = SmallInt)]
    origin: i16,
    #[diesel(sql_type = SmallInt)]
    kind: i16,
    #[diesel(sql_type = SmallInt)]
    version: i16,
    #[diesel(sql_type = BigInt)]
    created_at: i64,
    #[diesel(sql_type = Nullable<Binary>)]
    sealed_secret: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<Binary>)]
    sealed_label: Option<Vec<u8>>,
}

impl From<SecretColumns> for SecretRow {
    fn from(columns: SecretColumns) -> Self {
        Self {
            origin: columns.origin,
            kind: columns.kind,
            version: columns.version,
            created_at: columns.created_at,
            sealed: columns.sealed_secret.zip(columns.sealed_label),
        }
    }
}

/// One leaf hash.
#[derive(QueryableByName)]
pub(crate) struct LeafColumns {
    #[diesel(sql_type = Binary, deserialize_as = Fixed<32>)]
    pub(crate) leaf: [u8; 32],
}

/// One account key.
#[derive(QueryableByName)]
pub(crate) struct AccountKeyColumns {
    #[diesel(sql_type = Binary, deserialize_as = Fixed<32>)]
    pub(crate) account_key: [u8; 32],
}

/// One number: a count, a time, an epoch.
#[derive(QueryableByName)]
pub(crate) struct NumberColumns {
    #[diesel(sql_type = BigInt)]
    pub(crate) number: i64,
}

/// The version of a migration.
#[derive(QueryableByName)]
pub(crate) struct VersionColumns {
    #[diesel(sql_type = Text)]
    pub(crate) version: String,
}

/// The time, and an account where the name is registered.
#[cfg(feature = "postgres")]
#[derive(QueryableByName)]
pub(crate) struct RegistrationColumns {
    #[diesel(sql_type = BigInt)]
    pub(crate) now: i64,
    #[diesel(embed)]
    pub(crate) account: Joined<Registered>,
}

impl LeftJoined for Registered {
    const ALWAYS_THERE: &'static str = "finish_digest";
}
