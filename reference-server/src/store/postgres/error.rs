//! What Postgres's errors mean for the store.

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error};

use crate::store::StoreError;
use crate::store::error::LOG_BEYOND_ITS_HEAD;

/// What an error says about the connection, beside what it says to the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The connection is gone. Where a statement that writes, or a commit, was under way, its outcome is unknown.
    Lost { unknown: bool },
    /// The database gave the statement up for another's sake, or for a reason it did not make clear; it can be tried again.
    Conflict,
    /// It is not to be used again, nor the work.
    Broken,
}

/// The store's word for an error, and what it means for the connection. `writes`: whether the statement writes.
///
/// diesel hands on no SQLSTATE for most errors, and messages come in the database's language. So what we must tell apart
/// is told by the names of constraints; the English messages below only make an answer more precise.
pub(super) fn translate(error: &Error, writes: bool) -> (StoreError, Option<Failure>) {
    use DatabaseErrorKind as Kind;
    match error {
        Error::DatabaseError(Kind::UniqueViolation, information) => (taken(information.as_ref()), None),
        Error::DatabaseError(Kind::CheckViolation, information) => (asserted(information.as_ref()), None),
        Error::DatabaseError(Kind::SerializationFailure, _) => {
            (StoreError::Unavailable("statements got into each other's way"), Some(Failure::Conflict))
        }
        Error::DatabaseError(Kind::ReadOnlyTransaction, _) => {
            (StoreError::Unavailable("the database can't be written"), Some(Failure::Broken))
        }
        Error::DatabaseError(Kind::ClosedConnection | Kind::UnableToSendCommand, _) => {
            (StoreError::Unavailable("the connection was lost"), Some(Failure::Lost { unknown: writes }))
        }
        Error::DatabaseError(Kind::Unknown, information) => unknown(information.message(), writes),
        Error::DatabaseError(..) => (StoreError::Internal("a constraint was violated"), None),
        Error::DeserializationError(_) => {
            (StoreError::Corrupt("a column has another form than it must have"), Some(Failure::Broken))
        }
        Error::QueryBuilderError(_) => (StoreError::Internal("a statement is not well formed"), None),
        _ => (StoreError::Internal("the database library failed"), Some(Failure::Broken)),
    }
}

fn taken(information: &dyn DatabaseErrorInformation) -> StoreError {
    match information.constraint_name() {
        Some("account_pkey" | "account_head_pkey") => StoreError::AccountExists,
        Some("account_user_id_key") => StoreError::UserIdExists,
        Some("secret_pkey") => StoreError::SecretExists,
        Some("audit_entry_pkey") => LOG_BEYOND_ITS_HEAD,
        _ => StoreError::Internal("a key was used twice"),
    }
}

/// Which assertion of a writing statement failed; they are domains of the schema.
fn asserted(information: &dyn DatabaseErrorInformation) -> StoreError {
    match information.constraint_name() {
        Some("head_as_read") => StoreError::HeadMoved,
        Some("attempt_open") => StoreError::AttemptTaken,
        _ => StoreError::Internal("a statement would have had half its effect"),
    }
}

fn unknown(message: &str, writes: bool) -> (StoreError, Option<Failure>) {
    let unavailable = |kind| (StoreError::Unavailable(kind), Some(Failure::Broken));
    if message.contains("terminating connection") || message.contains("shutting down") {
        (StoreError::Unavailable("the connection was lost"), Some(Failure::Lost { unknown: writes }))
    } else if message.contains("No space left") || message.contains("could not extend") {
        unavailable("the disk is full")
    } else if message.contains("statement timeout") {
        unavailable("a statement took too long")
    } else if message.contains("lock timeout") {
        unavailable("a lock was held for too long")
    } else if message.contains("does not exist") {
        unavailable("the database has another schema")
    } else {
        // Above all deadlocks. Nothing of the statement happened, so it can be tried again.
        (StoreError::Unavailable("the database refused a statement"), Some(Failure::Conflict))
    }
}
