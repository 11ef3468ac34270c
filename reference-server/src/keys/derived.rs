//! The keys that never rotate: HKDF-SHA-512 of one root and a label each.

use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::{Sha256, Sha512};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::store::AccountKey;

const SALT: &[u8] = b"Lock Keeper server root";

/// Keys derived from the server's root, 32 bytes each. They never rotate: the index of names, and what is
/// answered for names that are not registered, must stay what they are.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct DerivedKeys {
    name_index: [u8; 32],
    decoy: [u8; 32],
    cookie: [u8; 32],
    registration: [u8; 32],
}

impl DerivedKeys {
    /// From the root, 32 bytes.
    pub fn new(root: &[u8; 32]) -> Self {
        let hkdf = Hkdf::<Sha512>::new(Some(SALT), root);
        let derive = |label: &[u8]| {
            let mut key = [0; 32];
            hkdf.expand(label, &mut key).expect("32 bytes are below HKDF-SHA-512's limit of 16320");
            key
        };
        Self {
            name_index: derive(b"name index"),
            decoy: derive(b"decoy"),
            cookie: derive(b"device cookie"),
            registration: derive(b"registration id"),
        }
    }

    /// The account key of a prepared name: HMAC-SHA-256 under the name-index key.
    pub fn account_key(&self, prepared_name: &[u8]) -> AccountKey {
        hmac(&self.name_index, &[prepared_name])
    }

    /// The credential identifier of a name that is not registered: HMAC-SHA-256 of its account key under the decoy key.
    pub fn decoy_credential_identifier(&self, account: &AccountKey) -> [u8; 32] {
        hmac(&self.decoy, &[b"credential identifier", account])
    }

    /// The MAC key of device cookies.
    pub fn cookie(&self) -> &[u8; 32] {
        &self.cookie
    }

    /// The AEAD key of registration ids.
    pub fn registration(&self) -> &[u8; 32] {
        &self.registration
    }
}

fn hmac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}
