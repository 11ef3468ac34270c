//! A login happens whole, and once.

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use lock_keeper_server::store::{Change, Charge, EndedAttempt, StoreError};

use crate::fixture::{Fixture, each_engine};
use crate::samples::{ATTEMPT_LIVES, DEVICE_LIMITS, delete, entries, insert, key, next_chain};

/// Ended attempts, as the next login would read them.
fn ended(f: &Fixture) -> Vec<EndedAttempt> {
    let now = f.now();
    f.run(&key(1), |c| c.ended_attempts(&key(1), now, 10)).unwrap()
}

#[test]
fn a_name_that_is_not_registered_reads_its_neighbours_row() {
    each_engine(|f| {
        f.register(key(5));
        let unknown = f.run(&key(4), |c| c.read_start(&key(4), &[1; 32])).unwrap();
        assert_eq!((unknown.decoded, unknown.user_id, unknown.device_known), (key(5), [5; 32], false));
        let last = f.run(&key(6), |c| c.read_start(&key(6), &[1; 32])).unwrap();
        assert_eq!(last.decoded, [0xff; 32]);
    });
}

#[test]
fn a_login_opens_a_session_and_moves_the_chain() {
    each_engine(|f| {
        f.register(key(1));
        let session = f.login(&key(1), 1);
        let row = f.run(&key(1), |c| c.read_message(&key(1), &[1; 16])).unwrap().unwrap();
        assert_eq!(row.session.sealed_keys, session.sealed_keys);
        assert_eq!((row.epoch, row.session.epoch), (1, 1));
        let head = row.account.unwrap().head;
        assert_eq!((head.size, head.chain, head.generation), (1, [1; 32], 0));
        assert_eq!(f.run(&key(1), |c| c.leaves(&key(1), 0, 10)).unwrap(), [[0; 32]]);
    });
}

#[test]
fn the_same_attempt_finished_by_64_clients_makes_one_session() {
    each_engine(|f| {
        f.register(key(1));
        f.start(&key(1), 1);
        let (won, lost) = (AtomicU32::new(0), AtomicU32::new(0));
        thread::scope(|scope| {
            for _ in 0..64 {
                scope.spawn(|| match f.finish_with(&key(1), 1, 1, |_| ()) {
                    Ok(_) => won.fetch_add(1, Ordering::Relaxed),
                    Err(StoreError::AttemptTaken) => lost.fetch_add(1, Ordering::Relaxed),
                    Err(other) => panic!("{other}"),
                });
            }
        });
        assert_eq!((won.into_inner(), lost.into_inner()), (1, 63));
        assert_eq!(f.head(&key(1), 1).size, 1);
    });
}

#[test]
fn parallel_logins_to_one_account_all_get_into_one_chain() {
    each_engine(|f| {
        f.register(key(1));
        for attempt in 1..=5 {
            assert_eq!(f.start(&key(1), attempt), Charge::Granted);
        }
        thread::scope(|scope| {
            for attempt in 1..=5 {
                scope.spawn(move || f.finish_with(&key(1), attempt, attempt, |_| ()).unwrap());
            }
        });
        let head = f.head(&key(1), 1);
        assert_eq!((head.size, head.chain), (5, [5; 32]));
        assert_eq!(f.run(&key(1), |c| c.leaves(&key(1), 0, 10)).unwrap().len(), 5);
    });
}

#[test]
fn an_attempt_that_became_a_session_leads_to_it() {
    each_engine(|f| {
        f.register(key(1));
        f.login(&key(1), 1);
        let row = f.run(&key(1), |c| c.read_finish(&key(1), &[1; 16])).unwrap();
        assert!(row.attempt.is_none());
        assert_eq!(row.session.unwrap().finish_digest, [7; 32]);
    });
}

#[test]
fn an_attempt_is_open_for_its_time_only() {
    each_engine(|f| {
        f.register(key(1));
        f.start(&key(1), 1);
        assert!(f.run(&key(1), |c| c.read_finish(&key(1), &[1; 16])).unwrap().attempt.is_some());
        f.pass(ATTEMPT_LIVES);
        let row = f.run(&key(1), |c| c.read_finish(&key(1), &[1; 16])).unwrap();
        assert!(row.attempt.is_none() && row.session.is_none());
        assert!(row.ended);
    });
}

/// Only an account's ended attempts wait, so that who counts them takes longer for a name that is registered.
#[test]
fn the_end_of_a_login_looks_at_one_ended_attempt_however_many_wait() {
    each_engine(|f| {
        f.register(key(1));
        for attempt in 1..=5 {
            f.start(&key(1), attempt);
            f.pass(1);
        }
        f.pass(ATTEMPT_LIVES);
        f.start(&key(1), 6);
        // Whoever looks at the outcome of another ended attempt than the first fails.
        f.behind_its_back(
            "ALTER TABLE attempt RENAME TO kept;
             CREATE VIEW attempt AS SELECT account_key, attempt, at, expires_at, decoded, user_id, generation, bucket, sealed_state,
               CASE WHEN at IN (SELECT min(at) FROM kept UNION ALL SELECT max(at) FROM kept) THEN outcome
                 ELSE abs(outcome - 9223372036854775807 - 1) END AS outcome
             FROM kept",
        );
        let row = f.run(&key(1), |c| c.read_finish(&key(1), &[6; 16])).unwrap();
        assert!(row.attempt.is_some() && row.ended);
        // The counting that would take longer does fail.
        assert!(f.run(&key(1), |c| c.ended_attempts(&key(1), row.now, 10)).is_err());
    });
}

#[test]
fn an_attempt_that_failed_can_not_be_used_again() {
    each_engine(|f| {
        f.register(key(1));
        f.start(&key(1), 1);
        assert!(f.run(&key(1), |c| c.fail_attempt(&key(1), &[1; 16])).unwrap());
        assert!(!f.run(&key(1), |c| c.fail_attempt(&key(1), &[1; 16])).unwrap());
        assert_eq!(f.finish_with(&key(1), 1, 1, |_| ()).err(), Some(StoreError::AttemptTaken));
        let ended = f.run(&key(1), |c| c.ended_attempts(&key(1), 0, 10)).unwrap();
        assert_eq!((ended.len(), ended[0].attempt, ended[0].failed), (1, [1; 16], true));
    });
}

#[test]
fn an_attempt_that_goes_between_the_read_and_the_commit_takes_the_commit_with_it() {
    each_engine(|f| {
        f.register(key(1));
        f.start(&key(1), 1);
        let answer = f.finish_with(&key(1), 1, 1, |login| login.attempt = [2; 16]);
        assert_eq!(answer.err(), Some(StoreError::AttemptTaken));
        assert!(f.run(&key(1), |c| c.leaves(&key(1), 0, 10)).unwrap().is_empty());
        f.finish_with(&key(1), 1, 1, |_| ()).unwrap();
    });
}

#[test]
fn a_good_login_takes_its_own_charge_back_and_no_other() {
    each_engine(|f| {
        f.register(key(1));
        for attempt in 1..=4 {
            f.start(&key(1), attempt);
        }
        for attempt in 10..14 {
            f.login(&key(1), attempt);
        }
        assert_eq!(f.start(&key(1), 20), Charge::Granted);
        assert!(matches!(f.start(&key(1), 21), Charge::Refused { .. }));
    });
}

#[test]
fn a_good_login_puts_its_devices_short_counter_to_zero() {
    each_engine(|f| {
        f.active(key(1), 1);
        for attempt in 10..18 {
            assert_eq!(f.start_in(&key(1), attempt, [1; 32], DEVICE_LIMITS), Ok(Charge::Granted));
        }
        f.finish_with(&key(1), 17, 1, |_| ()).unwrap();
        for attempt in 20..24 {
            assert_eq!(f.start_in(&key(1), attempt, [1; 32], DEVICE_LIMITS), Ok(Charge::Granted));
        }
    });
}

#[test]
fn a_ninth_device_replaces_the_least_recently_used() {
    each_engine(|f| {
        f.register(key(1));
        for device in 1..=8 {
            f.login(&key(1), device);
            f.pass(10);
        }
        let known = |device: u8| f.run(&key(1), |c| c.read_start(&key(1), &[device; 32])).unwrap().device_known;
        assert!((1..=8).all(known));
        // The first is used again, so the second is the one to go.
        f.start_in(&key(1), 50, [1; 32], DEVICE_LIMITS).unwrap();
        f.finish_with(&key(1), 50, 1, |_| ()).unwrap();
        f.pass(10);
        f.login(&key(1), 9);
        assert!(known(9) && known(1) && !known(2) && (3..=8).all(known));
    });
}

#[test]
fn ended_attempts_are_logged_by_the_next_login_and_then_gone() {
    each_engine(|f| {
        f.register(key(1));
        f.start(&key(1), 1);
        f.start(&key(1), 2);
        f.run(&key(1), |c| c.fail_attempt(&key(1), &[2; 16])).unwrap();
        f.pass(ATTEMPT_LIVES);
        f.start(&key(1), 3);
        let attempts = ended(f);
        let ids: Vec<[u8; 16]> = attempts.iter().map(|attempt| attempt.attempt).collect();
        assert_eq!(ids, [[1; 16], [2; 16]]);
        f.finish_with(&key(1), 3, 3, |login| {
            login.logged = ids.clone();
            login.entries = entries(&login.head, 3);
            login.chain = next_chain(&login.head, 3);
        })
        .unwrap();
        assert_eq!(f.head(&key(1), 3).size, 3);
        assert!(ended(f).is_empty());
    });
}

#[test]
fn an_attempt_is_logged_once_or_the_login_does_not_happen() {
    each_engine(|f| {
        f.register(key(1));
        f.start(&key(1), 1);
        let answer = f.finish_with(&key(1), 1, 1, |login| login.logged = vec![[9; 16]]);
        assert_eq!(answer.err(), Some(StoreError::HeadMoved));
        assert!(f.run(&key(1), |c| c.read_message(&key(1), &[1; 16])).unwrap().is_none());
        assert!(f.run(&key(1), |c| c.leaves(&key(1), 0, 10)).unwrap().is_empty());
    });
}

#[test]
fn refusals_are_forgotten_once_they_are_logged() {
    each_engine(|f| {
        f.register(key(1));
        for attempt in 1..=7 {
            f.start(&key(1), attempt);
        }
        assert_eq!(f.run(&key(1), |c| c.read_finish(&key(1), &[5; 16])).unwrap().refusals.count, 2);
        f.finish_with(&key(1), 5, 5, |login| login.clear_refusals = true).unwrap();
        assert_eq!(f.run(&key(1), |c| c.read_finish(&key(1), &[5; 16])).unwrap().refusals.count, 0);
    });
}

#[test]
fn a_login_ends_the_idlest_sessions_beyond_those_that_may_stay() {
    each_engine(|f| {
        f.active(key(1), 1);
        f.pass(10);
        f.login(&key(1), 2);
        f.login(&key(1), 3);
        f.pass(10);
        // The first is used again, so that the second is the idlest.
        f.message(&key(1), 1, Change::None).unwrap();
        let closed = || {
            let session = |id: u8| f.run(&key(1), |c| c.read_message(&key(1), &[id; 16])).unwrap().unwrap().session;
            (1..=4).filter(|id| session(*id).closed).collect::<Vec<u8>>()
        };
        f.start(&key(1), 4);
        f.finish_with(&key(1), 4, 4, |login| login.other_sessions = 2).unwrap();
        assert_eq!(closed(), [2]);
        f.start(&key(1), 5);
        f.finish_with(&key(1), 5, 5, |login| login.other_sessions = 1).unwrap();
        assert_eq!(closed().len(), 3);
    });
}

/// An account that is used has sessions, and a name that is not registered has none.
#[test]
fn before_ke3_is_judged_nobody_looks_at_the_sessions_of_the_account() {
    each_engine(|f| {
        f.active(key(1), 1);
        f.start(&key(1), 2);
        // Whoever looks at another session than that of the login fails.
        f.behind_its_back(
            "ALTER TABLE session RENAME TO kept;
             CREATE VIEW session AS SELECT account_key, session, kind, user_id, generation, epoch, opened_at, used_at, idle_at,
               expires_at, operations_left, next_seq, sealed_keys, finish_digest, last_frame, last_answer, operation,
               continuations, abs(next_seq * 0 - 9223372036854775807 - 1) = 0 AS closed
             FROM kept",
        );
        assert!(f.run(&key(1), |c| c.read_finish(&key(1), &[2; 16])).unwrap().attempt.is_some());
        assert!(f.finish_with(&key(1), 2, 2, |_| ()).is_err());
    });
}

#[test]
fn a_first_request_rides_with_the_login() {
    each_engine(|f| {
        f.active(key(1), 1);
        f.start(&key(1), 2);
        f.finish_with(&key(1), 2, 2, |login| {
            login.secret = Some(insert(1));
            login.entries = entries(&login.head, 2);
            login.chain = next_chain(&login.head, 2);
        })
        .unwrap();
        assert!(f.run(&key(1), |c| c.secret(&key(1), &[1; 16])).unwrap().is_some());
        f.start(&key(1), 3);
        f.finish_with(&key(1), 3, 3, |login| login.secret = Some(delete(1))).unwrap();
        assert!(f.run(&key(1), |c| c.secret(&key(1), &[1; 16])).unwrap().unwrap().sealed.is_none());
    });
}

#[test]
fn a_first_request_that_can_not_be_done_opens_no_session() {
    each_engine(|f| {
        f.active(key(1), 1);
        f.message(&key(1), 1, lock_keeper_server::store::Change::Secret(insert(1))).unwrap();
        f.start(&key(1), 2);
        let answer = f.finish_with(&key(1), 2, 2, |login| login.secret = Some(insert(1)));
        assert_eq!(answer.err(), Some(StoreError::SecretExists));
        assert!(f.run(&key(1), |c| c.read_message(&key(1), &[2; 16])).unwrap().is_none());
        assert_eq!(f.head(&key(1), 1).size, 3);
        f.finish_with(&key(1), 2, 2, |_| ()).unwrap();
    });
}
