//! A database that fails is told apart from an answer, and used again when it is back.

use std::thread;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use lock_keeper_server::store::postgres::PostgresStore;
use lock_keeper_server::store::{self, Change, Connection, MessageCommit, StoreError};

use crate::fixture::{Fixture, Place, each_engine};
use crate::samples::{entries, insert, key, new_account, next_chain};

#[test]
fn who_gets_no_connection_in_time_is_told_that_the_store_is_busy() {
    for f in [Fixture::sqlite(), Fixture::postgres_with(1)] {
        f.register(key(1));
        f.run(&key(1), |_| {
            let other = thread::scope(|scope| {
                let read = || store::run(f.store.as_ref(), "test", &key(1), |c| c.read_registration(&key(1)));
                scope.spawn(read).join().unwrap()
            });
            assert_eq!(other.map(|_| ()), Err(StoreError::Busy));
            Ok(())
        })
        .unwrap();
        assert!(f.store.counters().busy() >= 1);
    }
}

#[test]
fn a_panic_in_the_work_leaves_the_store_usable() {
    each_engine(|f| {
        f.active(key(1), 1);
        let panicked = thread::scope(|scope| {
            let work = || {
                f.run(&key(1), |c| -> Result<(), StoreError> {
                    c.read_registration(&key(1))?;
                    panic!("as a defect would")
                })
            };
            scope.spawn(work).join()
        });
        assert!(panicked.is_err());
        f.message(&key(1), 1, Change::Secret(insert(1))).unwrap();
    });
}

#[test]
fn connections_that_were_cut_while_idle_are_replaced_without_anyone_noticing() {
    let f = Fixture::postgres();
    f.active(key(1), 1);
    f.database().disconnect_all();
    f.message(&key(1), 1, Change::Secret(insert(1))).unwrap();
    assert_eq!(f.store.counters().unknown_commits(), 0);
}

#[test]
fn a_connection_that_is_cut_before_a_commit_is_replaced_and_the_work_done_once() {
    let f = Fixture::postgres();
    f.active(key(1), 1);
    let mut runs = 0;
    let added = f.run(&key(1), |c| {
        runs += 1;
        let message = continued(c, Change::None)?;
        if runs == 1 {
            f.database().disconnect_all();
        }
        c.commit_message(&message)
    });
    assert_eq!((added, runs), (Ok(()), 2));
    assert_eq!(f.head(&key(1), 1).size, 3);
    assert_eq!(f.store.counters().unknown_commits(), 1);
}

#[test]
fn a_database_that_is_away_is_unavailable_and_then_works_again() {
    let f = Fixture::postgres();
    f.active(key(1), 1);
    f.database().allow_connections(false);
    f.database().disconnect_all();
    for _ in 0..3 {
        let answer = f.message(&key(1), 1, Change::None);
        assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
    }
    assert!(f.store.administration().check_writable().is_err());
    f.database().allow_connections(true);
    f.message(&key(1), 1, Change::None).unwrap();
    f.store.administration().check_writable().unwrap();
}

#[test]
fn a_database_that_can_not_be_written_is_unavailable_and_still_read() {
    let f = Fixture::postgres();
    f.active(key(1), 1);
    let name = f.database().url().rsplit('/').next().unwrap().to_owned();
    let mut owner = f.database().connect();
    owner.batch_execute(&format!("ALTER DATABASE {name} SET default_transaction_read_only = on")).unwrap();
    f.database().disconnect_all();
    let answer = f.message(&key(1), 1, Change::None);
    assert_eq!(answer, Err(StoreError::Unavailable("the database can't be written")));
    assert!(f.store.administration().check_writable().is_err());
    assert!(f.run(&key(1), |c| c.read_registration(&key(1))).unwrap().1.is_some());
}

#[test]
fn a_lock_that_is_held_for_too_long_is_given_up() {
    let f = Fixture::postgres();
    f.active(key(1), 1);
    let mut holder = f.database().connect();
    holder.batch_execute("BEGIN; SELECT 1 FROM account_head FOR UPDATE").unwrap();
    let mut settings = f.database().settings(1);
    settings.lock_timeout = Duration::from_millis(50);
    let hasty = PostgresStore::open(&settings).unwrap();
    let answer = store::run(&hasty, "test", &key(1), |c| c.insert_account(&new_account(key(1), 7, 1), Some(&[1; 32])));
    assert_eq!(answer, Err(StoreError::Unavailable("a lock was held for too long")));
    holder.batch_execute("ROLLBACK").unwrap();
    let answer = store::run(&hasty, "test", &key(1), |c| c.read_registration(&key(1)));
    assert!(answer.unwrap().1.is_some());
}

/// What makes writing to the log fail as it would on a full disk.
fn full_disk(f: &Fixture) -> &'static str {
    match f.place {
        Place::Sqlite(_) => {
            "CREATE TRIGGER full BEFORE INSERT ON audit_entry BEGIN
               SELECT RAISE(ABORT, 'database or disk is full'); END"
        }
        Place::Postgres(_) => {
            "CREATE FUNCTION full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
               RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
             CREATE TRIGGER full_disk BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION full()"
        }
    }
}

#[test]
fn when_the_disk_is_full_nothing_happens_until_there_is_room_again() {
    each_engine(|f| {
        f.active(key(1), 1);
        f.behind_its_back(full_disk(f));
        let answer = f.message(&key(1), 1, Change::Secret(insert(1)));
        assert_eq!(answer, Err(StoreError::Unavailable("the disk is full")));
        assert_eq!(f.head(&key(1), 1).size, 2);
        assert!(f.run(&key(1), |c| c.secret(&key(1), &[1; 16])).unwrap().is_none());
        f.behind_its_back(match f.place {
            Place::Sqlite(_) => "DROP TRIGGER full",
            Place::Postgres(_) => "DROP TRIGGER full_disk ON audit_entry",
        });
        f.message(&key(1), 1, Change::Secret(insert(1))).unwrap();
    });
}

#[test]
fn work_that_goes_on_after_an_error_keeps_what_it_does_then() {
    each_engine(|f| {
        f.active(key(1), 1);
        f.message(&key(1), 1, Change::Secret(insert(1))).unwrap();
        let mut runs = 0;
        f.run(&key(1), |c| {
            runs += 1;
            // The second run has the head locked, inside a transaction.
            if runs == 1 {
                return Err(StoreError::HeadMoved);
            }
            let message = continued(c, Change::Secret(insert(1)))?;
            assert_eq!(c.commit_message(&message), Err(StoreError::SecretExists));
            let message = continued(c, Change::Secret(insert(2)))?;
            c.commit_message(&message)
        })
        .unwrap();
        assert_eq!(f.head(&key(1), 1).size, 4);
        assert!(f.run(&key(1), |c| c.secret(&key(1), &[2; 16])).unwrap().is_some());
        assert_eq!(f.store.counters().head_misses(), 1);
    });
}

fn continued(c: &mut dyn Connection, change: Change) -> Result<MessageCommit, StoreError> {
    let row = c.read_message(&key(1), &[1; 16])?.ok_or(StoreError::Internal("the session is there"))?;
    let head = row.account.ok_or(StoreError::Internal("the account is there"))?.head;
    let mut session = row.session;
    session.next_seq += 1;
    Ok(MessageCommit {
        account: key(1),
        now: row.now,
        head,
        chain: next_chain(&head, 1),
        entries: entries(&head, 1),
        session,
        change,
    })
}
