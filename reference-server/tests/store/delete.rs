//! A deleted account leaves its closing answer and a tombstone.

use lock_keeper_server::store::{Change, Charge, StoreError};

use crate::fixture::each_engine;
use crate::samples::{insert, key, new_account};

#[test]
fn everything_goes_but_the_closing_answer() {
    each_engine(|f| {
        f.active(key(1), 1);
        f.login(&key(1), 2);
        f.message(&key(1), 1, Change::Secret(insert(1))).unwrap();
        f.message(&key(1), 1, Change::Delete).unwrap();
        let row = f.run(&key(1), |c| c.read_message(&key(1), &[1; 16])).unwrap().unwrap();
        assert!(row.account.is_none());
        assert_eq!(row.session.last_answer, vec![9; 40]);
        assert!(f.run(&key(1), |c| c.read_message(&key(1), &[2; 16])).unwrap().is_none());
        assert!(f.run(&key(1), |c| c.secret(&key(1), &[1; 16])).unwrap().is_none());
        assert!(f.run(&key(1), |c| c.leaves(&key(1), 0, 10)).unwrap().is_empty());
        assert!(f.run(&key(1), |c| c.read_registration(&key(1))).unwrap().1.is_none());
    });
}

#[test]
fn a_name_may_be_registered_again() {
    each_engine(|f| {
        f.active(key(1), 1);
        f.message(&key(1), 1, Change::Delete).unwrap();
        let new = new_account(key(1), 2, f.now());
        f.run(&key(1), |c| c.insert_account(&new, None)).unwrap();
        f.login(&key(1), 5);
        let row = f.run(&key(1), |c| c.read_message(&key(1), &[5; 16])).unwrap().unwrap();
        assert_eq!(row.account.unwrap().user_id, [2; 32]);
    });
}

#[test]
fn the_budget_of_the_name_stays() {
    each_engine(|f| {
        f.active(key(1), 1);
        for attempt in 10..15 {
            f.start(&key(1), attempt);
        }
        f.message(&key(1), 1, Change::Delete).unwrap();
        assert!(matches!(f.start(&key(1), 20), Charge::Refused { .. }));
    });
}

#[test]
fn a_message_to_a_deleted_account_does_nothing() {
    each_engine(|f| {
        f.active(key(1), 1);
        f.login(&key(1), 2);
        f.message(&key(1), 1, Change::Delete).unwrap();
        assert_eq!(f.message(&key(1), 1, Change::Secret(insert(1))), Err(StoreError::AttemptTaken));
    });
}
