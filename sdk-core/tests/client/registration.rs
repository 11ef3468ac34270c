//! Registering: once, by whoever comes first, and to the end.

use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use lock_keeper_core::{
    Call, CancelToken, Code, Env, LocalStore, LockKeeperClient, MemoryStore, StoreFailure, password,
};
use lock_keeper_protocol::limits::PENDING_LIFETIME;
use lock_keeper_testbed::{Settings, each_engine, each_engine_with};

use crate::fixture::{Device, actions, call, code, error, generate, one_engine, retrieve, secret};
use crate::wire::{Wire, config};

#[test]
fn of_two_that_race_for_one_name_exactly_one_wins_and_the_other_hears_that_it_is_taken() {
    each_engine(|server| {
        let (one, other) = thread::scope(|scope| {
            let one = scope.spawn(|| Device::new(server).register("ada", "the first password"));
            let other = scope.spawn(|| Device::new(server).register("ada", "the other password"));
            (one.join().unwrap(), other.join().unwrap())
        });
        assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1);
        let (winner, loser) = if one.is_ok() { (one, other) } else { (other, one) };
        assert_eq!(code(loser), Code::AccountNameTaken);
        generate(&winner.unwrap()).unwrap();
    });
}

#[test]
fn a_registration_takes_five_exchanges_a_first_store_three_and_a_store_in_an_unlocked_session_two() {
    each_engine(|server| {
        let (device, wire) = Device::wired(server);
        let (session, exchanges) = wire.exchanges(|| device.register("ada", "correct horse").unwrap());
        let login = ["session/start", "session/finish"];
        assert_eq!(exchanges[..2], ["registration/start", "registration/finish"]);
        assert_eq!(exchanges[2..], ["session/start", "session/finish", "session/message"]);

        let (_, exchanges) = wire.exchanges(|| generate(&session).unwrap());
        assert_eq!(exchanges, login);

        let (_, exchanges) = wire.exchanges(|| generate(&device.open("ada", "correct horse").unwrap()).unwrap());
        assert_eq!(exchanges, ["session/start", "session/finish", "session/message"]);
    });
}

#[test]
fn names_that_look_alike_are_one_name() {
    one_engine(|server| {
        let device = Device::new(server);
        let session = device.register("Zoë", "correct horse").unwrap();
        assert_eq!(session.account(), "zoë");
        // Full width, capitals, and the diaeresis as a character of its own.
        for alike in ["zoë", "ZOË", "Zoe\u{308}", "\u{ff3a}\u{ff4f}ë"] {
            assert_eq!(code(Device::new(server).register(alike, "another horse")), Code::AccountNameTaken, "{alike}");
        }
        let kept = generate(&session).unwrap();
        let other = Device::new(server).open("ZOE\u{308}", "correct horse").unwrap();
        assert_eq!(retrieve(&other, kept.info.id).unwrap(), kept);
    });
}

#[test]
fn bad_names_and_passwords_cost_no_exchange() {
    let server = lock_keeper_testbed::Server::start(lock_keeper_testbed::Engine::Sqlite);
    let (device, wire) = Device::wired(&server);
    let long = "a".repeat(255);
    for name in ["", "two words", "tab\there", "null\0", "\u{202e}ada", "①", &long] {
        assert_eq!(code(device.register(name, "correct horse")), Code::AccountNameInvalid, "{name:?}");
        assert_eq!(code(device.open(name, "correct horse")), Code::AccountNameInvalid, "{name:?}");
        assert_eq!(code(device.client.forget(name)), Code::AccountNameInvalid, "{name:?}");
    }
    for text in ["", "bell\u{7}", &"a".repeat(1025)] {
        assert_eq!(code(password(text)), Code::PasswordInvalid, "{text:?}");
    }
    assert_eq!(wire.count(), 0);
    let longest = "a".repeat(254);
    device.client.register(&longest, secret(&"a".repeat(1024)), None, Default::default(), &call()).unwrap();
}

#[test]
fn a_client_that_died_before_it_completed_the_registration_completes_it_with_the_same_call() {
    one_engine(|server| {
        // Where it dies: after registration/finish, after KE1, after KE3, and in the middle of the last exchange.
        for (at, name) in [(2, "ada"), (3, "bob"), (4, "cleo")] {
            let (device, wire) = Device::wired(server);
            wire.cut(at);
            let lost = error(device.register(name, "correct horse"));
            assert_eq!((lost.code, lost.may_have_happened), (Code::ProxyRefused, true), "at {at}");

            wire.mend();
            let device = device.restarted(server, wire);
            let session = device.register(name, "correct horse").unwrap();
            assert_eq!(actions(&session).iter().filter(|action| **action == "complete_registration").count(), 1);
        }
    });
}

#[test]
fn another_device_with_the_password_completes_what_the_first_one_left_half_made() {
    one_engine(|server| {
        let (device, wire) = Device::wired(server);
        wire.cut(2);
        error(device.register("ada", "correct horse"));
        assert_eq!(code(Device::new(server).register("ada", "a stranger's")), Code::AccountNameTaken);
        let session = Device::new(server).open("ada", "correct horse").unwrap();
        generate(&session).unwrap();
    });
}

#[test]
fn a_client_that_never_heard_that_its_registration_is_complete_learns_it_from_the_same_call() {
    each_engine(|server| {
        let (device, wire) = Device::wired(server);
        wire.cut_after(4);
        let lost = error(device.register("ada", "correct horse"));
        assert_eq!((lost.code, lost.may_have_happened), (Code::TimedOut, true));

        wire.mend();
        let device = device.restarted(server, wire);
        let session = device.register("ada", "correct horse").unwrap();
        assert_eq!(actions(&session).iter().filter(|action| **action == "complete_registration").count(), 1);
        // That was the end of it: from now on the name is taken for this device too.
        assert_eq!(code(device.register("ada", "correct horse")), Code::AccountNameTaken);
    });
}

/// Tells when a device has kept what it knows of an account.
struct Announcing {
    kept: MemoryStore,
    tell: SyncSender<()>,
}

impl LocalStore for Announcing {
    fn get(&self, slot: &str) -> Result<Option<Vec<u8>>, StoreFailure> {
        self.kept.get(slot)
    }

    fn put(&self, slot: &str, value: &[u8]) -> Result<(), StoreFailure> {
        self.kept.put(slot, value)?;
        if slot.starts_with("account.") {
            let _ = self.tell.try_send(());
        }
        Ok(())
    }

    fn remove(&self, slot: &str) -> Result<(), StoreFailure> {
        self.kept.remove(slot)
    }
}

#[test]
fn a_registration_that_was_cancelled_and_finished_in_the_background_is_learnt_of_from_the_same_call() {
    one_engine(|server| {
        let (tell, told) = sync_channel(1);
        let wire = Wire::to(server);
        let store = Arc::new(Announcing { kept: MemoryStore::new(), tell });
        let env = Env { transport: wire.clone(), ..Env::new(&config(server), store) };
        let client = LockKeeperClient::new(config(server), env);
        let register = |call: &Call| client.register("ada", secret("correct horse"), None, Default::default(), call);

        let token = CancelToken::new();
        let cancel = token.clone();
        wire.change(4, move |_| cancel.cancel());
        let lost = error(register(&call().with_cancel(token)));
        assert_eq!((lost.code, lost.may_have_happened), (Code::Cancelled, true));
        told.recv().unwrap();

        generate(&register(&call()).unwrap()).unwrap();
        // That was the end of it.
        assert_eq!(code(register(&call())), Code::AccountNameTaken);
    });
}

#[test]
fn a_name_with_an_active_account_is_taken_even_for_the_right_password() {
    one_engine(|server| {
        let device = Device::new(server);
        device.register("ada", "correct horse").unwrap();
        for device in [device, Device::new(server)] {
            let taken = error(device.register("ada", "correct horse"));
            assert_eq!((taken.code, taken.may_have_happened), (Code::AccountNameTaken, false));
            assert_eq!(code(device.register("ada", "wrong horse")), Code::AccountNameTaken);
        }
    });
}

#[test]
fn a_pending_account_expires_after_a_day_and_not_before() {
    each_engine(|server| {
        let (device, wire) = Device::wired(server);
        wire.cut(2);
        error(device.register("ada", "correct horse"));
        wire.mend();

        let day = Duration::from_secs(PENDING_LIFETIME.into());
        server.advance(day - Duration::from_secs(60));
        assert_eq!(code(Device::new(server).register("ada", "a stranger's")), Code::AccountNameTaken);
        server.advance(Duration::from_secs(61));
        Device::new(server).register("ada", "a stranger's").unwrap();
        assert_eq!(code(device.register("ada", "correct horse")), Code::AccountNameTaken);
    });
}

#[test]
fn a_closed_server_and_a_ticket_are_refused_each_with_its_own_error() {
    let mut closed = Settings::default();
    closed.policy.registration_open = false;
    each_engine_with(&closed, |server| {
        assert_eq!(code(Device::new(server).register("ada", "correct horse")), Code::RegistrationClosed);
        let ticket = Some(&b"a ticket"[..]);
        let device = Device::new(server);
        let refused = device.client.register("ada", secret("correct horse"), ticket, Default::default(), &call());
        assert_eq!(code(refused), Code::TicketRefused);
    });
}
