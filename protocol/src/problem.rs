//! The errors that both sides share (`docs/protocol.md`, section 9).
//!
//! Outside the channel an error is a problem document (RFC 9457) that carries one of these codes; inside it is an answer with
//! one of these codes. The set is open: a client treats a code that it does not know by the status or as *internal*.

/// What went wrong, as the wire says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Problem {
    /// The body is not the one encoding of the message that belongs there, or a number in it is out of its range.
    Malformed,
    /// The account name is not a prepared name.
    AccountNameInvalid,
    /// The name is registered.
    AccountNameTaken,
    /// The server takes no registrations.
    RegistrationClosed,
    /// The registration id is not valid (any more) for what was sent.
    RegistrationRefused,
    /// A ticket was sent, and the server takes none; or it wants one.
    TicketRefused,
    /// Too many unproven attempts for this name from this device.
    TooManyAttempts,
    /// `session/finish` did not succeed: unknown, expired or used login id, a wrong KE3, a bad frame 0. One code for all.
    LoginRefused,
    /// The frame is not taken: it does not verify, is not the next, or its session is gone. One code for all.
    FrameRefused,
    /// The body is larger than the server takes.
    TooLarge,
    /// The body came too slowly.
    TooSlow,
    /// No such resource, or not with this method.
    NotFound,
    /// The protocol version is not served.
    VersionUnsupported,
    /// The server has no free place or its database does not answer; come again.
    Busy,
    /// The server failed.
    Internal,
    /// Inside the channel: the session begins no more operations.
    SessionClosed,
    /// Inside the channel: the operation does not belong into this kind of session.
    OperationNotAllowed,
    /// Inside the channel: there is no secret with this id.
    SecretNotFound,
    /// Inside the channel: the secret was deleted.
    SecretDeleted,
    /// Inside the channel: the id was used before.
    SecretIdTaken,
    /// Inside the channel: the account holds as much as the operator allows.
    QuotaReached,
    /// Inside the channel: the record was replaced meanwhile.
    GenerationMismatch,
}

/// Every problem, in the order of the table in `docs/protocol.md`.
pub const ALL: [Problem; 22] = [
    Problem::Malformed,
    Problem::AccountNameInvalid,
    Problem::AccountNameTaken,
    Problem::RegistrationClosed,
    Problem::RegistrationRefused,
    Problem::TicketRefused,
    Problem::TooManyAttempts,
    Problem::LoginRefused,
    Problem::FrameRefused,
    Problem::TooLarge,
    Problem::TooSlow,
    Problem::NotFound,
    Problem::VersionUnsupported,
    Problem::Busy,
    Problem::Internal,
    Problem::SessionClosed,
    Problem::OperationNotAllowed,
    Problem::SecretNotFound,
    Problem::SecretDeleted,
    Problem::SecretIdTaken,
    Problem::QuotaReached,
    Problem::GenerationMismatch,
];

impl Problem {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.row().0
    }

    /// The HTTP status outside the channel; 0 for a problem that occurs only inside.
    #[must_use]
    pub fn status(self) -> u16 {
        self.row().1
    }

    /// The title of the problem document: the same for every occurrence.
    #[must_use]
    pub fn title(self) -> &'static str {
        self.row().2
    }

    /// The problem of that code, where this version knows it.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        ALL.into_iter().find(|problem| problem.code() == code)
    }

    fn row(self) -> (&'static str, u16, &'static str) {
        match self {
            Self::Malformed => ("malformed", 400, "The message is malformed."),
            Self::AccountNameInvalid => ("account-name-invalid", 400, "The account name is not valid."),
            Self::AccountNameTaken => ("account-name-taken", 409, "The account name is registered."),
            Self::RegistrationClosed => ("registration-closed", 403, "The server takes no registrations."),
            Self::RegistrationRefused => ("registration-refused", 409, "The registration is refused."),
            Self::TicketRefused => ("ticket-refused", 403, "The ticket is refused."),
            Self::TooManyAttempts => ("too-many-attempts", 429, "Too many attempts; wait."),
            Self::LoginRefused => ("login-refused", 403, "The login is refused."),
            Self::FrameRefused => ("frame-refused", 403, "The frame is refused."),
            Self::TooLarge => ("too-large", 413, "The body is too large."),
            Self::TooSlow => ("too-slow", 408, "The body came too slowly."),
            Self::NotFound => ("not-found", 404, "There is no such resource."),
            Self::VersionUnsupported => ("version-unsupported", 404, "The protocol version is not served."),
            Self::Busy => ("busy", 503, "The server is busy; come again."),
            Self::Internal => ("internal", 500, "The server failed."),
            Self::SessionClosed => ("session-closed", 0, "The session begins no more operations."),
            Self::OperationNotAllowed => ("operation-not-allowed", 0, "The operation does not belong here."),
            Self::SecretNotFound => ("secret-not-found", 0, "There is no such secret."),
            Self::SecretDeleted => ("secret-deleted", 0, "The secret was deleted."),
            Self::SecretIdTaken => ("secret-id-taken", 0, "The secret id was used before."),
            Self::QuotaReached => ("quota-reached", 0, "The account is full."),
            Self::GenerationMismatch => ("generation-mismatch", 0, "The password was changed meanwhile."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_is_found_again_by_its_code() {
        for problem in ALL {
            assert_eq!(Problem::from_code(problem.code()), Some(problem));
        }
        assert_eq!(Problem::from_code("something-new"), None);
    }
}
