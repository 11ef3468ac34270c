use minicbor::{Decode, Encode};

use crate::audit::{Action, ChainHead};
use crate::cbor::{Blob, Bytes, Nullable};
use crate::identity::SecretId;
use crate::opaque::{RECORD, REGISTRATION_REQUEST};

/// The payload of a client frame after frame 0 (section 7.3).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum ClientMessage {
    /// A new operation.
    #[n(1)]
    Request(#[n(0)] Request),
    /// The next frame of the operation that is open.
    #[n(2)]
    Continuation(#[n(0)] Continuation),
}

/// A request for an operation.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Request {
    /// The head of the audit chain that this device saw last; part of what the owner tag covers.
    #[n(0)]
    pub seen: ChainHead,
    /// The owner tag (section 8.4). The server keeps it and cannot check it.
    #[n(1)]
    pub owner_tag: Bytes<32>,
    /// What is asked for.
    #[n(2)]
    pub operation: Operation,
}

/// What a request asks for.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Operation {
    /// Hands over the sealed storage key and makes the account active. The only operation of a registration session.
    #[n(1)]
    CompleteRegistration {
        /// Storage key and vault id, sealed under the master key.
        #[n(0)]
        sealed_storage_key: Blob,
    },
    /// Keeps a sealed secret under a new id.
    #[n(2)]
    Store {
        /// An id that was never used.
        #[n(0)]
        id: SecretId,
        /// Where the secret comes from.
        #[n(1)]
        origin: Origin,
        /// The sealed secret.
        #[n(2)]
        sealed_secret: Blob,
        /// The sealed label.
        #[n(3)]
        sealed_label: Blob,
    },
    /// Hands out a sealed secret.
    #[n(3)]
    Retrieve {
        /// Which.
        #[n(0)]
        id: SecretId,
        /// What for; goes into the audit log.
        #[n(1)]
        purpose: Purpose,
    },
    /// A page of the list of secrets.
    #[n(4)]
    List {
        /// The last id of the page before; null for the first page.
        #[n(0)]
        after: Nullable<SecretId>,
        /// Items at most, 1 to 100.
        #[n(1)]
        limit: u16,
    },
    /// A page of the audit log.
    #[n(5)]
    Audit {
        /// The place before which the page ends; null for the newest page.
        #[n(0)]
        before: Nullable<u64>,
        /// Entries at most, 1 to 100.
        #[n(1)]
        limit: u16,
    },
    /// Removes a secret for good.
    #[n(6)]
    Delete {
        /// Which.
        #[n(0)]
        id: SecretId,
    },
    /// Begins a change of password: OPAQUE's registration under the account's own credential identifier.
    #[n(7)]
    BeginPasswordChange {
        /// The OPAQUE registration request for the new password.
        #[n(0)]
        request: Bytes<REGISTRATION_REQUEST>,
    },
    /// Removes the account and all that belongs to it.
    #[n(8)]
    DeleteAccount,
}

/// The next frame of the operation that is open.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[allow(clippy::large_enum_variant, reason = "there is one of these at a time: it is handled and dropped")]
pub enum Continuation {
    /// Of *list*: the next page.
    #[n(1)]
    List {
        /// The last id of the page before.
        #[n(0)]
        after: SecretId,
        /// Items at most, 1 to 100.
        #[n(1)]
        limit: u16,
    },
    /// Of *audit*: the next older page.
    #[n(2)]
    Audit {
        /// The place of the oldest entry of the page before.
        #[n(0)]
        before: u64,
        /// Entries at most, 1 to 100.
        #[n(1)]
        limit: u16,
    },
    /// Of *change password*: the commit, which alone has an effect.
    #[n(3)]
    CommitPasswordChange {
        /// The new registration record.
        #[n(0)]
        upload: Bytes<RECORD>,
        /// The storage key sealed under the new master key and the new generation.
        #[n(1)]
        sealed_storage_key: Blob,
        /// The generation that is being replaced.
        #[n(2)]
        generation: u64,
        /// The head of the audit chain that this device saw last.
        #[n(3)]
        seen: ChainHead,
        /// An owner tag of its own, over the action *password changed*.
        #[n(4)]
        owner_tag: Bytes<32>,
    },
    /// Of the opening: more leaf hashes, for a device that is further behind than the welcome reaches.
    #[n(4)]
    Links {
        /// The place of the first leaf.
        #[n(0)]
        from: u64,
        /// Leaves at most, 1 to 1500.
        #[n(1)]
        limit: u16,
    },
}

/// Where a secret comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Origin {
    /// Made by the client.
    #[n(1)]
    Generated,
    /// Brought by the app.
    #[n(2)]
    Imported,
}

/// What a secret is retrieved for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Purpose {
    /// Not said.
    #[default]
    #[n(0)]
    Unspecified,
    /// For use on the device.
    #[n(1)]
    LocalOnly,
    /// To hand it to another system.
    #[n(2)]
    Export,
}

impl Operation {
    /// What the audit log calls it.
    #[must_use]
    pub fn action(&self) -> Action {
        match self {
            Self::CompleteRegistration { .. } => Action::CompleteRegistration,
            Self::Store { origin: Origin::Generated, .. } => Action::Generate,
            Self::Store { origin: Origin::Imported, .. } => Action::Import,
            Self::Retrieve { purpose: Purpose::Unspecified, .. } => Action::Retrieve,
            Self::Retrieve { purpose: Purpose::LocalOnly, .. } => Action::RetrieveLocalOnly,
            Self::Retrieve { purpose: Purpose::Export, .. } => Action::RetrieveForExport,
            Self::List { .. } => Action::List,
            Self::Audit { .. } => Action::Audit,
            Self::Delete { .. } => Action::Delete,
            Self::BeginPasswordChange { .. } => Action::ChangePassword,
            Self::DeleteAccount => Action::DeleteAccount,
        }
    }

    /// The secret that it is about.
    #[must_use]
    pub fn secret(&self) -> Option<SecretId> {
        match self {
            Self::Store { id, .. } | Self::Retrieve { id, .. } | Self::Delete { id } => Some(*id),
            _ => None,
        }
    }
}
