//! A change of password ends everything that the old one began.

use lock_keeper_server::store::{Change, Charge, EndedAttempt, StoreError};

use crate::fixture::{Fixture, each_engine};
use crate::samples::{insert, key};

fn change(generation: i64) -> Change {
    Change::Password { sealed_record: vec![8; 232], sealed_storage_key: vec![8; 100], generation }
}

/// Ended attempts, as the next login would read them.
fn ended(f: &Fixture) -> Vec<EndedAttempt> {
    let now = f.now();
    f.run(&key(1), |c| c.ended_attempts(&key(1), now, 10)).unwrap()
}

#[test]
fn a_change_of_password_raises_the_generation_of_account_and_head() {
    each_engine(|f| {
        f.active(key(1), 1);
        f.message(&key(1), 1, change(1)).unwrap();
        assert_eq!(f.head(&key(1), 1).generation, 1);
        let start = f.run(&key(1), |c| c.read_start(&key(1), &[1; 32])).unwrap();
        assert_eq!((start.generation, start.sealed_record), (1, vec![8; 232]));
        let row = f.run(&key(1), |c| c.read_message(&key(1), &[1; 16])).unwrap().unwrap();
        assert_eq!(row.account.unwrap().sealed_storage_key, Some(vec![8; 100]));
    });
}

#[test]
fn other_sessions_and_open_attempts_end_with_the_old_password() {
    each_engine(|f| {
        f.active(key(1), 1);
        f.login(&key(1), 2);
        f.start(&key(1), 3);
        f.message(&key(1), 1, change(1)).unwrap();
        assert!(f.run(&key(1), |c| c.read_message(&key(1), &[2; 16])).unwrap().is_none());
        assert!(f.run(&key(1), |c| c.read_message(&key(1), &[1; 16])).unwrap().is_some());
        let row = f.run(&key(1), |c| c.read_finish(&key(1), &[3; 16])).unwrap();
        assert!(row.attempt.is_none());
        assert!(row.ended);
        let attempts = ended(f);
        assert!(!attempts[0].failed);
        assert_eq!(f.start(&key(1), 4), Charge::Granted);
    });
}

#[test]
fn no_secret_is_touched() {
    each_engine(|f| {
        f.active(key(1), 1);
        f.message(&key(1), 1, Change::Secret(insert(1))).unwrap();
        f.message(&key(1), 1, change(1)).unwrap();
        assert!(f.run(&key(1), |c| c.secret(&key(1), &[1; 16])).unwrap().unwrap().sealed.is_some());
    });
}

#[test]
fn a_generation_is_never_skipped_or_repeated() {
    each_engine(|f| {
        f.active(key(1), 1);
        for wrong in [0, 2] {
            assert_eq!(f.message(&key(1), 1, change(wrong)), Err(StoreError::HeadMoved));
        }
        let head = f.head(&key(1), 1);
        assert_eq!((head.size, head.generation), (2, 0));
    });
}
