//! *Delete account*: everything goes but the closing answer.

use lock_keeper_protocol::message::{Answer, Operation};
use lock_keeper_protocol::problem::Problem;
use lock_keeper_testbed::{Device, Settings, each_engine, each_engine_with};

use crate::samples::{MINUTE, PASSWORD, SECOND, list, listed, problem, store};

#[test]
fn the_password_opens_nothing_and_other_sessions_end() {
    each_engine_with(&Settings::with_operations(8), |server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let mut other = device.another(server).login();
        let mut session = device.login();
        assert_eq!(session.request(Operation::DeleteAccount), Answer::Done);
        let late = other.seal(list(1));
        other.send(&late).assert_refused(Problem::FrameRefused);
        let next = session.seal(list(1));
        session.send(&next).assert_refused(Problem::FrameRefused);
        assert!(device.try_start_login(None).is_err());
    });
}

#[test]
fn the_closing_answer_can_be_fetched_for_15_minutes() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let mut session = device.login();
        let frame = session.seal(Operation::DeleteAccount);
        let first = session.send(&frame);
        assert_eq!(session.read(&frame, &first), Answer::Done);
        assert_eq!(session.send(&frame).success(), first.success());
        server.advance(15 * MINUTE - 5 * SECOND);
        let _ = server.service().sweep().unwrap();
        assert_eq!(session.send(&frame).success(), first.success());
        server.advance(5 * SECOND);
        session.send(&frame).assert_refused(Problem::FrameRefused);
    });
}

#[test]
fn the_name_can_be_registered_again_and_nothing_of_before_is_there() {
    each_engine_with(&Settings::with_operations(2), |server| {
        let mut before = Device::register(server, "ada", PASSWORD);
        let _ = before.login_with(store(1));
        let mut session = before.login();
        let closing = session.seal(Operation::DeleteAccount);
        let answer = session.send(&closing);
        let _ = session.read(&closing, &answer);

        let mut after = Device::register(server, "ada", "new password");
        let mut fresh = after.login();
        assert_ne!(Some(fresh.welcome.user_id), before.user_id);
        assert_eq!(listed(&fresh.request(list(10))), []);
        assert!(matches!(fresh.request(store(1)), Answer::Stored { .. }));
        assert!(before.try_start_login(None).is_err());
        // Whoever lost the closing answer still gets it.
        assert_eq!(session.send(&closing).success(), answer.success());
    });
}

#[test]
fn an_account_is_not_deleted_beside_ke3() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let session = device.login_with(Operation::DeleteAccount);
        assert_eq!(session.first_answer(), &problem(Problem::OperationNotAllowed));
        let _ = device.login();
    });
}

#[test]
fn a_login_that_was_under_way_opens_nothing() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let under_way = device.another(server).start_login();
        let _ = device.login().request(Operation::DeleteAccount);
        device.send_finish(&under_way).assert_refused(Problem::LoginRefused);
    });
}
