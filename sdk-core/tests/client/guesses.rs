//! The guess budget as clients see it.

use std::thread;
use std::time::Duration;

use lock_keeper_core::{Code, LockKeeperError, Purpose};
use lock_keeper_testbed as testbed;
use lock_keeper_testbed::{Server, each_engine};

use crate::fixture::{Device, call, code, each_engine_and_length, error, generate, log, one_engine};

/// What somebody does who guesses with a program of his own; it costs the server an attempt, and this test no Argon2.
fn guess(server: &Server, name: &str, times: usize) {
    let stranger = testbed::Device::new(server, name, "a guess");
    for _ in 0..times {
        let _ = stranger.guess();
    }
}

fn refused(error: &LockKeeperError) -> Duration {
    assert_eq!((error.code, error.may_have_happened), (Code::TooManyAttempts, false));
    error.retry_after.expect("the server says how long to wait")
}

#[test]
fn after_five_wrong_passwords_the_sixth_hears_how_long_to_wait_and_the_wait_ends() {
    each_engine(|server| {
        Device::new(server).register("ada", "correct horse").unwrap();
        let stranger = Device::new(server);
        assert_eq!(code(stranger.open("ada", "wrong horse")), Code::WrongNameOrPassword);
        guess(server, "ada", 4);
        // The right password does not help now, and an attempt that is turned away costs no more waiting.
        for _ in 0..3 {
            let wait = refused(&error(stranger.open("ada", "correct horse")));
            assert!(wait <= Duration::from_secs(30) && wait > Duration::from_secs(20), "{wait:?}");
        }
        server.advance(Duration::from_secs(31));
        let session = stranger.open("ada", "correct horse").unwrap();
        let log = log(&session).unwrap();
        let turned_away = log.iter().find(|entry| entry.action == "attempts_turned_away").unwrap();
        assert_eq!(turned_away.count, 3);
    });
}

#[test]
fn a_name_that_nobody_has_registered_is_guessed_at_just_like_one_that_somebody_has() {
    one_engine(|server| {
        Device::new(server).register("ada", "correct horse").unwrap();
        let answers = |name: &str| {
            let stranger = Device::new(server);
            let first = error(stranger.open(name, "wrong horse"));
            guess(server, name, 4);
            let last = error(stranger.open(name, "wrong horse"));
            let wait = refused(&last).as_secs().div_ceil(10);
            let plain = |error: LockKeeperError| error.with_retry_after(None).with_request_id(None);
            (plain(first), plain(last), wait)
        };
        assert_eq!(answers("ada"), answers("nobody"));
    });
}

#[test]
fn a_right_password_takes_its_own_guess_back_and_nobody_elses() {
    one_engine(|server| {
        Device::new(server).register("ada", "correct horse").unwrap();
        guess(server, "ada", 4);
        for _ in 0..3 {
            Device::new(server).open("ada", "correct horse").unwrap();
        }
        assert_eq!(code(Device::new(server).open("ada", "wrong horse")), Code::WrongNameOrPassword);
        assert_eq!(code(Device::new(server).open("ada", "correct horse")), Code::TooManyAttempts);
    });
}

#[test]
fn a_device_that_has_logged_in_gets_in_while_strangers_have_spent_the_budget() {
    each_engine(|server| {
        let phone = Device::new(server);
        let session = phone.register("ada", "correct horse").unwrap();
        guess(server, "ada", 6);
        assert_eq!(code(Device::new(server).open("ada", "correct horse")), Code::TooManyAttempts);
        generate(&session).unwrap();
        let again = phone.open("ada", "correct horse").unwrap();
        generate(&again).unwrap();
        // Without what it knows of the account it is a stranger like any other.
        phone.client.forget("ada").unwrap();
        assert_eq!(code(phone.open("ada", "correct horse")), Code::TooManyAttempts);
    });
}

#[test]
fn the_budget_outlives_a_restart() {
    each_engine(|server| {
        Device::new(server).register("ada", "correct horse").unwrap();
        guess(server, "ada", 5);
        server.restart();
        assert_eq!(code(Device::new(server).open("ada", "correct horse")), Code::TooManyAttempts);
    });
}

#[test]
fn twenty_calls_at_once_log_in_one_after_the_other_and_spend_no_guess() {
    each_engine_and_length(|server| {
        let (device, wire) = Device::wired(server);
        let session = device.register("ada", "correct horse").unwrap();
        let kept = generate(&session).unwrap();
        thread::scope(|scope| {
            for n in 0..20 {
                let (session, id) = (&session, kept.info.id);
                scope.spawn(move || match n % 2 {
                    0 => drop(generate(session).unwrap()),
                    _ => drop(session.retrieve(id, Purpose::LocalOnly, &call()).unwrap()),
                });
            }
        });
        assert_eq!(wire.most_logins_at_once(), 1);
        assert_eq!(session.list(None, 100, &call()).unwrap().len(), 11);
    });
}

#[test]
fn twenty_calls_at_once_leave_the_device_all_of_its_guesses() {
    // One request in a session: each call is a login.
    each_engine(|server| {
        let device = Device::new(server);
        let session = device.register("ada", "correct horse").unwrap();
        thread::scope(|scope| {
            for _ in 0..20 {
                scope.spawn(|| drop(generate(&session).unwrap()));
            }
        });
        for guess in 1..=8 {
            assert_eq!(code(device.open("ada", "wrong horse")), Code::WrongNameOrPassword, "guess {guess}");
        }
        assert_eq!(code(device.open("ada", "wrong horse")), Code::TooManyAttempts);
        // And the strangers theirs.
        assert_eq!(code(Device::new(server).open("ada", "wrong horse")), Code::WrongNameOrPassword);
    });
}
