//! Rotation of the key-encryption key while the server serves.

use std::ops::ControlFlow;

use lock_keeper_protocol::message::Answer;
use lock_keeper_server::keys::{Progress, rotate};
use lock_keeper_testbed::{Device, Server, each_engine};
use rand::rngs::OsRng;

use crate::samples::{PASSWORD, retrieve, store};

/// `keys rotate`, in batches of one account.
fn run(server: &Server, report: &mut dyn FnMut(&Progress) -> ControlFlow<()>) -> Progress {
    let service = server.service();
    rotate(service.store().administration(), &*server.key_wrapper(), 1, &mut OsRng, report).unwrap()
}

fn retrieves(device: &mut Device) -> bool {
    matches!(device.login_with(retrieve(1)).first_answer(), Answer::Retrieved(_))
}

#[test]
fn a_rotation_goes_on_beside_requests_is_stopped_half_way_and_is_resumed() {
    each_engine(|server| {
        let mut devices: Vec<Device> =
            ["ada", "bob", "eve"].iter().map(|name| Device::register(server, name, PASSWORD)).collect();
        for device in &mut devices {
            let _ = device.login_with(store(1));
        }
        server.add_key_encryption_key("second");
        server.restart();

        let mut batches = 0;
        let stopped = run(server, &mut |_| {
            batches += 1;
            assert!(devices.iter_mut().all(retrieves), "after batch {batches}");
            if batches == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert!(!stopped.done);
        assert_eq!((stopped.server_keys, stopped.accounts), (3, 2));
        assert!(devices.iter_mut().all(retrieves));

        // Another process takes over, and finds what is left: an account and the sentinel.
        let other = Server::beside(server);
        let rest = run(&other, &mut |_| ControlFlow::Continue(()));
        assert!(rest.done);
        assert_eq!((rest.server_keys, rest.accounts), (0, 2));
        let nothing = run(server, &mut |_| ControlFlow::Continue(()));
        assert_eq!(nothing, Progress { server_keys: 0, accounts: 0, done: true });

        // The old key is needed no more.
        server.remove_key_encryption_key("first");
        server.restart();
        assert!(devices.iter_mut().all(retrieves));
    });
}

#[test]
fn accounts_that_are_made_during_a_rotation_are_under_the_new_key() {
    each_engine(|server| {
        let _before = Device::register(server, "ada", PASSWORD);
        server.add_key_encryption_key("second");
        server.restart();
        let mut during = Device::register(server, "bob", PASSWORD);
        let _ = during.login_with(store(1));
        let progress = run(server, &mut |_| ControlFlow::Continue(()));
        assert_eq!((progress.accounts, progress.done), (2, true), "ada and the sentinel");
        server.remove_key_encryption_key("first");
        server.restart();
        assert!(retrieves(&mut during));
    });
}

#[test]
fn two_rotations_at_once_do_no_harm() {
    each_engine(|server| {
        let mut devices: Vec<Device> =
            ["ada", "bob", "eve"].iter().map(|name| Device::register(server, name, PASSWORD)).collect();
        for device in &mut devices {
            let _ = device.login_with(store(1));
        }
        server.add_key_encryption_key("second");
        server.restart();
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| assert!(run(server, &mut |_| ControlFlow::Continue(())).done));
            }
        });
        server.remove_key_encryption_key("first");
        server.restart();
        assert!(devices.iter_mut().all(retrieves));
    });
}
