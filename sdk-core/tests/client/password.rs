//! A change of password, and what the other devices notice of it.

use std::thread;

use lock_keeper_core::{Code, DeviceUnlock, LockReason, Result, Session, SessionOptions};
use lock_keeper_testbed::{Server, each_engine};

use crate::fixture::{
    Device, call, code, each_engine_and_length, error, generate, import, one_engine, retrieve, secret, times_done,
};

const OLD: &str = "correct horse";
const NEW: &str = "battery staple";

fn change(session: &Session) -> Result<()> {
    session.change_password(secret(OLD), secret(NEW), &call())
}

/// Only the new password opens the account.
fn assert_changed(server: &Server) {
    assert_eq!(code(Device::new(server).open("ada", OLD)), Code::WrongNameOrPassword);
    let session = Device::new(server).open("ada", NEW).unwrap();
    assert_eq!(times_done(&session, "password_changed"), 1);
}

/// Only the old one does.
fn assert_unchanged(server: &Server) {
    assert_eq!(code(Device::new(server).open("ada", NEW)), Code::WrongNameOrPassword);
    let session = Device::new(server).open("ada", OLD).unwrap();
    assert_eq!(times_done(&session, "password_changed"), 0);
}

#[test]
fn after_a_change_every_secret_opens_with_the_new_password_and_the_old_one_opens_nothing() {
    each_engine_and_length(|server| {
        let phone = Device::new(server).register("ada", OLD).unwrap();
        let made = generate(&phone).unwrap();
        let brought = import(&phone, b"brought").unwrap();
        let tablet = Device::new(server);
        let unlock = tablet.open("ada", OLD).unwrap().device_unlock().unwrap();
        let elsewhere = tablet.open("ada", OLD).unwrap();
        generate(&elsewhere).unwrap();

        change(&phone).unwrap();
        assert_eq!(retrieve(&phone, made.info.id).unwrap(), made);
        generate(&phone).unwrap();

        // The other session has ended, and says why.
        assert_eq!(code(generate(&elsewhere)), Code::PasswordChanged);
        assert_eq!(elsewhere.lock_reason(), Some(LockReason::PasswordChanged));
        assert_eq!(code(generate(&elsewhere)), Code::SessionLocked);
        let stale = tablet.client.open_session_with(unlock, SessionOptions::default(), &call());
        assert_eq!(code(stale), Code::DeviceUnlockStale);

        assert_eq!(code(tablet.open("ada", OLD)), Code::WrongNameOrPassword);
        let tablet = tablet.open("ada", NEW).unwrap();
        assert_eq!(retrieve(&tablet, made.info.id).unwrap(), made);
        assert_eq!(retrieve(&tablet, brought.id).unwrap().info, brought);
    });
}

#[test]
fn a_wrong_old_password_costs_no_exchange_and_no_guess() {
    let server = Server::start(lock_keeper_testbed::Engine::Sqlite);
    let (device, wire) = Device::wired(&server);
    let session = device.register("ada", OLD).unwrap();
    let (refused, exchanges) = wire.exchanges(|| session.change_password(secret("wrong horse"), secret(NEW), &call()));
    assert_eq!(code(refused), Code::WrongNameOrPassword);
    assert!(exchanges.is_empty());
    assert!(!session.is_locked());
    change(&session).unwrap();
}

#[test]
fn a_change_whose_answers_are_lost_once_is_done_once() {
    one_engine(|server| {
        let (device, wire) = Device::wired(server);
        let session = device.register("ada", OLD).unwrap();
        for n in 0..3 {
            wire.lose_answers(n..n + 1);
            change(&session).unwrap();
            session.change_password(secret(NEW), secret(OLD), &call()).unwrap();
        }
        assert_eq!(times_done(&session, "password_changed"), 6);
    });
}

#[test]
fn a_change_whose_answer_never_came_is_found_out_at_once_by_trying_the_new_password() {
    each_engine(|server| {
        let (device, wire) = Device::wired(server);
        let session = device.register("ada", OLD).unwrap();
        // The commit is the third exchange, and it is sent four times.
        wire.lose_answers(2..6);
        change(&session).unwrap();
        generate(&session).unwrap();
        assert_changed(server);
    });
}

#[test]
fn a_change_that_vanished_is_found_out_at_once_by_trying_the_old_password() {
    one_engine(|server| {
        let (device, wire) = Device::wired(server);
        let session = device.register("ada", OLD).unwrap();
        wire.vanish(2..6);
        let failed = error(change(&session));
        assert_eq!((failed.code, failed.may_have_happened), (Code::Offline, false));
        generate(&session).unwrap();
        assert_unchanged(server);
        change(&session).unwrap();
        assert_changed(server);
    });
}

#[test]
fn a_change_that_cannot_be_found_out_now_is_sorted_out_by_the_next_call_whichever_way_it_went() {
    one_engine(|server| {
        for taken in [false, true] {
            let (device, wire) = Device::wired(server);
            let name = format!("ada-{taken}");
            let session = device.register(&name, OLD).unwrap();
            let kept = generate(&session).unwrap();
            if taken {
                wire.lose_answers(2..6)
            } else {
                wire.vanish(2..6)
            }
            wire.cut(6);
            let failed = error(change(&session));
            assert_eq!((failed.code, failed.may_have_happened), (Code::OutcomeUnknown, true));
            assert!(!session.is_locked());

            // It stays unknown for as long as the device is cut off.
            assert_eq!(code(generate(&session)), Code::ProxyRefused);
            wire.mend();
            assert_eq!(retrieve(&session, kept.info.id).unwrap(), kept);
            let (right, wrong) = if taken { (NEW, OLD) } else { (OLD, NEW) };
            assert_eq!(code(Device::new(server).open(&name, wrong)), Code::WrongNameOrPassword);
            Device::new(server).open(&name, right).unwrap();
        }
    });
}

#[test]
fn after_a_change_of_unknown_outcome_the_password_that_holds_is_the_one_that_is_asked_for() {
    one_engine(|server| {
        let (device, wire) = Device::wired(server);
        let session = device.register("ada", OLD).unwrap();
        wire.lose_answers(2..6);
        wire.cut(6);
        error(change(&session));
        wire.mend();
        assert_eq!(code(session.delete_account(secret(OLD), &call())), Code::WrongNameOrPassword);
        session.change_password(secret(NEW), secret("a third horse"), &call()).unwrap();
        Device::new(server).open("ada", "a third horse").unwrap();
    });
}

#[test]
fn a_change_that_was_cut_off_before_its_commit_has_not_happened() {
    one_engine(|server| {
        let (device, wire) = Device::wired(server);
        let session = device.register("ada", OLD).unwrap();
        for n in 0..3 {
            wire.cut(n);
            let failed = error(change(&session));
            assert_eq!((failed.code, failed.may_have_happened), (Code::ProxyRefused, false), "{n}");
            wire.mend();
            generate(&session).unwrap();
        }
        assert_unchanged(server);
    });
}

#[test]
fn of_two_devices_that_change_the_password_at_once_one_wins_and_the_other_hears_of_it() {
    each_engine(|server| {
        let phone = Device::new(server).register("ada", OLD).unwrap();
        let tablet = Device::new(server).open("ada", OLD).unwrap();
        let (one, other) = thread::scope(|scope| {
            let one = scope.spawn(|| phone.change_password(secret(OLD), secret("phone"), &call()));
            let other = scope.spawn(|| tablet.change_password(secret(OLD), secret("tablet"), &call()));
            (one.join().unwrap(), other.join().unwrap())
        });
        let (winner, loser, password) = if one.is_ok() { (&phone, other, "phone") } else { (&tablet, one, "tablet") };
        assert_eq!(code(loser), Code::PasswordChanged);
        generate(winner).unwrap();
        Device::new(server).open("ada", password).unwrap();
    });
}

#[test]
fn a_session_that_was_opened_by_a_device_unlock_can_change_the_password() {
    one_engine(|server| {
        let (device, wire) = Device::wired(server);
        let unlock = device.register("ada", OLD).unwrap().device_unlock().unwrap();
        let unlock = DeviceUnlock::from_bytes(unlock.to_bytes().expose()).unwrap();
        let session = device.client.open_session_with(unlock, SessionOptions::default(), &call()).unwrap();
        // Where the change is not taken, the session goes on with what it has: it may not stretch the old password anew.
        wire.vanish(1..5);
        error(change(&session));
        wire.mend();
        generate(&session).unwrap();
        change(&session).unwrap();
        generate(&session).unwrap();
        let unlock = session.device_unlock().unwrap();
        device.client.open_session_with(unlock, SessionOptions::default(), &call()).unwrap();
    });
}
