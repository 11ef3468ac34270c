//! Device cookies: device id (32 bytes) ‖ MAC (32 bytes) over realm, user id, device id and generation.
//!
//! A cookie lets an owner in while strangers spend the budget of the name. It proves nothing else, and a change of
//! password ends it, since the generation rises.

use hmac::{Hmac, Mac};
use lock_keeper_protocol::cbor::{self, Bytes};
use lock_keeper_protocol::identity::Realm;
use sha2::Sha256;

/// Whose cookie it is.
pub(super) struct Holder<'a> {
    pub(super) realm: &'a Realm,
    pub(super) user_id: &'a [u8; 32],
    pub(super) generation: i64,
}

fn mac(key: &[u8; 32], holder: &Holder<'_>, device: &[u8; 32]) -> Hmac<Sha256> {
    let message = cbor::encode(&(
        "Lock Keeper device cookie",
        1u8,
        holder.realm.as_str(),
        Bytes(*holder.user_id),
        Bytes(*device),
        holder.generation,
    ));
    <Hmac<Sha256> as Mac>::new_from_slice(key).expect("HMAC takes keys of any length").chain_update(message)
}

/// The device id that a cookie claims.
pub(super) fn device(cookie: &[u8; 64]) -> [u8; 32] {
    let mut device = [0; 32];
    device.copy_from_slice(&cookie[..32]);
    device
}

/// The cookie of a device.
pub(super) fn issue(key: &[u8; 32], holder: &Holder<'_>, device: &[u8; 32]) -> [u8; 64] {
    let mut cookie = [0; 64];
    cookie[..32].copy_from_slice(device);
    cookie[32..].copy_from_slice(&mac(key, holder, device).finalize().into_bytes());
    cookie
}

/// Whether the cookie is this holder's, in constant time.
pub(super) fn verifies(key: &[u8; 32], holder: &Holder<'_>, cookie: &[u8; 64]) -> bool {
    mac(key, holder, &device(cookie)).verify_slice(&cookie[32..]).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_good_for_its_holder_and_its_generation_alone() {
        let realm = Realm::new("keys.example").unwrap();
        let other_realm = Realm::new("other.example").unwrap();
        let holder = Holder { realm: &realm, user_id: &[1; 32], generation: 1 };
        let cookie = issue(&[9; 32], &holder, &[7; 32]);
        assert!(verifies(&[9; 32], &holder, &cookie));
        assert_eq!(device(&cookie), [7; 32]);
        for (other, why) in [
            (Holder { realm: &other_realm, ..holder }, "another realm"),
            (Holder { realm: &realm, user_id: &[2; 32], generation: 1 }, "another account"),
            (Holder { realm: &realm, user_id: &[1; 32], generation: 2 }, "another generation"),
        ] {
            assert!(!verifies(&[9; 32], &other, &cookie), "{why}");
        }
        for position in 0..64 {
            let mut forged = cookie;
            forged[position] ^= 1;
            assert!(!verifies(&[9; 32], &holder, &forged), "byte {position}");
        }
        assert!(!verifies(&[8; 32], &holder, &cookie), "another key");
    }

    #[test]
    fn a_cookie_is_what_the_vectors_say() {
        let (realm, key) = (Realm::new("keys.example").unwrap(), [0x0c; 32]);
        let holder = Holder { realm: &realm, user_id: &[0x05; 32], generation: 3 };
        let device = [0xd1; 32];
        let vector = serde_json::json!({
            "what": "device cookie: device id (32) || HMAC-SHA-256 under the cookie key; opaque to clients",
            "protocol": "docs/protocol.md, section 11",
            "cookie_key": hex::encode(key),
            "realm": realm.as_str(),
            "user_id": hex::encode(holder.user_id),
            "generation": holder.generation,
            "device_id": hex::encode(device),
            "cookie": hex::encode(issue(&key, &holder, &device)),
        });
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/vectors/device_cookie.json");
        if std::env::var_os("UPDATE_VECTORS").is_some() {
            std::fs::write(path, format!("{vector:#}\n")).unwrap();
        }
        let kept: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        assert_eq!(kept, vector, "run with UPDATE_VECTORS=1 to write it anew, if the change is meant");
    }
}
