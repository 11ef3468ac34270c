use minicbor::{Decode, Encode};

use super::{Answer, Request};
use crate::audit::ChainHead;
use crate::cbor::{Blob, Bytes, Nullable};
use crate::identity::UserId;

/// The payload of client frame 0 (section 7.2).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Hello {
    /// The head of the audit chain that this device saw last; null on a new device.
    #[n(0)]
    pub seen: Nullable<ChainHead>,
    /// The first request, where the client knows its keys already.
    #[n(1)]
    pub request: Nullable<Request>,
}

/// The payload of server frame 0 (section 7.2).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Welcome {
    /// What the session is for.
    #[n(0)]
    pub kind: SessionKind,
    /// The account's id.
    #[n(1)]
    pub user_id: UserId,
    /// The generation of the registration record.
    #[n(2)]
    pub generation: u64,
    /// The sealed storage key; null in a registration session.
    #[n(3)]
    pub sealed_storage_key: Nullable<Blob>,
    /// What this session may do.
    #[n(4)]
    pub limits: SessionLimits,
    /// The head of the audit chain, with what this login appended.
    #[n(5)]
    pub head: ChainHead,
    /// The leaf hashes from the hello's size on, 32 bytes each, at most 500; empty on a new device.
    #[n(6)]
    pub leaves: Blob,
    /// A fresh device cookie.
    #[n(7)]
    pub device_cookie: Bytes<64>,
    /// The answer to the first request; null where there was none.
    #[n(8)]
    pub answer: Nullable<Answer>,
}

/// What a session is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum SessionKind {
    /// A login to a pending account: it may complete the registration.
    #[n(0)]
    Registration,
    /// A login to an active account.
    #[n(1)]
    Request,
}

/// What a session may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct SessionLimits {
    /// Operations, the first request included.
    #[n(0)]
    pub operations: u32,
    /// Seconds without a frame after which no operation begins.
    #[n(1)]
    pub idle: u32,
    /// Seconds after which it is over.
    #[n(2)]
    pub total: u32,
}
