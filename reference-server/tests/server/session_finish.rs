//! `POST /v1/session/finish`.

use lock_keeper_protocol::cbor::{self, Blob, Bytes};
use lock_keeper_protocol::identity::SessionId;
use lock_keeper_protocol::message::{CBOR, path};
use lock_keeper_protocol::problem::Problem;
use lock_keeper_testbed::{Device, RawClient, Reply, Server, Settings, each_engine, each_engine_with};

use crate::samples::{MINUTE, PASSWORD, SECOND, list, listed, store};

fn finish(http: &RawClient, body: &[u8]) -> Reply {
    http.post(path::SESSION_FINISH, CBOR, body)
}

#[test]
fn the_same_body_twice_in_a_row_gets_the_same_bytes_and_logs_in_once() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let login = device.try_start_login(Some(store(1))).unwrap();
        let first = device.send_finish(&login);
        device.http.hang_up();
        assert_eq!(device.send_finish(&login).success(), first.success());
        let session = device.welcome(login, &first);
        // One entry for the login and one for its request, and nothing since.
        let size = session.welcome.head.size;
        assert_eq!(device.login().welcome.head.size, size + 1);
    });
}

#[test]
fn the_same_body_in_parallel_gets_the_same_bytes() {
    each_engine(|server| {
        let device = Device::register(server, "ada", PASSWORD);
        let body = device.try_start_login(Some(store(1))).unwrap().body();
        let replies: Vec<Reply> = std::thread::scope(|scope| {
            let calls: Vec<_> = (0..6).map(|_| scope.spawn(|| finish(&RawClient::new(server), &body))).collect();
            calls.into_iter().map(|call| call.join().unwrap()).collect()
        });
        for reply in &replies {
            assert_eq!(reply.success(), replies[0].success());
        }
    });
}

#[test]
fn the_same_body_on_another_server_and_after_a_restart_gets_the_same_bytes() {
    each_engine(|server| {
        let device = Device::register(server, "ada", PASSWORD);
        let login = device.start_login();
        let first = device.send_finish(&login);
        let second = Server::beside(server);
        assert_eq!(finish(&RawClient::new(&second), &login.body()).success(), first.success());
        server.restart();
        assert_eq!(device.send_finish(&login).success(), first.success());
    });
}

#[test]
fn the_same_body_after_a_minute_is_refused() {
    each_engine(|server| {
        let device = Device::register(server, "ada", PASSWORD);
        let login = device.start_login();
        let _ = device.send_finish(&login).success();
        server.advance(55 * SECOND);
        let _ = device.send_finish(&login).success();
        server.advance(5 * SECOND);
        device.send_finish(&login).assert_refused(Problem::LoginRefused);
    });
}

#[test]
fn the_same_body_after_a_later_frame_is_refused() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let login = device.start_login();
        let body = login.body();
        let reply = device.send_finish(&login);
        let mut session = device.welcome(login, &reply);
        let _ = session.request(list(1));
        finish(&device.http, &body).assert_refused(Problem::LoginRefused);
    });
}

#[test]
fn another_body_with_the_ke3_that_was_used_is_refused() {
    each_engine(|server| {
        let device = Device::register(server, "ada", PASSWORD);
        let mut login = device.start_login();
        let first = device.send_finish(&login);
        let good = login.body();
        login.frame.push(0);
        device.send_finish(&login).assert_refused(Problem::LoginRefused);
        // The one that opened the session still gets its answer.
        assert_eq!(finish(&device.http, &good).success(), first.success());
    });
}

#[test]
fn a_wrong_ke3_uses_up_its_login() {
    each_engine(|server| {
        let device = Device::register(server, "ada", PASSWORD);
        let login = device.start_login();
        let good = login.body();
        let mut wrong = login;
        wrong.ke3[0] ^= 1;
        device.send_finish(&wrong).assert_refused(Problem::LoginRefused);
        finish(&device.http, &good).assert_refused(Problem::LoginRefused);
    });
}

#[test]
fn a_good_ke3_with_a_bad_frame_opens_nothing() {
    each_engine(|server| {
        let device = Device::register(server, "ada", PASSWORD);
        for change in [|frame: &mut Vec<u8>| frame[90] ^= 1, |frame: &mut Vec<u8>| frame.truncate(3), Vec::clear] {
            let mut login = device.start_login();
            change(&mut login.frame);
            device.send_finish(&login).assert_refused(Problem::LoginRefused);
        }
        let (one, other) = (device.start_login(), device.start_login());
        let spliced = cbor::encode(&(one.login_id, Bytes(one.ke3), Blob(other.frame.clone())));
        finish(&device.http, &spliced).assert_refused(Problem::LoginRefused);
    });
}

#[test]
fn a_ke3_of_another_login_is_refused() {
    each_engine(|server| {
        let device = Device::register(server, "ada", PASSWORD);
        let (one, mut other) = (device.start_login(), device.start_login());
        other.ke3 = one.ke3;
        device.send_finish(&other).assert_refused(Problem::LoginRefused);
        let _ = device.send_finish(&one).success();
    });
}

#[test]
fn a_login_can_be_finished_for_a_minute() {
    each_engine(|server| {
        let device = Device::register(server, "ada", PASSWORD);
        let (early, late) = (device.start_login(), device.start_login());
        server.advance(MINUTE - 5 * SECOND);
        let _ = device.send_finish(&early).success();
        server.advance(5 * SECOND);
        device.send_finish(&late).assert_refused(Problem::LoginRefused);
    });
}

#[test]
fn a_ke3_for_a_record_that_was_replaced_is_refused() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let before = device.start_login();
        crate::change_password::change(&mut device, "new password");
        device.send_finish(&before).assert_refused(Problem::LoginRefused);
    });
}

#[test]
fn forged_login_ids_are_refused() {
    each_engine(|server| {
        let ada = Device::register(server, "ada", PASSWORD);
        let bob = Device::register(server, "bob", PASSWORD);
        let (of_ada, of_bob) = (ada.start_login(), bob.start_login());
        let with = |id: [u8; 48]| cbor::encode(&(SessionId(id), Bytes(of_ada.ke3), Blob(of_ada.frame.clone())));
        let mut crossed = of_bob.login_id.0;
        crossed[32..].copy_from_slice(&of_ada.login_id.0[32..]);
        for id in [[0; 48], [0xff; 48], of_bob.login_id.0, crossed] {
            finish(&ada.http, &with(id)).assert_refused(Problem::LoginRefused);
        }
        let _ = ada.send_finish(&of_ada).success();
    });
}

#[test]
fn a_malformed_session_finish_is_refused_and_uses_nothing_up() {
    each_engine(|server| {
        let device = Device::register(server, "ada", PASSWORD);
        let login = device.start_login();
        let good = login.body();
        let with =
            |id: &[u8], ke3: &[u8]| cbor::encode(&(Blob(id.to_vec()), Blob(ke3.to_vec()), Blob(login.frame.clone())));
        let (id, ke3) = (login.login_id.0, login.ke3);
        for (bytes, why) in [
            (good[..good.len() - 1].to_vec(), "cut short"),
            ([good.as_slice(), &[0]].concat(), "a trailing byte"),
            (with(&id, &ke3[..63]), "KE3 that is too short"),
            (with(&id, &[ke3.as_slice(), &[0]].concat()), "KE3 with a trailing byte"),
            (with(&id[..47], &ke3), "an id that is too short"),
            (with(&[id.as_slice(), &[0]].concat(), &ke3), "an id with a trailing byte"),
        ] {
            assert_eq!(finish(&device.http, &bytes).problem(), Some(Problem::Malformed), "{why}");
        }
        assert_eq!(with(&id, &ke3), good);
        let _ = finish(&device.http, &good).success();
    });
}

#[test]
fn a_request_that_rides_with_ke3_is_done_in_two_exchanges() {
    each_engine_with(&Settings::with_operations(2), |server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let before = device.http.exchanges();
        let mut session = device.login_with(store(1));
        assert_eq!(device.http.exchanges() - before, 2);
        assert!(matches!(session.first_answer(), lock_keeper_protocol::message::Answer::Stored { .. }));
        assert_eq!(listed(&session.request(list(10))), [crate::samples::id(1)]);
    });
}
