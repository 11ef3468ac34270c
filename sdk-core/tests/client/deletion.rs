//! Deleting an account.

use lock_keeper_core::{Code, LockReason};

use crate::fixture::{Device, actions, call, code, each_engine_and_length, generate, one_engine, retrieve, secret};

#[test]
fn a_deleted_account_is_gone_with_all_its_secrets_and_its_name_is_free() {
    each_engine_and_length(|server| {
        let device = Device::new(server);
        let session = device.register("ada", "correct horse").unwrap();
        let kept = generate(&session).unwrap();
        session.delete_account(secret("correct horse"), &call()).unwrap();
        assert_eq!(session.lock_reason(), Some(LockReason::AccountDeleted));
        assert_eq!(code(retrieve(&session, kept.info.id)), Code::SessionLocked);
        assert_eq!(code(device.open("ada", "correct horse")), Code::WrongNameOrPassword);

        // The same device may begin anew, with nothing of the old account left.
        let session = device.register("ada", "another horse").unwrap();
        assert_eq!(code(retrieve(&session, kept.info.id)), Code::SecretNotFound);
        let operations: Vec<_> = actions(&session).into_iter().filter(|action| *action != "login").collect();
        assert_eq!(operations, ["complete_registration", "retrieve", "audit"]);
    });
}

#[test]
fn a_wrong_password_deletes_nothing_and_costs_no_exchange() {
    one_engine(|server| {
        let (device, wire) = Device::wired(server);
        let session = device.register("ada", "correct horse").unwrap();
        let (refused, exchanges) = wire.exchanges(|| session.delete_account(secret("wrong horse"), &call()));
        assert_eq!(code(refused), Code::WrongNameOrPassword);
        assert!(exchanges.is_empty());
        generate(&session).unwrap();
    });
}

#[test]
fn another_device_hears_of_the_deletion_and_forgets_the_account_before_it_registers_anew() {
    one_engine(|server| {
        let phone = Device::new(server).register("ada", "correct horse").unwrap();
        let (device, wire) = Device::wired(server);
        let tablet = device.open("ada", "correct horse").unwrap();
        phone.delete_account(secret("correct horse"), &call()).unwrap();
        // A wrong password and an account that is gone are told apart for nobody.
        assert_eq!(code(generate(&tablet)), Code::PasswordChanged);

        // An account that this device knows and the server does not: to the device that is an old backup.
        let (refused, exchanges) = wire.exchanges(|| device.register("ada", "another horse"));
        assert_eq!(code(refused), Code::RolledBack);
        assert_eq!(exchanges, ["registration/start"], "nothing was registered");
        device.client.forget("ada").unwrap();
        device.register("ada", "another horse").unwrap();
    });
}

#[test]
fn forgetting_an_account_leaves_the_account_and_nothing_on_the_device() {
    one_engine(|server| {
        let device = Device::new(server);
        let session = device.register("ada", "correct horse").unwrap();
        let kept = generate(&session).unwrap();
        drop(session);
        device.client.forget("ADA").unwrap();
        assert_eq!(format!("{:?}", device.store), format!("{:?}", lock_keeper_core::MemoryStore::new()));
        let session = device.open("ada", "correct horse").unwrap();
        assert_eq!(retrieve(&session, kept.info.id).unwrap(), kept);
    });
}
