//! Why a TLS handshake failed, told apart as far as the caller does different things.

use rustls::{AlertDescription, CertificateError, Error, PeerIncompatible};

use super::pins::NotPinned;

/// Why the client refused the server, before it sent a byte of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TlsRefusal {
    /// The certificate is of no trusted authority, or is unfit in another way.
    UntrustedCertificate,
    /// The certificate is of another host.
    WrongHost,
    /// The certificate has expired, or is not valid yet.
    NotValidNow,
    /// The certificate is valid, but its key is not pinned.
    PinMismatch,
    /// The server does not offer TLS 1.3 with an algorithm of ours.
    TooOld,
    /// What answered does not speak TLS.
    NotTls,
}

/// Tells what a rustls error means. What is not known is distrust.
pub(crate) fn refusal_of(error: &Error) -> TlsRefusal {
    match error {
        Error::InvalidCertificate(reason) => certificate(reason),
        Error::PeerIncompatible(reason) => incompatible(reason),
        Error::AlertReceived(
            AlertDescription::ProtocolVersion
            | AlertDescription::HandshakeFailure
            | AlertDescription::InsufficientSecurity,
        ) => TlsRefusal::TooOld,
        Error::InvalidMessage(_) => TlsRefusal::NotTls,
        _ => TlsRefusal::UntrustedCertificate,
    }
}

fn certificate(reason: &CertificateError) -> TlsRefusal {
    match reason {
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => TlsRefusal::NotValidNow,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => TlsRefusal::WrongHost,
        CertificateError::Other(other) if other.0.is::<NotPinned>() => TlsRefusal::PinMismatch,
        _ => TlsRefusal::UntrustedCertificate,
    }
}

fn incompatible(reason: &PeerIncompatible) -> TlsRefusal {
    match reason {
        // The server wants something of the client that has nothing to do with age.
        PeerIncompatible::NoCertificateRequestSignatureSchemesInCommon
        | PeerIncompatible::IncorrectCertificateTypeExtension
        | PeerIncompatible::UnsolicitedCertificateTypeExtension
        | PeerIncompatible::ServerRejectedEncryptedClientHello(_) => TlsRefusal::UntrustedCertificate,
        _ => TlsRefusal::TooOld,
    }
}
