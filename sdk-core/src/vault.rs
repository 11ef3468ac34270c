//! What the client does with keys (`docs/protocol.md`, section 7): from the export key to a sealed secret and back.
//!
//! ```text
//! export key ──► MasterKey ──opens──► Vault { storage key, vault id }
//!                                       ├─ sealing key ──► each secret, each descriptor
//!                                       ├─ owner-tag key ──► the proof beside each request
//!                                       └─ local-store key ──► the MAC over what stays on the device
//! ```
//!
//! The vault works out by itself what a sealed blob is bound to: its own vault id, the secret id that was asked for, the origin
//! that is expected. It takes none of these from the server, so that a server that swaps blobs is noticed. Everything here is
//! wiped when dropped, and nothing has a `Debug` that prints it.

mod descriptor;
mod exchange_format;
mod keys;
mod sealed;
mod secret;
mod secret_bytes;

use lock_keeper_protocol::CryptoRngCore;
use lock_keeper_protocol::audit::{self, Tagged};
use lock_keeper_protocol::cbor::{self, Bytes};
use lock_keeper_protocol::identity::{Realm, UserId};
use lock_keeper_protocol::key::Key32;
use zeroize::Zeroizing;

pub use descriptor::Descriptor;
pub use exchange_format::{ExportedSecret, NotExported, TooLargeToExport};
pub use keys::{LocalStoreKey, MasterKey, StorageKey, VaultId};
pub use sealed::DoesNotOpen;
pub use secret_bytes::SecretBytes;

use keys::DerivedKeys;

/// Label of the associated data of a sealed storage key.
const STORAGE_KEY: &str = "Lock Keeper storage key";
/// Version of what sealed blobs are bound to.
const VERSION: u8 = 1;

/// What was to be sealed is too large.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealRefused {
    /// The secret has more than 32,768 bytes.
    #[error("a secret has at most 32768 bytes")]
    SecretTooLarge,
    /// The label has more than 256 bytes in UTF-8.
    #[error("a label has at most 256 bytes")]
    LabelTooLong,
}

/// An account's keys, unlocked: the storage key, its vault id, and what follows from them.
///
/// Both are made once, at registration, and never change: a new password only seals them anew. The server keeps them
/// sealed under the [`MasterKey`], which it never has.
pub struct Vault {
    storage_key: StorageKey,
    vault_id: VaultId,
    derived: DerivedKeys,
}

impl Vault {
    /// A new vault, for an account that completes its registration.
    #[must_use]
    pub fn random(rng: &mut impl CryptoRngCore) -> Self {
        Self::of(StorageKey::random(rng), VaultId::random(rng))
    }

    /// The vault of these two values.
    #[must_use]
    pub fn of(storage_key: StorageKey, vault_id: VaultId) -> Self {
        let derived = DerivedKeys::of(&storage_key);
        Self { storage_key, vault_id, derived }
    }

    /// Seals storage key and vault id under the master key, for the server to keep: 137 bytes
    /// (`docs/protocol.md`, section 7.1.3).
    ///
    /// `generation` is that of the registration record from which the master key comes.
    #[must_use]
    pub fn seal_under(
        &self,
        master_key: &MasterKey,
        realm: &Realm,
        user_id: &UserId,
        generation: u64,
        rng: &mut impl CryptoRngCore,
    ) -> Vec<u8> {
        let mut plaintext = Zeroizing::new([0; 64]);
        plaintext[..32].copy_from_slice(self.storage_key.0.expose());
        plaintext[32..].copy_from_slice(&self.vault_id.0);
        sealed::seal(&master_key.0, rng, &*plaintext, &storage_key_binding(realm, user_id, generation))
    }

    /// Opens what [`Vault::seal_under`] sealed.
    ///
    /// # Errors
    /// [`DoesNotOpen`] where it is not of this realm, account and generation, or was sealed under another master key.
    pub fn open(
        master_key: &MasterKey,
        sealed_storage_key: &[u8],
        realm: &Realm,
        user_id: &UserId,
        generation: u64,
    ) -> Result<Self, DoesNotOpen> {
        let binding = storage_key_binding(realm, user_id, generation);
        let plaintext = sealed::open(&master_key.0, sealed_storage_key, &binding)?;
        let (key, id) = plaintext.split_at_checked(32).ok_or(DoesNotOpen)?;
        let storage_key = Key32::from_slice(key).ok_or(DoesNotOpen)?;
        let vault_id = id.try_into().map_err(|_| DoesNotOpen)?;
        Ok(Self::of(StorageKey(storage_key), VaultId(vault_id)))
    }

    /// The owner's proof that an operation was asked for, 32 bytes (`docs/protocol.md`, section 8.4).
    #[must_use]
    pub fn owner_tag(&self, tagged: &Tagged<'_>) -> [u8; 32] {
        audit::owner_tag(&self.derived.owner_tag, tagged)
    }

    /// The key under which owner tags are made, for the verifier of the audit log.
    #[must_use]
    pub fn owner_tag_key(&self) -> Key32 {
        self.derived.owner_tag.clone()
    }

    /// The key that authenticates what stays on the device.
    #[must_use]
    pub fn local_store_key(&self) -> LocalStoreKey {
        self.derived.local_store.clone()
    }
}

fn storage_key_binding(realm: &Realm, user_id: &UserId, generation: u64) -> Vec<u8> {
    cbor::encode(&(STORAGE_KEY, VERSION, realm.as_str(), Bytes(user_id.0), generation))
}

#[cfg(test)]
mod tests;
