use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::{Action, ChainHead};
use crate::cbor::{self, Nullable};
use crate::identity::{Realm, SecretId, SessionId, UserId};
use crate::key::Key32;

/// What an owner tag covers (section 8.4).
#[derive(Clone, Debug)]
pub struct Tagged<'a> {
    /// The server.
    pub realm: &'a Realm,
    /// The account.
    pub user_id: &'a UserId,
    /// The session.
    pub session: &'a SessionId,
    /// The number of the client frame.
    pub frame: u32,
    /// What is asked for.
    pub action: Action,
    /// About which secret.
    pub secret: Option<SecretId>,
    /// The head of the audit chain that the device saw last.
    pub seen: ChainHead,
}

fn mac(key: &Key32, tagged: &Tagged<'_>) -> Hmac<Sha256> {
    let message = cbor::encode(&(
        "Lock Keeper owner tag",
        1u8,
        tagged.realm.as_str(),
        tagged.user_id,
        tagged.session,
        tagged.frame,
        tagged.action,
        Nullable(tagged.secret),
        tagged.seen,
    ));
    key.hmac().chain_update(message)
}

/// The owner's proof that this operation was asked for: HMAC-SHA-256 under the owner-tag key, 32 bytes.
#[must_use]
pub fn owner_tag(key: &Key32, tagged: &Tagged<'_>) -> [u8; 32] {
    mac(key, tagged).finalize().into_bytes().into()
}

/// Whether `tag` is that of `tagged`, in constant time.
pub(super) fn verifies(key: &Key32, tagged: &Tagged<'_>, tag: &[u8; 32]) -> bool {
    mac(key, tagged).verify_slice(tag).is_ok()
}
