//! Argon2 is paid once for an unlock, and not at all with a device unlock.

use std::sync::{Arc, Mutex};

use lock_keeper_core::{Call, Code, DeviceUnlock, Phase, Result, Session, SessionOptions};
use lock_keeper_testbed::{Engine, Server, each_engine};

use crate::fixture::{Device, call, code, generate, one_engine, retrieve, secret};
use crate::wire::Wire;

/// What a call reports.
#[derive(Clone, Default)]
struct Phases(Arc<Mutex<Vec<Phase>>>);

impl Phases {
    fn call(&self) -> Call {
        let phases = Arc::clone(&self.0);
        call().with_progress(move |phase| phases.lock().unwrap().push(phase))
    }

    fn stretchings(&self) -> usize {
        self.0.lock().unwrap().iter().filter(|phase| **phase == Phase::Stretching).count()
    }
}

fn open(device: &Device, unlock: DeviceUnlock, call: &Call) -> Result<Session> {
    device.client.open_session_with(unlock, SessionOptions::default(), call)
}

#[test]
fn a_device_unlock_opens_the_account_without_argon2_after_a_restart_of_the_app_too() {
    each_engine(|server| {
        let device = Device::new(server);
        let session = device.register("ada", "correct horse").unwrap();
        let kept = generate(&session).unwrap();
        let behind_the_gate = session.device_unlock().unwrap().to_bytes();
        drop(session);

        let device = device.restarted(server, Wire::to(server));
        let unlock = DeviceUnlock::from_bytes(behind_the_gate.expose()).unwrap();
        assert_eq!(unlock.account(), "ada");
        let phases = Phases::default();
        let session = open(&device, unlock, &phases.call()).unwrap();
        assert_eq!(session.retrieve(kept.info.id, Default::default(), &phases.call()).unwrap(), kept);
        assert_eq!(session.device_unlock().unwrap().to_bytes(), behind_the_gate);
        assert_eq!(phases.stretchings(), 0);
    });
}

#[test]
fn argon2_is_paid_once_for_an_unlock_and_once_for_a_new_password() {
    let server = Server::start(Engine::Sqlite);
    let (device, wire) = Device::wired(&server);
    let phases = Phases::default();
    let options = SessionOptions::default();
    let session = device.client.register("ada", secret("correct horse"), None, options, &phases.call()).unwrap();
    assert_eq!(phases.stretchings(), 1);
    session.generate(Default::default(), &phases.call()).unwrap();
    session.list(None, 1, &phases.call()).unwrap();
    assert_eq!(phases.stretchings(), 1);
    session.change_password(secret("correct horse"), secret("a new horse"), &phases.call()).unwrap();
    assert_eq!(phases.stretchings(), 2);
    session.generate(Default::default(), &phases.call()).unwrap();
    assert_eq!(phases.stretchings(), 2);

    // A login that has to be begun again, since its KE2 was lost, pays once as well.
    let phases = Phases::default();
    wire.lose_answers(0..1);
    let options = SessionOptions::default();
    device.client.open_session("ada", secret("a new horse"), options, &phases.call()).unwrap();
    assert_eq!(phases.stretchings(), 1);
}

#[test]
fn a_device_unlock_is_of_no_use_at_another_server_or_for_an_account_that_is_gone() {
    one_engine(|server| {
        let device = Device::new(server);
        let session = device.register("ada", "correct horse").unwrap();
        let unlock = session.device_unlock().unwrap();

        let other = Server::start(Engine::Sqlite);
        let (elsewhere, wire) = Device::wired(&other);
        assert_eq!(code(open(&elsewhere, unlock.clone(), &call())), Code::DeviceUnlockStale);

        // A server of another name is not even asked.
        let realm = wire.count();
        let json = other.connect_json().replace("\"keys.test\"", "\"other.test\"");
        let config = lock_keeper_core::ServerConfig::from_connect_json(json.as_bytes()).unwrap();
        let env = lock_keeper_core::Env {
            transport: wire.clone(),
            ..lock_keeper_core::Env::new(&config, Arc::new(lock_keeper_core::MemoryStore::new()))
        };
        assert_eq!(code(open(&Device::with(config, env), unlock.clone(), &call())), Code::DeviceUnlockStale);
        assert_eq!(wire.count(), realm);

        session.delete_account(secret("correct horse"), &call()).unwrap();
        assert_eq!(code(open(&device, unlock, &call())), Code::DeviceUnlockStale);
    });
}

#[test]
fn a_device_unlock_of_one_account_opens_no_other() {
    let server = Server::start(Engine::Sqlite);
    let device = Device::new(&server);
    let ada = device.register("ada", "correct horse").unwrap();
    let bob = device.register("bob", "correct horse").unwrap();
    let hers = generate(&ada).unwrap();
    let session = open(&device, bob.device_unlock().unwrap(), &call()).unwrap();
    assert_eq!(session.account(), "bob");
    assert_eq!(code(retrieve(&session, hers.info.id)), Code::SecretNotFound);
    let half = ada.device_unlock().unwrap().to_bytes();
    let half = DeviceUnlock::from_bytes(&half.expose()[..half.len() / 2]);
    assert_eq!(code(half), Code::DeviceUnlockInvalidated);
}
