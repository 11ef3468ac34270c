//! *Delete*: one secret, for good.

use lock_keeper_protocol::audit::{Action, OperationOutcome};
use lock_keeper_protocol::message::Answer;
use lock_keeper_protocol::problem::Problem;
use lock_keeper_testbed::{Device, Settings, each_engine, each_engine_with};

use crate::audit::{operations, whole_log};
use crate::samples::{PASSWORD, delete, id, list, listed, problem, retrieve, store};

#[test]
fn a_deleted_secret_is_gone_and_the_others_stay() {
    each_engine_with(&Settings::with_operations(8), |server| {
        let mut session = Device::register(server, "ada", PASSWORD).login();
        for byte in 1..=2 {
            let _ = session.request(store(byte));
        }
        assert_eq!(session.request(delete(1)), Answer::Done);
        assert_eq!(listed(&session.request(list(10))), [id(2)]);
        assert_eq!(session.request(retrieve(1)), problem(Problem::SecretDeleted));
        assert!(matches!(session.request(retrieve(2)), Answer::Retrieved(_)));
    });
}

#[test]
fn a_delete_that_is_sent_again_gets_the_same_answer() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let _ = device.login_with(store(1));
        let mut session = device.login();
        let frame = session.seal(delete(1));
        let first = session.send(&frame);
        assert_eq!(session.read(&frame, &first), Answer::Done);
        assert_eq!(session.send(&frame).success(), first.success());
    });
}

#[test]
fn what_is_not_there_is_not_deleted_and_the_log_says_that_it_was_tried() {
    each_engine_with(&Settings::with_operations(8), |server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let mut session = device.login();
        assert_eq!(session.request(delete(1)), problem(Problem::SecretNotFound));
        let _ = session.request(store(1));
        let _ = session.request(delete(1));
        assert_eq!(session.request(delete(1)), problem(Problem::SecretDeleted));
        let deletions: Vec<_> =
            operations(&whole_log(&mut device)).into_iter().filter(|(action, ..)| *action == Action::Delete).collect();
        let entry = |outcome| (Action::Delete, outcome, Some(id(1)));
        assert_eq!(
            deletions,
            [OperationOutcome::Refused, OperationOutcome::Done, OperationOutcome::Refused].map(entry)
        );
    });
}
