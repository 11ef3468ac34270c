//! What is sealed well and says something that no honest client says: beside KE3, and in the frames after it.

use lock_keeper_protocol::audit::AttemptOutcome;
use lock_keeper_protocol::cbor::{self, Nullable};
use lock_keeper_protocol::limits;
use lock_keeper_protocol::message::{ClientMessage, Continuation, Hello};
use lock_keeper_protocol::problem::Problem;
use lock_keeper_testbed::{Device, Engine, Server, Session, Settings};

use crate::audit::{attempts, whole_log};
use crate::bodies::twisted;
use crate::samples::{PASSWORD, id, list, listed, problem, store};

/// Bytes of a message in a frame at most: the header of a server's frame, the tag of the cipher and that of the frame go off
/// (`docs/protocol.md`, section 6.2).
const MOST: usize = limits::FRAME - 111 - 16 - 32;

fn declines_whatever_is_twisted(session: &mut Session, good: &[u8]) {
    for (what, payload) in twisted(good, MOST) {
        let frame = session.seal_payload(payload);
        let reply = session.send(&frame);
        assert_eq!(session.read(&frame, &reply), problem(Problem::Malformed), "{what}");
        session.take_back_the_last_number();
    }
}

#[test]
fn whatever_else_cbor_can_say_is_declined_inside_the_channel() {
    let server = Server::start_with(Engine::Sqlite, Settings::with_operations(8));
    let mut device = Device::register(&server, "ada", PASSWORD);
    let mut session = device.login();
    let request = cbor::encode(&session.next_request(store(1)));
    declines_whatever_is_twisted(&mut session, &request);
    // It was the twist.
    let frame = session.seal_payload(request);
    let _ = session.send(&frame).success();
    assert_eq!(listed(&session.request(list(10))), [id(1)]);

    let next = ClientMessage::Continuation(Continuation::List { after: id(1), limit: 10 });
    let next = cbor::encode(&next);
    declines_whatever_is_twisted(&mut session, &next);
    let frame = session.seal_payload(next);
    let reply = session.send(&frame);
    assert_eq!(listed(&session.read(&frame, &reply)), []);
}

#[test]
fn whatever_else_cbor_can_say_in_the_place_of_a_hello_is_no_login() {
    let server = Server::start(Engine::Sqlite);
    let mut device = Device::register(&server, "ada", PASSWORD);
    let hello = cbor::encode(&Hello { seen: Nullable(device.seen), request: Nullable(None) });
    let twisted = twisted(&hello, MOST);
    let twists = twisted.len();
    for (what, payload) in twisted {
        // A login that comes to nothing stays charged.
        server.service().unlock("ada").expect("the database is there");
        let mut login = device.start_login();
        login.say(payload);
        assert_eq!(device.send_finish(&login).problem(), Some(Problem::LoginRefused), "{what}");
        // Its KE3 was good, and is spent.
        login.say(hello.clone());
        assert_eq!(device.send_finish(&login).problem(), Some(Problem::LoginRefused), "{what}, and then a good hello");
    }
    server.service().unlock("ada").expect("the database is there");
    let mut login = device.start_login();
    login.say(hello);
    let reply = device.send_finish(&login);
    let _ = device.welcome(login, &reply);
    let refused =
        attempts(&whole_log(&mut device)).into_iter().filter(|(outcome, _)| *outcome == AttemptOutcome::Refused);
    assert_eq!(refused.count(), twists);
}
