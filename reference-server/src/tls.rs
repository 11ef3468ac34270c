//! TLS 1.3 and nothing older, with certificates that can be replaced while the server serves.
//!
//! The provider is aws-lc-rs and always named: rustls would panic where two are built in. X25519MLKEM768 comes first, so
//! that what is recorded today is not read by a quantum computer later. There is no early data (0-RTT), since it can be
//! replayed.

mod reload;
mod validity;

use std::path::Path;
use std::sync::Arc;

use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{InconsistentKeys, ServerConfig};

pub use reload::{Certificates, Reload};
pub use validity::expiry;

use crate::secret_file::read_secret_file;

/// Bytes of a PEM file at most.
const PEM_LIMIT: usize = 1 << 20;

/// Why a certificate and a key cannot be used, told apart by the file that is to blame.
#[derive(Debug, thiserror::Error)]
pub enum PairError {
    /// The certificate file.
    #[error("{0}")]
    Certificate(String),
    /// The key file.
    #[error("{0}")]
    Key(String),
}

/// aws-lc-rs with the suites of TLS 1.3 alone, and X25519MLKEM768 before X25519, P-256 and P-384.
pub fn provider() -> Arc<CryptoProvider> {
    use aws_lc_rs::{cipher_suite, kx_group};
    Arc::new(CryptoProvider {
        cipher_suites: vec![
            cipher_suite::TLS13_AES_256_GCM_SHA384,
            cipher_suite::TLS13_AES_128_GCM_SHA256,
            cipher_suite::TLS13_CHACHA20_POLY1305_SHA256,
        ],
        kx_groups: vec![kx_group::X25519MLKEM768, kx_group::X25519, kx_group::SECP256R1, kx_group::SECP384R1],
        ..aws_lc_rs::default_provider()
    })
}

/// The TLS side of the key server: TLS 1.3, HTTP/1.1, no client certificates, no early data.
///
/// # Errors
/// What rustls says when the provider has no suite of TLS 1.3, which ours has.
pub fn server_config(certificates: Arc<Certificates>) -> Result<ServerConfig, rustls::Error> {
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_no_client_auth()
        .with_cert_resolver(certificates);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.max_early_data_size = 0;
    Ok(config)
}

/// Reads a certificate chain and its key, and checks that they belong together.
///
/// # Errors
/// [`PairError`]: a file that cannot be read, is not PEM, is not for each other, or a key that others can read.
pub fn read_pair(certificate_file: &Path, key_file: &Path) -> Result<CertifiedKey, PairError> {
    let chain = read_chain(certificate_file);
    let key = read_key(key_file);
    let (chain, key) = (chain?, key?);
    CertifiedKey::from_der(chain, key, &provider()).map_err(|error| match error {
        rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => PairError::Key(format!(
            "{} is not the key of the certificate in {}",
            key_file.display(),
            certificate_file.display()
        )),
        rustls::Error::InvalidCertificate(_) => {
            PairError::Certificate(format!("{} does not hold an X.509 certificate", certificate_file.display()))
        }
        _ => PairError::Key(format!("{} holds a kind of key that TLS 1.3 does not take", key_file.display())),
    })
}

fn read_chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, PairError> {
    let shown = path.display();
    let bytes = std::fs::read(path).map_err(|error| PairError::Certificate(format!("{shown}: {error}")))?;
    let chain = CertificateDer::pem_slice_iter(&bytes).collect::<Result<Vec<_>, _>>();
    match chain {
        Ok(chain) if !chain.is_empty() => Ok(chain),
        _ => Err(PairError::Certificate(format!("{shown} holds no PEM certificate"))),
    }
}

fn read_key(path: &Path) -> Result<PrivateKeyDer<'static>, PairError> {
    let bytes = read_secret_file(path, PEM_LIMIT).map_err(PairError::Key)?;
    PrivateKeyDer::from_pem_slice(&bytes)
        .map_err(|_| PairError::Key(format!("{} holds no PEM private key", path.display())))
}
