//! Every limit of the protocol, each as one constant (`docs/protocol.md`, section 10).

/// The version of the protocol that this crate speaks.
pub const PROTOCOL_VERSION: u8 = 1;
/// Bytes of a frame at most, header and tag included.
pub const FRAME: usize = 65_536;
/// Bytes of a request's or an answer's body at most: a frame and what `session/finish` puts around it.
pub const BODY: usize = FRAME + 256;
/// Bytes of an account name at most, after preparation.
pub const ACCOUNT_NAME: usize = 254;
/// Bytes of a realm at most.
pub const REALM: usize = 253;
/// Bytes of a password at most, after preparation.
pub const PASSWORD: usize = 1_024;
/// Bytes of a secret at most.
pub const SECRET: usize = 32_768;
/// Bytes of a secret at most that is to be exported in the exchange format, whose length is one byte.
pub const EXPORTABLE_SECRET: usize = 255;
/// Bytes of a label at most, in UTF-8.
pub const LABEL: usize = 256;
/// Bytes that sealing adds: version, commitment, nonce, tag (`docs/protocol.md`, section 7.1).
pub const SEALING_OVERHEAD: usize = 1 + 32 + 24 + 16;
/// Bytes of a sealed secret at most.
pub const SEALED_SECRET: usize = SECRET + SEALING_OVERHEAD;
/// Bytes of a sealed label at most: the label and the secret's length in a CBOR array.
pub const SEALED_LABEL: usize = 1 + 3 + LABEL + 5 + SEALING_OVERHEAD;
/// Bytes of a sealed storage key: storage key and vault id.
pub const SEALED_STORAGE_KEY: usize = 64 + SEALING_OVERHEAD;
/// Bytes of a device cookie: device id and MAC.
pub const DEVICE_COOKIE: usize = 64;
/// Bytes of a registration id at most.
pub const REGISTRATION_ID: usize = 512;
/// Bytes of a ticket at most. Reserved: a server refuses any ticket today.
pub const TICKET: usize = 1_024;
/// Leaf hashes in a welcome at most.
pub const WELCOME_LEAVES: usize = 500;
/// Leaf hashes in an answer to *links* at most.
pub const LINKS: usize = 1_500;
/// Items on a page of a list at most.
pub const LIST_PAGE: usize = 100;
/// Entries on a page of the audit log at most.
pub const AUDIT_PAGE: usize = 100;
/// Continuation frames of one operation at most.
pub const CONTINUATIONS: u32 = 64;
/// Seconds for which a KE1 can be finished.
pub const LOGIN_LIFETIME: u32 = 60;
/// Seconds for which a registration id is valid.
pub const REGISTRATION_ID_LIFETIME: u32 = 600;
/// Seconds after which a pending account expires.
pub const PENDING_LIFETIME: u32 = 86_400;
/// Seconds within which the same `session/finish` (or `registration/finish`) gets the same answer again.
pub const FINISH_AGAIN: u32 = 60;
/// Seconds after its opening within which a session's last answer can be fetched again, and the most that it lives.
pub const SESSION_LIFETIME: u32 = 900;
