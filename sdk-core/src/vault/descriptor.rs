use lock_keeper_protocol::cbor::{self, Nullable};
use lock_keeper_protocol::key::SecretVec;
use lock_keeper_protocol::limits;
use minicbor::{Decode, Encode};
use zeroize::Zeroizing;

use super::{DoesNotOpen, SealRefused};

/// What is sealed as a secret's label: so much of a secret that a list can show, without reading the secret
/// (`docs/protocol.md`, section 7.1.4). No `Debug`: a label may say what the secret is for.
#[derive(Clone, PartialEq, Eq)]
pub struct Descriptor {
    label: Option<Zeroizing<String>>,
    length: u32,
}

/// The CBOR array that is sealed.
#[derive(Encode, Decode)]
#[cbor(array)]
struct Plaintext<'a> {
    #[b(0)]
    label: Nullable<&'a str>,
    #[n(1)]
    length: u32,
}

impl Descriptor {
    /// The descriptor of a secret of `length` bytes. A label has up to 256 bytes in UTF-8.
    ///
    /// # Errors
    /// [`SealRefused`] for a label or a length above its limit.
    pub fn new(label: Option<&str>, length: usize) -> Result<Self, SealRefused> {
        if label.is_some_and(|label| label.len() > limits::LABEL) {
            return Err(SealRefused::LabelTooLong);
        }
        let length = u32::try_from(length).ok().filter(|length| *length as usize <= limits::SECRET);
        let length = length.ok_or(SealRefused::SecretTooLarge)?;
        Ok(Self { label: label.map(|label| Zeroizing::new(label.to_owned())), length })
    }

    /// The label, where the secret has one.
    #[must_use]
    pub fn label(&self) -> Option<&str> {
        self.label.as_ref().map(|label| label.as_str())
    }

    /// The secret's length in bytes.
    #[must_use]
    pub fn length(&self) -> u32 {
        self.length
    }

    pub(super) fn encode(&self) -> SecretVec {
        Zeroizing::new(cbor::encode(&Plaintext { label: Nullable(self.label()), length: self.length }))
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, DoesNotOpen> {
        let plaintext: Plaintext<'_> = cbor::decode(bytes).map_err(|_| DoesNotOpen)?;
        Self::new(plaintext.label.0, plaintext.length as usize).map_err(|_| DoesNotOpen)
    }
}
