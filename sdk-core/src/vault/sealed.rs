use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use lock_keeper_protocol::CryptoRngCore;
use lock_keeper_protocol::cbor::{self, Bytes};
use lock_keeper_protocol::key::{Key32, Key64, SecretVec};
use lock_keeper_protocol::limits::SEALING_OVERHEAD;
use sha2::Sha512;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// The first byte of every sealed blob.
const FORMAT: u8 = 1;
const LABEL: &str = "Lock Keeper sealed blob";
const COMMITMENT: usize = 32;
const NONCE: usize = 24;

/// Sealed data does not open: it was damaged or swapped, or sealed under another key. There is one reason for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the sealed data does not open")]
pub struct DoesNotOpen;

/// What one blob is sealed with: encryption key ‖ commitment.
///
/// XChaCha20-Poly1305 does not commit to its key: whoever knows two keys can make one ciphertext that opens under both. The
/// commitment can't be met by a second key, so that no server tries several passwords with one answer.
struct BlobKeys(Key64);

impl BlobKeys {
    fn derive(key: &Key32, nonce: &[u8; NONCE]) -> Self {
        let info = cbor::encode(&(LABEL, Bytes(*nonce)));
        Self(Key64::init(|out| {
            Hkdf::<Sha512>::new(None, key.expose())
                .expand(&info, out)
                .expect("64 bytes are below HKDF's limit of 255 hashes");
        }))
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.0.expose()[..32].into())
    }

    fn commitment(&self) -> &[u8] {
        &self.0.expose()[32..]
    }
}

/// version ‖ commitment ‖ nonce ‖ ciphertext and tag (`docs/protocol.md`, section 7.1.2).
pub(super) fn seal(key: &Key32, rng: &mut impl CryptoRngCore, plaintext: &[u8], binding: &[u8]) -> Vec<u8> {
    let mut nonce = [0; NONCE];
    rng.fill_bytes(&mut nonce);
    let keys = BlobKeys::derive(key, &nonce);
    let payload = Payload { msg: plaintext, aad: binding };
    let ciphertext = keys
        .cipher()
        .encrypt(XNonce::from_slice(&nonce), payload)
        .expect("XChaCha20-Poly1305 takes 256 GiB, and nothing that is sealed has more than 32 KiB");
    let mut blob = Vec::with_capacity(plaintext.len() + SEALING_OVERHEAD);
    blob.push(FORMAT);
    blob.extend_from_slice(keys.commitment());
    blob.extend_from_slice(&nonce);
    blob.extend_from_slice(&ciphertext);
    blob
}

/// Opens a blob: the commitment first, then the ciphertext.
pub(super) fn open(key: &Key32, blob: &[u8], binding: &[u8]) -> Result<SecretVec, DoesNotOpen> {
    let (format, rest) = blob.split_first().ok_or(DoesNotOpen)?;
    let (commitment, rest) = rest.split_first_chunk::<COMMITMENT>().ok_or(DoesNotOpen)?;
    let (nonce, ciphertext) = rest.split_first_chunk::<NONCE>().ok_or(DoesNotOpen)?;
    let keys = BlobKeys::derive(key, nonce);
    if *format != FORMAT || !bool::from(keys.commitment().ct_eq(commitment)) {
        return Err(DoesNotOpen);
    }
    let payload = Payload { msg: ciphertext, aad: binding };
    let plaintext = keys.cipher().decrypt(XNonce::from_slice(nonce), payload).map_err(|_| DoesNotOpen)?;
    Ok(Zeroizing::new(plaintext))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::OsRng;

    fn key(byte: u8) -> Key32 {
        Key32::init(|key| *key = [byte; 32])
    }

    #[test]
    fn sealing_adds_exactly_the_overhead_of_the_protocols_limits() {
        assert_eq!(seal(&key(1), &mut OsRng, b"", b"").len(), SEALING_OVERHEAD);
        assert_eq!(seal(&key(1), &mut OsRng, &[7; 100], b"bound").len(), 100 + SEALING_OVERHEAD);
    }

    #[test]
    fn a_blob_of_which_any_bit_is_flipped_does_not_open() {
        let blob = seal(&key(1), &mut OsRng, b"secret", b"bound");
        assert_eq!(open(&key(1), &blob, b"bound").unwrap().as_slice(), b"secret");
        for bit in 0..blob.len() * 8 {
            let mut flipped = blob.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(open(&key(1), &flipped, b"bound").err(), Some(DoesNotOpen), "bit {bit}");
        }
    }

    #[test]
    fn a_blob_that_is_cut_or_lengthened_does_not_open() {
        let mut blob = seal(&key(1), &mut OsRng, b"secret", b"bound");
        for length in 0..blob.len() {
            assert!(open(&key(1), &blob[..length], b"bound").is_err(), "{length} bytes");
        }
        blob.push(0);
        assert!(open(&key(1), &blob, b"bound").is_err());
    }

    #[test]
    fn a_blob_opens_for_what_it_is_bound_to_alone() {
        let blob = seal(&key(1), &mut OsRng, b"secret", b"bound");
        assert!(open(&key(1), &blob, b"other").is_err());
        assert!(open(&key(2), &blob, b"bound").is_err());
    }

    /// Without the commitment this blob would open: its ciphertext is right under `key(1)`.
    #[test]
    fn a_blob_with_another_keys_commitment_does_not_open_although_its_ciphertext_would() {
        let mut blob = seal(&key(1), &mut OsRng, b"secret", b"bound");
        let nonce: [u8; NONCE] = blob[33..57].try_into().unwrap();
        blob[1..33].copy_from_slice(BlobKeys::derive(&key(2), &nonce).commitment());
        assert!(open(&key(1), &blob, b"bound").is_err());
        assert!(open(&key(2), &blob, b"bound").is_err());
    }

    #[test]
    fn the_same_plaintext_is_never_sealed_to_the_same_blob() {
        let blob = || seal(&key(1), &mut OsRng, b"secret", b"bound");
        assert_ne!(blob()[33..], blob()[33..]);
        assert_ne!(blob()[1..33], blob()[1..33], "the commitment does not link blobs of one key");
    }
}
