//! What the tests of the vectors have in common: the files, and fixed bytes.

use serde_json::Value;
use sha2::{Digest, Sha256};

/// Holds `made` against `docs/vectors/NAME.json`; writes that file instead where `UPDATE_VECTORS=1` is set.
#[track_caller]
pub(crate) fn check(name: &str, made: &Value) {
    let path = format!("{}/../docs/vectors/{name}.json", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_VECTORS").is_some_and(|set| set == "1") {
        std::fs::write(&path, serde_json::to_string_pretty(made).unwrap() + "\n").unwrap();
    }
    let kept: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(&kept, made, "{name}.json says something else than the code does");
}

/// `N` bytes that look random and are always the same for one `what`.
pub(crate) fn fixed<const N: usize>(what: &str) -> [u8; N] {
    let blocks = (0..=N / 32).flat_map(|n| Sha256::digest(format!("{what} {n}")));
    let mut bytes = [0; N];
    bytes.iter_mut().zip(blocks).for_each(|(byte, fixed)| *byte = fixed);
    bytes
}

/// A fixed scalar of ristretto255, 32 bytes little-endian, as the library draws it: reduced from 64 bytes.
#[allow(dead_code, reason = "only the protocol's vectors have scalars")]
pub(crate) fn scalar(what: &str) -> [u8; 64] {
    let mut wide = [0; 64];
    wide[..32].copy_from_slice(&fixed::<32>(what));
    // Below 2^252, and so below the group's order: the reduction leaves it as it is.
    wide[31] &= 0x0f;
    wide
}
