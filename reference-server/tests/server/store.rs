//! *Store*: a sealed secret under a new id.

use lock_keeper_protocol::cbor::Blob;
use lock_keeper_protocol::limits;
use lock_keeper_protocol::message::{Answer, Operation, Origin};
use lock_keeper_protocol::problem::Problem;
use lock_keeper_testbed::{Device, Settings, each_engine, each_engine_with};

use crate::samples::{PASSWORD, delete, id, list, listed, problem, retrieve, store};

fn store_of(byte: u8, secret: usize, label: usize) -> Operation {
    Operation::Store {
        id: id(byte),
        origin: Origin::Imported,
        sealed_secret: Blob(vec![5; secret]),
        sealed_label: Blob(vec![6; label]),
    }
}

#[test]
fn what_one_device_stores_another_retrieves() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let mut other = device.another(server);
        let session = device.login_with(store_of(1, 100, 80));
        let Answer::Stored { created_at } = session.first_answer() else { panic!("not stored") };
        let session = other.login_with(retrieve(1));
        let Answer::Retrieved(secret) = session.first_answer() else { panic!("not retrieved") };
        assert_eq!(secret.origin, Origin::Imported);
        assert_eq!(secret.created_at, *created_at);
        assert_eq!((secret.sealed_secret.0.clone(), secret.sealed_label.0.clone()), (vec![5; 100], vec![6; 80]));
    });
}

#[test]
fn an_id_is_used_once_even_after_its_secret_was_deleted() {
    each_engine_with(&Settings::with_operations(8), |server| {
        let mut session = Device::register(server, "ada", PASSWORD).login();
        let _ = session.request(store(1));
        assert_eq!(session.request(store(1)), problem(Problem::SecretIdTaken));
        assert_eq!(session.request(delete(1)), Answer::Done);
        assert_eq!(session.request(store(1)), problem(Problem::SecretDeleted));
    });
}

#[test]
fn an_id_is_used_once_beside_ke3_too() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let _ = device.login_with(store(1));
        assert_eq!(device.login_with(store(1)).first_answer(), &problem(Problem::SecretIdTaken));
        let _ = device.login_with(delete(1));
        assert_eq!(device.login_with(store(1)).first_answer(), &problem(Problem::SecretDeleted));
    });
}

#[test]
fn two_people_use_the_same_id_apart() {
    each_engine(|server| {
        let mut ada = Device::register(server, "ada", PASSWORD);
        let mut bob = Device::register(server, "bob", PASSWORD);
        let _ = ada.login_with(store(1));
        assert!(matches!(bob.login_with(store(1)).first_answer(), Answer::Stored { .. }));
        let _ = bob.login_with(delete(1));
        assert!(matches!(ada.login_with(retrieve(1)).first_answer(), Answer::Retrieved(_)));
    });
}

#[test]
fn a_secret_and_a_label_of_the_largest_size_are_kept() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let _ = device.login_with(store_of(1, limits::SEALED_SECRET, limits::SEALED_LABEL));
        let session = device.login_with(retrieve(1));
        let Answer::Retrieved(secret) = session.first_answer() else { panic!("not retrieved") };
        assert_eq!(secret.sealed_secret.0.len(), limits::SEALED_SECRET);
        assert_eq!(secret.sealed_label.0.len(), limits::SEALED_LABEL);
    });
}

#[test]
fn a_secret_or_a_label_of_an_impossible_size_is_refused() {
    each_engine_with(&Settings::with_operations(8), |server| {
        let mut session = Device::register(server, "ada", PASSWORD).login();
        let good = limits::SEALING_OVERHEAD + 32;
        for (secret, label) in [
            (limits::SEALED_SECRET + 1, good),
            (limits::SEALING_OVERHEAD - 1, good),
            (0, good),
            (good, limits::SEALED_LABEL + 1),
            (good, limits::SEALING_OVERHEAD - 1),
            (good, 0),
        ] {
            assert_eq!(session.request(store_of(1, secret, label)), problem(Problem::Malformed));
        }
        assert_eq!(listed(&session.request(list(10))), []);
    });
}

#[test]
fn an_account_holds_as_many_secrets_as_the_operator_allows() {
    let mut settings = Settings::with_operations(8);
    settings.policy.secrets_per_account = 2;
    each_engine_with(&settings, |server| {
        let mut session = Device::register(server, "ada", PASSWORD).login();
        for byte in 1..=2 {
            assert!(matches!(session.request(store(byte)), Answer::Stored { .. }));
        }
        assert_eq!(session.request(store(3)), problem(Problem::QuotaReached));
        // A deleted secret makes room.
        assert_eq!(session.request(delete(1)), Answer::Done);
        assert!(matches!(session.request(store(3)), Answer::Stored { .. }));
        assert_eq!(session.request(store(4)), problem(Problem::QuotaReached));
    });
}

#[test]
fn an_account_holds_as_many_bytes_as_the_operator_allows() {
    let mut settings = Settings::with_operations(8);
    settings.policy.bytes_per_account = 70_000;
    each_engine_with(&settings, |server| {
        let mut session = Device::register(server, "ada", PASSWORD).login();
        for byte in 1..=2 {
            assert!(matches!(session.request(store_of(byte, 32_000, 100)), Answer::Stored { .. }));
        }
        assert_eq!(session.request(store_of(3, 32_000, 100)), problem(Problem::QuotaReached));
        assert!(matches!(session.request(store(3)), Answer::Stored { .. }));
    });
}
