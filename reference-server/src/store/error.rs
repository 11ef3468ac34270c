//! What can go wrong in the store, without the database's own words.

/// What can go wrong in the store. Holds no SQL, no value and no id, so that it can be logged as it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The account changed after it was read; nothing happened.
    #[error("the account changed meanwhile")]
    HeadMoved,
    /// The attempt is over, or was never there; nothing happened.
    #[error("the attempt is not open")]
    AttemptTaken,
    /// The secret's id was used before, by a secret that may be deleted meanwhile; nothing happened.
    #[error("the secret's id is taken")]
    SecretExists,
    /// The name is registered; nothing happened.
    #[error("the name is registered")]
    AccountExists,
    /// Another account has this user id; nothing happened.
    #[error("the user id is taken")]
    UserIdExists,
    /// No connection was free in time.
    #[error("all connections to the database are in use")]
    Busy,
    /// The database can't be reached, or can't write; it may be again later.
    #[error("the database is unavailable: {0}")]
    Unavailable(&'static str),
    /// The schema is not one that this release can serve.
    #[error("the database has schema {found}, this release needs {needed}")]
    Schema {
        /// The newest version that was applied; `none` where there is none.
        found: String,
        /// The version that this release needs.
        needed: String,
    },
    /// What the database holds can't be: a column of another length, a row without its neighbour.
    #[error("the database is damaged: {0}")]
    Corrupt(&'static str),
    /// A defect of this server.
    #[error("a defect in the store: {0}")]
    Internal(&'static str),
}

/// An entry stands where the head says that the next one goes. The head moves with the entries, so it is not the log's own.
pub(super) const LOG_BEYOND_ITS_HEAD: StoreError = StoreError::Corrupt("the log goes on beyond its head");
