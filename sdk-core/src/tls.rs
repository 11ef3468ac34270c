//! TLS as the client speaks it: 1.3 only, the provider named, X25519MLKEM768 first, no 0-RTT (docs/protocol.md, HTTP binding).

#[cfg(all(feature = "ring", not(feature = "aws-lc-rs")))]
mod hybrid;
mod pins;
mod provider;
mod refusal;

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::version::TLS13;
use rustls::{ClientConfig, RootCertStore};

use crate::config::{Roots, Trust};

pub use refusal::TlsRefusal;
pub(crate) use refusal::refusal_of;

/// Makes the configuration of every connection to one server.
///
/// It may read the platform's certificates from disk.
pub(crate) fn client_config(trust: &Trust) -> Result<Arc<ClientConfig>, rustls::Error> {
    let provider = Arc::new(provider::provider());
    let verifier = verifier(trust, &provider)?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

fn verifier(trust: &Trust, provider: &Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>, rustls::Error> {
    let inner: Arc<dyn ServerCertVerifier> = match trust.roots() {
        Roots::Platform => platform_verifier(provider)?,
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

#[cfg(not(target_os = "android"))]
fn platform_verifier(provider: &Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>, rustls::Error> {
    Ok(Arc::new(rustls_platform_verifier::Verifier::new(Arc::clone(provider))?))
}

/// A client does not come here: it has refused the configuration (`Trust::check`).
#[cfg(target_os = "android")]
fn platform_verifier(_: &Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>, rustls::Error> {
    Err(rustls::Error::General("the platform's certificate authorities are not known".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn early_data_is_off() {
        let ca = rcgen::generate_simple_self_signed(["ca.example".to_owned()]).expect("rcgen makes one").cert;
        let trust = Trust::private_cas([ca.der().to_vec()]).expect("it is a certificate");
        assert!(!client_config(&trust).expect("it can be built").enable_early_data);
    }
}
