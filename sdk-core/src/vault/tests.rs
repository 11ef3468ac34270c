use hmac::Mac;
use lock_keeper_protocol::identity::SecretId;
use lock_keeper_protocol::key::Key64;
use lock_keeper_protocol::limits;
use lock_keeper_protocol::message::Origin::{Generated, Imported};
use rand::rngs::OsRng;

use super::*;

const ID: SecretId = SecretId([1; 16]);
const OTHER_ID: SecretId = SecretId([2; 16]);

fn vault() -> Vault {
    Vault::random(&mut OsRng)
}

fn master_key(byte: u8) -> MasterKey {
    MasterKey::derive(&Key64::init(|key| *key = [byte; 64]))
}

fn realm(name: &str) -> Realm {
    Realm::new(name).unwrap()
}

fn secret() -> SecretBytes {
    SecretBytes::from(b"sixteen secrets!".as_slice())
}

#[test]
fn a_vault_opens_again_under_the_same_password_account_and_generation() {
    let vault = vault();
    let sealed = vault.seal_under(&master_key(1), &realm("r"), &UserId([3; 32]), 7, &mut OsRng);
    assert_eq!(sealed.len(), limits::SEALED_STORAGE_KEY);
    let opened = Vault::open(&master_key(1), &sealed, &realm("r"), &UserId([3; 32]), 7).ok().unwrap();
    let blob = vault.seal_secret(ID, Generated, &secret(), &mut OsRng).unwrap();
    assert_eq!(opened.open_secret(ID, Generated, &blob), Ok(secret()));
}

#[test]
fn a_storage_key_of_another_password_realm_account_or_generation_does_not_open() {
    let sealed = vault().seal_under(&master_key(1), &realm("r"), &UserId([3; 32]), 7, &mut OsRng);
    for (master, name, user_id, generation, why) in [
        (2, "r", 3, 7, "another password"),
        (1, "s", 3, 7, "another realm"),
        (1, "r", 4, 7, "another account"),
        (1, "r", 3, 6, "an older generation"),
        (1, "r", 3, 8, "a newer generation"),
    ] {
        let opened = Vault::open(&master_key(master), &sealed, &realm(name), &UserId([user_id; 32]), generation);
        assert_eq!(opened.err(), Some(DoesNotOpen), "{why}");
    }
}

#[test]
fn a_server_that_swaps_one_secret_for_another_is_noticed() {
    let vault = vault();
    let blob = vault.seal_secret(OTHER_ID, Generated, &secret(), &mut OsRng).unwrap();
    assert_eq!(vault.open_secret(ID, Generated, &blob), Err(DoesNotOpen));
}

#[test]
fn a_server_that_says_another_origin_is_noticed() {
    let vault = vault();
    let blob = vault.seal_secret(ID, Imported, &secret(), &mut OsRng).unwrap();
    assert_eq!(vault.open_secret(ID, Generated, &blob), Err(DoesNotOpen));
    assert_eq!(vault.open_secret(ID, Imported, &blob), Ok(secret()));
}

#[test]
fn a_secret_of_another_vault_does_not_open_even_under_the_same_storage_key() {
    let key = || StorageKey(Key32::init(|key| *key = [5; 32]));
    let one = Vault::of(key(), VaultId([1; 32]));
    let other = Vault::of(key(), VaultId([2; 32]));
    let blob = one.seal_secret(ID, Generated, &secret(), &mut OsRng).unwrap();
    assert_eq!(one.open_secret(ID, Generated, &blob), Ok(secret()));
    assert_eq!(other.open_secret(ID, Generated, &blob), Err(DoesNotOpen));
}

#[test]
fn a_sealed_label_handed_out_as_a_secret_does_not_open_nor_the_other_way_round() {
    let vault = vault();
    let descriptor = Descriptor::new(Some("bank"), 16).unwrap();
    let label = vault.seal_descriptor(ID, Generated, &descriptor, &mut OsRng).unwrap();
    let blob = vault.seal_secret(ID, Generated, &secret(), &mut OsRng).unwrap();
    assert_eq!(vault.open_secret(ID, Generated, &label), Err(DoesNotOpen));
    assert_eq!(vault.open_descriptor(ID, Generated, &blob).err(), Some(DoesNotOpen));
}

#[test]
fn a_label_opens_for_its_own_secret_and_origin_alone() {
    let vault = vault();
    for label in [None, Some(""), Some("bank"), Some("ключ")] {
        let descriptor = Descriptor::new(label, 16).unwrap();
        let sealed = vault.seal_descriptor(ID, Generated, &descriptor, &mut OsRng).unwrap();
        let opened = vault.open_descriptor(ID, Generated, &sealed).ok().unwrap();
        assert_eq!((opened.label(), opened.length()), (label, 16));
        assert!(vault.open_descriptor(OTHER_ID, Generated, &sealed).is_err());
        assert!(vault.open_descriptor(ID, Imported, &sealed).is_err());
    }
}

#[test]
fn the_largest_secret_and_label_are_sealed_within_the_limits_and_larger_ones_are_refused() {
    let vault = vault();
    let largest = SecretBytes::random(limits::SECRET, &mut OsRng);
    assert_eq!(vault.seal_secret(ID, Generated, &largest, &mut OsRng).unwrap().len(), limits::SEALED_SECRET);
    let larger = SecretBytes::random(limits::SECRET + 1, &mut OsRng);
    assert_eq!(vault.seal_secret(ID, Generated, &larger, &mut OsRng), Err(SealRefused::SecretTooLarge));

    let descriptor = Descriptor::new(Some(&"x".repeat(limits::LABEL)), limits::SECRET).unwrap();
    assert!(vault.seal_descriptor(ID, Generated, &descriptor, &mut OsRng).unwrap().len() <= limits::SEALED_LABEL);
    assert_eq!(Descriptor::new(Some(&"x".repeat(limits::LABEL + 1)), 1).err(), Some(SealRefused::LabelTooLong));
}

#[test]
fn an_exported_secret_is_read_as_it_was_written() {
    let vault = vault();
    for length in [0, 1, 32, limits::EXPORTABLE_SECRET] {
        let secret = SecretBytes::random(length, &mut OsRng);
        let bytes = vault.export(ID, Imported, &secret).unwrap();
        assert_eq!(usize::from(bytes.expose()[0]), length);
        let exported = ExportedSecret::parse(bytes.expose()).ok().unwrap();
        assert!(exported.secret == secret);
        assert_eq!(exported.associated_data.len(), 74);
    }
    let long = SecretBytes::random(limits::EXPORTABLE_SECRET + 1, &mut OsRng);
    assert_eq!(vault.export(ID, Imported, &long), Err(TooLargeToExport));
}

#[test]
fn an_exported_secret_that_is_cut_or_lengthened_is_refused() {
    let bytes = vault().export(ID, Generated, &secret()).unwrap();
    for length in 0..bytes.len() {
        assert!(ExportedSecret::parse(&bytes.expose()[..length]).is_err(), "{length} bytes");
    }
    let mut longer = bytes.expose().to_vec();
    longer.push(0);
    assert_eq!(ExportedSecret::parse(&longer).err(), Some(NotExported));
}

#[test]
fn each_purpose_has_a_key_of_its_own() {
    let vault = vault();
    let nothing = |key: &Key32| -> [u8; 32] { key.hmac().finalize().into_bytes().into() };
    let macs = [nothing(&vault.derived.sealing), nothing(&vault.owner_tag_key()), vault.local_store_key().mac(b"")];
    assert!(macs[0] != macs[1] && macs[1] != macs[2] && macs[0] != macs[2]);
}

#[test]
fn what_stays_on_the_device_verifies_only_unchanged_and_under_its_own_vault() {
    let key = vault().local_store_key();
    let mac = key.mac(b"head 7");
    assert!(key.verifies(b"head 7", &mac));
    assert!(!key.verifies(b"head 6", &mac));
    assert!(!key.verifies(b"head 7", &mac[..31]));
    assert!(!vault().local_store_key().verifies(b"head 7", &mac));
}

#[test]
fn a_secret_is_not_printed() {
    assert_eq!(format!("{:?}", secret()), "SecretBytes");
}
