use minicbor::bytes::ByteSlice;
use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};

use crate::cbor::{self, Bytes};
use crate::identity::{Realm, UserId};

/// Size and value of an audit chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ChainHead {
    /// Entries.
    #[n(0)]
    pub size: u64,
    /// The value after the last of them.
    #[n(1)]
    pub chain: Bytes<32>,
}

fn hash(message: &[u8]) -> [u8; 32] {
    Sha256::digest(message).into()
}

/// `h_0`: the value of an empty chain, bound to realm and user id.
#[must_use]
pub fn first(realm: &Realm, user_id: &UserId) -> [u8; 32] {
    hash(&cbor::encode(&("Lock Keeper audit chain", 1u8, realm.as_str(), user_id)))
}

/// `leaf_n`: the salted hash of an encoded entry.
#[must_use]
pub fn leaf(salt: &[u8; 16], entry: &[u8]) -> [u8; 32] {
    hash(&cbor::encode(&("Lock Keeper audit leaf", 1u8, Bytes(*salt), <&ByteSlice>::from(entry))))
}

/// `h_{n+1}` of `h_n` and `leaf_n`.
#[must_use]
pub fn next(chain: &[u8; 32], leaf: &[u8; 32]) -> [u8; 32] {
    hash(&cbor::encode(&("Lock Keeper audit link", 1u8, Bytes(*chain), Bytes(*leaf))))
}
