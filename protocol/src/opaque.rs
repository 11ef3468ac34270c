//! OPAQUE (RFC 9807) behind types of ours (`docs/protocol.md`, section 3).
//!
//! The library underneath accepts trailing bytes, prints secrets with `Debug` and does not wipe its session and
//! export keys. Nothing of it leaves this module: lengths are checked before it sees a message, results are copied into
//! [`Key`](crate::key::Key)s and wiped.

mod client;
mod server;
mod stretch;
mod suite;

pub use client::{
    LoginFailed, PendingLogin, PendingRegistration, ProvenLogin, Registered, RegistrationFailed, start_login,
    start_registration,
};
pub use server::{
    KeyExchangeRefused, RegistrationRecord, ServerSetup, StartedLogin, finish_login, respond_to_registration,
    start_login as answer_login,
};
pub use stretch::{Argon2id, Stretch, StretchFailed};

use crate::identity::{AccountName, Realm};

/// The number of the one suite of today: ristretto255-SHA512, HKDF-SHA-512, HMAC-SHA-512, 3DH, Argon2id.
pub const SUITE: u16 = 1;

/// Bytes of a registration request: one group element.
pub const REGISTRATION_REQUEST: usize = 32;
/// Bytes of a registration response: evaluated element and the server's public key.
pub const REGISTRATION_RESPONSE: usize = 64;
/// Bytes of a registration record (the upload is the same bytes).
pub const RECORD: usize = 192;
/// Bytes of KE1.
pub const KE1: usize = 96;
/// Bytes of KE2.
pub const KE2: usize = 320;
/// Bytes of KE3.
pub const KE3: usize = 64;
/// Bytes of the server's state between KE2 and KE3.
pub const LOGIN_STATE: usize = 128;
/// Bytes of the server's long-term setup.
pub const SERVER_SETUP: usize = 128;
/// Bytes of the server's static public key.
pub const PUBLIC_KEY: usize = 32;

/// The context string of the key exchange (RFC 9807, section 6.4): protocol version and suite.
pub const CONTEXT: &[u8] = b"Lock Keeper, protocol 1, suite 1";

/// Who the two sides of a key exchange are (RFC 9807, section 4): the prepared account name and the realm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identities {
    /// The server.
    pub realm: Realm,
    /// The client.
    pub account: AccountName,
}

impl Identities {
    fn identifiers(&self) -> opaque_ke::Identifiers<'_> {
        opaque_ke::Identifiers {
            client: Some(self.account.as_str().as_bytes()),
            server: Some(self.realm.as_str().as_bytes()),
        }
    }
}

/// The bytes of a library's message as an array. Its length is the suite's, so it always fits.
fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(bytes);
    array
}
