//! Genuine answers in the wrong place: another request's, another session's, an old one. And OPAQUE messages of another length.

use std::sync::{Arc, Barrier, Mutex};

use lock_keeper_core::{Code, Purpose, SecretId, Session};
use lock_keeper_protocol::cbor::{self, Blob};
use lock_keeper_protocol::message::{Answer, RegistrationStarted, Reply, SessionStarted};
use lock_keeper_testbed::{Engine, Server, Settings};

use crate::fixture::{Device, call, code, error, generate, import, one_engine, retrieve, secret};
use crate::liar::Liar;
use crate::wire::Wire;

const PASSWORD: &str = "correct horse";

/// A place for the body of an answer.
type Kept = Arc<Mutex<Vec<u8>>>;

/// Keeps the answer to the n-th exchange from now.
fn keep(wire: &Wire, n: usize) -> Kept {
    let kept = Kept::default();
    let place = Arc::clone(&kept);
    wire.change(n, move |reply| place.lock().unwrap().clone_from(&reply.body));
    kept
}

/// Answers the n-th exchange from now with what was kept.
fn show_again(wire: &Wire, n: usize, kept: &Kept) {
    let kept = Arc::clone(kept);
    wire.change(n, move |reply| {
        assert_ne!(reply.body, *kept.lock().unwrap(), "it is another answer");
        reply.body.clone_from(&kept.lock().unwrap());
    });
}

/// A session of many requests that is open, with its first secret.
fn open(server: &Server) -> (Device, Arc<Wire>, Session, SecretId) {
    let (device, wire) = Device::wired(server);
    let session = device.register("ada", PASSWORD).unwrap();
    let one = import(&session, b"one").unwrap().id;
    (device, wire, session, one)
}

/// Does something that has to be one message of the session that is open.
fn in_one_message<T>(wire: &Wire, work: impl FnOnce() -> T) -> T {
    let (done, exchanges) = wire.exchanges(work);
    assert_eq!(exchanges, ["session/message"]);
    done
}

#[test]
fn an_old_answer_is_never_taken_for_a_new_one() {
    let server = Server::start_with(Engine::Sqlite, Settings::with_operations(64));
    let (device, wire, session, one) = open(&server);
    let other = import(&session, b"other").unwrap().id;

    // To the very same question, asked again, and to another one.
    for asked in [one, other] {
        let kept = keep(&wire, 0);
        in_one_message(&wire, || retrieve(&session, one).unwrap());
        show_again(&wire, 0, &kept);
        assert_eq!(in_one_message(&wire, || code(retrieve(&session, asked))), Code::ProtocolViolation);
        wire.mend();
        assert_eq!(retrieve(&session, asked).unwrap().info.id, asked, "the next call logs in again");
    }
    // To one that acts: it has happened, and the client says that it may have.
    let kept = keep(&wire, 0);
    in_one_message(&wire, || retrieve(&session, one).unwrap());
    show_again(&wire, 0, &kept);
    let failed = in_one_message(&wire, || error(generate(&session)));
    assert_eq!((failed.code, failed.may_have_happened), (Code::ProtocolViolation, true));
    wire.mend();
    assert_eq!(session.list(None, 10, &call()).unwrap().len(), 3);

    // To another session of the same person.
    let tablet = Device::over(&server, wire.clone()).open("ada", PASSWORD).unwrap();
    retrieve(&tablet, other).unwrap();
    show_again(&wire, 0, &kept);
    assert_eq!(in_one_message(&wire, || code(retrieve(&tablet, one))), Code::ProtocolViolation);
    wire.mend();

    // KE2 and the welcome of an earlier login.
    let (ke2, welcome) = (keep(&wire, 0), keep(&wire, 1));
    device.open("ada", PASSWORD).unwrap();
    wire.mend();
    show_again(&wire, 0, &ke2);
    let (refused, exchanges) = wire.exchanges(|| device.open("ada", PASSWORD));
    assert_eq!((code(refused), exchanges), (Code::WrongNameOrPassword, vec!["session/start".to_owned()]));
    wire.mend();
    show_again(&wire, 1, &welcome);
    assert_eq!(code(device.open("ada", PASSWORD)), Code::ProtocolViolation);
    wire.mend();
    device.open("ada", PASSWORD).unwrap();
}

#[test]
fn answers_that_were_swapped_on_the_way_are_taken_by_neither() {
    let server = Server::start_with(Engine::Sqlite, Settings::with_operations(64));
    let (_, wire, session, one) = open(&server);
    let (tablet, other_wire) = Device::wired(&server);
    let tablet = tablet.open("ada", PASSWORD).unwrap();
    for asking in [&session, &tablet] {
        retrieve(asking, one).unwrap();
    }

    let both = Arc::new((Barrier::new(2), Mutex::new([Vec::new(), Vec::new()])));
    for (mine, wire) in [&wire, &other_wire].into_iter().enumerate() {
        let both = Arc::clone(&both);
        wire.change(0, move |reply| {
            let (arrived, bodies) = &*both;
            bodies.lock().unwrap()[mine].clone_from(&reply.body);
            arrived.wait();
            reply.body.clone_from(&bodies.lock().unwrap()[1 - mine]);
        });
    }
    let ended = std::thread::scope(|scope| {
        let asking = [&session, &tablet].map(|asking| scope.spawn(move || code(retrieve(asking, one))));
        asking.map(|asked| asked.join().unwrap())
    });
    assert_eq!(ended, [Code::ProtocolViolation, Code::ProtocolViolation]);
    wire.mend();
    other_wire.mend();
    for asking in [&session, &tablet] {
        assert_eq!(asking.retrieve(one, Purpose::LocalOnly, &call()).unwrap().bytes.expose(), b"one");
    }
}

/// The same message with a byte string in it that is a byte longer, or shorter.
fn of_another_length(message: &[u8], field: &[u8], longer: bool) -> Vec<u8> {
    let mut other = field.to_vec();
    if longer {
        other.push(0);
    } else {
        other.pop();
    }
    let (told, other) = (cbor::encode(&Blob(field.to_vec())), cbor::encode(&Blob(other)));
    let at = message.windows(told.len()).position(|window| window == told).expect("the field is there");
    [&message[..at], &other, &message[at + told.len()..]].concat()
}

#[test]
fn an_opaque_message_of_another_length_is_refused_before_anything_follows_it() {
    one_engine(|server| {
        let (device, wire) = Device::wired(server);
        for longer in [true, false] {
            wire.change(0, move |reply| {
                let started: RegistrationStarted = cbor::decode(&reply.body).unwrap();
                reply.body = of_another_length(&reply.body, &started.response.0, longer);
            });
            let (refused, exchanges) = wire.exchanges(|| device.register("ada", PASSWORD));
            assert_eq!((code(refused), exchanges), (Code::ProtocolViolation, vec!["registration/start".to_owned()]));
            wire.mend();
        }
        device.register("ada", PASSWORD).unwrap();
        for longer in [true, false] {
            wire.change(0, move |reply| {
                let started: SessionStarted = cbor::decode(&reply.body).unwrap();
                reply.body = of_another_length(&reply.body, &started.ke2.0, longer);
            });
            let (refused, exchanges) = wire.exchanges(|| device.open("ada", PASSWORD));
            assert_eq!((code(refused), exchanges), (Code::ProtocolViolation, vec!["session/start".to_owned()]));
            wire.mend();
        }
        device.open("ada", PASSWORD).unwrap();
    });
}

#[test]
fn a_response_of_another_length_in_a_change_of_password_is_refused_before_anything_is_committed() {
    let liar = Liar::new();
    let session = liar.device().register("ada", PASSWORD).unwrap();
    // The next request is a message of a session that is open.
    session.list(None, 10, &call()).unwrap();
    for longer in [true, false] {
        liar.lie_in_bytes_of_replies(move |bytes| {
            let reply: Reply = cbor::decode(bytes).unwrap();
            if let Answer::PasswordChangeBegun { response } = reply.answer {
                *bytes = of_another_length(bytes, &response.0, longer);
            }
        });
        let failed = error(session.change_password(secret(PASSWORD), secret("a new horse"), &call()));
        assert_eq!((failed.code, failed.may_have_happened), (Code::ProtocolViolation, false));
        session.list(None, 10, &call()).unwrap();
    }
    liar.lie_in_bytes_of_replies(|_| {});
    assert_eq!(liar.back_up().generation, 1);
    liar.device().open("ada", PASSWORD).unwrap();
    session.change_password(secret(PASSWORD), secret("a new horse"), &call()).unwrap();
}
