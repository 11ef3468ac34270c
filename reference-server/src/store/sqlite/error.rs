//! What SQLite's errors mean for the store.

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error};

use crate::store::StoreError;
use crate::store::error::LOG_BEYOND_ITS_HEAD;

/// The store's word for an error. SQLite's messages are fixed English texts, and diesel hands on nothing else.
pub(super) fn translate(error: &Error) -> StoreError {
    match error {
        Error::DatabaseError(DatabaseErrorKind::UniqueViolation, information) => taken(information.as_ref()),
        Error::DatabaseError(DatabaseErrorKind::Unknown, information) => unavailable(information.message()),
        Error::DatabaseError(..) => StoreError::Internal("a constraint was violated"),
        Error::DeserializationError(_) => StoreError::Corrupt("a column has another form than it must have"),
        Error::QueryBuilderError(_) => StoreError::Internal("a statement is not well formed"),
        _ => StoreError::Internal("the database library failed"),
    }
}

fn taken(information: &dyn DatabaseErrorInformation) -> StoreError {
    // "UNIQUE constraint failed: account.user_id"
    let message = information.message();
    if message.contains("account.user_id") {
        StoreError::UserIdExists
    } else if message.contains(" account.account_key") {
        StoreError::AccountExists
    } else if message.contains(" secret.") {
        StoreError::SecretExists
    } else if message.contains(" audit_entry.") {
        LOG_BEYOND_ITS_HEAD
    } else {
        StoreError::Internal("a key was used twice")
    }
}

fn unavailable(message: &str) -> StoreError {
    if message.contains("locked") {
        StoreError::Busy
    } else if message.contains("full") {
        StoreError::Unavailable("the disk is full")
    } else if message.contains("readonly") {
        StoreError::Unavailable("the database can't be written")
    } else if message.contains("unable to open") || message.contains("I/O error") {
        StoreError::Unavailable("the database file can't be read or written")
    } else if message.contains("malformed") || message.contains("not a database") {
        StoreError::Corrupt("the file is not a whole database")
    } else if message.contains("no such table") || message.contains("no such column") {
        StoreError::Unavailable("the database has another schema")
    } else {
        StoreError::Internal("the database refused a statement")
    }
}
