//! How much a session may do, and how long it lives.

use lock_keeper_protocol::message::{Answer, Continuation, SessionKind};
use lock_keeper_protocol::problem::Problem;
use lock_keeper_testbed::{Device, Session, Settings, each_engine, each_engine_with};

use crate::samples::{
    HOUR, MINUTE, PASSWORD, SECOND, audit, complete_registration, id, list, listed, problem, retrieve, store,
};

fn next_page(after: u8) -> Continuation {
    Continuation::List { after: id(after), limit: 1 }
}

#[test]
fn a_session_does_one_request_and_is_closed() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let mut session = device.login();
        let frame = session.seal(store(1));
        let answer = session.send(&frame);
        let second = session.seal(retrieve(1));
        let refusal = session.send(&second);
        assert_eq!(session.read(&second, &refusal), problem(Problem::SessionClosed));
        // Closed means no new operation; the last answer can still be fetched.
        assert_eq!(session.send(&frame).success(), answer.success());
    });
}

#[test]
fn a_request_beside_ke3_is_the_sessions_one_request() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let mut session = device.login_with(store(1));
        assert_eq!(session.request(retrieve(1)), problem(Problem::SessionClosed));
    });
}

#[test]
fn an_operator_may_allow_more_requests() {
    each_engine_with(&Settings::with_operations(3), |server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let mut session = device.login_with(store(1));
        assert_eq!(session.welcome.limits.operations, 3);
        assert!(matches!(session.request(store(2)), Answer::Stored { .. }));
        assert_eq!(listed(&session.request(list(10))), [id(1), id(2)]);
        assert_eq!(session.request(retrieve(1)), problem(Problem::SessionClosed));
    });
}

#[test]
fn a_request_that_is_refused_counts_as_one() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let mut session = device.login();
        assert_eq!(session.request(retrieve(1)), problem(Problem::SecretNotFound));
        assert_eq!(session.request(list(1)), problem(Problem::SessionClosed));
    });
}

#[test]
fn the_last_answer_can_be_fetched_for_15_minutes_and_then_nothing_more() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let mut session = device.login();
        let frame = session.seal(store(1));
        let answer = session.send(&frame);
        server.advance(15 * MINUTE - 5 * SECOND);
        assert_eq!(session.send(&frame).success(), answer.success());
        server.advance(5 * SECOND);
        session.send(&frame).assert_refused(Problem::FrameRefused);
    });
}

#[test]
fn a_session_that_was_idle_for_two_minutes_begins_nothing() {
    each_engine_with(&Settings::with_operations(8), |server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let mut session = device.login();
        server.advance(2 * MINUTE - 5 * SECOND);
        let frame = session.seal(store(1));
        let answer = session.send(&frame);
        assert!(matches!(session.read(&frame, &answer), Answer::Stored { .. }));
        server.advance(2 * MINUTE);
        let late = session.seal(list(1));
        let refusal = session.send(&late);
        assert_eq!(session.read(&late, &refusal), problem(Problem::SessionClosed));
        assert_eq!(session.send(&frame).success(), answer.success());
    });
}

#[test]
fn a_session_that_is_never_idle_ends_after_15_minutes() {
    each_engine_with(&Settings::with_operations(32), |server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let mut session = device.login();
        for _ in 0..14 {
            server.advance(MINUTE);
            assert!(matches!(session.request(list(1)), Answer::Listed { .. }));
        }
        server.advance(MINUTE);
        let late = session.seal(list(1));
        session.send(&late).assert_refused(Problem::FrameRefused);
    });
}

#[test]
fn a_registration_session_completes_the_registration_and_nothing_else() {
    each_engine(|server| {
        let mut device = Device::new(server, "ada", PASSWORD);
        device.register_pending();
        for operation in [store(1), retrieve(1), list(1), audit(1), crate::samples::delete(1)] {
            let mut session = device.login();
            assert_eq!(session.welcome.kind, SessionKind::Registration);
            assert_eq!(session.welcome.sealed_storage_key.0, None);
            assert_eq!(session.request(operation), problem(Problem::OperationNotAllowed));
        }
        let mut session = device.login();
        assert_eq!(session.request(complete_registration()), Answer::Done);
        assert_eq!(session.request(list(1)), problem(Problem::SessionClosed));
    });
}

#[test]
fn a_registration_session_begins_nothing_after_a_minute() {
    each_engine(|server| {
        let mut device = Device::new(server, "ada", PASSWORD);
        device.register_pending();
        let mut session = device.login();
        server.advance(MINUTE);
        assert_eq!(session.request(complete_registration()), problem(Problem::SessionClosed));
    });
}

#[test]
fn of_two_registration_sessions_one_completes() {
    each_engine(|server| {
        let mut device = Device::new(server, "ada", PASSWORD);
        device.register_pending();
        let (mut first, mut second) = (device.login(), device.login());
        assert_eq!(first.request(complete_registration()), Answer::Done);
        assert_eq!(second.request(complete_registration()), problem(Problem::OperationNotAllowed));
    });
}

#[test]
fn a_fifth_session_ends_the_idlest() {
    each_engine_with(&Settings::with_operations(8), |server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let mut sessions: Vec<Session> = (0..4)
            .map(|_| {
                server.advance(SECOND);
                device.login()
            })
            .collect();
        // The first one was used last; the second is now the idlest.
        server.advance(SECOND);
        let _ = sessions[0].request(list(1));
        sessions.push(device.login());
        assert_eq!(sessions[1].request(list(1)), problem(Problem::SessionClosed));
        for n in [0, 2, 3, 4] {
            assert!(matches!(sessions[n].request(list(1)), Answer::Listed { .. }), "session {n}");
        }
    });
}

#[test]
fn sessions_of_others_end_nobodys() {
    each_engine_with(&Settings::with_operations(8), |server| {
        let mut ada = Device::register(server, "ada", PASSWORD).login();
        let mut bob = Device::register(server, "bob", PASSWORD);
        let _of_bob: Vec<Session> = (0..6).map(|_| bob.login()).collect();
        assert!(matches!(ada.request(list(1)), Answer::Listed { .. }));
    });
}

#[test]
fn continuations_are_no_operations_of_their_own() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        for byte in 1..=3 {
            let _ = device.login_with(store(byte));
        }
        let mut session = device.login();
        assert_eq!(listed(&session.request(list(1))), [id(1)]);
        assert_eq!(listed(&session.go_on(next_page(1))), [id(2)]);
        assert_eq!(listed(&session.go_on(next_page(2))), [id(3)]);
        assert_eq!(session.request(list(1)), problem(Problem::SessionClosed));
    });
}

#[test]
fn an_operation_has_64_continuations() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let mut session = device.login();
        let _ = session.request(list(1));
        for _ in 0..64 {
            assert_eq!(listed(&session.go_on(next_page(1))), []);
        }
        assert_eq!(session.go_on(next_page(1)), problem(Problem::SessionClosed));
    });
}

#[test]
fn a_continuation_goes_on_with_the_operation_that_is_open_and_no_other() {
    each_engine_with(&Settings::with_operations(8), |server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let mut session = device.login();
        assert_eq!(session.go_on(next_page(1)), problem(Problem::SessionClosed), "none is open");
        session.take_back_the_last_number();
        let _ = session.request(audit(1));
        assert_eq!(session.go_on(next_page(1)), problem(Problem::SessionClosed), "audit is open");
        session.take_back_the_last_number();
        let _ = session.request(list(1));
        let _ = session.request(store(1));
        assert_eq!(session.go_on(next_page(1)), problem(Problem::SessionClosed), "store ended it");
    });
}

#[test]
fn expired_sessions_are_swept_and_stay_refused() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let mut session = device.login();
        let frame = session.seal(list(1));
        server.advance(HOUR);
        let _ = server.service().sweep().unwrap();
        session.send(&frame).assert_refused(Problem::FrameRefused);
        let _ = device.login();
    });
}
