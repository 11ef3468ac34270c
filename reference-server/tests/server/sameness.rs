//! What a login tells about a name that is registered, and about one that is not: the same.

use std::collections::HashSet;

use lock_keeper_protocol::cbor::{self, Blob, Bytes};
use lock_keeper_protocol::identity::SessionId;
use lock_keeper_protocol::message::{CBOR, SessionStarted, path};
use lock_keeper_testbed::{Device, Reply, Server, each_engine};

use crate::samples::{PASSWORD, list};

/// What an answer looks like to somebody who can't read what is random in it: status, names and lengths of the header
/// fields, and the structure and lengths of the body.
#[derive(Debug, PartialEq, Eq)]
struct Shape {
    status: u16,
    headers: Vec<(String, usize)>,
    body_length: usize,
    text: String,
}

fn shape(reply: &Reply) -> Shape {
    let headers = reply.headers.iter().map(|(name, value)| (name.clone(), value.len())).collect();
    // A problem document has one value that differs from answer to answer.
    let id = reply.header("x-request-id").expect("each answer has a request id");
    let is_text = reply.status != 200;
    let text = if is_text { String::from_utf8(reply.body.clone()).unwrap().replace(id, "ID") } else { String::new() };
    Shape { status: reply.status, headers, body_length: reply.body.len(), text }
}

/// A guess, and then a KE3 that is wrong.
fn start_and_finish(server: &Server, name: &str) -> (Shape, Shape) {
    let guesser = Device::new(server, name, "a guess");
    let started = guesser.guess();
    let login: SessionStarted = cbor::decode(started.success()).unwrap();
    let body = cbor::encode(&(login.login_id, Bytes([7u8; 64]), Blob(vec![8; 300])));
    (shape(&started), shape(&guesser.http.post(path::SESSION_FINISH, CBOR, &body)))
}

#[test]
fn a_name_that_is_registered_and_one_that_is_not_get_the_same_answers() {
    each_engine(|server| {
        let _active = Device::register(server, "active", PASSWORD);
        Device::new(server, "pending", PASSWORD).register_pending();
        let active = start_and_finish(server, "active");
        assert_eq!(active.0.status, 200);
        assert_eq!(active.1.status, 403);
        assert_eq!(start_and_finish(server, "pending"), active, "pending");
        // Unknown names fall between all neighbours, and beyond the last one.
        for name in ["a", "b", "c", "d", "e", "f", "g", "h"] {
            assert_eq!(start_and_finish(server, name), active, "unknown");
        }
    });
}

#[test]
fn a_server_without_accounts_answers_the_same_as_a_full_one() {
    each_engine(|server| {
        let empty = start_and_finish(server, "nobody");
        let _someone = Device::register(server, "ada", PASSWORD);
        assert_eq!(start_and_finish(server, "somebody"), empty);
        assert_eq!(start_and_finish(server, "ada"), empty);
    });
}

#[test]
fn an_account_that_was_deleted_answers_like_one_that_never_was() {
    each_engine(|server| {
        let mut gone = Device::register(server, "gone", PASSWORD);
        let mut session = gone.login();
        let _ = session.request(lock_keeper_protocol::message::Operation::DeleteAccount);
        assert_eq!(start_and_finish(server, "gone"), start_and_finish(server, "never"));
    });
}

#[test]
fn a_refusal_of_the_budget_is_the_same() {
    each_engine(|server| {
        let _owner = Device::register(server, "ada", PASSWORD);
        let refused = |name: &str| {
            let guesser = Device::new(server, name, "a guess");
            (0..5).for_each(|_| drop(guesser.guess()));
            let mut shape = shape(&guesser.guess());
            // The seconds to wait have two digits; which ones depends on when the test asked.
            shape.text = shape.text.split("\"retry_after\"").next().unwrap().to_owned();
            shape
        };
        assert_eq!(refused("ada"), refused("nobody"));
    });
}

#[test]
fn the_same_ke1_gets_the_same_evaluation_for_either_name() {
    each_engine(|server| {
        let _owner = Device::register(server, "ada", PASSWORD);
        // Whoever asks twice learns no more from what stays the same than from what differs.
        for name in ["ada", "nobody"] {
            let guesser = Device::new(server, name, "a guess");
            let body = cbor::encode(&guesser.session_start().1);
            let ke2 = |body: &[u8]| -> [u8; 320] {
                let reply = guesser.http.post(path::SESSION_START, CBOR, body);
                cbor::decode::<SessionStarted>(reply.success()).unwrap().ke2.0
            };
            let (one, other) = (ke2(&body), ke2(&body));
            assert_eq!(one[..32], other[..32], "the evaluated element of {name}");
            assert_ne!(one[32..], other[32..], "all that is fresh for {name}");
        }
    });
}

#[test]
fn a_name_that_is_not_registered_has_an_evaluation_of_its_own() {
    each_engine(|server| {
        let owner = Device::register(server, "ada", PASSWORD);
        let mut body = owner.session_start().1;
        // For an unknown name the row of a neighbour is read. Nothing of it may be in the answer.
        let names = ["ada", "a", "b", "c", "d", "e", "f", "g", "h"];
        let evaluated = names.map(|name| {
            body.name = name.to_owned();
            let reply = owner.http.post(path::SESSION_START, CBOR, &cbor::encode(&body));
            let started: SessionStarted = cbor::decode(reply.success()).unwrap();
            <[u8; 32]>::try_from(&started.ke2.0[..32]).unwrap()
        });
        assert_eq!(HashSet::from(evaluated).len(), names.len());
    });
}

#[test]
fn a_login_id_of_either_name_finds_nothing_but_its_own_login() {
    each_engine(|server| {
        let _owner = Device::register(server, "ada", PASSWORD);
        let finish = |name: &str, forge: fn(&mut SessionId)| {
            let guesser = Device::new(server, name, "a guess");
            let mut login: SessionStarted = cbor::decode(guesser.guess().success()).unwrap();
            forge(&mut login.login_id);
            let body = cbor::encode(&(login.login_id, Bytes([7u8; 64]), Blob(vec![8; 300])));
            shape(&guesser.http.post(path::SESSION_FINISH, CBOR, &body))
        };
        let changes: [fn(&mut SessionId); 3] = [|_| (), |id| id.0[0] ^= 1, |id| id.0[47] ^= 1];
        for forge in changes {
            assert_eq!(finish("ada", forge), finish("nobody", forge));
        }
    });
}

#[test]
fn a_frame_for_a_session_of_either_name_is_refused_the_same() {
    each_engine(|server| {
        let mut owner = Device::register(server, "ada", PASSWORD);
        let mut session = owner.login();
        let mut frame = session.seal(list(1)).as_bytes().to_vec();
        let at = frame.windows(48).position(|bytes| bytes == session.id().0).unwrap();
        // A login id begins with what stands for the name: whoever has asked for a login knows it.
        let mut refused = |name: &str| {
            let started = Device::new(server, name, "a guess").guess();
            let login: SessionStarted = cbor::decode(started.success()).unwrap();
            frame[at..at + 48].copy_from_slice(&login.login_id.0);
            shape(&session.send_bytes(&frame))
        };
        let of_nobody = refused("nobody");
        assert_eq!(of_nobody.status, 403);
        assert_eq!(refused("ada"), of_nobody);
    });
}
