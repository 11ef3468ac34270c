//! Secret bytes of fixed length: wiped when dropped, compared in constant time, never printed.

use generic_array::GenericArray;
use hmac::Hmac;
use hmac::digest::KeyInit;
use rand_core::CryptoRngCore;
use secrecy::{ExposeSecret, SecretBox};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

/// `N` secret bytes on the heap, so that moving the value leaves no copy behind.
pub struct Key<const N: usize>(SecretBox<[u8; N]>);

/// A key of 32 bytes.
pub type Key32 = Key<32>;
/// A key of 64 bytes.
pub type Key64 = Key<64>;

impl<const N: usize> Key<N> {
    /// A key whose bytes `fill` writes in place.
    pub fn init(fill: impl FnOnce(&mut [u8; N])) -> Self {
        let mut bytes = Box::new([0; N]);
        fill(&mut bytes);
        Self(SecretBox::new(bytes))
    }

    /// `N` random bytes.
    pub fn random(rng: &mut impl CryptoRngCore) -> Self {
        Self::init(|bytes| rng.fill_bytes(bytes))
    }

    /// A copy of `bytes`, or none where there are not exactly `N`.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        (bytes.len() == N).then(|| Self::init(|own| own.copy_from_slice(bytes)))
    }

    /// A copy of what a library hands over as `N` bytes, which are wiped there.
    pub(crate) fn take(bytes: &mut [u8]) -> Self {
        let key = Self::init(|own| own.copy_from_slice(bytes));
        bytes.zeroize();
        key
    }

    /// The bytes.
    #[must_use]
    pub fn expose(&self) -> &[u8; N] {
        self.0.expose_secret()
    }
}

impl<const N: usize> Clone for Key<N> {
    fn clone(&self) -> Self {
        Self::init(|bytes| bytes.copy_from_slice(self.expose()))
    }
}

impl<const N: usize> PartialEq for Key<N> {
    fn eq(&self, other: &Self) -> bool {
        self.expose().ct_eq(other.expose()).into()
    }
}

impl<const N: usize> Eq for Key<N> {}

impl<const N: usize> core::fmt::Debug for Key<N> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Key<{N}>")
    }
}

impl Key32 {
    /// HMAC-SHA-256 under this key. HMAC pads a key to its hash's block with zeros (RFC 2104), which leaves no error to handle.
    #[must_use]
    pub fn hmac(&self) -> Hmac<Sha256> {
        let mut block = Zeroizing::new(GenericArray::default());
        block[..32].copy_from_slice(self.expose());
        Hmac::new(&block)
    }
}

/// Secret bytes of any length.
pub type SecretVec = Zeroizing<Vec<u8>>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_says_nothing_of_itself_but_its_length() {
        assert_eq!(format!("{:?}", Key::<4>::init(|b| *b = [0xab; 4])), "Key<4>");
    }

    #[test]
    fn a_key_is_made_of_exactly_its_length() {
        assert!(Key::<4>::from_slice(&[1, 2, 3]).is_none());
        assert!(Key::<4>::from_slice(&[1, 2, 3, 4]).is_some());
        assert!(Key::<4>::from_slice(&[1, 2, 3, 4, 5]).is_none());
    }
}
