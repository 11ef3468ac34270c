//! TLS as the client speaks it: 1.3 only, aws-lc-rs named as the provider, X25519MLKEM768 first, no 0-RTT
//! (docs/protocol.md, HTTP binding).

mod pins;
mod refusal;

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::version::TLS13;
use rustls::{ClientConfig, RootCertStore};

use crate::config::{Roots, Trust};

pub use refusal::TlsRefusal;
pub(crate) use refusal::refusal_of;

/// Makes the configuration of every connection to one server.
///
/// It may read the platform's certificates from disk.
pub(crate) fn client_config(trust: &Trust) -> Result<Arc<ClientConfig>, rustls::Error> {
    let provider = Arc::new(provider());
    let verifier = verifier(trust, &provider)?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// Named here and not taken from the process, where another library may have installed a weaker one.
fn provider() -> CryptoProvider {
    CryptoProvider {
        cipher_suites: vec![
            aws_lc_rs::cipher_suite::TLS13_AES_256_GCM_SHA384,
            aws_lc_rs::cipher_suite::TLS13_AES_128_GCM_SHA256,
            aws_lc_rs::cipher_suite::TLS13_CHACHA20_POLY1305_SHA256,
        ],
        kx_groups: vec![
            aws_lc_rs::kx_group::X25519MLKEM768,
            aws_lc_rs::kx_group::X25519,
            aws_lc_rs::kx_group::SECP256R1,
            aws_lc_rs::kx_group::SECP384R1,
        ],
        ..aws_lc_rs::default_provider()
    }
}

fn verifier(trust: &Trust, provider: &Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>, rustls::Error> {
    let inner: Arc<dyn ServerCertVerifier> = match trust.roots() {
        Roots::Platform => Arc::new(rustls_platform_verifier::Verifier::new(Arc::clone(provider))?),
        Roots::Private(cas) => {
            let mut roots = RootCertStore::empty();
            for ca in cas {
                roots.add(ca.clone())?;
            }
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
                .build()
                .map_err(|error| rustls::Error::General(error.to_string()))?
        }
    };
    Ok(match trust.pins() {
        [] => inner,
        pins => Arc::new(pins::Pinned::new(inner, pins.to_vec())),
    })
}

#[cfg(test)]
mod tests {
    use rustls::NamedGroup;

    use super::*;

    #[test]
    fn only_tls_1_3_is_spoken_and_the_hybrid_group_comes_first() {
        let provider = provider();
        assert!(provider.cipher_suites.iter().all(|suite| suite.tls13().is_some()));
        assert_eq!(provider.kx_groups[0].name(), NamedGroup::X25519MLKEM768);
    }

    #[test]
    fn early_data_is_off() {
        let ca = rcgen::generate_simple_self_signed(["ca.example".to_owned()]).expect("rcgen makes one").cert;
        let trust = Trust::private_cas([ca.der().to_vec()]).expect("it is a certificate");
        assert!(!client_config(&trust).expect("it can be built").enable_early_data);
    }
}
