//! A release serves the schemas that it knows.

use std::sync::Arc;
use std::thread;

use lock_keeper_server::store::postgres::PostgresStore;
use lock_keeper_server::store::{Store, StoreError};
use lock_keeper_testbed::postgres::Database;

use crate::fixture::{each_engine, open_sqlite};

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
        assert_eq!(refused, Err(StoreError::Schema { found: "9999".into(), needed: "0001".into() }));
    });
}

#[test]
fn a_newer_schema_that_still_serves_this_release_is_served() {
    each_engine(|f| {
        f.behind_its_back("INSERT INTO __diesel_schema_migrations (version) VALUES ('0002')");
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
        assert_eq!(refused, Err(StoreError::Schema { found: "none".into(), needed: "0001".into() }));
        assert_eq!(store.administration().migrate().unwrap(), ["0001"]);
        store.administration().check_schema().unwrap();
    }
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
    assert_eq!(counts, 2);
}
