//! Whose certificates the client trusts (RFC 8446; pins as in RFC 7469, section 2.4).

use std::fmt;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::invalid;
use crate::error::Result;

/// How many certificate authorities a configuration may name at most.
const MAX_CAS: usize = 32;
/// How many certificate authorities a platform may have at most. Phones come with some 150.
const MAX_PLATFORM_CAS: usize = 512;
/// How many pins may be given at most.
const MAX_PINS: usize = 32;

/// Whose certificates are trusted: private certificate authorities or the platform's, and which keys are pinned.
#[derive(Clone, PartialEq, Eq)]
pub struct Trust {
    roots: Roots,
    pins: Vec<[u8; 32]>,
}

#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Roots {
    Private(Vec<CertificateDer<'static>>),
    Platform,
}

impl Trust {
    /// Trusts these certificate authorities and no others: 1 to 32 X.509 certificates in DER.
    ///
    /// # Errors
    /// [`crate::error::Code::ConfigInvalid`], where there is none, too many, or one that is no certificate.
    pub fn private_cas(der: impl IntoIterator<Item = Vec<u8>>) -> Result<Self> {
        Self::private(der.into_iter().map(CertificateDer::from).collect())
    }

    /// Trusts the certificate authorities in this PEM text and no others.
    ///
    /// # Errors
    /// As [`Self::private_cas`].
    pub fn private_cas_pem(pem: &str) -> Result<Self> {
        let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
        Self::private(read.map_err(|_| invalid("ca_pem is not PEM"))?)
    }

    /// Trusts the certificate authorities of the operating system.
    #[must_use]
    pub fn platform() -> Self {
        Self { roots: Roots::Platform, pins: Vec::new() }
    }

    /// Whether the certificate authorities of the operating system are trusted, and nobody has said yet which they are.
    #[must_use]
    pub fn is_platform(&self) -> bool {
        self.roots == Roots::Platform
    }

    /// The same trust, but for the operating system's certificate authorities these: see
    /// [`super::ServerConfig::with_platform_cas`].
    pub(super) fn with_platform_cas(self, der: impl IntoIterator<Item = Vec<u8>>) -> Result<Self> {
        if !self.is_platform() {
            return Ok(self);
        }
        // What a device has is not the app's doing: one that is no certificate is not trusted, and no more than that.
        let readable = |ca: &CertificateDer<'static>| RootCertStore::empty().add(ca.clone()).is_ok();
        let cas: Vec<_> = der.into_iter().map(CertificateDer::from).filter(readable).collect();
        match cas.len() {
            0 => Err(invalid("trust: the platform has no certificate authority")),
            1..=MAX_PLATFORM_CAS => Ok(Self { roots: Roots::Private(cas), ..self }),
            _ => Err(invalid("trust: the platform has more than 512 certificate authorities")),
        }
    }

    /// Whether the core can find out whom to trust. Android tells its certificate authorities to Java alone.
    pub(crate) fn check(&self) -> Result<()> {
        if cfg!(target_os = "android") && self.is_platform() {
            return Err(invalid("trust: on Android the app says which the platform's certificate authorities are"));
        }
        Ok(())
    }

    /// The same trust, but the server's own certificate must have one of these keys too: 2 to 32 SHA-256 hashes of a
    /// SubjectPublicKeyInfo in DER. With a single pin a lost key would lock every app out, so there are at least two.
    ///
    /// # Errors
    /// [`crate::error::Code::ConfigInvalid`], where there are fewer than two different pins, or too many.
    pub fn pinning(mut self, spki_sha256: &[[u8; 32]]) -> Result<Self> {
        let mut pins = spki_sha256.to_vec();
        pins.sort_unstable();
        pins.dedup();
        if !(2..=MAX_PINS).contains(&pins.len()) {
            return Err(invalid("pins must be 2 to 32 different ones"));
        }
        self.pins = pins;
        Ok(self)
    }

    fn private(cas: Vec<CertificateDer<'static>>) -> Result<Self> {
        if cas.is_empty() {
            return Err(invalid("ca_pem has no certificate"));
        }
        if cas.len() > MAX_CAS {
            return Err(invalid("ca_pem has more than 32 certificates"));
        }
        let mut store = RootCertStore::empty();
        for ca in &cas {
            store.add(ca.clone()).map_err(|_| invalid("ca_pem has a certificate that cannot be read"))?;
        }
        Ok(Self { roots: Roots::Private(cas), pins: Vec::new() })
    }

    pub(crate) fn roots(&self) -> &Roots {
        &self.roots
    }

    pub(crate) fn pins(&self) -> &[[u8; 32]] {
        &self.pins
    }
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let roots = match &self.roots {
            Roots::Private(cas) => cas.len().to_string(),
            Roots::Platform => "platform".to_owned(),
        };
        f.debug_struct("Trust").field("roots", &roots).field("pins", &self.pins.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_taken_as_der_and_as_pem() {
        let ca = rcgen::generate_simple_self_signed(["ca.example".to_owned()]).expect("rcgen makes one").cert;
        let der = Trust::private_cas([ca.der().to_vec()]).expect("it is a certificate");
        assert_eq!(Trust::private_cas_pem(&ca.pem()).expect("it is PEM"), der);
    }

    #[test]
    fn what_is_no_certificate_is_refused() {
        assert!(Trust::private_cas([]).is_err());
        assert!(Trust::private_cas([vec![0; 64]]).is_err());
        assert!(Trust::private_cas_pem("").is_err());
        assert!(Trust::private_cas_pem("-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n").is_err());
    }

    #[test]
    fn the_platforms_authorities_are_taken_for_the_platform_alone_and_what_is_no_certificate_is_left_out() {
        let ca = rcgen::generate_simple_self_signed(["ca.example".to_owned()]).expect("rcgen makes one").cert;
        let der = ca.der().to_vec();
        let named = Trust::private_cas([der.clone()]).expect("it is a certificate");
        let pins = [[1; 32], [2; 32]];
        let told = |cas: Vec<Vec<u8>>| Trust::platform().pinning(&pins).expect("two pins").with_platform_cas(cas);
        assert_eq!(told(vec![vec![0; 64], der.clone()]), named.clone().pinning(&pins));
        assert!(told(vec![der.clone(); MAX_CAS + 1]).is_ok());
        assert!(told(vec![]).is_err());
        assert!(told(vec![vec![0; 64]]).is_err());
        assert!(told(vec![der; MAX_PLATFORM_CAS + 1]).is_err());
        assert_eq!(named.clone().with_platform_cas([]), Ok(named));
    }

    #[test]
    fn pins_are_at_least_two_different_ones() {
        for pins in [vec![], vec![[1; 32]], vec![[1; 32]; 2]] {
            assert!(Trust::platform().pinning(&pins).is_err());
        }
        assert!(Trust::platform().pinning(&[[1; 32], [2; 32]]).is_ok());
    }
}
