//! *Complete registration*: the account turns from pending to active.

use lock_keeper_protocol::audit::{Action, OperationOutcome};
use lock_keeper_protocol::cbor::Blob;
use lock_keeper_protocol::limits;
use lock_keeper_protocol::message::{Answer, Operation, SessionKind};
use lock_keeper_protocol::problem::Problem;
use lock_keeper_testbed::{Device, each_engine};

use crate::audit::{operations, whole_log};
use crate::samples::{PASSWORD, complete_registration, problem, sealed_storage_key};

#[test]
fn the_sealed_storage_key_comes_back_in_each_welcome() {
    each_engine(|server| {
        let mut device = Device::new(server, "ada", PASSWORD);
        device.register_pending();
        let mut session = device.login();
        assert_eq!((session.welcome.kind, &session.welcome.sealed_storage_key.0), (SessionKind::Registration, &None));
        assert_eq!(session.request(complete_registration()), Answer::Done);
        for mut any in [device.another(server), device] {
            let welcome = any.login().welcome;
            assert_eq!(welcome.kind, SessionKind::Request);
            assert_eq!(welcome.sealed_storage_key.0, Some(sealed_storage_key()));
        }
    });
}

#[test]
fn a_registration_takes_five_exchanges() {
    each_engine(|server| {
        let device = Device::register(server, "ada", PASSWORD);
        assert_eq!(device.http.exchanges(), 5);
    });
}

#[test]
fn a_registration_is_not_completed_beside_ke3() {
    each_engine(|server| {
        let mut device = Device::new(server, "ada", PASSWORD);
        device.register_pending();
        let session = device.login_with(complete_registration());
        assert_eq!(session.first_answer(), &problem(Problem::OperationNotAllowed));
        assert_eq!(device.login().welcome.kind, SessionKind::Registration);
    });
}

#[test]
fn a_completion_that_is_sent_again_gets_the_same_answer() {
    each_engine(|server| {
        let mut device = Device::new(server, "ada", PASSWORD);
        device.register_pending();
        let mut session = device.login();
        let frame = session.seal(complete_registration());
        assert_eq!(session.send(&frame).success(), session.send(&frame).success());
        let completions: Vec<_> = operations(&whole_log(&mut device))
            .into_iter()
            .filter(|(action, ..)| *action == Action::CompleteRegistration)
            .collect();
        assert_eq!(completions, [(Action::CompleteRegistration, OperationOutcome::Done, None)]);
    });
}

#[test]
fn a_storage_key_of_another_size_completes_nothing() {
    each_engine(|server| {
        let mut device = Device::new(server, "ada", PASSWORD);
        device.register_pending();
        for length in [0, limits::SEALED_STORAGE_KEY - 1, limits::SEALED_STORAGE_KEY + 1] {
            let operation = Operation::CompleteRegistration { sealed_storage_key: Blob(vec![3; length]) };
            assert_eq!(device.login().request(operation), problem(Problem::Malformed));
        }
        assert_eq!(device.login().welcome.kind, SessionKind::Registration);
    });
}

#[test]
fn a_registration_is_completed_once() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        assert_eq!(device.login().request(complete_registration()), problem(Problem::OperationNotAllowed));
    });
}
