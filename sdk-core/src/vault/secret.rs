use lock_keeper_protocol::CryptoRngCore;
use lock_keeper_protocol::cbor::{self, Bytes};
use lock_keeper_protocol::identity::SecretId;
use lock_keeper_protocol::limits;
use lock_keeper_protocol::message::Origin;

use super::{Descriptor, DoesNotOpen, SealRefused, SecretBytes, VERSION, Vault, VaultId, sealed};

/// Label of the associated data of a sealed secret.
const SECRET: &str = "Lock Keeper secret";
/// Label of the associated data of a sealed label.
const LABEL: &str = "Lock Keeper label";
/// The one kind of secret of today: bytes that the server can't read.
const KIND: u8 = 1;

/// What a sealed secret is bound to, and what is exported beside it: 74 bytes (`docs/protocol.md`, section 7.1.4).
pub(super) fn secret_binding(vault_id: &VaultId, id: SecretId, origin: Origin) -> Vec<u8> {
    binding(SECRET, vault_id, id, origin)
}

fn binding(label: &str, vault_id: &VaultId, id: SecretId, origin: Origin) -> Vec<u8> {
    cbor::encode(&(label, VERSION, KIND, Bytes(vault_id.0), id, origin))
}

impl Vault {
    /// Seals a secret of up to 32,768 bytes under its id and origin.
    ///
    /// # Errors
    /// [`SealRefused::SecretTooLarge`].
    pub fn seal_secret(
        &self,
        id: SecretId,
        origin: Origin,
        secret: &SecretBytes,
        rng: &mut impl CryptoRngCore,
    ) -> Result<Vec<u8>, SealRefused> {
        if secret.len() > limits::SECRET {
            return Err(SealRefused::SecretTooLarge);
        }
        let binding = secret_binding(&self.vault_id, id, origin);
        Ok(sealed::seal(&self.derived.sealing, rng, secret.expose(), &binding))
    }

    /// Opens a secret as the one that was asked for: `id` is what the client asked for, `origin` what it expects (or what
    /// the server says, which opens only where it is true).
    ///
    /// # Errors
    /// [`DoesNotOpen`] where it is another secret, of another origin or vault, or damaged.
    pub fn open_secret(&self, id: SecretId, origin: Origin, sealed_secret: &[u8]) -> Result<SecretBytes, DoesNotOpen> {
        let binding = secret_binding(&self.vault_id, id, origin);
        sealed::open(&self.derived.sealing, sealed_secret, &binding).map(SecretBytes::from)
    }

    /// Seals what a list shows of a secret: its label and its length.
    ///
    /// # Errors
    /// [`SealRefused::LabelTooLong`].
    pub fn seal_descriptor(
        &self,
        id: SecretId,
        origin: Origin,
        descriptor: &Descriptor,
        rng: &mut impl CryptoRngCore,
    ) -> Result<Vec<u8>, SealRefused> {
        let plaintext = descriptor.encode();
        let binding = binding(LABEL, &self.vault_id, id, origin);
        Ok(sealed::seal(&self.derived.sealing, rng, &plaintext, &binding))
    }

    /// Opens what [`Vault::seal_descriptor`] sealed.
    ///
    /// # Errors
    /// [`DoesNotOpen`] where it belongs to another secret, origin or vault, or is damaged.
    pub fn open_descriptor(
        &self,
        id: SecretId,
        origin: Origin,
        sealed_label: &[u8],
    ) -> Result<Descriptor, DoesNotOpen> {
        let binding = binding(LABEL, &self.vault_id, id, origin);
        Descriptor::decode(&sealed::open(&self.derived.sealing, sealed_label, &binding)?)
    }
}
