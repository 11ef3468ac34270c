//! What nobody needs any more goes, and nothing else.

use lock_keeper_server::store::{Change, Swept};

use crate::fixture::{Fixture, each_engine};
use crate::samples::key;

const DAY: i64 = 24 * 60 * 60 * 1000;

fn sweep(f: &Fixture) -> Swept {
    f.store.administration().sweep(DAY, 100).unwrap()
}

#[test]
fn nothing_that_is_in_use_is_swept() {
    each_engine(|f| {
        f.active(key(1), 1);
        f.register(key(2));
        f.start(&key(1), 2);
        f.start(&key(3), 2);
        assert_eq!(sweep(f), Swept::default());
    });
}

#[test]
fn expired_sessions_are_swept() {
    each_engine(|f| {
        f.active(key(1), 1);
        f.pass(900_001);
        assert_eq!(sweep(f).sessions, 1);
        assert!(f.run(&key(1), |c| c.read_message(&key(1), &[1; 16])).unwrap().is_none());
    });
}

#[test]
fn a_pending_account_is_swept_after_its_day_and_an_active_one_never() {
    each_engine(|f| {
        f.active(key(1), 1);
        f.register(key(2));
        f.login(&key(2), 1);
        f.pass(DAY + 1);
        assert_eq!(sweep(f).pending, 1);
        assert!(f.run(&key(1), |c| c.read_registration(&key(1))).unwrap().1.is_some());
        assert!(f.run(&key(2), |c| c.read_registration(&key(2))).unwrap().1.is_none());
        assert!(f.run(&key(2), |c| c.leaves(&key(2), 0, 10)).unwrap().is_empty());
        // The sentinel stays, or unknown names past the last account would have no neighbour.
        assert_eq!(f.run(&key(9), |c| c.read_start(&key(9), &[1; 32])).unwrap().decoded, [0xff; 32]);
    });
}

#[test]
fn ended_attempts_on_unknown_names_are_swept_and_an_accounts_wait_for_its_login() {
    each_engine(|f| {
        f.register(key(1));
        f.start(&key(1), 1);
        f.start(&key(2), 1);
        f.pass(60_001);
        assert_eq!(sweep(f).attempts, 1);
        assert!(f.run(&key(1), |c| c.read_finish(&key(1), &[1; 16])).unwrap().ended);
    });
}

#[test]
fn a_budget_of_an_unknown_name_is_swept_when_it_has_drained() {
    each_engine(|f| {
        f.start(&key(2), 1);
        f.pass(3_600_001);
        assert_eq!(sweep(f).budgets, 0);
        f.pass(51_840_000);
        assert_eq!(sweep(f).budgets, 1);
    });
}

#[test]
fn a_tombstone_is_swept_after_a_year() {
    each_engine(|f| {
        f.active(key(1), 1);
        f.message(&key(1), 1, Change::Delete).unwrap();
        f.pass(364 * DAY);
        assert_eq!(sweep(f).tombstones, 0);
        f.pass(2 * DAY);
        assert_eq!(sweep(f).tombstones, 1);
    });
}

#[test]
fn a_sweep_takes_no_more_than_it_is_told() {
    each_engine(|f| {
        for byte in 1..=5 {
            f.start(&key(byte), 1);
        }
        f.pass(60_001);
        let few = f.store.administration().sweep(DAY, 3).unwrap();
        assert_eq!(few.attempts, 3);
        assert_eq!(sweep(f).attempts, 2);
    });
}

/// A server that has just been set up sweeps its empty tables each minute, and Postgres keeps the plan for that.
#[test]
fn a_plan_that_was_made_for_an_empty_table_removes_one_batch_of_a_full_one() {
    let f = Fixture::postgres_with(1);
    // The statistics say that the tables are empty, until Postgres makes them anew by itself.
    f.behind_its_back(
        "ALTER TABLE attempt SET (autovacuum_enabled = off); ALTER TABLE attempt_budget SET (autovacuum_enabled = off)",
    );
    f.behind_its_back("VACUUM ANALYZE");
    // The first five times Postgres plans anew.
    (0..7).for_each(|_| assert_eq!(sweep(&f), Swept::default()));
    f.behind_its_back(
        "INSERT INTO attempt SELECT sha256(int4send(n)), sha256(int4send(n)), 0, 1, '', '', 0, '', 0, NULL FROM generate_series(1, 2000) n;
         INSERT INTO attempt_budget SELECT sha256(int4send(n)), sha256('device'), 0, 0, 0, 0, 0, 0, 0, 0 FROM generate_series(1, 2000) n",
    );
    assert_eq!(sweep(&f), Swept { attempts: 100, budgets: 100, ..Swept::default() });
}
