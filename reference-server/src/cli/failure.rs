//! Why a command ended, in a sentence for the operator.

use std::fmt;
use std::process::ExitCode;

use lock_keeper_server::config::ConfigError;
use lock_keeper_server::keys::KeyError;
use lock_keeper_server::store::StoreError;

/// Why a command ended.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The configuration, or how the command was called.
    Usage(String),
    /// Everything else.
    Running(String),
}

impl Failure {
    pub(crate) fn running(what: &str, error: impl fmt::Display) -> Self {
        Self::Running(format!("{what}: {error}"))
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(2),
            Self::Running(_) => ExitCode::from(1),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(text) | Self::Running(text) => f.write_str(text),
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Usage(error.to_string())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Running(error.to_string())
    }
}

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::UnknownKeyEncryptionKey(_) | KeyError::Fingerprint { .. } | KeyError::Realm => {
                Self::Usage(error.to_string())
            }
            _ => Self::Running(error.to_string()),
        }
    }
}
