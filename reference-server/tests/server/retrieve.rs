//! *Retrieve*: a sealed secret, and the purpose in the log.

use lock_keeper_protocol::audit::{Action, OperationOutcome};
use lock_keeper_protocol::message::{Answer, Operation, Purpose};
use lock_keeper_protocol::problem::Problem;
use lock_keeper_testbed::{Device, Settings, each_engine, each_engine_with};

use crate::audit::{operations, whole_log};
use crate::samples::{PASSWORD, delete, id, problem, retrieve, store};

#[test]
fn the_purpose_goes_into_the_log() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let _ = device.login_with(store(1));
        for purpose in [Purpose::Unspecified, Purpose::LocalOnly, Purpose::Export] {
            let session = device.login_with(Operation::Retrieve { id: id(1), purpose });
            assert!(matches!(session.first_answer(), Answer::Retrieved(_)));
        }
        let retrieved: Vec<_> = operations(&whole_log(&mut device)).into_iter().skip(1).take(3).collect();
        let done = |action| (action, OperationOutcome::Done, Some(id(1)));
        assert_eq!(
            retrieved,
            [done(Action::RetrieveForExport), done(Action::RetrieveLocalOnly), done(Action::Retrieve)]
        );
    });
}

#[test]
fn a_secret_that_never_was_and_one_that_was_deleted_are_told_apart() {
    each_engine_with(&Settings::with_operations(8), |server| {
        let mut session = Device::register(server, "ada", PASSWORD).login();
        assert_eq!(session.request(retrieve(1)), problem(Problem::SecretNotFound));
        let _ = session.request(store(1));
        let _ = session.request(delete(1));
        assert_eq!(session.request(retrieve(1)), problem(Problem::SecretDeleted));
    });
}

#[test]
fn nobody_retrieves_anothers_secret() {
    each_engine(|server| {
        let _ = Device::register(server, "ada", PASSWORD).login_with(store(1));
        let mut bob = Device::register(server, "bob", PASSWORD);
        assert_eq!(bob.login_with(retrieve(1)).first_answer(), &problem(Problem::SecretNotFound));
    });
}

#[test]
fn a_retrieval_that_is_sent_again_is_logged_once() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let _ = device.login_with(store(1));
        let mut session = device.login();
        let frame = session.seal(retrieve(1));
        assert_eq!(session.send(&frame).success(), session.send(&frame).success());
        let log = operations(&whole_log(&mut device));
        assert_eq!(log.iter().filter(|(action, ..)| *action == Action::Retrieve).count(), 1);
    });
}

#[test]
fn an_unknown_purpose_is_malformed() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let mut session = device.login();
        // [1, [[seen, tag, [3, [id, purpose]]]]]; the purpose is the last byte.
        let request = session.next_request(retrieve(1));
        let mut payload = lock_keeper_protocol::cbor::encode(&request);
        *payload.last_mut().unwrap() = 9;
        let frame = session.seal_payload(payload);
        let reply = session.send(&frame);
        assert_eq!(session.read(&frame, &reply), problem(Problem::Malformed));
    });
}
