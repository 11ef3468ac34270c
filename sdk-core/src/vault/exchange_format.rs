use lock_keeper_protocol::identity::SecretId;
use lock_keeper_protocol::limits;
use lock_keeper_protocol::message::Origin;
use zeroize::Zeroizing;

use super::secret::secret_binding;
use super::{SecretBytes, Vault};

/// The secret has more than 255 bytes, whose number the exchange format can't say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a secret that is exported has at most 255 bytes")]
pub struct TooLargeToExport;

/// The bytes are not in the exchange format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an exported secret")]
pub struct NotExported;

/// A secret in the exchange format, to hand it to another system (`docs/protocol.md`, section 7.1.5):
///
/// ```text
/// len (1 byte) ‖ secret (len bytes) ‖ len_ad (1 byte) ‖ associated data (len_ad bytes)
/// ```
///
/// The associated data is what the sealed secret was bound to: a CBOR array of a label, a version, the kind, the vault id, the secret
/// id and the origin, 74 bytes. It tells the secrets of a person apart; nothing proves it once the secret is out.
#[derive(Clone, PartialEq, Eq)]
pub struct ExportedSecret {
    /// The secret, up to 255 bytes.
    pub secret: SecretBytes,
    /// What it was bound to, up to 255 bytes.
    pub associated_data: Vec<u8>,
}

impl ExportedSecret {
    /// Reads the exchange format, to the last byte.
    ///
    /// # Errors
    /// [`NotExported`] where a length says more or less than there is.
    pub fn parse(bytes: &[u8]) -> Result<Self, NotExported> {
        let (secret, rest) = field(bytes)?;
        let (associated_data, rest) = field(rest)?;
        if !rest.is_empty() {
            return Err(NotExported);
        }
        Ok(Self { secret: SecretBytes::from(secret), associated_data: associated_data.to_vec() })
    }
}

fn field(bytes: &[u8]) -> Result<(&[u8], &[u8]), NotExported> {
    let (length, rest) = bytes.split_first().ok_or(NotExported)?;
    rest.split_at_checked(usize::from(*length)).ok_or(NotExported)
}

impl Vault {
    /// Writes a secret of this vault in the exchange format.
    ///
    /// # Errors
    /// [`TooLargeToExport`].
    pub fn export(&self, id: SecretId, origin: Origin, secret: &SecretBytes) -> Result<SecretBytes, TooLargeToExport> {
        let associated_data = secret_binding(&self.vault_id, id, origin);
        if secret.len() > limits::EXPORTABLE_SECRET {
            return Err(TooLargeToExport);
        }
        let mut bytes = Zeroizing::new(Vec::with_capacity(2 + secret.len() + associated_data.len()));
        for field in [secret.expose(), &associated_data] {
            let length = u8::try_from(field.len()).map_err(|_| TooLargeToExport)?;
            bytes.push(length);
            bytes.extend_from_slice(field);
        }
        Ok(SecretBytes::from(bytes))
    }
}
