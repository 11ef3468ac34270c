//! Why a command failed: an error of the library, or one of the command's own.

mod next_step;

use std::time::Duration;

use lock_keeper_core::{Advice, Code, LockKeeperError};

/// Why a command failed, as it is shown.
#[derive(Debug)]
pub(crate) struct Failure {
    /// Its stable string: a code of `docs/errors.md`, or a [`Trouble`]'s name.
    pub(crate) code: &'static str,
    /// What class of error it is.
    pub(crate) advice: Advice,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) may_have_happened: bool,
    /// The request's name in the server's log.
    pub(crate) request_id: Option<String>,
    /// One sentence.
    pub(crate) message: String,
    /// What to do now, for a person.
    pub(crate) next: Option<String>,
    pub(crate) exit_code: u8,
}

/// What goes wrong before or after the library is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The arguments make no command.
    Usage,
    /// connect.json cannot be read.
    ConnectUnreadable,
    /// There is no password to be read.
    PasswordUnreadable,
    /// The two new passwords that were typed differ.
    PasswordsDiffer,
    /// The file to be imported cannot be read.
    FileUnreadable,
    /// The file to be written is there already.
    FileExists,
    /// The file cannot be written.
    FileUnwritable,
    /// The name was not typed as asked.
    NotConfirmed,
    /// Standard output took no more.
    OutputUnwritable,
}

impl Trouble {
    /// The exit code of wrong usage, as everywhere on the command line.
    pub(crate) const USAGE_EXIT_CODE: u8 = 2;

    /// The stable string.
    fn name(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::ConnectUnreadable => "connect_unreadable",
            Self::PasswordUnreadable => "password_unreadable",
            Self::PasswordsDiffer => "passwords_differ",
            Self::FileUnreadable => "file_unreadable",
            Self::FileExists => "file_exists",
            Self::FileUnwritable => "file_unwritable",
            Self::NotConfirmed => "not_confirmed",
            Self::OutputUnwritable => "output_unwritable",
        }
    }
}

impl Failure {
    /// A failure of the command's own: the input has to be changed.
    pub(crate) fn new(trouble: Trouble, message: impl Into<String>) -> Self {
        let usage = trouble == Trouble::Usage;
        Self {
            code: trouble.name(),
            advice: Advice::FixInput,
            retry_after: None,
            may_have_happened: false,
            request_id: None,
            message: message.into(),
            next: usage.then(|| "lock-keeper --help shows what there is.".to_owned()),
            exit_code: if usage { Trouble::USAGE_EXIT_CODE } else { Advice::FixInput.exit_code() },
        }
    }

    /// The same failure, with what to do now.
    pub(crate) fn with_next(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }
}

impl From<LockKeeperError> for Failure {
    fn from(error: LockKeeperError) -> Self {
        Self {
            code: error.code.name(),
            advice: error.advice,
            retry_after: error.retry_after,
            may_have_happened: error.may_have_happened,
            request_id: error.request_id.as_ref().map(ToString::to_string),
            message: error.to_string(),
            next: Some(next_step::of(&error).to_owned()),
            exit_code: error.advice.exit_code(),
        }
    }
}

impl From<Code> for Failure {
    fn from(code: Code) -> Self {
        LockKeeperError::from(code).into()
    }
}
