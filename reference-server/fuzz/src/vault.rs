use std::sync::LazyLock;

use lock_keeper_core::vault::{Descriptor, ExportedSecret, MasterKey, SecretBytes, StorageKey, Vault, VaultId};
use lock_keeper_core::{Origin, SecretId};
use lock_keeper_protocol::identity::UserId;
use lock_keeper_protocol::key::{Key32, Key64};

use crate::fixed::{self, realm};

const ID: SecretId = SecretId([5; 16]);
const USER: UserId = UserId([3; 32]);
const GENERATION: u64 = 2;

fn vault() -> Vault {
    Vault::of(StorageKey(Key32::init(|key| *key = [1; 32])), VaultId([2; 32]))
}

fn master_key() -> MasterKey {
    MasterKey::derive(&Key64::init(|key| *key = [4; 64]))
}

/// What the vault has sealed, in each run the same.
struct Sealed {
    secret: Vec<u8>,
    label: Vec<u8>,
    storage_key: Vec<u8>,
}

static SEALED: LazyLock<Sealed> = LazyLock::new(|| {
    let rng = &mut fixed::rng();
    let descriptor = Descriptor::new(Some("backup"), 6).expect("the label is short");
    let secret = SecretBytes::from(b"secret".as_slice());
    Sealed {
        secret: vault().seal_secret(ID, Origin::Generated, &secret, rng).expect("the secret is short"),
        label: vault().seal_descriptor(ID, Origin::Generated, &descriptor, rng).expect("the label is short"),
        storage_key: vault().seal_under(&master_key(), &realm(), &USER, GENERATION, rng),
    }
});

/// What this vault sealed opens, as what it was sealed; nothing else does.
pub(crate) fn run_secrets(bytes: &[u8]) {
    for origin in [Origin::Generated, Origin::Imported] {
        let own = origin == Origin::Generated;
        assert_eq!(vault().open_secret(ID, origin, bytes).is_ok(), own && bytes == SEALED.secret);
        assert_eq!(vault().open_descriptor(ID, origin, bytes).is_ok(), own && bytes == SEALED.label);
    }
}

pub(crate) fn secret_seeds() -> Vec<Vec<u8>> {
    vec![SEALED.secret.clone(), SEALED.label.clone()]
}

/// The sealed storage key opens for its account and generation; nothing else does.
pub(crate) fn run_storage_keys(bytes: &[u8]) {
    for generation in [GENERATION, GENERATION + 1] {
        let opened = Vault::open(&master_key(), bytes, &realm(), &USER, generation).is_ok();
        assert_eq!(opened, generation == GENERATION && bytes == SEALED.storage_key);
    }
}

pub(crate) fn storage_key_seeds() -> Vec<Vec<u8>> {
    vec![SEALED.storage_key.clone()]
}

/// What is read of the exchange format is all that was there.
pub(crate) fn run_exported(bytes: &[u8]) {
    let Ok(exported) = ExportedSecret::parse(bytes) else { return };
    let field = |field: &[u8]| [&[u8::try_from(field.len()).expect("a length of one byte")], field].concat();
    let again = [field(exported.secret.expose()), field(&exported.associated_data)].concat();
    assert_eq!(again, bytes);
}

pub(crate) fn exported_seeds() -> Vec<Vec<u8>> {
    let exported = vault().export(ID, Origin::Imported, &SecretBytes::from(b"secret".as_slice()));
    vec![exported.expect("the secret is short").expose().to_vec(), vec![0, 0]]
}
