//! The one AEAD of encryption at rest, and the associated data that binds a value to its place.

use chacha20poly1305::aead::AeadInPlace;
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use minicbor::Encoder;
use rand_core::CryptoRngCore;
use zeroize::Zeroizing;

use crate::store::AccountKey;

/// Bytes of an XChaCha20-Poly1305 nonce.
pub(super) const NONCE_BYTES: usize = 24;
/// Bytes of a Poly1305 tag.
pub(super) const TAG_BYTES: usize = 16;
/// First byte of everything that this module seals: the version of the layout.
pub(super) const LAYOUT: u8 = 1;

/// Where a sealed value lies. It opens only there.
///
/// As associated data it is the CBOR array `[label, layout, table, column, account key, row, version]`.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The account key, first part of every primary key; 32 bytes.
    pub account: &'a AccountKey,
    /// What tells the row from the account's other rows: a secret id, a session id, the number of an audit entry. For
    /// the account's own row its user id, so that a value of an account that was deleted does not fit its successor.
    pub row: &'a [u8],
    /// What tells this value from an older one of the same row, where an old one must not pass for the new:
    /// the generation of a record. 0 where a value is written once.
    pub version: u64,
}

impl Place<'_> {
    pub(super) fn associated_data(&self, label: &str) -> Vec<u8> {
        cbor_array(7, |cbor| {
            cbor.str(label)?.u8(LAYOUT)?.str(self.table)?.str(self.column)?;
            cbor.bytes(self.account)?.bytes(self.row)?.u64(self.version)?;
            Ok(())
        })
    }
}

type CborError = minicbor::encode::Error<std::convert::Infallible>;

/// A definite array of `len` items, as associated data.
pub(super) fn cbor_array(len: u64, items: impl FnOnce(&mut Encoder<&mut Vec<u8>>) -> Result<(), CborError>) -> Vec<u8> {
    let mut out = Vec::with_capacity(160);
    let mut encoder = Encoder::new(&mut out);
    encoder.array(len).and_then(items).expect("writing CBOR to a Vec cannot fail: its error type has no values");
    out
}

/// `head ‖ nonce (24) ‖ ciphertext ‖ tag (16)`. `head` is not covered by the tag unless it is in `associated_data`.
pub(super) fn seal(
    key: &[u8; 32],
    head: &[u8],
    associated_data: &[u8],
    plaintext: &[u8],
    rng: &mut dyn CryptoRngCore,
) -> Vec<u8> {
    let mut out = Vec::with_capacity(head.len() + NONCE_BYTES + plaintext.len() + TAG_BYTES);
    out.extend_from_slice(head);
    let mut nonce = XNonce::default();
    rng.fill_bytes(&mut nonce);
    out.extend_from_slice(&nonce);
    let start = out.len();
    out.extend_from_slice(plaintext);
    let tag = XChaCha20Poly1305::new(key.into())
        .encrypt_in_place_detached(&nonce, associated_data, &mut out[start..])
        .expect("the plaintext is far below the 256 GiB at which XChaCha20-Poly1305 ends");
    out.extend_from_slice(&tag);
    out
}

/// Opens `nonce ‖ ciphertext ‖ tag`; none for any failure.
pub(super) fn open(key: &[u8; 32], associated_data: &[u8], body: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, sealed) = body.split_at_checked(NONCE_BYTES)?;
    let (ciphertext, tag) = sealed.split_at_checked(sealed.len().checked_sub(TAG_BYTES)?)?;
    let mut plaintext = Zeroizing::new(ciphertext.to_vec());
    XChaCha20Poly1305::new(key.into())
        .decrypt_in_place_detached(XNonce::from_slice(nonce), associated_data, &mut plaintext, tag.into())
        .ok()?;
    Some(plaintext)
}
