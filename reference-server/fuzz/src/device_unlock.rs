use lock_keeper_core::DeviceUnlock;
use lock_keeper_protocol::cbor::{self, Bytes};

/// What is taken is written as the same bytes again.
pub(crate) fn run(bytes: &[u8]) {
    if let Ok(unlock) = DeviceUnlock::from_bytes(bytes) {
        assert_eq!(unlock.to_bytes().expose(), bytes);
    }
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let label = "Lock Keeper device unlock";
    vec![cbor::encode(&(label, 1u8, "keys.example", "ada", Bytes([1; 64]), Bytes([2; 64]), Bytes([3; 64])))]
}
