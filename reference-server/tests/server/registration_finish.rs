//! `POST /v1/registration/finish`.

use std::sync::Barrier;

use lock_keeper_protocol::cbor::{self, Blob, Bytes};
use lock_keeper_protocol::message::{CBOR, RegistrationFinish, SessionKind, path};
use lock_keeper_protocol::problem::Problem;
use lock_keeper_testbed::{Device, Engine, RawClient, Reply, Server, Settings, each_engine};

use crate::samples::{HOUR, MINUTE, PASSWORD, SECOND, complete_registration};

fn finish(http: &RawClient, finish: &RegistrationFinish) -> Reply {
    http.post(path::REGISTRATION_FINISH, CBOR, &cbor::encode(finish))
}

#[test]
fn of_those_who_race_for_a_name_exactly_one_wins() {
    each_engine(|server| {
        let racers: Vec<Device> = (0..6).map(|n| Device::new(server, "ada", &format!("password {n}"))).collect();
        let bodies: Vec<_> = racers.iter().map(Device::registration_finish).collect();
        let barrier = Barrier::new(racers.len());
        let replies: Vec<Reply> = std::thread::scope(|scope| {
            let race = |(racer, body): (&Device, _)| {
                let (http, barrier) = (racer.http.clone(), &barrier);
                scope.spawn(move || {
                    barrier.wait();
                    finish(&http, body)
                })
            };
            let runners: Vec<_> = racers.iter().zip(&bodies).map(race).collect();
            runners.into_iter().map(|runner| runner.join().unwrap()).collect()
        });
        let won: Vec<usize> = (0..replies.len()).filter(|n| replies[*n].status == 200).collect();
        assert_eq!(won.len(), 1);
        for reply in replies.iter().filter(|reply| reply.status != 200) {
            reply.assert_refused(Problem::AccountNameTaken);
        }
        // The name belongs to the winner's password, and to no other.
        for (n, racer) in racers.iter().enumerate() {
            assert_eq!(racer.try_start_login(None).is_ok(), won == [n]);
            server.service().unlock("ada").unwrap();
        }
    });
}

#[test]
fn the_same_body_within_a_minute_gets_the_same_answer_and_later_does_not() {
    each_engine(|server| {
        let device = Device::new(server, "ada", PASSWORD);
        let body = device.registration_finish();
        let first = finish(&device.http, &body);
        server.advance(59 * SECOND);
        assert_eq!(finish(&device.http, &body).success(), first.success());
        server.advance(SECOND);
        finish(&device.http, &body).assert_refused(Problem::AccountNameTaken);
    });
}

#[test]
fn the_same_body_at_the_same_time_gets_the_same_answer() {
    each_engine(|server| {
        let device = Device::new(server, "ada", PASSWORD);
        let body = device.registration_finish();
        std::thread::scope(|scope| {
            let calls: Vec<_> = (0..4).map(|_| scope.spawn(|| finish(&RawClient::new(server), &body))).collect();
            for call in calls {
                let _ = call.join().unwrap().success();
            }
        });
    });
}

#[test]
fn a_registration_id_is_good_for_one_registration() {
    each_engine(|server| {
        let device = Device::new(server, "ada", PASSWORD);
        let body = device.registration_finish();
        let _ = finish(&device.http, &body).success();
        let other = Device::new(server, "bob", PASSWORD).registration_finish();
        let stolen = RegistrationFinish { upload: other.upload, ..body };
        finish(&device.http, &stolen).assert_refused(Problem::AccountNameTaken);
        let mut ada = device;
        assert_eq!(ada.login().welcome.kind, SessionKind::Registration);
    });
}

#[test]
fn a_registration_id_serves_the_name_that_it_was_made_for() {
    each_engine(|server| {
        let ada = Device::new(server, "ada", PASSWORD);
        let bob = Device::new(server, "bob", PASSWORD);
        let id = ada.registration_finish().registration_id;
        let upload = bob.registration_finish().upload;
        let _ = finish(&bob.http, &RegistrationFinish { registration_id: id, upload }).success();
        // Whatever was uploaded lies under ada; bob's name is still free.
        let (_, start) = ada.registration_start();
        let reply = ada.http.post(path::REGISTRATION_START, CBOR, &cbor::encode(&start));
        reply.assert_refused(Problem::AccountNameTaken);
        bob.register_pending();
    });
}

#[test]
fn a_forged_registration_id_is_refused() {
    let server = Server::start(Engine::Sqlite);
    let device = Device::new(&server, "ada", PASSWORD);
    let good = device.registration_finish();
    let other_server = Server::start(Engine::Sqlite);
    let foreign = Device::new(&other_server, "ada", PASSWORD).registration_finish().registration_id;
    let length = good.registration_id.0.len();
    let mut forgeries = vec![foreign, Blob(Vec::new()), Blob(vec![0; 24]), Blob(vec![7; length])];
    for position in (0..length).step_by(5) {
        let mut flipped = good.registration_id.clone();
        flipped.0[position] ^= 1;
        forgeries.push(flipped);
        forgeries.push(Blob(good.registration_id.0[..position].to_vec()));
    }
    forgeries.push(Blob([good.registration_id.0.as_slice(), &[0]].concat()));
    for registration_id in forgeries {
        let body = RegistrationFinish { registration_id, ..good.clone() };
        finish(&device.http, &body).assert_refused(Problem::RegistrationRefused);
    }
    let _ = finish(&device.http, &good).success();
}

#[test]
fn a_registration_id_expires_after_ten_minutes() {
    each_engine(|server| {
        let device = Device::new(server, "ada", PASSWORD);
        let (early, late) = (device.registration_finish(), Device::new(server, "bob", PASSWORD).registration_finish());
        server.advance(10 * MINUTE - 5 * SECOND);
        let _ = finish(&device.http, &early).success();
        server.advance(5 * SECOND);
        finish(&device.http, &late).assert_refused(Problem::RegistrationRefused);
    });
}

#[test]
fn a_registration_goes_on_after_a_restart_and_on_another_server() {
    each_engine(|server| {
        let (ada, bob) = (Device::new(server, "ada", PASSWORD), Device::new(server, "bob", PASSWORD));
        let (of_ada, of_bob) = (ada.registration_finish(), bob.registration_finish());
        server.restart();
        let _ = finish(&ada.http, &of_ada).success();
        let second = Server::beside(server);
        let _ = finish(&RawClient::new(&second), &of_bob).success();
    });
}

#[test]
fn a_pending_account_makes_room_after_a_day_and_never_before() {
    each_engine(|server| {
        let half_way = Device::new(server, "ada", PASSWORD);
        half_way.register_pending();
        let other = Device::new(server, "ada", "another password");
        server.advance(24 * HOUR - 5 * SECOND);
        let (_, start) = other.registration_start();
        let reply = other.http.post(path::REGISTRATION_START, CBOR, &cbor::encode(&start));
        reply.assert_refused(Problem::AccountNameTaken);
        assert!(half_way.try_start_login(None).is_ok());

        server.advance(5 * SECOND);
        other.register_pending();
        assert!(half_way.try_start_login(None).is_err());
        assert!(other.try_start_login(None).is_ok());
    });
}

#[test]
fn an_account_that_was_completed_never_makes_room() {
    each_engine(|server| {
        let device = Device::register(server, "ada", PASSWORD);
        server.advance(400 * 24 * HOUR);
        let (_, start) = device.registration_start();
        let reply = device.http.post(path::REGISTRATION_START, CBOR, &cbor::encode(&start));
        reply.assert_refused(Problem::AccountNameTaken);
    });
}

#[test]
fn a_client_that_died_half_way_completes_by_logging_in() {
    each_engine(|server| {
        let mut device = Device::new(server, "ada", PASSWORD);
        device.register_pending();
        let _died_here = device.login();
        server.advance(HOUR);
        let mut again = device.another(server);
        let mut session = again.login();
        assert_eq!(session.welcome.kind, SessionKind::Registration);
        assert_eq!(session.request(complete_registration()), lock_keeper_protocol::message::Answer::Done);
        assert_eq!(again.login().welcome.kind, SessionKind::Request);
    });
}

#[test]
fn registration_that_was_closed_meanwhile_refuses_the_finish() {
    let server = Server::start(Engine::Sqlite);
    let device = Device::new(&server, "ada", PASSWORD);
    let body = device.registration_finish();
    let mut closed = Settings::default();
    closed.policy.registration_open = false;
    server.restart_with(closed);
    finish(&device.http, &body).assert_refused(Problem::RegistrationClosed);
}

#[test]
fn a_malformed_registration_finish_is_refused() {
    let server = Server::start(Engine::Sqlite);
    let device = Device::new(&server, "ada", PASSWORD);
    let body = device.registration_finish();
    let good = cbor::encode(&body);
    let of_length = |length: usize| {
        let mut upload = body.upload.0.to_vec();
        upload.resize(length, 0);
        cbor::encode(&(&body.registration_id, Blob(upload)))
    };
    let no_element = RegistrationFinish { upload: Bytes([0xff; 192]), ..body.clone() };
    for (bytes, why) in [
        (good[..good.len() - 1].to_vec(), "cut short"),
        ([good.as_slice(), &[0]].concat(), "a trailing byte"),
        (of_length(191), "an upload that is too short"),
        (of_length(193), "an upload with a trailing byte"),
        (cbor::encode(&no_element), "a public key that is no group element"),
    ] {
        let reply = device.http.post(path::REGISTRATION_FINISH, CBOR, &bytes);
        assert_eq!(reply.problem(), Some(Problem::Malformed), "{why}");
    }
    let _ = finish(&device.http, &body).success();
}
