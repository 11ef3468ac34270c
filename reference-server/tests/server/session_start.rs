//! `POST /v1/session/start`. What it answers to whom is in `sameness.rs` and `guess_budget.rs`.

use lock_keeper_protocol::cbor::{self, Blob, Bytes, Nullable};
use lock_keeper_protocol::message::{CBOR, SessionStart, SessionStarted, path};
use lock_keeper_protocol::problem::Problem;
use lock_keeper_testbed::{Device, Engine, RawClient, Reply, Server, each_engine};

use crate::samples::PASSWORD;

fn start(http: &RawClient, start: &SessionStart) -> Reply {
    http.post(path::SESSION_START, CBOR, &cbor::encode(start))
}

#[test]
fn each_start_gets_a_login_of_its_own() {
    each_engine(|server| {
        let device = Device::register(server, "ada", PASSWORD);
        let (_, body) = device.session_start();
        let started = |reply: Reply| -> SessionStarted {
            cbor::decode(reply.success()).expect("the answer is a started session")
        };
        // The same KE1 twice: were the answers related, a replayed KE1 could lead to a session that was there before.
        let first = started(start(&device.http, &body));
        let second = started(start(&device.http, &body));
        assert_ne!(first.login_id, second.login_id);
        assert_ne!(first.ke2, second.ke2);
    });
}

#[test]
fn a_login_to_a_name_that_is_not_prepared_is_refused() {
    let server = Server::start(Engine::Sqlite);
    let device = Device::new(&server, "ada", PASSWORD);
    let (_, good) = device.session_start();
    for name in ["", "ADA", "two words", "smile😀"] {
        let body = SessionStart { name: name.to_owned(), ..good.clone() };
        start(&device.http, &body).assert_refused(Problem::AccountNameInvalid);
    }
}

#[test]
fn a_login_with_a_ticket_is_refused() {
    let server = Server::start(Engine::Sqlite);
    let device = Device::new(&server, "ada", PASSWORD);
    let (_, body) = device.session_start();
    let body = SessionStart { ticket: Nullable(Some(Blob(vec![9]))), ..body };
    start(&device.http, &body).assert_refused(Problem::TicketRefused);
}

#[test]
fn a_malformed_session_start_is_refused_and_not_charged() {
    each_engine(|server| {
        let device = Device::register(server, "ada", PASSWORD).another(server);
        let (_, body) = device.session_start();
        let good = cbor::encode(&body);
        let with = |ke1: &[u8], cookie: &[u8]| {
            cbor::encode(&("ada", Blob(ke1.to_vec()), Blob(cookie.to_vec()), Nullable::<Blob>(None)))
        };
        let (ke1, cookie) = (body.ke1.0, body.device_cookie.0);
        let no_element = SessionStart { ke1: Bytes([0xff; 96]), ..body };
        for (bytes, why) in [
            (good[..good.len() - 1].to_vec(), "cut short"),
            ([good.as_slice(), &[0]].concat(), "a trailing byte"),
            (with(&ke1[..95], &cookie), "KE1 that is too short"),
            (with(&[ke1.as_slice(), &[0]].concat(), &cookie), "KE1 with a trailing byte"),
            (with(&ke1, &cookie[..63]), "a cookie that is too short"),
            (with(&ke1, &[cookie.as_slice(), &[0]].concat()), "a cookie with a trailing byte"),
            (cbor::encode(&no_element), "KE1 without a group element"),
        ] {
            let reply = device.http.post(path::SESSION_START, CBOR, &bytes);
            assert_eq!(reply.problem(), Some(Problem::Malformed), "{why}");
        }
        // All five free attempts are still there.
        for _ in 0..5 {
            let _ = device.guess().success();
        }
        device.guess().assert_refused(Problem::TooManyAttempts);
    });
}
