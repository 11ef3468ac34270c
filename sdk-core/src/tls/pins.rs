//! Pins: the server's certificate must be valid **and** have one of the pinned keys.

use std::fmt;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, Error, OtherError, SignatureScheme};
use sha2::{Digest, Sha256};

/// The certificate is valid, but its key is not one of the pinned ones.
#[derive(Debug, thiserror::Error)]
#[error("the key of the certificate is not pinned")]
pub(super) struct NotPinned;

/// Asks the inner verifier first, and then for the key of the server's own certificate.
///
/// The certificates above it are not looked at: a server may send ones that have no part in the chain of trust.
pub(super) struct Pinned {
    inner: Arc<dyn ServerCertVerifier>,
    spki_sha256: Vec<[u8; 32]>,
}

impl Pinned {
    pub(super) fn new(inner: Arc<dyn ServerCertVerifier>, spki_sha256: Vec<[u8; 32]>) -> Self {
        Self { inner, spki_sha256 }
    }

    fn check(&self, end_entity: &CertificateDer<'_>) -> Result<(), Error> {
        let key = ParsedCertificate::try_from(end_entity)?.subject_public_key_info();
        let hash: [u8; 32] = Sha256::digest(key.as_ref()).into();
        if self.spki_sha256.contains(&hash) {
            return Ok(());
        }
        Err(CertificateError::Other(OtherError(Arc::new(NotPinned))).into())
    }
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified = self.inner.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)?;
        self.check(end_entity)?;
        Ok(verified)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }

    fn root_hint_subjects(&self) -> Option<&[DistinguishedName]> {
        self.inner.root_hint_subjects()
    }
}

impl fmt::Debug for Pinned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pinned").field("pins", &self.spki_sha256.len()).finish_non_exhaustive()
    }
}
