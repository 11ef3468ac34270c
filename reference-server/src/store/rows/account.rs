//! An account as it is kept, and the row that serialises it.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Binary, Nullable, SmallInt, Text};

use super::column::Fixed;
use super::registration::AccountState;
use super::secret::Usage;

/// An account with its head.
#[derive(Clone, Debug, QueryableByName)]
pub struct AccountRow {
    /// Its user id.
    #[diesel(sql_type = Binary, deserialize_as = Fixed<32>, column_name = account_user_id)]
    pub user_id: [u8; 32],
    /// Pending or active.
    #[diesel(sql_type = SmallInt)]
    pub state: AccountState,
    /// The prepared name, sealed.
    #[diesel(sql_type = Binary)]
    pub sealed_name: Vec<u8>,
    /// The credential identifier, sealed.
    #[diesel(sql_type = Binary)]
    pub sealed_credential_id: Vec<u8>,
    /// The ciphertext of the storage key, sealed once more at rest; none while pending.
    #[diesel(sql_type = Nullable<Binary>)]
    pub sealed_storage_key: Option<Vec<u8>>,
    /// The account's data key, wrapped.
    #[diesel(sql_type = Binary)]
    pub wrapped_data_key: Vec<u8>,
    /// The key-encryption key that wrapped it.
    #[diesel(sql_type = Text)]
    pub kek_id: String,
    /// The head.
    #[diesel(embed)]
    pub head: Head,
    /// What the account holds; kept in the same row as the head.
    #[diesel(embed)]
    pub usage: Usage,
}

/// The row that serialises an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, QueryableByName)]
pub struct Head {
    /// Entries in the audit log.
    #[diesel(sql_type = BigInt)]
    pub size: i64,
    /// The value of the audit chain.
    #[diesel(sql_type = Binary, deserialize_as = Fixed<32>)]
    pub chain: [u8; 32],
    /// Rises with each change of password.
    #[diesel(sql_type = BigInt, column_name = head_generation)]
    pub generation: i64,
}
