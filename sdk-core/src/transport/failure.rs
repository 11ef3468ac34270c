//! Why there is no answer, and whether the server may have acted all the same.

use crate::error::{Code, LockKeeperError};
use crate::tls::TlsRefusal;

/// An exchange without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the exchange failed: {cause:?}")]
pub struct TransportFailure {
    /// Why.
    pub cause: Cause,
    /// The request's body may have reached the server, so it may have acted. `false` is certain.
    pub may_have_arrived: bool,
}

/// Why an exchange failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cause {
    /// The name was not found, nobody answered at the address, or the connection broke before there was an answer.
    Unreachable,
    /// There is no time left.
    TimedOut,
    /// The proxy refused the connection, or is of a kind that is not spoken (SOCKS).
    ProxyRefused,
    /// The server was refused in the TLS handshake; no byte of the request was sent.
    Tls(TlsRefusal),
    /// The answer is a redirect.
    Redirected,
    /// The answer is larger than the request's limit, or its head is larger than 8 KiB.
    ReplyTooLarge,
    /// The answer is not HTTP/1.1.
    NotHttp,
    /// The call was cancelled before the request was sent.
    Cancelled,
    /// The platform's certificates cannot be read, or something else that should not happen.
    Internal,
}

impl TransportFailure {
    /// A failure before the request's body was sent.
    #[must_use]
    pub const fn not_sent(cause: Cause) -> Self {
        Self { cause, may_have_arrived: false }
    }

    /// A failure after the request's body may have reached the server.
    #[must_use]
    pub const fn unknown(cause: Cause) -> Self {
        Self { cause, may_have_arrived: true }
    }
}

impl Cause {
    /// The code with which the app hears of it.
    #[must_use]
    pub const fn code(self) -> Code {
        match self {
            Self::Unreachable => Code::Offline,
            Self::TimedOut => Code::TimedOut,
            Self::ProxyRefused => Code::ProxyRefused,
            Self::Tls(TlsRefusal::UntrustedCertificate) => Code::ServerUntrusted,
            Self::Tls(TlsRefusal::WrongHost) => Code::WrongHost,
            Self::Tls(TlsRefusal::NotValidNow) => Code::CertificateNotValidNow,
            Self::Tls(TlsRefusal::PinMismatch) => Code::PinMismatch,
            Self::Tls(TlsRefusal::TooOld) => Code::TlsTooOld,
            Self::Tls(TlsRefusal::NotTls) => Code::NotTls,
            Self::Redirected => Code::Redirected,
            Self::ReplyTooLarge | Self::NotHttp => Code::ProtocolViolation,
            Self::Cancelled => Code::Cancelled,
            Self::Internal => Code::Internal,
        }
    }
}

impl From<TransportFailure> for LockKeeperError {
    fn from(failure: TransportFailure) -> Self {
        Self::new(failure.cause.code()).with_may_have_happened(failure.may_have_arrived)
    }
}
