use std::fmt::Display;
use std::process::ExitCode;

/// Why a command ended early.
pub(super) enum Failure {
    /// The caller asked for something that can't be: exit code 2.
    Usage(String),
    /// It went wrong while it ran: exit code 1.
    Runtime(String),
}

impl Failure {
    /// A failure at run time, with what was being done.
    pub(super) fn while_doing(what: &str, error: impl Display) -> Self {
        Self::Runtime(format!("{what}: {error}"))
    }

    #[allow(clippy::print_stderr, reason = "an error goes to standard error")]
    pub(super) fn report(self) -> ExitCode {
        let (text, code) = match self {
            Self::Usage(text) => (text, 2),
            Self::Runtime(text) => (text, 1),
        };
        eprintln!("lock-keeper-server: {text}");
        ExitCode::from(code)
    }
}
