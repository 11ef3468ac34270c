use minicbor::{Decode, Encode};

use super::ChainHead;
use crate::cbor::{self, Bytes, Malformed, Nullable};
use crate::identity::{SecretId, SessionId};

/// One entry of the audit log (section 8.1).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Entry {
    /// When, in milliseconds since the Unix epoch, as the server says.
    #[n(0)]
    pub at: u64,
    /// What happened.
    #[n(1)]
    pub event: Event,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Event {
    /// Somebody tried to log in.
    #[n(1)]
    Attempt {
        /// How it ended.
        #[n(0)]
        outcome: AttemptOutcome,
        /// Whether it came with a device cookie that was good.
        #[n(1)]
        known_device: bool,
        /// The session that it became.
        #[n(2)]
        session: Nullable<SessionId>,
    },
    /// The guess budget turned attempts away since the last login; one entry for all of them.
    #[n(2)]
    Refusals {
        /// How many.
        #[n(0)]
        count: u64,
        /// When the first was, in milliseconds since the Unix epoch.
        #[n(1)]
        first: u64,
        /// When the last was.
        #[n(2)]
        last: u64,
    },
    /// The owner asked for an operation.
    #[n(3)]
    Operation {
        /// Which.
        #[n(0)]
        action: Action,
        /// How it ended.
        #[n(1)]
        outcome: OperationOutcome,
        /// The secret that it was about.
        #[n(2)]
        secret: Nullable<SecretId>,
        /// In which session.
        #[n(3)]
        session: SessionId,
        /// With which frame.
        #[n(4)]
        frame: u32,
        /// The head that the device had seen.
        #[n(5)]
        seen: ChainHead,
        /// The owner tag over all of this but the outcome.
        #[n(6)]
        owner_tag: Bytes<32>,
    },
}

/// How an attempt to log in ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum AttemptOutcome {
    /// The password was proven.
    #[n(1)]
    Succeeded,
    /// A KE3 came that did not verify.
    #[n(2)]
    Refused,
    /// No KE3 came: a wrong password ends on the client.
    #[n(3)]
    NeverFinished,
}

/// How an operation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum OperationOutcome {
    /// It happened.
    #[n(1)]
    Done,
    /// It was refused and had no effect.
    #[n(2)]
    Refused,
}

/// What the owner asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Action {
    /// Complete registration.
    #[n(1)]
    CompleteRegistration,
    /// Store a secret that the client made.
    #[n(2)]
    Generate,
    /// Store a secret that the app brought.
    #[n(3)]
    Import,
    /// Retrieve, no purpose said.
    #[n(4)]
    Retrieve,
    /// Retrieve for use on the device.
    #[n(5)]
    RetrieveLocalOnly,
    /// Retrieve to hand it to another system.
    #[n(6)]
    RetrieveForExport,
    /// List.
    #[n(7)]
    List,
    /// Read the audit log.
    #[n(8)]
    Audit,
    /// Delete a secret.
    #[n(9)]
    Delete,
    /// Begin a change of password.
    #[n(10)]
    ChangePassword,
    /// Commit it.
    #[n(11)]
    PasswordChanged,
    /// Delete the account.
    #[n(12)]
    DeleteAccount,
}

impl Entry {
    /// The bytes that are hashed into the leaf.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Reads an entry.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        cbor::decode(bytes)
    }
}
