//! Guesses are counted before they are answered.

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use lock_keeper_server::store::{BucketLimits, Charge, NewAttempt, STRANGERS, StoreError};

use crate::fixture::{Fixture, each_engine};
use crate::samples::{DEVICE_LIMITS, STRANGER_LIMITS, key};

/// The wait that a refused start is told.
fn refused(f: &Fixture, attempt: u8) -> i64 {
    match f.start(&key(1), attempt) {
        Charge::Refused { wait } => wait,
        Charge::Granted => panic!("attempt {attempt} was granted"),
    }
}

/// Rounded to the second, since the database's clock goes on between two statements.
fn seconds(wait: i64) -> i64 {
    (wait + 999) / 1000
}

#[test]
fn of_320_parallel_guesses_exactly_five_get_an_answer() {
    each_engine(|f| {
        let granted = AtomicU32::new(0);
        thread::scope(|scope| {
            for thread in 0..32u8 {
                let granted = &granted;
                scope.spawn(move || {
                    for guess in 0..10 {
                        let mut attempt = [thread; 16];
                        attempt[0] = guess;
                        let answer = f.start_as(&key(1), attempt, STRANGERS, STRANGER_LIMITS).unwrap();
                        if answer == Charge::Granted {
                            granted.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                });
            }
        });
        assert_eq!(granted.into_inner(), 5);
        let row = f.run(&key(1), |c| c.read_finish(&key(1), &[0; 16])).unwrap();
        assert_eq!(row.refusals.count, 315);
    });
}

#[test]
fn after_the_free_failures_waits_double_up_to_the_longest() {
    each_engine(|f| {
        for attempt in 0..5 {
            assert_eq!(f.start(&key(1), attempt), Charge::Granted);
        }
        for (attempt, expected) in (5..).zip([30, 60, 120, 240, 480, 900, 900]) {
            let wait = refused(f, 100);
            assert_eq!(seconds(wait), expected);
            f.pass(wait);
            assert_eq!(f.start(&key(1), attempt), Charge::Granted);
        }
    });
}

#[test]
fn the_strangers_short_counter_forgets_one_failure_an_hour() {
    each_engine(|f| {
        for attempt in 0..5 {
            f.start(&key(1), attempt);
        }
        f.pass(3_600_000);
        assert_eq!(f.start(&key(1), 5), Charge::Granted);
        assert!(seconds(refused(f, 6)) <= 30);
    });
}

#[test]
fn the_level_allows_at_most_its_burst_and_then_what_drains() {
    each_engine(|f| {
        for attempt in 0..50 {
            assert_eq!(f.start(&key(1), attempt), Charge::Granted, "attempt {attempt}");
            f.pass(3_600_000);
        }
        // 50 hours have drained about 3.5 attempts.
        for attempt in 50..53 {
            assert_eq!(f.start(&key(1), attempt), Charge::Granted);
            f.pass(900_000);
        }
        let wait = refused(f, 60);
        assert!(wait > 900_000, "the level is what refuses: {wait}");
        f.pass(wait);
        assert_eq!(f.start(&key(1), 61), Charge::Granted);
    });
}

#[test]
fn refusals_are_counted_and_charge_nothing() {
    each_engine(|f| {
        for attempt in 0..5 {
            f.start(&key(1), attempt);
        }
        let before = f.now();
        let first = refused(f, 5);
        f.pass(1000);
        let second = refused(f, 6);
        assert!(second <= first - 1000);
        let row = f.run(&key(1), |c| c.read_finish(&key(1), &[0; 16])).unwrap();
        assert_eq!(row.refusals.count, 2);
        assert!(row.refusals.first >= before && row.refusals.last >= row.refusals.first + 1000);
        assert!(f.run(&key(1), |c| c.read_finish(&key(1), &[5; 16])).unwrap().attempt.is_none());
    });
}

#[test]
fn a_clock_that_goes_backwards_grants_nothing() {
    each_engine(|f| {
        for attempt in 0..5 {
            f.start(&key(1), attempt);
        }
        f.pass(-7_200_000);
        let wait = refused(f, 5);
        assert!(wait > 7_200_000);
        f.pass(7_200_000);
        assert!(seconds(refused(f, 6)) <= 30);
    });
}

#[test]
fn a_device_without_a_bucket_is_not_charged() {
    each_engine(|f| {
        f.register(key(1));
        let answer = f.start_in(&key(1), 1, [7; 32], DEVICE_LIMITS);
        assert_eq!(answer, Err(StoreError::HeadMoved));
        assert!(f.run(&key(1), |c| c.read_finish(&key(1), &[1; 16])).unwrap().attempt.is_none());
    });
}

#[test]
fn a_known_device_has_a_budget_of_its_own_while_strangers_guess() {
    each_engine(|f| {
        f.active(key(1), 1);
        for attempt in 10..16 {
            f.start(&key(1), attempt);
        }
        assert!(matches!(f.start(&key(1), 20), Charge::Refused { .. }));
        assert!(f.run(&key(1), |c| c.read_start(&key(1), &[1; 32])).unwrap().device_known);
        for attempt in 30..38 {
            assert_eq!(f.start_in(&key(1), attempt, [1; 32], DEVICE_LIMITS), Ok(Charge::Granted));
        }
        // A device's short counter forgets nothing by itself.
        f.pass(3_600_000);
        assert_eq!(f.start_in(&key(1), 40, [1; 32], DEVICE_LIMITS), Ok(Charge::Granted));
        match f.start_in(&key(1), 41, [1; 32], DEVICE_LIMITS) {
            Ok(Charge::Refused { wait }) => assert_eq!(seconds(wait), 60),
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn both_engines_count_alike() {
    let limits = BucketLimits { free: 2, short_decay: 500, first_wait: 100, longest_wait: 900, drain: 1000, burst: 6 };
    let (sqlite, postgres) = (Fixture::sqlite(), Fixture::postgres());
    let mut granted = 0;
    for step in 0..60u8 {
        let now = 1_000_000 + i64::from(step) * 137 - if step % 7 == 0 { 300 } else { 0 };
        let answers = [&sqlite, &postgres].map(|f| charge_at(f, step, now, limits));
        assert_eq!(answers[0], answers[1], "step {step}");
        granted += i32::from(answers[0] == Charge::Granted);
    }
    assert!((8..30).contains(&granted), "{granted} of 60 were granted");
}

fn charge_at(f: &Fixture, attempt: u8, now: i64, limits: BucketLimits) -> Charge {
    f.run(&key(1), |c| {
        c.charge(&NewAttempt {
            account: key(1),
            attempt: [attempt; 16],
            now,
            expires_at: now + 60_000,
            decoded: key(2),
            user_id: [0; 32],
            generation: 0,
            bucket: STRANGERS,
            limits,
            sealed_state: vec![1],
        })
    })
    .unwrap()
}

#[test]
fn an_unlocked_account_may_be_tried_at_once() {
    each_engine(|f| {
        for attempt in 0..6 {
            f.start(&key(1), attempt);
        }
        assert_eq!(f.store.administration().unlock(&key(1)).unwrap(), 1);
        assert_eq!(f.start(&key(1), 10), Charge::Granted);
    });
}
