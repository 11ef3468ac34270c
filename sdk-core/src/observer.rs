//! What an app may see of the client's work, for its own metrics.

use std::time::Duration;

use crate::error::Code;

/// One operation has ended. There are no names, ids or secrets in it, so it can go into any metrics system.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OperationEvent {
    /// The operation.
    pub op: Operation,
    /// How long it took, waiting included.
    pub took: Duration,
    /// Bytes of HTTP bodies sent and received.
    pub bytes: u64,
    /// How many exchanges were sent again because of a failure, plus one.
    pub attempts: u32,
    /// What it failed with; `None` is success.
    pub code: Option<Code>,
}

impl OperationEvent {
    /// An event of a finished operation.
    #[must_use]
    pub const fn new(op: Operation, took: Duration, bytes: u64, attempts: u32, code: Option<Code>) -> Self {
        Self { op, took, bytes, attempts, code }
    }

    /// How long it took, in whole milliseconds.
    #[must_use]
    pub fn millis(&self) -> u64 {
        u64::try_from(self.took.as_millis()).unwrap_or(u64::MAX)
    }
}

/// The operations that an [`OperationEvent`] tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// `register`.
    Register,
    /// `open_session`, with the password or a device unlock.
    OpenSession,
    /// `generate`.
    Generate,
    /// `import_secret`.
    Import,
    /// `retrieve`.
    Retrieve,
    /// `export`.
    Export,
    /// `list`.
    List,
    /// `delete`.
    Delete,
    /// `audit`, one page.
    Audit,
    /// `change_password`.
    ChangePassword,
    /// `delete_account`.
    DeleteAccount,
}

impl Operation {
    /// The operation's stable string, in snake_case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::OpenSession => "open_session",
            Self::Generate => "generate",
            Self::Import => "import",
            Self::Retrieve => "retrieve",
            Self::Export => "export",
            Self::List => "list",
            Self::Delete => "delete",
            Self::Audit => "audit",
            Self::ChangePassword => "change_password",
            Self::DeleteAccount => "delete_account",
        }
    }
}

/// Is told of each operation that ended, on the thread that ran it; it must return soon.
pub trait Observer: Send + Sync {
    /// An operation has ended, well or not.
    fn ended(&self, event: &OperationEvent);
}
