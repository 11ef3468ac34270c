use hkdf::Hkdf;
use sha2::{Digest, Sha512};

use crate::cbor::{self, Bytes};
use crate::identity::SessionId;
use crate::key::{Key, Key32, Key64};
use crate::opaque::{KE1, KE2, KE3};

/// The salt of the extraction (`docs/protocol.md`, section 6.1).
const SALT: &[u8] = b"Lock Keeper channel";

/// SHA-512 of KE1 and KE2: what a server keeps of them until KE3 comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transcript(pub [u8; 64]);

impl Transcript {
    /// Of the two messages.
    #[must_use]
    pub fn of(ke1: &[u8; KE1], ke2: &[u8; KE2]) -> Self {
        Self(Sha512::new().chain_update(ke1).chain_update(ke2).finalize().into())
    }
}

/// The four keys of a session: one MAC key and one encryption key for each direction.
#[derive(Clone)]
pub struct ChannelKeys {
    pub(super) client: DirectionKeys,
    pub(super) server: DirectionKeys,
}

/// The keys of one direction.
#[derive(Clone)]
pub(super) struct DirectionKeys {
    pub(super) encryption: Key32,
    pub(super) mac: Key32,
}

impl ChannelKeys {
    /// Derives the keys, bound to the session id and to the three messages of the key exchange.
    #[must_use]
    pub fn derive(session_key: &Key64, session: &SessionId, messages: &Transcript, ke3: &[u8; KE3]) -> Self {
        let transcript: [u8; 64] = Sha512::new().chain_update(messages.0).chain_update(ke3).finalize().into();
        let hkdf = Hkdf::<Sha512>::new(Some(SALT), session_key.expose());
        let key = |label: &str| {
            let info = cbor::encode(&(label, session, Bytes(transcript)));
            Key32::init(|out| {
                // 32 bytes are far below HKDF's limit of 255 hashes.
                let _ = hkdf.expand(&info, out);
            })
        };
        Self {
            client: DirectionKeys { encryption: key("client encryption"), mac: key("client MAC") },
            server: DirectionKeys { encryption: key("server encryption"), mac: key("server MAC") },
        }
    }

    /// The keys as 128 bytes, for a server that seals them into its database: client encryption and MAC, server encryption and MAC.
    #[must_use]
    pub fn to_bytes(&self) -> Key<128> {
        Key::init(|bytes| {
            let keys = [&self.client.encryption, &self.client.mac, &self.server.encryption, &self.server.mac];
            for (slot, key) in bytes.chunks_exact_mut(32).zip(keys) {
                slot.copy_from_slice(key.expose());
            }
        })
    }

    /// Reads what [`ChannelKeys::to_bytes`] wrote.
    #[must_use]
    pub fn from_bytes(bytes: &Key<128>) -> Self {
        let key = |n: usize| Key32::init(|out| out.copy_from_slice(&bytes.expose()[n * 32..(n + 1) * 32]));
        Self {
            client: DirectionKeys { encryption: key(0), mac: key(1) },
            server: DirectionKeys { encryption: key(2), mac: key(3) },
        }
    }
}
