//! What lies in the database sealed, and the files with the keys to it: an operator, or a thief, may have written either.

use std::sync::LazyLock;

use lock_keeper_server::keys::{DataKey, KeyEncryptionKey, LocalKeys, Place};

use crate::fixed;

const ACCOUNT: [u8; 32] = [6; 32];
const USER: [u8; 32] = [3; 32];
const PLACE: Place<'static> =
    Place { table: "secret", column: "sealed_secret", account: &ACCOUNT, row: &[5; 16], version: 0 };

/// A data key, a value under it, and the key itself as it is wrapped; in each run the same.
struct AtRest {
    wrapper: LocalKeys,
    data_key: DataKey,
    sealed: Vec<u8>,
    wrapped: Vec<u8>,
}

static AT_REST: LazyLock<AtRest> = LazyLock::new(|| {
    let rng = &mut fixed::rng();
    let key = KeyEncryptionKey::generate(rng);
    let wrapper = LocalKeys::new([("first".to_owned(), key)], "first").expect("the active key is there");
    let data_key = DataKey::generate(rng);
    let sealed = data_key.seal(&PLACE, b"a value", rng);
    let wrapped = data_key.wrap(&wrapper, &ACCOUNT, &USER, rng).expect("it can be wrapped").wrapped;
    AtRest { wrapper, data_key, sealed, wrapped }
});

/// The sealed value opens in its place, and the wrapped key for its account; nothing else does.
pub(crate) fn run_values(bytes: &[u8]) {
    let own = &*AT_REST;
    assert_eq!(own.data_key.open(&PLACE, bytes).is_ok(), bytes == own.sealed);
    let elsewhere = Place { column: "sealed_label", ..PLACE };
    assert!(own.data_key.open(&elsewhere, bytes).is_err());
    let unwrapped = DataKey::unwrap(&own.wrapper, "first", bytes, &ACCOUNT, &USER);
    assert_eq!(unwrapped.is_ok(), bytes == own.wrapped);
}

pub(crate) fn value_seeds() -> Vec<Vec<u8>> {
    vec![AT_REST.sealed.clone(), AT_REST.wrapped.clone()]
}

/// What is taken for a key is 32 bytes, which are the same when they are written and read again.
pub(crate) fn run_key_files(bytes: &[u8]) {
    let Some(key) = KeyEncryptionKey::parse(bytes) else { return };
    let text = key.to_hex();
    assert_eq!(text.len(), 64);
    let again = KeyEncryptionKey::parse(text.as_bytes()).expect("what was written can be read");
    assert_eq!(*again.to_hex(), *text);
}

pub(crate) fn key_file_seeds() -> Vec<Vec<u8>> {
    let text = |text: &str| text.as_bytes().to_vec();
    let (hex, base64) = ("a5".repeat(32), "paWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaU");
    vec![vec![0xa5; 32], text(&format!("{hex}\n")), text(base64), text(&format!(" {base64}=\n"))]
}
