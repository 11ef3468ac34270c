//! Accounts come to be once.

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use lock_keeper_server::store::{AccountState, Change, Charge, StoreError};

use crate::fixture::each_engine;
use crate::samples::{key, new_account};

#[test]
fn a_second_registration_of_a_taken_name_is_refused() {
    each_engine(|f| {
        f.register(key(1));
        let second = new_account(key(1), 2, f.now());
        assert_eq!(f.run(&key(1), |c| c.insert_account(&second, None)), Err(StoreError::AccountExists));
        let (_, found) = f.run(&key(1), |c| c.read_registration(&key(1))).unwrap();
        assert_eq!(found.unwrap().user_id, [1; 32]);
    });
}

#[test]
fn two_accounts_never_share_a_user_id() {
    each_engine(|f| {
        f.register(key(1));
        let second = new_account(key(2), 1, f.now());
        assert_eq!(f.run(&key(2), |c| c.insert_account(&second, None)), Err(StoreError::UserIdExists));
        assert!(f.run(&key(2), |c| c.read_registration(&key(2))).unwrap().1.is_none());
    });
}

#[test]
fn of_registrations_racing_for_a_name_exactly_one_wins() {
    each_engine(|f| {
        let (won, lost) = (AtomicU32::new(0), AtomicU32::new(0));
        thread::scope(|scope| {
            for user in 0..16 {
                let (won, lost) = (&won, &lost);
                scope.spawn(move || match f.run(&key(1), |c| c.insert_account(&new_account(key(1), user, 5), None)) {
                    Ok(()) => won.fetch_add(1, Ordering::Relaxed),
                    Err(StoreError::AccountExists) => lost.fetch_add(1, Ordering::Relaxed),
                    Err(other) => panic!("{other}"),
                });
            }
        });
        assert_eq!((won.into_inner(), lost.into_inner()), (1, 15));
    });
}

#[test]
fn a_new_account_is_pending_and_keeps_what_made_it() {
    each_engine(|f| {
        let before = f.now();
        f.register(key(3));
        let (now, found) = f.run(&key(3), |c| c.read_registration(&key(3))).unwrap();
        let found = found.unwrap();
        assert_eq!((found.state, found.finish_digest), (AccountState::Pending, [3; 32]));
        assert!(before <= found.created_at && found.created_at <= now);
    });
}

#[test]
fn an_expired_pending_account_is_replaced_with_all_that_it_had() {
    each_engine(|f| {
        f.register(key(1));
        f.login(&key(1), 1);
        let second = new_account(key(1), 2, f.now());
        f.run(&key(1), |c| c.insert_account(&second, Some(&[1; 32]))).unwrap();
        let (_, found) = f.run(&key(1), |c| c.read_registration(&key(1))).unwrap();
        assert_eq!(found.unwrap().user_id, [2; 32]);
        assert!(f.run(&key(1), |c| c.read_message(&key(1), &[1; 16])).unwrap().is_none());
        assert!(f.run(&key(1), |c| c.leaves(&key(1), 0, 10)).unwrap().is_empty());
    });
}

#[test]
fn an_account_that_was_completed_meanwhile_is_not_replaced() {
    each_engine(|f| {
        f.active(key(1), 1);
        let second = new_account(key(1), 2, f.now());
        let answer = f.run(&key(1), |c| c.insert_account(&second, Some(&[1; 32])));
        assert_eq!(answer, Err(StoreError::AccountExists));
        assert_eq!(f.head(&key(1), 1).size, 2);
    });
}

#[test]
fn registration_gives_the_strangers_a_new_budget_and_forgets_older_attempts() {
    each_engine(|f| {
        for attempt in 0..5 {
            assert_eq!(f.start(&key(1), attempt), Charge::Granted);
        }
        assert!(matches!(f.start(&key(1), 5), Charge::Refused { .. }));
        f.pass(60_001);
        f.register(key(1));
        for attempt in 10..15 {
            assert_eq!(f.start(&key(1), attempt), Charge::Granted);
        }
        let row = f.run(&key(1), |c| c.read_finish(&key(1), &[10; 16])).unwrap();
        assert_eq!((row.ended, row.refusals.count), (false, 0));
        assert!(row.attempt.is_some_and(|attempt| attempt.decoded == key(1)));
    });
}

#[test]
fn completing_a_registration_makes_the_account_active_once() {
    each_engine(|f| {
        f.active(key(1), 1);
        let row = f.run(&key(1), |c| c.read_message(&key(1), &[1; 16])).unwrap().unwrap();
        let account = row.account.unwrap();
        assert_eq!((account.state, account.sealed_storage_key), (AccountState::Active, Some(vec![5; 100])));
        let again = f.message(&key(1), 1, Change::Complete { sealed_storage_key: vec![6; 100] });
        assert_eq!(again, Err(StoreError::HeadMoved));
        assert_eq!(f.head(&key(1), 1).size, 2);
    });
}
