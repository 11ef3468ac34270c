//! The vault against `docs/vectors/vault.json`. `UPDATE_VECTORS=1` writes the file anew.

#[path = "../../protocol/tests/support/given.rs"]
mod given;
#[path = "../../protocol/tests/support/vector_file.rs"]
mod vector_file;

use given::Given;
use lock_keeper_core::vault::{Descriptor, ExportedSecret, MasterKey, SecretBytes, StorageKey, Vault, VaultId};
use lock_keeper_protocol::identity::{Realm, SecretId, UserId};
use lock_keeper_protocol::key::{Key32, Key64};
use lock_keeper_protocol::message::Origin;
use serde_json::{Value, json};
use vector_file::{check, fixed};

fn vault() -> Vault {
    Vault::of(StorageKey(Key32::init(|key| *key = fixed("storage key"))), VaultId(fixed("vault id")))
}

fn storage_key() -> Value {
    let (realm, user_id, generation) = (Realm::new("keys.example").unwrap(), UserId(fixed("user id")), 3);
    let export_key = Key64::init(|key| *key = fixed("export key"));
    let master_key = MasterKey::derive(&export_key);
    let nonce = fixed::<24>("nonce of the storage key");
    let sealed = vault().seal_under(&master_key, &realm, &user_id, generation, &mut Given::of(&[&nonce]));
    let opened = Vault::open(&master_key, &sealed, &realm, &user_id, generation).ok().unwrap();
    assert_eq!(opened.owner_tag_key(), vault().owner_tag_key());
    json!({
        "export_key": hex::encode(export_key.expose()),
        "realm": realm.as_str(),
        "user_id": hex::encode(user_id.0),
        "generation": generation,
        "nonce": hex::encode(nonce),
        "sealed": hex::encode(sealed),
    })
}

/// A secret with its label, sealed and exported.
fn secret(origin: Origin, bytes: &[u8], label: Option<&str>) -> Value {
    let vault = vault();
    let id = SecretId(fixed(&format!("id of a secret of {} bytes", bytes.len())));
    let secret = SecretBytes::from(bytes);
    let (secret_nonce, label_nonce) = (fixed::<24>("nonce of the secret"), fixed::<24>("nonce of the label"));
    let descriptor = Descriptor::new(label, bytes.len()).unwrap();
    let sealed_secret = vault.seal_secret(id, origin, &secret, &mut Given::of(&[&secret_nonce])).unwrap();
    let sealed_label = vault.seal_descriptor(id, origin, &descriptor, &mut Given::of(&[&label_nonce])).unwrap();
    assert_eq!(vault.open_secret(id, origin, &sealed_secret), Ok(secret.clone()));
    assert!(vault.open_descriptor(id, origin, &sealed_label).is_ok_and(|opened| opened == descriptor));
    let exported = vault.export(id, origin, &secret).unwrap();
    let associated_data = ExportedSecret::parse(exported.expose()).ok().unwrap().associated_data;
    json!({
        "secret_id": hex::encode(id.0),
        "origin": match origin {
            Origin::Generated => 1,
            Origin::Imported => 2,
        },
        "secret": hex::encode(bytes),
        "label": label,
        "associated_data": hex::encode(associated_data),
        "secret_nonce": hex::encode(secret_nonce),
        "sealed_secret": hex::encode(sealed_secret),
        "label_nonce": hex::encode(label_nonce),
        "sealed_label": hex::encode(sealed_label),
        "exported": hex::encode(exported.expose()),
    })
}

#[test]
fn the_vault_seals_and_exports_as_the_vectors_say() {
    let message = b"what stays on the device";
    check(
        "vault",
        &json!({
            "protocol": "docs/protocol.md, section 7.1",
            "what": "keys that follow from a storage key, and what is sealed under them; associated_data is the secret's",
            "storage_key": hex::encode(fixed::<32>("storage key")),
            "vault_id": hex::encode(fixed::<32>("vault id")),
            "owner_tag_key": hex::encode(vault().owner_tag_key().expose()),
            "local_store": {
                "message": hex::encode(message),
                "mac": hex::encode(vault().local_store_key().mac(message)),
            },
            "sealed_storage_key": storage_key(),
            "secrets": [
                secret(Origin::Generated, &fixed::<32>("a generated secret"), None),
                secret(Origin::Imported, b"a secret that the app brought", Some("clé")),
                secret(Origin::Imported, b"", Some("")),
            ],
        }),
    );
}
