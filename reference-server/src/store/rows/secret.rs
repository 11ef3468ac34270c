//! Secrets, and changes to them.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Binary, SmallInt};

use super::column::Fixed;
use crate::store::Millis;

/// A change to one secret.
#[derive(Clone, Debug)]
pub enum SecretChange {
    /// A new secret; its id must never have been used.
    Insert(NewSecret),
    /// The sealed bytes and label go, a tombstone stays. The secret must be live and of this length, else
    /// [`StoreError::HeadMoved`](crate::store::StoreError::HeadMoved).
    Delete {
        /// Its id.
        id: [u8; 16],
        /// Length in bytes of the sealed secret as it is kept, which the account holds less from then on.
        sealed_length: i64,
    },
}

impl SecretChange {
    /// What the account holds more by it; less where that is negative.
    pub(crate) fn adds(&self) -> Usage {
        match self {
            Self::Insert(new) => Usage { secrets: 1, bytes: new.sealed_secret.len() as i64 },
            Self::Delete { sealed_length, .. } => Usage { secrets: -1, bytes: -sealed_length },
        }
    }
}

/// A new secret.
#[derive(Clone, Debug)]
pub struct NewSecret {
    /// Its id.
    pub id: [u8; 16],
    /// 1: generated. 2: imported.
    pub origin: i16,
    /// The kind of secret; 1 today.
    pub kind: i16,
    /// The version of its sealing; 1 today.
    pub version: i16,
    /// The sealed secret, sealed once more at rest.
    pub sealed_secret: Vec<u8>,
    /// The sealed label, sealed once more at rest.
    pub sealed_label: Vec<u8>,
}

/// One secret as it is kept.
#[derive(Clone, Debug)]
pub struct SecretRow {
    /// 1: generated. 2: imported.
    pub origin: i16,
    /// Kind.
    pub kind: i16,
    /// Version.
    pub version: i16,
    /// When it was stored.
    pub created_at: Millis,
    /// Sealed secret and sealed label; none for a tombstone.
    pub sealed: Option<(Vec<u8>, Vec<u8>)>,
}

/// One line of a list.
#[derive(Clone, Debug, QueryableByName)]
pub struct SecretListing {
    /// Its id.
    #[diesel(sql_type = Binary, deserialize_as = Fixed<16>)]
    pub id: [u8; 16],
    /// Origin.
    #[diesel(sql_type = SmallInt)]
    pub origin: i16,
    /// Kind.
    #[diesel(sql_type = SmallInt)]
    pub kind: i16,
    /// Version.
    #[diesel(sql_type = SmallInt)]
    pub version: i16,
    /// When it was stored.
    #[diesel(sql_type = BigInt)]
    pub created_at: Millis,
    /// The sealed label, sealed once more at rest.
    #[diesel(sql_type = Binary)]
    pub sealed_label: Vec<u8>,
    /// Length in bytes of the sealed secret as it is kept.
    #[diesel(sql_type = BigInt)]
    pub sealed_length: i64,
}

/// How much an account holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, QueryableByName)]
pub struct Usage {
    /// Live secrets.
    #[diesel(sql_type = BigInt)]
    pub secrets: i64,
    /// Bytes of the sealed secrets as they are kept, without labels.
    #[diesel(sql_type = BigInt, column_name = secret_bytes)]
    pub bytes: i64,
}
