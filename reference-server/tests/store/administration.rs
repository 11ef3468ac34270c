//! The server as a whole.

use std::thread;

use lock_keeper_server::store::SENTINEL;

use crate::fixture::each_engine;
use crate::samples::{key, new_account, server_key};

#[test]
fn of_processes_that_start_together_one_makes_the_keys() {
    each_engine(|f| {
        let sentinel = new_account(SENTINEL, 0xff, 0);
        let again = f.store.administration().insert_first_keys(&[server_key("other")], &sentinel).unwrap();
        assert!(!again);
        let keys = f.store.administration().server_keys().unwrap();
        assert_eq!(keys, [server_key("root")]);
    });
}

#[test]
fn a_servers_key_is_replaced_by_its_id() {
    each_engine(|f| {
        let mut key = server_key("sealing-1");
        key.created_at = 2;
        f.store.administration().put_server_key(&key).unwrap();
        key.state = "retired".into();
        key.wrapped = vec![2; 72];
        key.kek_id = "second".into();
        f.store.administration().put_server_key(&key).unwrap();
        assert_eq!(f.store.administration().server_keys().unwrap(), [server_key("root"), key]);
    });
}

#[test]
fn the_clock_is_the_databases_plus_the_tests_offset() {
    each_engine(|f| {
        let before = f.now();
        f.pass(1_000_000);
        let after = f.now();
        assert!((1_000_000..1_060_000).contains(&(after - before)));
        let (read, _) = f.run(&key(1), |c| c.read_registration(&key(1))).unwrap();
        assert!((after..after + 60_000).contains(&read));
        let read = f.run(&key(1), |c| c.read_start(&key(1), &[1; 32])).unwrap().now;
        assert!((after..after + 60_000).contains(&read));
    });
}

#[test]
fn a_database_that_can_be_written_says_so() {
    each_engine(|f| f.store.administration().check_writable().unwrap());
}

#[test]
fn many_threads_share_a_small_pool() {
    each_engine(|f| {
        thread::scope(|scope| {
            for byte in 1..=24 {
                scope.spawn(move || f.register(key(byte)));
            }
        });
        assert!((1..=24).all(|byte| f.run(&key(byte), |c| c.read_registration(&key(byte))).unwrap().1.is_some()));
    });
}
