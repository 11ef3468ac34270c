//! What computes for TLS: aws-lc-rs, or ring where the library must be small (`docs/adr/0020-tls-on-phones.md`).
//!
//! Both speak the same suites and offer the same groups, X25519MLKEM768 first. Where a build has both features, aws-lc-rs is taken.

#[cfg(feature = "aws-lc-rs")]
use rustls::crypto::aws_lc_rs as library;
#[cfg(all(feature = "ring", not(feature = "aws-lc-rs")))]
use rustls::crypto::ring as library;

#[cfg(all(feature = "ring", not(feature = "aws-lc-rs")))]
use super::hybrid::X25519MLKEM768;
#[cfg(feature = "aws-lc-rs")]
use library::kx_group::X25519MLKEM768;

use library::cipher_suite::{TLS13_AES_128_GCM_SHA256, TLS13_AES_256_GCM_SHA384, TLS13_CHACHA20_POLY1305_SHA256};
use library::kx_group::{SECP256R1, SECP384R1, X25519};
use rustls::crypto::CryptoProvider;

#[cfg(not(any(feature = "aws-lc-rs", feature = "ring")))]
compile_error!("TLS takes one of the features `aws-lc-rs` and `ring`");

/// Named here and not taken from the process, where another library may have installed a weaker one.
pub(super) fn provider() -> CryptoProvider {
    CryptoProvider {
        cipher_suites: vec![TLS13_AES_256_GCM_SHA384, TLS13_AES_128_GCM_SHA256, TLS13_CHACHA20_POLY1305_SHA256],
        kx_groups: vec![X25519MLKEM768, X25519, SECP256R1, SECP384R1],
        ..library::default_provider()
    }
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
}
