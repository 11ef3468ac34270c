//! *List*: ids, origins, times and sealed labels, in pages.

use lock_keeper_protocol::cbor::{Blob, Nullable};
use lock_keeper_protocol::limits;
use lock_keeper_protocol::message::{Answer, Continuation, Operation, Origin, SecretListed};
use lock_keeper_protocol::problem::Problem;
use lock_keeper_testbed::{Device, Settings, each_engine, each_engine_with};

use crate::samples::{PASSWORD, delete, id, list, listed, problem, sealed_secret, store};

#[test]
fn a_list_shows_what_is_there_and_no_secret() {
    each_engine_with(&Settings::with_operations(8), |server| {
        let mut session = Device::register(server, "ada", PASSWORD).login();
        let Answer::Stored { created_at } = session.request(Operation::Store {
            id: id(1),
            origin: Origin::Imported,
            sealed_secret: sealed_secret(),
            sealed_label: Blob(vec![9; 90]),
        }) else {
            panic!("not stored")
        };
        let item = SecretListed { id: id(1), origin: Origin::Imported, created_at, sealed_label: Blob(vec![9; 90]) };
        assert_eq!(session.request(list(10)), Answer::Listed { items: vec![item], more: false });
    });
}

#[test]
fn pages_follow_each_other_without_a_gap() {
    each_engine_with(&Settings::with_operations(16), |server| {
        let mut session = Device::register(server, "ada", PASSWORD).login();
        for byte in [5, 3, 1, 4, 2] {
            let _ = session.request(store(byte));
        }
        let page = session.request(list(2));
        assert!(matches!(&page, Answer::Listed { more: true, .. }));
        assert_eq!(listed(&page), [id(1), id(2)]);
        let page = session.go_on(Continuation::List { after: id(2), limit: 2 });
        assert!(matches!(&page, Answer::Listed { more: true, .. }));
        assert_eq!(listed(&page), [id(3), id(4)]);
        let page = session.go_on(Continuation::List { after: id(4), limit: 2 });
        assert!(matches!(&page, Answer::Listed { more: false, .. }));
        assert_eq!(listed(&page), [id(5)]);
        // A new operation may begin anywhere too.
        assert_eq!(
            listed(&session.request(Operation::List { after: Nullable(Some(id(3))), limit: 10 })),
            [id(4), id(5)]
        );
    });
}

#[test]
fn a_deleted_secret_is_not_listed() {
    each_engine_with(&Settings::with_operations(8), |server| {
        let mut session = Device::register(server, "ada", PASSWORD).login();
        for byte in 1..=3 {
            let _ = session.request(store(byte));
        }
        let _ = session.request(delete(2));
        assert_eq!(listed(&session.request(list(2))), [id(1), id(3)]);
    });
}

#[test]
fn a_full_page_of_the_longest_labels_fits_into_a_frame() {
    each_engine_with(&Settings::with_operations(101), |server| {
        let mut session = Device::register(server, "ada", PASSWORD).login();
        for byte in 0..100 {
            let answer = session.request(Operation::Store {
                id: id(byte),
                origin: Origin::Generated,
                sealed_secret: sealed_secret(),
                sealed_label: Blob(vec![9; limits::SEALED_LABEL]),
            });
            assert!(matches!(answer, Answer::Stored { .. }));
        }
        assert_eq!(listed(&session.request(list(100))).len(), 100);
    });
}

#[test]
fn a_page_of_an_impossible_size_is_refused() {
    each_engine_with(&Settings::with_operations(8), |server| {
        let mut session = Device::register(server, "ada", PASSWORD).login();
        for limit in [0, 101, u16::MAX] {
            assert_eq!(session.request(list(limit)), problem(Problem::Malformed));
        }
        let _ = session.request(list(1));
        for limit in [0, 101] {
            let next = Continuation::List { after: id(1), limit };
            assert_eq!(session.go_on(next), problem(Problem::Malformed));
        }
    });
}

#[test]
fn a_page_that_is_sent_again_is_the_same_page() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        for byte in 1..=2 {
            let _ = device.login_with(store(byte));
        }
        let mut session = device.login();
        let frame = session.seal(list(1));
        assert_eq!(session.send(&frame).success(), session.send(&frame).success());
        let frame = session.seal_continuation(Continuation::List { after: id(1), limit: 1 });
        let first = session.send(&frame);
        let _ = device.login_with(delete(2));
        assert_eq!(session.send(&frame).success(), first.success());
    });
}
