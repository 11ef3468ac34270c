//! A release serves the schemas that it knows.

use std::sync::Arc;
use std::thread;

use lock_keeper_server::store::postgres::PostgresStore;
use lock_keeper_server::store::{Change, Store, StoreError, Usage};
use lock_keeper_testbed::postgres::Database;

use crate::fixture::{each_engine, open_sqlite};
use crate::samples::{delete, insert, key};

#[test]
fn migrating_twice_does_nothing_the_second_time() {
    each_engine(|f| {
        assert_eq!(f.store.administration().migrate().unwrap(), Vec::<String>::new());
        f.store.administration().check_schema().unwrap();
    });
}

#[test]
fn a_schema_that_is_newer_than_the_release_is_refused() {
    each_engine(|f| {
        f.behind_its_back(
            "INSERT INTO __diesel_schema_migrations (version) VALUES ('9999'); UPDATE schema_serves SET version = '9998'",
        );
        let refused = f.store.administration().check_schema();
        assert_eq!(refused, Err(StoreError::Schema { found: "9999".into(), needed: "0002".into() }));
    });
}

#[test]
fn a_newer_schema_that_still_serves_this_release_is_served() {
    each_engine(|f| {
        f.behind_its_back("INSERT INTO __diesel_schema_migrations (version) VALUES ('0003')");
        f.store.administration().check_schema().unwrap();
    });
}

#[test]
fn a_database_without_a_schema_is_refused_until_it_is_migrated() {
    let place = tempfile::tempdir().unwrap();
    let sqlite = open_sqlite(&place.path().join("store"), &Arc::default());
    let database = Database::empty();
    let postgres = PostgresStore::open(&database.settings(1)).unwrap();
    for store in [&sqlite as &dyn Store, &postgres] {
        let refused = store.administration().check_schema();
        assert_eq!(refused, Err(StoreError::Schema { found: "none".into(), needed: "0002".into() }));
        assert_eq!(store.administration().migrate().unwrap(), ["0001", "0002"]);
        store.administration().check_schema().unwrap();
    }
}

#[test]
fn secrets_from_before_they_were_counted_are_counted_by_the_migration() {
    each_engine(|f| {
        for account in [1, 2] {
            f.active(key(account), 1);
            (1..=4).for_each(|id| f.message(&key(account), 1, Change::Secret(insert(id))).unwrap());
        }
        f.active(key(3), 1);
        f.message(&key(2), 1, Change::Secret(delete(3))).unwrap();
        // As the first schema left it: the second adds nothing but this.
        f.behind_its_back(
            "ALTER TABLE account_head DROP COLUMN secrets; ALTER TABLE account_head DROP COLUMN secret_bytes;
             DELETE FROM __diesel_schema_migrations WHERE version = '0002'; UPDATE schema_serves SET version = '0001'",
        );
        let store = f.another_process();
        let needs = StoreError::Schema { found: "0001".into(), needed: "0002".into() };
        assert_eq!(store.administration().check_schema(), Err(needs));
        assert_eq!(store.administration().migrate().unwrap(), ["0002"]);
        store.administration().check_schema().unwrap();
        assert_eq!(f.heads_that_count_wrong(), 0);
        assert_eq!(f.usage(&key(1), 1), Usage { secrets: 4, bytes: 400 });
        assert_eq!(f.usage(&key(2), 1), Usage { secrets: 3, bytes: 300 });
        assert_eq!(f.usage(&key(3), 1), Usage::default());
        f.message(&key(2), 1, Change::Secret(insert(5))).unwrap();
        f.message(&key(2), 1, Change::Secret(delete(1))).unwrap();
        assert_eq!(f.heads_that_count_wrong(), 0);
    });
}

#[test]
fn processes_that_migrate_together_migrate_once() {
    let database = Database::empty();
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("store");
    let counts = thread::scope(|scope| {
        let threads: Vec<_> = (0..6)
            .map(|process| {
                let (database, path) = (&database, &path);
                scope.spawn(move || {
                    if process % 2 == 0 {
                        let store = PostgresStore::open(&database.settings(1)).unwrap();
                        store.administration().migrate().unwrap().len()
                    } else {
                        open_sqlite(path, &Arc::default()).administration().migrate().unwrap().len()
                    }
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum::<usize>()
    });
    assert_eq!(counts, 4);
}
