//! The one error type of this library.

pub mod catalogue;
mod code;
mod document;
mod request_id;

use std::fmt;
use std::time::Duration;

pub use code::{Advice, Code};
pub use document::errors_document;
pub use request_id::RequestId;

/// What a call of this library returns.
pub type Result<T, E = LockKeeperError> = std::result::Result<T, E>;

/// Why a call failed, and what to do (docs/protocol.md, errors).
///
/// It never holds a name, a password, a secret, a key, or text from the server.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LockKeeperError {
    /// What went wrong; an open set.
    pub code: Code,
    /// What to do now; a closed set.
    pub advice: Advice,
    /// How long to wait before the call can succeed, where it is known.
    pub retry_after: Option<Duration>,
    /// The request may have taken effect on the server, although no answer came.
    pub may_have_happened: bool,
    /// The request's name in the server's log, where the server gave one.
    pub request_id: Option<RequestId>,
    /// Which field or limit it is about, in words of this library; never input, never server text.
    pub detail: Option<&'static str>,
}

impl LockKeeperError {
    /// An error of this code, with the catalogue's advice and nothing else known.
    #[must_use]
    pub const fn new(code: Code) -> Self {
        Self {
            code,
            advice: code.advice(),
            retry_after: None,
            may_have_happened: false,
            request_id: None,
            detail: None,
        }
    }

    /// The same error, with the time to wait.
    #[must_use]
    pub const fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        self.retry_after = wait;
        self
    }

    /// The same error, saying whether the request may have taken effect.
    #[must_use]
    pub const fn with_may_have_happened(mut self, may: bool) -> Self {
        self.may_have_happened = may;
        self
    }

    /// The same error, with the request's name in the server's log.
    #[must_use]
    pub fn with_request_id(mut self, id: Option<RequestId>) -> Self {
        self.request_id = id;
        self
    }

    /// The same error, naming the field or limit that it is about.
    #[must_use]
    pub const fn with_detail(mut self, detail: &'static str) -> Self {
        self.detail = Some(detail);
        self
    }
}

impl From<Code> for LockKeeperError {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

/// The catalogue's sentence, and the field or limit where one is named.
impl fmt::Display for LockKeeperError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let meaning = self.code.entry().meaning;
        match self.detail {
            Some(detail) => write!(f, "{}: {detail}.", meaning.trim_end_matches('.')),
            None => f.write_str(meaning),
        }
    }
}

impl std::error::Error for LockKeeperError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_reads_as_one_plain_sentence() {
        let plain = LockKeeperError::new(Code::AccountNameTaken);
        assert_eq!(plain.to_string(), "The account name is taken.");
        let detailed = LockKeeperError::new(Code::ConfigInvalid).with_detail("realm is empty");
        assert_eq!(detailed.to_string(), "The configuration of the key server is not valid: realm is empty.");
    }

    #[test]
    fn the_advice_is_the_catalogues() {
        assert_eq!(LockKeeperError::from(Code::TooManyAttempts).advice, Advice::Wait);
    }
}
