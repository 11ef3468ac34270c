use minicbor::{Decode, Encode};

use super::SessionLimits;
use crate::cbor::{Blob, Bytes, Nullable};
use crate::identity::SessionId;
use crate::opaque::{KE1, KE2, KE3, PUBLIC_KEY, RECORD, REGISTRATION_REQUEST, REGISTRATION_RESPONSE};

/// `POST /v1/registration/start` (section 4.1).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct RegistrationStart {
    /// The prepared account name.
    #[n(0)]
    pub name: String,
    /// The OPAQUE registration request.
    #[n(1)]
    pub request: Bytes<REGISTRATION_REQUEST>,
    /// Reserved.
    #[n(2)]
    pub ticket: Nullable<Blob>,
}

/// Its answer.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct RegistrationStarted {
    /// Opaque to the client, a bearer value for ten minutes.
    #[n(0)]
    pub registration_id: Blob,
    /// The OPAQUE registration response.
    #[n(1)]
    pub response: Bytes<REGISTRATION_RESPONSE>,
}

/// `POST /v1/registration/finish` (section 4.2).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct RegistrationFinish {
    /// As it came.
    #[n(0)]
    pub registration_id: Blob,
    /// The OPAQUE registration record.
    #[n(1)]
    pub upload: Bytes<RECORD>,
}

/// Its answer: an empty array.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct RegistrationFinished {}

/// `POST /v1/session/start` (section 5.1).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct SessionStart {
    /// The prepared account name.
    #[n(0)]
    pub name: String,
    /// KE1.
    #[n(1)]
    pub ke1: Bytes<KE1>,
    /// The device cookie, or 64 random bytes where there is none.
    #[n(2)]
    pub device_cookie: Bytes<64>,
    /// Reserved.
    #[n(3)]
    pub ticket: Nullable<Blob>,
}

/// Its answer.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct SessionStarted {
    /// The login's id, which is the session's too.
    #[n(0)]
    pub login_id: SessionId,
    /// KE2.
    #[n(1)]
    pub ke2: Bytes<KE2>,
}

/// `POST /v1/session/finish` (section 5.2). Its answer is server frame 0.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct SessionFinish {
    /// As it came.
    #[n(0)]
    pub login_id: SessionId,
    /// KE3.
    #[n(1)]
    pub ke3: Bytes<KE3>,
    /// Client frame 0.
    #[n(2)]
    pub frame: Blob,
}

/// The answer to `GET /v1/server` (section 1.4). Nothing in it is authenticated but by TLS: a client trusts its configuration.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ServerInfo {
    /// Protocol versions that are served.
    #[n(0)]
    pub versions: Vec<u8>,
    /// The realm.
    #[n(1)]
    pub realm: String,
    /// The OPAQUE public keys, the current one first.
    #[n(2)]
    pub public_keys: Vec<Bytes<PUBLIC_KEY>>,
    /// What a request session may do.
    #[n(3)]
    pub limits: SessionLimits,
}
