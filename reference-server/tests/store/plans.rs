//! What a login and a message cost on Postgres: round trips, and no scan of a table.

use std::thread;

use diesel::{PgConnection, QueryableByName, RunQueryDsl};
use lock_keeper_server::store::{Change, Charge};
use lock_keeper_testbed::postgres::Database;

use crate::fixture::Fixture;
use crate::samples::{DEVICE_LIMITS, delete, insert, key};

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    number: i64,
}

fn number(connection: &mut PgConnection, sql: &str) -> i64 {
    let row: Number = diesel::sql_query(sql).get_result(connection).unwrap();
    row.number
}

/// Statements that this database's clients have run so far, but for the counting itself.
fn statements(connection: &mut PgConnection) -> i64 {
    number(
        connection,
        "SELECT coalesce(sum(calls), 0)::bigint AS number FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
         WHERE d.datname = current_database() AND query NOT LIKE '%pg_stat_statements%'",
    )
}

#[test]
fn a_login_and_a_message_take_two_round_trips_for_each_exchange() {
    let f = Fixture::postgres_with(1);
    f.behind_its_back("CREATE EXTENSION pg_stat_statements");
    let mut watcher = f.database().connect();
    // The first of each prepares its statements.
    f.active(key(1), 1);
    f.message(&key(1), 1, Change::Secret(insert(1))).unwrap();
    let mut counted = vec![statements(&mut watcher)];
    let mut step = || counted.push(statements(&mut watcher));
    assert_eq!(f.start_in(&key(1), 2, [1; 32], DEVICE_LIMITS), Ok(Charge::Granted));
    step();
    f.finish_with(&key(1), 2, 1, |login| login.secret = Some(insert(2))).unwrap();
    step();
    f.message(&key(1), 2, Change::Secret(insert(3))).unwrap();
    step();
    let taken: Vec<i64> = counted.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(taken, [2, 2, 2]);
}

#[test]
fn a_login_takes_the_same_statements_for_an_unknown_name() {
    let f = Fixture::postgres_with(1);
    f.behind_its_back("CREATE EXTENSION pg_stat_statements");
    let mut watcher = f.database().connect();
    f.active(key(1), 1);
    let before = statements(&mut watcher);
    assert_eq!(f.start(&key(2), 2), Charge::Granted);
    f.run(&key(2), |c| c.read_finish(&key(2), &[2; 16])).unwrap();
    assert_eq!(statements(&mut watcher) - before, 3);
}

#[test]
fn no_statement_of_a_login_or_a_message_scans_a_table() {
    let database = Database::new();
    // Small tables are scanned for being small. Where an index leads to the rows, it is taken now.
    let name = database.url().rsplit('/').next().unwrap().to_owned();
    diesel::sql_query(format!("ALTER DATABASE {name} SET enable_seqscan = off"))
        .execute(&mut database.connect())
        .unwrap();
    let f = Fixture::postgres_in(database, 1);
    f.active(key(1), 1);
    f.login(&key(1), 2);
    for attempt in 10..17 {
        f.start(&key(1), attempt);
    }
    f.finish_with(&key(1), 10, 3, |login| login.clear_refusals = true).unwrap();
    f.message(&key(1), 1, Change::Secret(insert(1))).unwrap();
    let now = f.now();
    f.run(&key(1), |c| {
        c.read_registration(&key(1))?;
        c.ended_attempts(&key(1), now, 10)?;
        c.fail_attempt(&key(1), &[11; 16])?;
        c.secret(&key(1), &[1; 16])?;
        c.secrets(&key(1), None, 10)?;
        c.audit_entries(&key(1), 3, 10)?;
        c.leaves(&key(1), 0, 10).map(|_| ())
    })
    .unwrap();
    f.message(&key(1), 1, Change::Secret(delete(1))).unwrap();
    let (sealed_record, sealed_storage_key) = (vec![8; 232], vec![8; 100]);
    f.message(&key(1), 1, Change::Password { sealed_record, sealed_storage_key, generation: 1 }).unwrap();
    f.message(&key(1), 1, Change::Delete).unwrap();
    f.database().disconnect_all();
    let mut watcher = f.database().connect();
    // Postgres counts a connection's scans at the latest when it ends.
    while number(&mut watcher, OTHERS) > 0 {
        thread::yield_now();
    }
    assert!(number(&mut watcher, "SELECT sum(idx_scan)::bigint AS number FROM pg_stat_user_tables") > 20);
    let scanned = "SELECT coalesce(sum(seq_scan), 0)::bigint AS number FROM pg_stat_user_tables";
    assert_eq!(number(&mut watcher, scanned), 0);
}

const OTHERS: &str = "SELECT count(*) AS number FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'";
