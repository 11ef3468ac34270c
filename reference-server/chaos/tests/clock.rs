//! A clock that jumps: sessions end or go on, nothing is lost, and no guess is granted for it.

use std::sync::Arc;
use std::time::Duration;

use lock_keeper_core::{
    AuditCursor, AuditFilter, Call, Env, LockKeeperClient, MemoryStore, NewSecret, Purpose, ServerConfig, Session,
    SessionOptions, password,
};
use lock_keeper_protocol::cbor::Nullable;
use lock_keeper_protocol::message::{Answer, Operation};
use lock_keeper_protocol::problem::Problem;
use lock_keeper_testbed::{Device, Server, Settings, each_engine, each_engine_with};

const DAY: Duration = Duration::from_secs(86_400);
const YEAR: Duration = Duration::from_secs(365 * 86_400);

const LIST: Operation = Operation::List { after: Nullable(None), limit: 10 };

fn call() -> Call {
    Call::new(Duration::from_secs(120))
}

fn person(server: &Server) -> Session {
    let config = ServerConfig::from_connect_json(server.connect_json().as_bytes()).unwrap();
    let client = LockKeeperClient::new(config.clone(), Env::new(&config, Arc::new(MemoryStore::default())));
    client.register("ada", password("correct horse").unwrap(), None, SessionOptions::default(), &call()).unwrap()
}

/// The whole log verifies, and so often something was generated.
fn generated(session: &Session) -> usize {
    let page = session.audit(&AuditFilter::default(), AuditCursor::newest(), &call()).unwrap();
    assert!(page.next.is_none(), "it is one page");
    page.entries.iter().filter(|entry| entry.action == "generate").count()
}

#[test]
fn an_app_goes_on_over_every_jump_of_the_servers_clock_and_its_log_verifies() {
    each_engine_with(&Settings::with_operations(16), |server| {
        let session = person(server);
        let mut secrets = Vec::new();
        let jumps: [&dyn Fn(); 5] =
            [&|| {}, &|| server.advance(DAY), &|| server.turn_back(2 * DAY), &|| server.advance(YEAR), &|| {
                server.turn_back(YEAR)
            }];
        for jump in jumps {
            jump();
            secrets.push(session.generate(NewSecret::default(), &call()).unwrap());
            for secret in &secrets {
                assert_eq!(session.retrieve(secret.info.id, Purpose::Unspecified, &call()).unwrap(), *secret);
            }
            server.service().sweep().unwrap();
            assert_eq!(generated(&session), secrets.len());
        }
    });
}

#[test]
fn a_jump_forward_ends_sessions_and_logins_and_the_next_login_succeeds() {
    each_engine_with(&Settings::with_operations(16), |server| {
        let mut ada = Device::register(server, "ada", "correct horse");
        let mut session = ada.login();
        assert!(matches!(session.request(LIST), Answer::Listed { .. }));
        let begun = ada.start_login();
        server.advance(DAY);
        let frame = session.seal(LIST);
        session.send(&frame).assert_refused(Problem::FrameRefused);
        ada.send_finish(&begun).assert_refused(Problem::LoginRefused);
        assert!(matches!(ada.login().request(LIST), Answer::Listed { .. }));
    });
}

#[test]
fn a_jump_back_leaves_sessions_and_logins_as_they_are() {
    each_engine_with(&Settings::with_operations(16), |server| {
        let mut ada = Device::register(server, "ada", "correct horse");
        let mut session = ada.login();
        let begun = ada.start_login();
        server.turn_back(DAY);
        assert!(matches!(session.request(LIST), Answer::Listed { .. }));
        let reply = ada.send_finish(&begun);
        assert!(matches!(ada.welcome(begun, &reply).request(LIST), Answer::Listed { .. }));
    });
}

#[test]
fn a_clock_that_ran_ahead_and_was_set_right_grants_no_guess_and_the_operator_lets_the_owner_in() {
    each_engine(|server| {
        let mut ada = Device::register(server, "ada", "correct horse");
        let stranger = ada.another(server);
        server.advance(YEAR);
        while stranger.guess().status == 200 {}
        server.turn_back(YEAR);
        for _ in 0..3 {
            stranger.guess().assert_refused(Problem::TooManyAttempts);
        }
        // The owner's device has a budget of its own.
        assert!(matches!(ada.login().request(LIST), Answer::Listed { .. }));
        // A new one would have to wait for the time that the clock had said.
        assert!(stranger.guess().retry_after().unwrap() > 364 * 86_400);
        server.service().unlock("ada").unwrap();
        assert_eq!(stranger.guess().status, 200);
    });
}
