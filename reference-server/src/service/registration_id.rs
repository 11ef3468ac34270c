//! Registration ids: what `registration/finish` must present, sealed so that the server keeps nothing in between.
//!
//! `nonce (24) ‖ XChaCha20-Poly1305 of the CBOR array [credential identifier, name, expiry in milliseconds]`.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use lock_keeper_protocol::cbor::{self, Bytes};
use lock_keeper_protocol::identity::AccountName;
use minicbor::{Decode, Encode};
use rand::RngCore;
use rand::rngs::OsRng;

use crate::store::Millis;

const LABEL: &[u8] = b"Lock Keeper registration id, version 1";

/// What a registration id stands for.
#[derive(Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(super) struct RegistrationId {
    /// 32 random bytes, drawn for this registration alone.
    #[n(0)]
    pub(super) credential_id: Bytes<32>,
    /// The prepared name.
    #[n(1)]
    pub(super) name: String,
    /// When it is too late.
    #[n(2)]
    pub(super) expires_at: Millis,
}

impl RegistrationId {
    pub(super) fn seal(&self, key: &[u8; 32]) -> Vec<u8> {
        let mut sealed = vec![0; 24];
        OsRng.fill_bytes(&mut sealed);
        let payload = cbor::encode(self);
        let payload = Payload { msg: &payload, aad: LABEL };
        let ciphertext = XChaCha20Poly1305::new(key.into())
            .encrypt(XNonce::from_slice(&sealed), payload)
            .expect("a name is far below the 256 GiB at which XChaCha20-Poly1305 ends");
        sealed.extend_from_slice(&ciphertext);
        sealed
    }

    /// Opens an id that this server made and that has not expired, with its name.
    pub(super) fn open(key: &[u8; 32], sealed: &[u8], now: Millis) -> Option<(Self, AccountName)> {
        let (nonce, ciphertext) = sealed.split_at_checked(24)?;
        let payload = Payload { msg: ciphertext, aad: LABEL };
        let plaintext = XChaCha20Poly1305::new(key.into()).decrypt(XNonce::from_slice(nonce), payload).ok()?;
        let id: Self = cbor::decode(&plaintext).ok()?;
        let name = AccountName::from_prepared(&id.name).ok()?;
        (now < id.expires_at).then_some((id, name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id() -> RegistrationId {
        RegistrationId { credential_id: Bytes([1; 32]), name: "ada".into(), expires_at: 1_000 }
    }

    #[test]
    fn an_id_opens_until_it_expires() {
        let sealed = id().seal(&[3; 32]);
        assert_eq!(RegistrationId::open(&[3; 32], &sealed, 999).map(|(id, _)| id), Some(id()));
        assert!(RegistrationId::open(&[3; 32], &sealed, 1_000).is_none());
    }

    #[test]
    fn a_forged_id_does_not_open() {
        let sealed = id().seal(&[3; 32]);
        assert!(RegistrationId::open(&[4; 32], &sealed, 0).is_none());
        for position in 0..sealed.len() {
            let mut forged = sealed.clone();
            forged[position] ^= 1;
            assert!(RegistrationId::open(&[3; 32], &forged, 0).is_none(), "byte {position}");
            assert!(RegistrationId::open(&[3; 32], &sealed[..position], 0).is_none(), "cut at {position}");
        }
    }
}
